"""Putting findings into the pool and taking them out, as sets: whatever the source, one open row for one matter."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.findings.queries.weight import of_rule, points
from xiuhua.findings.terms import Kind, Way

OPEN_KINDS = (Kind.REFUSED, Kind.ASKED, Kind.WARNED)

# Whose a finding is at first: the township office of its village, or the county's. `{place}` is the SQL of the place code.
OWNER = """coalesce(
  (select min(p.id) from accounts_post p where p.role = 'township_office' and p.place_code = left({place}, 9)),
  (select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left({place}, 6)))"""

# A rule's mark comes with it; what a file alone shows is marked by what it says.
TAKING = """
create temp table taking on commit drop as
select distinct on (s.place_code, s.fingerprint) s.*, coalesce(s.params ->> 'mark', md5(s.params::text)) as mark,
  case s.kind when 'mended' then 0 when 'refused' then %(refused)s when 'asked' then %(asked)s
    else coalesce(w.points, %(amber)s) end + case when s.exited and s.kind <> 'mended' then %(exited)s else 0 end as weight
from ({source}) s left join unnest(%(rules)s::text[], %(points)s::int[]) w (rule, points) on w.rule = s.rule
order by s.place_code, s.fingerprint, s."row"
"""

# The same matter found again is the same finding, seen in a newer place. The register has no cells: it leaves them as they
# were. What an accepted explanation was about has changed: it is open again.
SEEN = """
with old as (
  select f.id, f.batch as was_in, f.state as was, t.*,
    f.state = 'resting' and f.mark <> '' and f.mark <> t.mark as changed
  from taking t join findings_finding f on f.place_code = t.place_code and f.fingerprint = t.fingerprint
  where f.state <> 'closed' for update of f),
new as (
  update findings_finding f set kind = o.kind, params = o.params, mark = o.mark, weight = o.weight, exited = o.exited,
    held = case when %(batch)s::bigint is null then f.held else o.held end,
    batch = coalesce(%(batch)s, f.batch),
    file_name = case when %(batch)s::bigint is null then f.file_name else o.file_name end,
    sheet = case when %(batch)s::bigint is null then f.sheet else o.sheet end,
    "row" = case when %(batch)s::bigint is null then f."row" else o."row" end,
    "column" = case when %(batch)s::bigint is null then f."column" else o."column" end,
    owner_id = coalesce(f.owner_id, o.owner_id),
    state = case when o.changed then 'open' else f.state end,
    rests_until = case when o.changed then null else f.rests_until end
  from old o where f.id = o.id and (o.changed or %(batch)s::bigint is not null
    or (f.kind, f.params, f.mark, f.weight, f.exited) is distinct from (o.kind, o.params, o.mark, o.weight::smallint, o.exited))
  returning f.id, f.place_code, f.state, o.changed, o.was_in)
insert into findings_move (finding_id, place_code, at, act, way, by, post, batch, says)
select id, place_code, now(), case when changed then 'returned' else 'seen_again' end, '', %(by)s, %(post)s, %(batch)s::bigint,
  case when changed then %(values_changed)s::jsonb else '{}' end
from new where state <> 'noted' and (changed or was_in is distinct from %(batch)s::bigint and %(batch)s::bigint is not null)
"""

# A closed one that comes back is opened anew, in the same row: whoever closed it can see it.
REOPEN = """
with back as (
  update findings_finding f set state = 'open', kind = t.kind, params = t.params, mark = t.mark, weight = t.weight, exited = t.exited,
    held = t.held, batch = coalesce(%(batch)s, f.batch), file_name = t.file_name, sheet = t.sheet, "row" = t."row", "column" = t."column",
    owner_id = coalesce(f.owner_id, t.owner_id), due_on = %(due)s, found_at = now(), closed_at = null, closed_by = '', closed_because = ''
  from taking t
  where f.place_code = t.place_code and f.fingerprint = t.fingerprint and f.state = 'closed' and t.kind <> 'mended'
    and f.id = (select max(x.id) from findings_finding x where x.place_code = t.place_code and x.fingerprint = t.fingerprint)
    and not exists (select 1 from findings_finding x
      where x.place_code = t.place_code and x.fingerprint = t.fingerprint and x.state <> 'closed')
  returning f.id, f.place_code, f.owner_id, f.due_on)
insert into findings_move (finding_id, place_code, at, act, way, by, post, owner_id, due_on, batch, says)
select id, place_code, now(), 'reopened', '', %(by)s, %(post)s, owner_id, due_on, %(batch)s, '{}' from back
"""

# Another may be finding the same at this moment: whoever is second leaves it at that.
ADD = """
with fresh as (
  insert into findings_finding (place_code, kind, rule, field, household_number, person_number, params, file_name, sheet, "row", "column",
    batch, fingerprint, mark, held, exited, weight, state, owner_id, due_on, found_at, closed_by, closed_because)
  select place_code, kind, rule, field, household_number, person_number, params, file_name, sheet, "row", "column", %(batch)s, fingerprint,
    mark, held, exited, weight, case when kind = 'mended' then 'noted' else 'open' end, owner_id,
    case when kind <> 'mended' then %(due)s::date end, now(), '', ''
  from taking t where not exists (select 1 from findings_finding x
    where x.place_code = t.place_code and x.fingerprint = t.fingerprint and x.state <> 'closed')
  on conflict (place_code, fingerprint) where state <> 'closed' do nothing
  returning id, place_code, state, owner_id, due_on)
