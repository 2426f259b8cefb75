"""Taking workbooks in from a test, and looking at what the register then holds, free of keys, moments and sealed bytes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from xiuhua.intake.models import Batch, Step
from xiuhua.intake.queries import report
from xiuhua.intake.services import receive, steps
from xiuhua.intake.services.steps import Operator
from xiuhua.places.scope import scope_of, within

COUNTY = "990521"
SAMPLE = ("行政村名单.xlsx", "贫困人口信息表.xlsx", "户年度收入与生活条件.xlsx", "农村住户花名册.xlsx")
WHO = Operator("测试", "测试岗位", COUNTY)
Line = dict[str, Any]


def arrive(paths: Iterable[Path], place: str = COUNTY, data_date: date | None = None) -> int:
    """The files are received; returns the batch's number. Nothing is read yet."""
    with within(scope_of(place), who={"account": WHO.actor_name}):
        uploads = [(path.name, iter([path.read_bytes()])) for path in paths]
        return receive.receive(
            by=Operator(WHO.actor_name, WHO.post_name, place),
            place_code=place,
            uploads=uploads,
            data_date=data_date,
        ).batch.pk


def preview(paths: Iterable[Path], place: str = COUNTY, data_date: date | None = None) -> Batch:
    """As far as the preview."""
    return steps.advance(arrive(paths, place, data_date), place)


def merge(batch: Batch) -> Batch:
    """From the preview to the end."""
    with within(scope_of(batch.place_code)):
        receive.want_merge(by=WHO, batch_id=batch.pk)
    done = steps.advance(batch.pk, batch.place_code)
    assert done.step == Step.DONE, done.trouble
    return done


def take(paths: Iterable[Path], place: str = COUNTY, data_date: date | None = None) -> Batch:
    """All the way."""
    batch = preview(paths, place, data_date)
    assert batch.step == Step.PREVIEW, (batch.step, batch.trouble)
    return merge(batch)


def lines(batch: Batch) -> list[Line]:
    """The batch's findings as `--report` writes them."""
    with within(scope_of(batch.place_code)):
        return list(report.lines(batch))


def told(found: Iterable[Line]) -> Counter[tuple[str, str]]:
    """How often each rule was told, with its kind."""
    return Counter((line["rule"], line["kind"]) for line in found)


def changes(batch: Batch) -> dict[str, int]:
    return {key: batch.counts[key] for key in ("new", "changed", "unchanged", "held")}


