"""A county of 30,000 households with 10,000 open proceedings against a tenth of both: inbox, board, plan, adjustment."""

from __future__ import annotations

import http.client
import signal
import sys
import threading
import time
from typing import Any

from bench.county import installation
from bench.invented import fill
from bench.million import CLIENTS, P95_SECONDS, PORT, Side, _wait, appoint, compared, take_turns
from bench.report import Line

HOUSEHOLDS, OPEN = 30_000, 10_000
LIMIT = 1.5
EACH = 50
# Requests of each client that are not counted: the server has been up for hours when an office asks, has laid out its rows, and keeps the
# plan of each statement. That is from the tenth time on in each of its four connections, which do not get the same number.
BEFORE = 15
PAGES = {
    "inbox, mine to do": "/cases/proceedings/",
    "inbox, all open": "/cases/proceedings/?show=open",
    "inbox, overdue": "/cases/proceedings/?show=open&late=1",
    "inbox, last page": "/cases/proceedings/?show=open&page=999",
    "board": "/cases/proceedings/board/",
    "one proceeding": "/cases/proceedings/{proceeding}/",
    "exit plan": "/cases/plan/",
    "exit plan, household by household": "/cases/plan/{place}/households/",
    "adjustment": "/cases/adjustment/",
    "adjustment, not looked at": "/cases/adjustment/{place}/households/?found=not_yet",
}
# What the house promises for this many proceedings; the other pages are told beside.
HELD = ("inbox", "board")
# Straight into the tables, as their owner and without triggers: ten thousand proceedings taken through their steps would take
# hours, and what is measured is reading.
TABLES = (
    *(
        f"decisions_{one}"
        for one in ("proceeding", "signature", "sheet", "sheetanswer", "planline", "candidate")
    ),
    "notices_notice",
)
BEGUN = """
insert into decisions_proceeding (procedure_id, kind, place_code, household_id, course, at_step, round, begun_at, as_of, step_since, due_on, effect_status)
select p.id, p.kind, h.village_code, h.id, %(course)s, p.definition #>> array['steps', (floor(random() * jsonb_array_length(p.definition -> 'steps')))::int::text, 'id'],
  1, now() - interval '1 day' * (h.id %% 300), current_date, current_date - (h.id * 7 %% 90)::int, case when h.id %% 3 > 0 then current_date + (h.id * 11 %% 60)::int - 20 end, ''
from (select *, row_number() over (order by md5(id::text || %(course)s)) as n from registry_household) h
join lateral (select q.* from decisions_procedure q where q.definition ->> 'subject' = 'household' order by md5(q.id::text || h.id::text) limit 1) p on true
where h.n <= %(n)s
"""
SIGNED = """
insert into decisions_signature (proceeding_id, place_code, number, round, step, sign, actor, post, reason, detail, at, appointment_id, official_id)
select p.id, p.place_code, n, 1, p.at_step, 'signed', 'bench', 'bench', '', '{}', now(), a.id, a.official_id
from decisions_proceeding p cross join generate_series(1, 3) n
join lateral (select * from accounts_appointment x order by md5(x.id::text || p.id::text || n::text) limit 1) a on true
"""
# A notice of each closed one, which came down long ago, and of every fourth open one, where it stands; a tenth of those are over their days.
HUNG = """
with proof as (
  insert into files_storedfile (name, place_code, size_bytes, sha256, path, stored_by, stored_at)
  select 'bench', 'CN', 0, '', 'bench', 'bench', now() returning id)
insert into notices_notice (reference, place_code, matter, lines, board, days, count, hung_on, due_on, hung_by, hung_appointment_id, hung_proof_id, recorded_at, handled_at, taken_down_on, taken_down_by, taken_down_appointment_id, taken_down_proof_id)
select format('proceeding:%s:%s:1', c.id, case when c.course = 'open' then c.at_step else p.first_step end), c.place_code, '{"zh": "bench", "en": "bench"}', '[]', 'bench', 7, 'calendar', current_date - 30, case when c.course = 'open' and c.id % 40 >= 4 then current_date + 5 else current_date - 20 end, 'bench', a.id, f.id, now(),
  left(c.place_code, 9), case when c.course <> 'open' then current_date - 19 end, '', case when c.course <> 'open' then a.id end, case when c.course <> 'open' then f.id end
from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id cross join proof f
join lateral (select * from accounts_appointment x order by md5(x.id::text || c.id::text) limit 1) a on true
where c.household_id is not null and (c.course <> 'open' or c.id % 4 = 0)
"""
PLANNED = """
with filed as (
  insert into decisions_sheet (kind, place_code, reason, filed_in, appointment_id, official_id, actor, post, at)
  select 'plan', v.village_code, 'bench', 0, a.id, a.official_id, 'bench', 'bench', now()
  from (select distinct village_code from registry_household) v cross join (select * from accounts_appointment order by id limit 1) a returning id, place_code),
answered as (
  insert into decisions_sheetanswer (sheet_id, place_code, verdict, reason, appointment_id, official_id, actor, post, at)
  select f.id, f.place_code, 'approved', '', a.id, a.official_id, 'bench', 'bench', now()
  from filed f cross join (select * from accounts_appointment order by id limit 1) a returning id)
insert into decisions_planline (sheet_id, place_code, household_id, year, acknowledged)
select f.id, f.place_code, h.id, 2016 + (h.id %% 5), '' from filed f join registry_household h on h.village_code = f.place_code
where h.kind = 'registered' and h.status_reported = 'poor' and h.id %% 7 > 0
""".replace("%%", "%")
POINTED = """
insert into decisions_candidate (place_code, household_id, category, rule, year, as_of, found_at)
select village_code, id, (array['exit', 'enter', 'returned', 'wrong', 'natural'])[1 + id % 5], 'adjust.ready_to_exit', extract(year from coalesce((select max(as_of) from registry_standing), current_date)), current_date, now()
from registry_household where id % 6 = 0
"""


