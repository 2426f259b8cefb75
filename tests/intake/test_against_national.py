"""A newer export of the national system, held against the register: each planted change is told once, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from intake import taking
from intake.conftest import Files, sign
from xiuhua.intake.models import Batch, Difference, Purpose, Step, Way
from xiuhua.intake.services import receive, steps
from xiuhua.intake.services.differences import decide, look_again, take_over
from xiuhua.places.scope import scope_of, within
from xiuhua.synth.county import Change, County, next_file, write
from xiuhua.synth.county import differences as changes_between

pytestmark = [pytest.mark.database, pytest.mark.slow]


def compare(paths: Iterable[Path], place: str = taking.COUNTY) -> Batch:
    """The files handed in for comparison, to the end."""
    with within(scope_of(place), who={"account": "测试"}):
        batch = receive.receive(
            by=steps.Operator("测试", "测试岗位", place), place_code=place,
            uploads=[(path.name, iter([path.read_bytes()])) for path in paths], purpose=Purpose.COMPARISON,
        ).batch  # fmt: skip
    done = steps.advance(batch.pk, place)
    assert done.step == Step.DONE, (done.step, done.trouble)
    return done


def differences(batch: Batch, place: str = taking.COUNTY) -> list[Difference]:
    with within(scope_of(place)):
        return list(Difference.objects.filter(batch_id=batch.pk, settled_at=None))


def test_what_was_taken_in_and_is_compared_again_differs_in_nothing(
    made: Callable[..., Files], fresh_database: Any
) -> None:
    files = made(31, 60, faults=False)
    sign()
    taking.take(files.paths)
    before = taking.register()
    batch = compare([files.path("贫困人口信息表")])
    assert [str(one) for one in differences(batch)] == []
    assert batch.counts["households"] == 60 and batch.counts["cells"] == 0
    assert taking.register() == before


# The synth's columns by the names that the register's fields have.
FIELDS = {
    "house_dangerous": "house_dangerous_reported", "water_safe": "water_safe_reported",
    "water_difficult": "water_difficult_reported", "per_head": "net_income_per_head_reported_fen",
}  # fmt: skip
OF_PERSON = {
    "name", "id_number", "relation", "ethnicity", "education", "student_status", "health", "labour", "work_place",
    "work_months", "serious_illness_insured",
}  # fmt: skip
Told = Counter[tuple[str, str, str, str]]


def expected(before: County, after: County) -> Told:
    """What the two counties' exports differ in, household by household and person by person, each once."""
    ours, theirs = members(before), members(after)
    found: set[tuple[str, str, str, str]] = set()
    households = {
        "only_there": set(theirs.values()) - set(ours.values()),
        "only_here": set(ours.values()) - set(theirs.values()),
    }
    for kind, numbers in households.items():
        found |= {(kind, number, "", "") for number in numbers}
    for one in changes_between(before, after):
        if one.book != "person_export" or one.field in (
            "members_reported",
            "county",
            "township",
            "household_number",
        ):
            continue
        if one.field is None:
            kind, home = (
                ("only_here", ours[one.record]) if one.after is None else ("only_there", theirs[one.record])
            )
            if home not in households[kind]:
                found.add((kind, home, one.record, ""))
            continue
        field = FIELDS.get(one.field, one.field)
        found.add(("differs", ours[one.record], one.record if field in OF_PERSON else "", field))
    return Counter(found)


def members(county: County) -> dict[str, str]:
    return {
        person.number: household.number for household in county.households for person in household.members
    }


def told(found: Iterable[Difference]) -> Told:
    return Counter((one.found, one.household_number, one.person_number, one.field) for one in found)