def ask(sql: str, place: str = COUNTY, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of a query within an area."""
    with within(scope_of(place)), connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


# Each table of the register as rows that two installations would share: no keys, batches, moments, sealed bytes.
_LEFT_OUT = "- 'id' - 'brought_by' - 'changed_by' - 'id_sealed' - 'phone_sealed' - 'bank_sealed' - 'household_id' - 'person_id' - 'recorded_at' - 'opening_id' - 'computed_at'"
CONTENT = {
    "households": f"select number, to_jsonb(t) {_LEFT_OUT} from registry_household t",
    "people": f"select number, to_jsonb(t) {_LEFT_OUT} from registry_person t",
    "members": f"select p.number || ' ' || h.number, to_jsonb(m) {_LEFT_OUT} from registry_membership m"
    " join registry_person p on p.id = m.person_id join registry_household h on h.id = m.household_id",
    "years": f"select h.number || ' ' || t.year, to_jsonb(t) {_LEFT_OUT} from registry_periodrecord t join registry_household h on h.id = t.household_id",
    "statuses": f"select h.number, to_jsonb(t) {_LEFT_OUT} from registry_statusentry t join registry_household h on h.id = t.household_id",
    "standings": f"select h.number, to_jsonb(t) {_LEFT_OUT} from registry_standing t join registry_household h on h.id = t.household_id",
    "findings": "select place_code || fingerprint, jsonb_build_object('kind', kind, 'rule', rule, 'state', state, 'household', household_number,"
    " 'row', \"row\", 'column', \"column\", 'owner', owner_id) from findings_finding where state <> 'closed'",
    "places": "select code, jsonb_build_object('name', name) from places_place",
}
_HISTORY = ("registry_householdevent", "registry_personevent", "registry_membershipevent", "registry_periodrecordevent")  # fmt: skip


def register(place: str = COUNTY, *but: str) -> dict[str, dict[str, Any]]:
    """What the register holds of an area, table by table; `but` names tables to leave out."""
    held = {}
    for name, sql in CONTENT.items():
        if name not in but:
            rows = ask(sql, place)
            held[name] = {key: _json(value) for key, value in rows}
            assert len(held[name]) == len(rows), f"{name}: a row twice"
    return held


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def digest(place: str = COUNTY) -> str:
    """One hash of all that, in a fixed order, with the number of history rows."""
    content = {**register(place), "history": history(place)}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def history(place: str = COUNTY) -> dict[str, int]:
    """How many rows each history table has."""
    return {table: ask(f"select count(*) from {table}", place)[0][0] for table in _HISTORY}


# The rules by which an intake may tell a planted kind, where the key does not name one.
RULES = {
    "id_spaced_or_lower_x": {"id_spaced", "id_lower_x"},
    "income_with_unit_text": {"number_with_unit"},
    "income_not_a_number": {"not_a_number"},
    "exited_below_line": {"doubt.exited_income"},
    "exited_dangerous_house": {"doubt.exited_housing"},
    "exited_child_out_of_school": {"doubt.exited_education"},
    "exited_unsafe_water": {"doubt.exited_water"},
    "relation_sex_disagrees": {"quality.relation_sex"},
    "cause_illness_all_healthy": {"quality.cause_illness"},
}


def judged(faults: Iterable[Line], found: Iterable[Line]) -> tuple[list[Line], list[Line]]:
    """Planted faults not found, and findings that were not planted (allow-lists are the caller's)."""
    by_household: dict[str | None, list[Line]] = defaultdict(list)
    rest: dict[int, Line] = {}
    for line in found:
        by_household[line["household"]].append(line)
        rest[id(line)] = line
    missed = []
    for fault in faults:
        plain = fault["kind"].split("__")[0]
        rules = {fault["rule"]} if fault.get("rule") else RULES.get(plain, {plain})
        about = [
            line
            for number in (fault["household"], fault.get("also"))
            for line in by_household.get(number, [])
            if line["rule"] in rules
        ]
        # A row without household number can only be found where it stands.
        if "missing_key" in rules:
            about = [line for line in by_household[None] if line["rule"] in rules and at_cell(fault, line)]
        if fault["kind"].endswith("__ok"):
            continue
        if not any(at_cell(fault, line) for line in about) or (
            fault["kind"].endswith("__mend") and {line["kind"] for line in about} != {"mended"}
        ):
            missed.append(fault)
        for line in about:
            rest.pop(id(line), None)
    return missed, list(rest.values())


def at_cell(fault: Line, line: Line) -> bool:
    """Whether a finding stands in one of the fault's cells; faults without a cell stand at their household."""
    return not fault.get("cells") or any(
        (cell["file"], cell["row"]) == (line["file"], line["row"])
        and (not cell["sheet"] or cell["sheet"] == line["sheet"])
        and _letters(line["column"]) == cell["letter"]
        for cell in fault["cells"]
    )


def _letters(column: int | None) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


# Kinds of the sample's key that these four books cannot show: they lie in other departments' lists and in the money.
def ours(fault: Line) -> bool:
    """Whether a planted fault lies in the four books of this room."""
    return fault["kind"] in _OURS


_OURS = {
    "id_stored_as_number", "id_check_digit_wrong", "id_spaced_or_lower_x__mend", "id_full_width__mend", "id_used_twice",
    "village_unknown", "village_spaced__mend", "no_head", "two_heads", "member_count_disagrees", "months_out_of_range",
    "income_with_unit_text__mend", "income_not_a_number", "code_variant__mend", "code_unknown", "phone_as_number__mend",
    "relation_sex_disagrees", "exited_below_line", "exited_exactly_on_line__ok", "exited_dangerous_house",
    "exited_child_out_of_school", "exited_unsafe_water", "cause_illness_all_healthy",
}  # fmt: skip


def arrive_to_merge(paths: Iterable[Path], place: str) -> int:
    """As a page receives files, to be merged without a look; the job goes with the same transaction."""
    from xiuhua.intake.tasks import go_on

    by = Operator(WHO.actor_name, WHO.post_name, place)
    with within(scope_of(place), who={"account": WHO.actor_name}):
        uploads = [(path.name, iter([path.read_bytes()])) for path in paths]
        batch = receive.receive(by=by, place_code=place, uploads=uploads, and_merge=True).batch
        go_on(batch.pk, place)
    return batch.pk
