"""What somebody without scruples tries with the application's role. Each is one act; the database should refuse it, or it does no harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import people
from decisions.hold_acts import VILLAGE
from decisions.hold_driver import PROCEDURES, Driver, one_of
from decisions.hold_known import TABLES
from decisions.hold_shadows import shadows
from decisions.proceedings import VOTE

VOTES: list[Any] = [
    {},
    None,
    {"vote": None},
    {"vote": {}},
    {"vote": {**VOTE, "yes": 24}},
    {"vote": {**VOTE, "no": None}},
    {"vote": {**VOTE, "yes": -3, "no": 26}},
    {"vote": "all"},
    *[{"vote": {**VOTE, "yes": "20"}}] * 3,
    {"vote": {**VOTE, "entitled": 90}},
    {"vote": {**VOTE, "yes": 12, "no": 11}},
    {"vote": VOTE},
    {"member": "refused"},
    {"member": "nobody"},
    {"member": 1},
    {"member": ""},
    {"member": "0"},
    [],
    "x",
    {"to": "county"},
]
# What a notice might say instead of its household.
OF_ANOTHER: list[dict[str, Any]] = [
    {"head": "王五"},
    {"people": 99},
    {"village": "下坝村"},
    {"matter": "因艾滋病纳入监测"},
    {"head": "石满仓 患癌症 低保"},
    {"head": ""},
]
# A meeting that did not agree, one that was too small to say so, one whose count is none.
NOES: list[Any] = [
    *[{"vote": {**VOTE, "yes": 8, "no": 15}}] * 3,
    {"vote": {**VOTE, "entitled": 90, "yes": 8, "no": 15}},
    {"vote": {**VOTE, "yes": 8}},
    {"vote": VOTE},
    {},
]


def _step_of(d: Driver, one: dict[str, Any]) -> str:
    return str(d.rng.choice(d.steps(one))["id"])


def signs_anything(d: Driver) -> None:
    """Any person, any step, any sign."""
    if one := one_of(d):
        step = one["at_step"] if d.rng.random() < 0.7 else _step_of(d, one)
        sign = d.rng.choice(["signed", "signed", "signed", "no", "returned", "withdrawn", "approved"])
        d.sign(one, d.rng.choice(list(d.known)), sign, d.rng.choice(["", "x"]), d.rng.choice(VOTES), step)


def signs_without_evidence(d: Driver) -> None:
    if one := one_of(d, "open"):
        able = d.eligible(one)
        if able and d.step(one).get("vote") and d.rng.random() < 0.5:
            # All but the count is as it should be.
            for paper in d.step(one)["evidence"]:
                d.paper(one, paper["code"])
        if able:
            d.sign(one, d.rng.choice(able), detail=d.rng.choice(VOTES))


def signs_in_anothers_name(d: Driver) -> None:
    """Forged officials, posts and days in the row itself."""
    if one := one_of(d, "open"):
        able = d.eligible(one) or list(d.known)
        other = d.rng.choice(list(d.known.values())).official
        changed: dict[str, Any] = {
            "official_id": other,
            "number": d.rng.choice([0, 1, 99]),
            "round": d.rng.choice([1, 2, 5]),
        }
        if d.rng.random() < 0.3:
            changed["place_code"] = d.rng.choice([people.OTHER_VILLAGE, people.SECOND_VILLAGE])
        d.sign(one, d.rng.choice(able), detail={"vote": VOTE} if d.rng.random() < 0.5 else {}, **changed)


def says_no(d: Driver) -> None:
    if one := one_of(d, "open"):
        able = d.eligible(one) or list(d.known)
        sign, voted = d.rng.choice(["no", "returned", "withdrawn"]), d.step(one).get("vote")
        if voted and d.rng.random() < 0.5:
            for paper in d.step(one)["evidence"]:
                d.paper(one, paper["code"])
        d.sign(
            one,
            d.rng.choice(able),
            sign,
            d.rng.choice(["", "收入没有核清"]),
            {"to": _step_of(d, one)} if sign == "returned" else d.rng.choice(NOES) if voted else {},
        )


def moves_it_on(d: Driver) -> None:
    """Writes where a proceeding is."""
    if one := one_of(d):
        column, value = d.rng.choice([
            ("at_step", _step_of(d, one)), ("course", "decided"), ("course", "open"), ("round", 5), ("effect_on", d.today), ("effect_status", "exited"),
            ("household_id", d.rng.choice(d.homes).pk), ("as_of", date(2016, 5, 1)), ("step_since", date(2016, 5, 1)), ("place_code", people.SECOND_VILLAGE),
        ])  # fmt: skip
        d.attempt(
            f"{column} of P{one['id']} := {value}",
            f"update public.decisions_proceeding set {column} = %s where id = %s",
            value,
            one["id"],
        )


def removes(d: Driver) -> None:
    table = d.rng.choice(
        [*TABLES, "decisions_procedure", "decisions_recheck", "notices_clock", "notices_holiday"]
    )
    how = d.rng.choice(
        [
            "delete from public.{}",
            "truncate public.{} cascade",
            "delete from public.{} where ctid in (select max(ctid) from public.{})",
        ]
    )
    touched = d.attempt(f"removes {table}", how.format(table, table))
    if touched and table == "notices_clock":
        d.at_once.append("the clock was changed")


def changes(d: Driver) -> None:
    """Rewrites what was signed, brought, kept, hung, said."""
    table, column, value = d.rng.choice([
        ("decisions_signature", "step", "county"), ("decisions_signature", "official_id", 1), ("decisions_signature", "sign", "no"), ("decisions_signature", "round", 2),
        ("decisions_paper", "what", "county_approval"), ("decisions_paper", "step", "county"), ("decisions_paper", "expires_on", date(2099, 1, 1)),
        ("decisions_snapshot", "as_of", date(2016, 5, 1)), ("decisions_snapshot", "step", "county"), ("decisions_snapshot", "digest", "0"),
        ("notices_notice", "days", 1), ("notices_notice", "hung_on", date(2020, 1, 1)), ("notices_notice", "due_on", date(2020, 1, 1)), ("notices_notice", "reference", "x"),
        ("notices_objection", "notice_id", 1), ("notices_objection", "said_sealed", b"y"), ("notices_objection", "came_on", date(2020, 1, 1)), ("notices_objection", "place_code", people.SECOND_VILLAGE),
        ("decisions_appeal", "came_on", date(2020, 1, 1)), ("decisions_appeal", "said", "x"), ("decisions_appeal", "taken_official_id", 1), ("decisions_appeal", "round", 1),
        ("registry_watchentry", "watch_class", "none"), ("registry_watchentry", "since", date(2020, 1, 1)),
        ("registry_statusentry", "status", "exited"), ("registry_statusentry", "household_id", 1), ("decisions_kin", "official_id", 1), ("decisions_kin", "household_id", 1),
    ])  # fmt: skip
    d.attempt(f"changes {table}.{column}", f"update public.{table} set {column} = %s", value)


def writes_a_status(d: Driver) -> None:
    home = d.rng.choice(d.homes)
    one = one_of(d)
    basis, number = d.rng.choice(
        [
            ("case", f"P{one['id']}" if one else "P1"),
            ("case", "P999"),
            ("moved", "1"),
            ("moved", "P1"),
            ("opening", ""),
        ]
    )
    opening = d.ask("select id from public.registry_opening limit 1")[0]["id"] if basis == "opening" else None
    status = d.rng.choice(["poor", "exited", "returned", "removed"])
    d.attempt(
        f"status {status} by {basis} {number}",
        "insert into public.registry_statusentry (household_id, village_code, status, since, basis, case_number, opening_id, recorded_at, recorded_by) values (%s, %s, %s, %s, %s, %s, %s, now(), 'x') returning id",
        home.pk, VILLAGE, status, d.today, basis, number, opening,
    )  # fmt: skip


def hangs_wrongly(d: Driver) -> None:
    """For a step to come, for fewer days, since long ago, in another place, by somebody else."""
    if one := one_of(d):
        wrong = d.rng.choice([
            {"reference": d.reference(one, _step_of(d, one))}, {"days": d.rng.choice([0, 1, 6])}, {"hung_on": d.today - timedelta(days=d.rng.choice([1, 2, 3, 4, 30]))},
            {"hung_on": d.today + timedelta(days=3)}, {"count": "working"}, {"taken_down_on": d.today, "taken_down_proof_id": d.files[0]}, {"place_code": people.SECOND_VILLAGE},
            {"due_on": date(2020, 1, 1)}, {"reference": f"proceeding:{one['id']}:{one['at_step']}:{one['round'] + 1}"}, {},
            {"hung_appointment_id": d.rng.choice(list(d.known))}, {"hung_appointment_id": d.rng.choice(list(d.known))}, {"hung_appointment_id": None},
            *[{"lines": json.dumps([{**d.said_of(one["household_id"]), **of_another}], ensure_ascii=False)} for of_another in OF_ANOTHER],
        ])  # fmt: skip
        d.hang(one, **wrong)


def takes_down_early(d: Driver) -> None:
    hanging = d.ask("select id, due_on from public.notices_notice where taken_down_on is null")
    if hanging:
        one = d.rng.choice(hanging)
        d.take_down(
            one["id"],
            d.rng.choice(
                [d.today, one["due_on"], one["due_on"] + timedelta(days=1), d.today + timedelta(days=40)]
            ),
            d.rng.choice([None, d.rng.choice(list(d.known)), 0]),
        )


def objects(d: Driver) -> None:
    notices = d.ask("select id from public.notices_notice")
    if notices:
        d.object(d.rng.choice(notices)["id"])


def answers(d: Driver) -> None:
    """Anybody answers, often whoever had a part; an objection is made where something hangs and nobody objected."""
    unanswered = "select notice_id from public.notices_objection where answered_at is null"
    if not d.ask(unanswered):
        hanging = d.ask("select id from public.notices_notice where taken_down_on is null")
        if hanging:
            d.object(d.rng.choice(hanging)["id"])
    found = d.ask(unanswered)
    if found:
        parties = d.ask("select distinct official_id from public.decisions_signature order by 1")
        anybody = [who.official for who in d.known.values()]
        by = d.rng.choice(
            [one["official_id"] for one in parties] if parties and d.rng.random() < 0.5 else anybody
        )
        d.answer(d.rng.choice(found)["notice_id"], d.rng.random() < 0.5, by)


def tells_kin(d: Driver) -> None:
    d.tell_kin(d.rng.choice(d.homes).pk, d.rng.choice(list(d.known.values())).official)


def ends_kin(d: Driver) -> None:
    """Kinship ended in the past, so that whoever is kin may sign now."""
    until = d.today + timedelta(days=d.rng.choice([-400, -1, 0, 1]))
    touched = d.attempt(
        f"kin ends {until}", "update public.decisions_kin set until = %s where until is null", until
    )
    if touched and until < d.today:
        d.at_once.append(f"kinship ended on {until}, before today")
    if touched:
        for told in d.kin.values():
            for each in told:
                each[1] = max(until, d.today) if each[1] is None else each[1]


def brings_wrongly(d: Driver) -> None:
    """To another step, of no use, for ever; or by whoever has nothing to do at it, what it really wants."""
    if d.rng.random() < 0.5 and (one := one_of(d, "open")):
        wanted = [paper["code"] for paper in d.step(one).get("evidence", [])] or ["withdrawal"]
        d.paper(one, d.rng.choice(wanted), appointment_id=d.rng.choice([*d.known, None]))
    elif one := one_of(d):
        step = d.rng.choice(d.steps(one))
        codes = [paper["code"] for paper in step.get("evidence", [])] or ["x"]
        wrong = d.rng.choice([
            {"step": step["id"]}, {"what": "x"}, {"file_id": d.elsewhere}, {"file_id": 10**9}, {"expires_on": date(2099, 1, 1)}, {"place_code": people.SECOND_VILLAGE}, {"round": 1},
        ])  # fmt: skip
        d.paper(one, str(wrong.pop("what", d.rng.choice(codes))), **wrong)


def keeps_wrongly(d: Driver) -> None:
    """A snapshot of other records, of another day, of another step."""
    if one := one_of(d, "open"):
        records = d.basis(one).records
        better = [{**line, "house_grade": "A", "house_seen": "checked"} for line in records["rec_period"]]
        d.rng.choice([
            lambda: d.snapshot(one, {**records, "rec_period": better}), lambda: d.snapshot(one, {}), lambda: d.snapshot(one, {**records, "rec_person": []}),
            lambda: d.snapshot(one, as_of=one["as_of"] - timedelta(days=400)), lambda: d.snapshot(one, step=_step_of(d, one)), lambda: d.snapshot(one, place_code=people.SECOND_VILLAGE),
        ])()  # fmt: skip


def _at_a_meeting(d: Driver) -> dict[str, Any] | None:
    """A proceeding that waits for its meeting; where none does, an exit that is begun now."""
    found = [one for one in d.proceedings() if d.step(one).get("vote")]
    if not found:
        made = d.begin(d.homes[0], "targeted_exit")
        found = [one for one in d.proceedings() if one["id"] == made]
    return d.rng.choice(found) if found else None


def refuses_alone(d: Driver) -> None:
    """A meeting's no by whoever signs for it: nobody was there, or nobody counted."""
    if one := _at_a_meeting(d):
        d.sign(one, d.rng.choice(d.eligible(one) or list(d.known)), "no", "不够条件", d.rng.choice(NOES))


