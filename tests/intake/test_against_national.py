"""A newer export of the national system, held against the register: each planted change is told once, and nothing else."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.db.models import Q

import people
from intake import taking
from intake.conftest import Files, sign
from intake.unit import small as rows
from xiuhua.accounts.terms import Role
from xiuhua.decisions.models import Case
from xiuhua.decisions.services import Said, accept, ask_undo, propose, undo
from xiuhua.files.services import ask, content, make
from xiuhua.files.terms import Step as Made
from xiuhua.intake.models import Batch, Difference, Purpose, Step, Way
from xiuhua.intake.services import receive, steps
from xiuhua.intake.services.differences import decide, follow, look_again, take_over
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
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


A, B, C, D, E = (f"{rows.HOME[:-1]}{n}" for n in range(1, 6))
DAY = date(2026, 10, 1)


class Town:
    """Five families from a file, in which cases then change people; the same file is their national export."""

    def __init__(self, folder: Path) -> None:
        people.make_places()
        self.by = people.person("县干部", "xian", taking.COUNTY, Role.COUNTY_OFFICE)
        self.other = people.person("县二", "xian2", taking.COUNTY, Role.COUNTY_OFFICE)
        sign()
        told = {A: "罗一罗二", B: "王大", C: "李一李二", D: "赵一赵二赵三", E: "孙一孙二"}
        each = [
            rows.household(*({"姓名": n[at : at + 2]} for at in range(0, len(n), 2)), number=h)
            for h, n in told.items()
        ]
        self.export = rows.persons(folder, [row for home in each for row in home])
        taking.take([rows.villages(folder), self.export], data_date=date(2017, 9, 30))

    def carry(self, kind: str, number: str, person: str = "", **payload: Any) -> int:
        with within(scope_of(taking.COUNTY), who={"account": "xian"}):
            home, who = Household.objects.get(number=number), None
            here = {m.person.name: m.person for m in Membership.objects.filter(household=home, until=None)}
            if person:
                who = here[person]
            if "into" in payload:
                payload["into"] = Household.objects.get(number=payload["into"]).pk
            if "relations" in payload:
                payload["relations"] = {str(here[n].pk): one for n, one in payload["relations"].items()}
            case = propose(
                by=self.by, kind=kind, household=home, person=who, said=Said(on=DAY, payload=payload)
            ).case
            return accept(by=self.other, case=case, reason="材料存乡镇").case.pk  # fmt: skip

    def filled_in(self, batch: Batch) -> list[tuple[Any, ...]]:
        """The lines of what is to be typed there, from the workbook: household, name, what, there now, enter, note."""
        with within(scope_of(taking.COUNTY)):
            export = ask(
                by=self.by, kind="intake.differences", params={"batch": batch.pk}, place_code=taking.COUNTY
            ).export
        done = make(export.pk, taking.COUNTY)
        assert done.step == Made.DONE, done.trouble
        with within(scope_of(taking.COUNTY)):
            assert done.file is not None
            book = openpyxl.load_workbook(io.BytesIO(content(done.file)))
        lines = book["待填国家系统"].iter_rows(min_row=2, values_only=True)
        return [(line[2], *line[4:8], line[9]) for line in lines]


def test_what_cases_decided_here_is_to_be_entered_there_and_never_taken_back(
    fresh_database: Any, tmp_path: Path, client: Any
) -> None:
    town = Town(tmp_path)
    died = town.carry("death", A, "罗二")
    town.carry("death", B, "王大")  # the last one: the household ends
    town.carry("merge", C, into=A, relations={"李一": "other", "李二": "other"})
    town.carry("birth", A, name="罗安安", sex="female", relation="daughter")
    town.carry("split", D, relations={"赵二": "head"})
    married = town.carry("marriage_out", D, "赵三")
    town.carry("new_head", E, relations={"孙一": "other", "孙二": "head"})
    with within(scope_of(taking.COUNTY)):
        # Nothing by which a file could know the dead again but name and household.
        Person.objects.filter(name="王大").update(number="另编", id_sealed=None, id_blind=None)
    batch = compare([town.export])
    found = differences(batch)
    assert told(found) == Counter([
        ("only_there", A, f"{A}02", ""), ("only_there", B, "", ""), ("only_there", B, f"{B}01", ""),
        ("only_there", C, "", ""), ("only_there", D, f"{D}03", ""),
        ("only_here", A, next(d.person_number for d in found if d.name == "罗安安"), ""), ("only_here", f"{D}-1", "", ""),
        ("differs", A, f"{C}01", "household_number"), ("differs", A, f"{C}02", "household_number"), ("differs", A, f"{C}01", "relation"),
        ("differs", f"{D}-1", f"{D}02", "household_number"), ("differs", f"{D}-1", f"{D}02", "relation"),
        ("differs", E, f"{E}01", "relation"), ("differs", E, f"{E}02", "relation"),
    ])  # fmt: skip
    assert {(d.suggested, d.takeable, d.changed_on) for d in found} == {("fill", False, DAY)}
    assert next(d for d in found if d.name == "罗二").by_case == died
    with within(scope_of(taking.COUNTY)):
        with pytest.raises(receive.NotNow):
            decide(by=taking.WHO, batch_id=batch.pk, ids=[found[0].pk], way=Way.TAKE)
        assert follow(by=taking.WHO, batch_id=batch.pk, among=Q()).ways == {"fill": len(found), "take": 0}
        with pytest.raises(receive.NotNow):
            take_over(by=taking.WHO, batch_id=batch.pk)
    people.sign_in(client, town.by)
    page = client.get(f"/national/differences/{batch.pk}/").content.decode()
    assert f'<a href="/cases/{died}/">减少：死亡 2026-10-01</a>' in page and "销户：合户 2026-10-01" in page
    lines = town.filled_in(batch)
    whole = {line[:5] for line in lines}
    assert {
        (A, "罗二", "成员", "在册", "减少：死亡 2026-10-01"), (B, "王大", "成员", "在册", "减少：死亡 2026-10-01"),
        (B, "王大", "整户 1 人", "在册", "销户：自然销户 2026-10-01"), (C, "李一", "整户 2 人", "在册", "销户：合户 2026-10-01"),
        (D, "赵三", "成员", "在册", "减少：婚出 2026-10-01"), (A, "罗安安", "成员", "无", "增加：出生 2026-10-01"),
        (A, "罗安安", "与户主关系", None, "之女"), (f"{D}-1", "赵二", "整户 1 人", "无", "增加：分户 2026-10-01"),
        (A, "李一", "所在户", C, A), (E, "孙二", "与户主关系", "其他", "户主"),
    } <= whole  # fmt: skip
    assert {line[5] for line in lines if line[1] == "李二"} == {"调整：合户 2026-10-01"}
    # Of a household that stays only who came is written out, not everybody.
    assert not [line for line in lines if line[1] == "罗一"]

    # Undone, a case says nothing any more: the same export then agrees about whom it was about.
    with within(scope_of(taking.COUNTY), who={"account": "xian"}):
        case = Case.objects.get(pk=married)
        ask_undo(by=town.by, case=case, reason="报错了")
        undo(by=town.other, case=case)
        look_again(by=taking.WHO, batch_id=batch.pk)
    steps.advance(batch.pk, taking.COUNTY)
    assert told(found) - told(differences(batch)) == Counter([("only_there", D, f"{D}03", "")])