def run(_households: int) -> list[Line]:
    """Work of each page at both sizes, turn about; and eight clients at once at the larger."""
    with _side(HOUSEHOLDS // 10, OPEN // 10) as small, _side(HOUSEHOLDS, OPEN) as large:
        taken = {name: compared(small, large, name) for name in large.names}
        plain = _plain()
        met = large.ask("crowd")
        plain = (plain + _plain()) / 2
    lines = []
    for name, (before, work, waited) in taken.items():
        held = name.split(": ")[1].startswith(HELD)
        note = f"{before * 1000:.1f} ms at a tenth; {waited * 1000:.0f} ms on the clock"
        lines.append(Line(name, work, work / before, LIMIT if held else None, note))
    for name, (p50, p95, count, failed) in met.items():
        note = f"p50 {p50:.3f} s, {count} requests, {failed} failed; ratio to {P95_SECONDS} s"
        lines.append(Line(f"p95, {CLIENTS} clients: {name}", p95, p95 / P95_SECONDS, 1.0, note))
    # 150 ms are of no machine; how fast this one was in these minutes tells its hours apart.
    lines.append(Line("ten million additions of Python, before and after the clients", plain))
    return lines


def _plain() -> float:
    """Seconds of a plain loop: the same Python on the same machine takes them twice as long on some hours as on others."""
    start, total = time.perf_counter(), 0
    for one in range(10_000_000):
        total += one
    return time.perf_counter() - start


def _side(households: int, open_ones: int) -> Side:
    code = f"from bench.proceedings import answer; answer({households}, {open_ones})"
    return Side(households, code=code)


def answer(households: int, open_ones: int) -> None:
    """Fills an installation and looks at its pages as a county and a township, each when it is asked."""
    with installation():
        fill(households)
        posts = appoint()
        begin(open_ones)
        posts = {name: posts[name] for name in ("county", "township")}
        proceeding = _one_of(posts["township"].place)
        asked_for = {}
        for post, client in posts.items():
            for name, address in PAGES.items():
                where = address.format(place=client.place, proceeding=proceeding)
                asked_for[f"{post}: {name}"] = lambda w=where, c=client: c.get(w)
        take_turns(asked_for, lambda: _crowd(posts))


def begin(open_ones: int) -> None:
    """So many open proceedings and twice as many closed ones with their signatures and notices, a plan and candidates, past all triggers."""
    import psycopg

    from xiuhua.runtime.cluster import connection_urls

    with psycopg.connect(connection_urls().owner, autocommit=True) as owner:
        owner.execute("set synchronous_commit = off")
        for table in TABLES:
            owner.execute(f"alter table {table} disable trigger user")
        for course in ("open", "decided", "refused"):
            owner.execute(BEGUN, {"course": course, "n": open_ones})
        for statement in (SIGNED, HUNG, PLANNED, POINTED):
            owner.execute(statement)
        for table in TABLES:
            owner.execute(f"alter table {table} enable trigger user")
            owner.execute(f"vacuum analyze {table}")


def _one_of(place: str) -> int:
    from xiuhua.decisions.models import Proceeding
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(place)):
        return Proceeding.objects.filter(course="open").order_by("pk").values_list("pk", flat=True)[0]


def _crowd(posts: dict[str, Any]) -> dict[str, list[float]]:
    """Eight people asking one after the other without a pause, on the server as an office runs it."""
    from xiuhua.runtime.children import spawn

    server = spawn([sys.executable, "-m", "xiuhua.cli", "serve", "--port", str(PORT)], death_signal=signal.SIGTERM)  # fmt: skip
    try:
        _wait()
        names = ("inbox, mine to do", "board")
        for name in names:
            _asked(posts, PAGES[name], BEFORE)
        return {name: _asked(posts, PAGES[name]) for name in names}
    finally:
        server.terminate()
        server.wait(60)


def _asked(posts: dict[str, Any], address: str, each: int = EACH) -> list[float]:
    who = [posts["township"]] * 6 + [posts["county"]] * 2
    taken: list[float] = []
    failed: list[int] = []

    def one(client: Any) -> None:
        cookies = "; ".join(f"{key}={each.value}" for key, each in client.cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        for _turn in range(each):
            start = time.perf_counter()
            line.request("GET", address, headers={"Cookie": cookies})
            answer = line.getresponse()
            answer.read()
            taken.append(time.perf_counter() - start)
            if answer.status != 200:
                failed.append(answer.status)

    threads = [threading.Thread(target=one, args=(client,)) for client in who[:CLIENTS]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(taken)
    return [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], len(ordered), len(failed)]