def verifies_alone(d: Driver) -> None:
    """Two of one side, where one of each is wanted."""
    found = [one for one in d.proceedings() if d.step(one).get("of_each")]
    if not found and (met := _at_a_meeting(d)) and d.told.begun[met["id"]] == "targeted_exit":
        for paper in d.step(met)["evidence"]:
            d.paper(met, paper["code"])
        d.sign(met, d.rng.choice(d.eligible(met) or list(d.known)), detail={"vote": VOTE})
        found = [one for one in d.proceedings() if d.step(one).get("of_each")]
    if found:
        one = d.rng.choice(found)
        for paper in d.step(one)["evidence"]:
            d.paper(one, paper["code"])
        side = d.rng.choice(d.step(one)["who"])
        same = [pk for pk, who in d.known.items() if who.office == side and who.place == VILLAGE]
        for by in d.rng.sample(same, min(2, len(same))):
            d.snapshot(one)
            d.sign(one, by)


def forges(d: Driver) -> None:
    """True records, but outcomes that were made up beside them: nobody can tell before they are computed again."""
    found = [one for one in d.proceedings() if d.step(one).get("rules") or d.step(one).get("grounds")]
    if found:
        one = d.rng.choice(found)
        step = d.step(one)
        if one["household_id"] not in d.spoilt:
            d.spoil(one["household_id"])
        said = {
            rule: {
                **told,
                "evidence": "checked",
                "result": "fails" if rule in step.get("grounds", []) else "holds",
            }
            for rule, told in d.basis(one).outcomes.items()
        }
        for paper in step.get("evidence", []):
            d.paper(one, paper["code"])
        for _ in range(step.get("people", 1)):
            if able := d.eligible(one):
                d.snapshot(one, outcomes=said)
                d.sign(
                    one,
                    d.rng.choice(able),
                    detail={"vote": VOTE} if step.get("vote") else {"mode": "natural"},
                )
        if d.rng.random() < 0.7:
            computes_again(d)