def test_changes_on_their_side_are_told_each_once(
    made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    files = made(32, 150, faults=False)
    sign()
    taking.take(files.paths)
    later = next_file(files.county, 7)
    paths = [path for path in write(later.county, tmp_path) if path.stem == "贫困人口信息表"]
    batch = compare(paths)
    found = differences(batch)
    # The synth gives who moved a new number; by the ID it is still one person.
    moved = next(change for change in later.changes if change.kind == "person_moved")
    assert told(found) == adjusted(expected(files.county, later.county), moved, later.county)
    assert_sealed(found, files.county, later.county)
    ways = {(one.found, one.field): one.suggested for one in found}
    assert ways["only_there", ""] == "take"
    assert (
        ways["differs", "village"]
        == ways["differs", "id_number"]
        == ways["differs", "status_reported"]
        == "verify"
    )
    assert all(one.ours_changed_by == "测试" and one.ours_batch for one in found if one.found != "only_there")


def adjusted(wanted: Told, moved: Change, after: County) -> Told:
    new = next(
        number
        for number, home in members(after).items()
        if home == moved.after and number not in wanted and ("only_there", home, number, "") in wanted
    )
    wanted = wanted - Counter(
        [("only_here", moved.household, str(moved.person), ""), ("only_there", str(moved.after), new, "")]
    )
    for field in ("household_number", "person_number", "relation"):
        wanted["differs", moved.household, str(moved.person), field] = 1
    return wanted


def assert_sealed(found: list[Difference], *counties: County) -> None:
    """No number of anybody stands in a difference."""
    secret = {p.id_number for c in counties for h in c.households for p in h.members}
    secret |= {h.phone for c in counties for h in c.households if h.phone}
    kept = str(taking.ask("select to_jsonb(d)::text from intake_difference d"))
    assert found and not [one for one in secret if one in kept]
    assert all(
        one.theirs is None and one.ours is None for one in found if one.field in ("id_number", "phone")
    )


def here(sql: str, number: str, account: str | None = "巴桑", batch: int | None = None) -> None:
    """A change of the register by somebody, as a page would make it."""
    with (
        within(scope_of(taking.COUNTY), who={"account": account, "batch": batch}),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [number])
        assert cursor.rowcount >= 1


def test_changes_here_are_told_with_who_made_them_and_what_to_do(
    made: Callable[..., Files], fresh_database: Any
) -> None:
    files = made(33, 60, faults=False)
    sign()
    taking.take(files.paths)
    one, two, three, four = (h for h in files.county.households[:4])
    here(
        "update registry_person set health = 'serious', seen = 'checked', seen_on = '2026-11-20' where number = %s",
        one.head.number,
    )
    here(
        "update registry_household set main_cause = 'capital', seen_on = '2026-11-20' where number = %s",
        two.number,
    )
    here("update registry_person set education = null where number = %s", three.head.number)
    here(
        "update registry_periodrecord p set water_safe_reported = not water_safe_reported from registry_household h where h.id = p.household_id and h.number = %s",
        four.number,
    )
    found = differences(compare([files.path("贫困人口信息表")]))
    assert told(found) == Counter([
        ("differs", one.number, one.head.number, "health"), ("differs", two.number, "", "main_cause"),
        ("differs", three.number, three.head.number, "education"), ("differs", four.number, "", "water_safe_reported"),
    ])  # fmt: skip
    by_field = {d.field: d for d in found}
    assert {d.ours_changed_by for d in found} == {"巴桑"} and all(d.ours_changed_at for d in found)
    assert {field: d.suggested for field, d in by_field.items()} == {
        "health": "fill", "main_cause": "fill", "education": "take", "water_safe_reported": "fill",
    }  # fmt: skip
    assert not by_field["health"].takeable, "a form never overrules a check"
    assert (by_field["health"].ours, by_field["main_cause"].ours) == ("serious", "capital")
    told_of_other_numbers(files)


def told_of_other_numbers(files: Files) -> None:
    """Three households get other numbers here: one is surely the same, in one a name speaks against it, in one an ID number."""
    same, renamed, another = [h for h in files.county.households[4:] if len(h.members) > 2][:3]
    people = "update registry_person p set number = 'N' || p.number from registry_membership m join registry_household h on h.id = m.household_id where m.person_id = p.id and h.number = %s"
    for home in (same, renamed, another):
        here(people, home.number)
        here("update registry_household set number = 'N' || number where number = %s", home.number)
    here("update registry_person set name = '别人' where number = %s", f"N{renamed.members[-1].number}")
    here("update registry_person set id_blind = '\\x00' where number = %s", f"N{another.members[-1].number}")
    found = differences(compare([files.path("贫困人口信息表")]))
    of = {
        h.number: [one for one in found if one.household_number.removeprefix("N") == h.number]
        for h in (same, renamed, another)
    }
    [one] = of[same.number]
    assert (one.found, one.field, one.theirs, one.ours) == (
        "differs",
        "number",
        same.number,
        f"N{same.number}",
    )
    assert (one.suggested, one.takeable, one.ours_changed_by) == ("verify", False, "巴桑")
    for home in (renamed, another):
        sides = {(one.found, one.household_number) for one in of[home.number] if one.grain == "household"}
        assert sides == {("only_there", home.number), ("only_here", f"N{home.number}")}, (
            "in doubt both sides are told"
        )


def test_what_is_taken_over_comes_by_an_ordinary_batch_and_nothing_else_does(
    made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    files = made(34, 150, faults=False)
    sign()
    taking.take(files.paths)
    later = next_file(files.county, 9)
    batch = compare([path for path in write(later.county, tmp_path) if path.stem == "贫困人口信息表"])
    before = taking.register()
    with within(scope_of(taking.COUNTY)):
        takeable = [one for one in differences(batch) if one.takeable]
        left = next(one for one in takeable if one.field)
        chosen = [one for one in takeable if one != left]
        assert {one.found for one in chosen} == {"only_there", "differs"}
        decide(by=taking.WHO, batch_id=batch.pk, ids=[one.pk for one in chosen], way=Way.TAKE)
        with pytest.raises(receive.NotNow):
            decide(
                by=taking.WHO,
                batch_id=batch.pk,
                ids=[one.pk for one in differences(batch) if not one.takeable],
                way=Way.TAKE,
            )
        taken = take_over(by=taking.WHO, batch_id=batch.pk).batch
    preview = steps.advance(taken.pk, taking.COUNTY)
    assert preview.step == Step.PREVIEW, preview.trouble
    numbers = {one.household_number for one in chosen}
    assert preview.counts["households"] == len(numbers) and preview.counts["held"] == 0
    assert taking.register() == before, "nothing before somebody answers for it"
    taking.merge(preview)
    after = taking.register()
    assert {
        n for n in after["households"] if after["households"][n] != before["households"].get(n)
    } <= numbers
    assert all(after[table][key] == row for table in ("statuses",) for key, row in before[table].items())

    with within(scope_of(taking.COUNTY)):
        look_again(by=taking.WHO, batch_id=batch.pk)
    steps.advance(batch.pk, taking.COUNTY)
    still = {one.pk for one in differences(batch)}
    # The new person's number is still another where somebody moved; all that was taken over is settled.
    assert not still & {one.pk for one in chosen} and left.pk in still