insert into findings_move (finding_id, place_code, at, act, way, by, post, owner_id, due_on, batch, says)
select id, place_code, now(), 'found', '', %(by)s, %(post)s, owner_id, due_on, %(batch)s, '{}' from fresh where state = 'open'
"""

CLOSE = """
with shut as (
  update findings_finding f set state = 'closed', rests_until = null, closed_at = now(), closed_by = %(by)s, closed_because = %(because)s
  from findings_finding was
  where was.id = f.id and {which} and f.state <> 'closed' and f.place_code >= %(lo)s and f.place_code < %(hi)s
  returning f.id, f.place_code, f.batch, was.state as was)
insert into findings_move (finding_id, place_code, at, act, way, by, post, batch, says)
select id, place_code, now(), 'closed', %(way)s, %(by)s, %(post)s, batch, %(says)s::jsonb from shut where was <> 'noted'
"""
# Of a member without a number no file says anything by its marks: the register itself looks at them.
NOT_SEEN = """f.household_number = any(%(households)s) and f.rule = any(%(rules)s) and f.kind <> 'unknown'
  and not (f.fingerprint = any(%(still)s)) and (f.person_number <> '' or f.params ->> 'person_id' is null)"""

VALUES_CHANGED = '{"zh": "涉及的值变了，原来的说明不再适用", "en": "What it was about has changed; the explanation no longer fits"}'


@dataclass(frozen=True)
class Why:
    """Who acts on the pool and why, as the history of a finding tells it; texts in both languages."""

    by: str
    post: str = ""
    zh: str = ""
    en: str = ""


def take(
    *,
    source: str,
    values: dict[str, Any],
    batch: int | None,
    due_on: date,
    place_code: str = "CN",
    by: str = "",
    post: str = "",
) -> int:
    """Takes findings that a query yields into the pool; columns as in ADD, without mark and weight. Returns how many it was given.

    `batch` None: the register itself was looked at. `place_code`: whose weights hold.
    """
    with connection.cursor() as cursor:
        given = {**values, **_weights(place_code), "batch": batch, "due": due_on, "by": by, "post": post,
                 "values_changed": VALUES_CHANGED}  # fmt: skip
        cursor.execute(TAKING.replace("{source}", source), given)
        taken = int(cursor.rowcount)
        cursor.execute("analyze taking")
        for statement in (SEEN, REOPEN, ADD):
            cursor.execute(statement, given)
        cursor.execute("drop table taking")
        return taken


def _weights(place_code: str) -> dict[str, Any]:
    on = beijing_today()
    rules = list(load().rules)
    # A rule's own points; what is not known of it is as grave as its failing.
    by_rule = [sum(points(one, on, place_code) for one in of_rule(Kind.WARNED, rule)) for rule in rules]
    named = {name: points(name, on, place_code) for name in ("refused", "asked", "amber", "exited")}
    return {**named, "rules": rules, "points": by_rule}


def close_what_holds(
    *,
    households: Iterable[str],
    rules: Iterable[str],
    still: Iterable[str],
    lo: str,
    hi: str,
    by: str,
    because: str,
    post: str = "",
    because_en: str = "",
) -> int:
    """Closes open findings of some households and rules that a file was looked at anew for and not found again."""
    values = {"households": list(households), "rules": list(rules), "still": list(still)}
    why = Why(by, post, because, because_en or because)
    return close_matching(NOT_SEEN, values, lo=lo, hi=hi, way=Way.FILE, why=why)


def close_some(*, ids: Iterable[int], lo: str, hi: str, way: Way, why: Why) -> int:
    """Closes findings by key, one way and reason for all of them. Returns how many it closed."""
    return close_matching("f.id = any(%(ids)s)", {"ids": list(ids)}, lo=lo, hi=hi, way=way, why=why)


def close_what_is_gone(
    *, marks: Iterable[str], lo: str, hi: str, by: str, because: str, post: str = "", because_en: str = ""
) -> int:
    """Closes findings by their marks: nothing bears them out any more, and no household says which they are."""
    why = Why(by, post, because, because_en or because)
    return close_matching(
        "f.fingerprint = any(%(marks)s)", {"marks": list(marks)}, lo=lo, hi=hi, way=Way.FILE, why=why
    )


def close_matching(which: str, values: dict[str, Any], *, lo: str, hi: str, way: Way, why: Why) -> int:
    """Closes findings of an area by a condition on `f` (SQL), one way and reason for all of them. Returns how many."""
    says = json.dumps({"zh": why.zh, "en": why.en}, ensure_ascii=False)
    told = {
        "lo": lo,
        "hi": hi,
        "by": why.by,
        "post": why.post,
        "because": why.zh[:200],
        "way": way.value,
        "says": says,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLOSE.replace("{which}", which), {**values, **told})
        return int(cursor.rowcount)