def computes_again(d: Driver) -> None:
    """What the night does: each that was forged does not come out. Somebody may write a yes beside it."""
    for shot in sorted(d.forged - d.doubted):
        d.recheck(shot, False)
    if d.shots and d.rng.random() < 0.5:
        d.recheck(d.rng.choice(sorted(d.shots)), True)


def begins_wrongly(d: Driver) -> None:
    home, name = (
        d.rng.choice(d.homes),
        d.rng.choice(PROCEDURES),
    )
    older = d.ask("select min(id) as id from public.decisions_procedure")[0]["id"]
    wrong = d.rng.choice([
        {}, {"at_step": d.book[name]["steps"][-1]["id"]}, {"course": "decided"}, {"effect_on": d.today}, {"effect_status": "exited"}, {"round": 3}, {"as_of": date(2016, 6, 1)},
        {"place_code": people.SECOND_VILLAGE}, {"kind": "x"}, {"procedure_id": older}, {"as_of": d.today}, {"household_id": None}, {"begun_appointment_id": None},
        {"begun_appointment_id": d.rng.choice(list(d.known))},
    ])  # fmt: skip
    d.begin(home, name, **wrong)


def spoils(d: Driver) -> None:
    d.spoil(d.rng.choice(d.homes).pk)


def waits(d: Driver) -> None:
    d.move(d.rng.choice([1, 3, 8, 200]))


def takes_the_guards_away(d: Driver) -> None:
    d.attempt(*d.rng.choice([
        ("no triggers", "alter table public.decisions_signature disable trigger all"), ("replica", "set local session_replication_role = replica"),
        ("no guard", "create or replace function public.decisions_may_sign(wanted jsonb, role text, office text, place text) returns boolean language sql immutable as $$ select true $$"),
        ("owner", "set local role xiuhua_owner"), ("no policy", "alter table public.decisions_signature disable row level security"),
        ("another path", "set local search_path = pg_temp"), ("drop", "drop trigger decisions_signature_guard on public.decisions_signature"),
    ]))  # fmt: skip
    d.attempt("the path again", "set local search_path = public")


TRIES: list[Callable[[Driver], None]] = [
    signs_anything, signs_anything, signs_without_evidence, signs_without_evidence, signs_in_anothers_name, says_no, moves_it_on, removes, changes, writes_a_status,
    hangs_wrongly, takes_down_early, objects, answers, tells_kin, ends_kin, brings_wrongly, keeps_wrongly, forges, computes_again, refuses_alone, verifies_alone, begins_wrongly, spoils, waits, shadows, takes_the_guards_away,
]  # fmt: skip
