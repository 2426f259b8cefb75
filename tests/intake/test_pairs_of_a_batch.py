"""What a batch asks comes as pairs, is decided once, and is not asked again by the same file; a new value asks anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import people
from intake import taking
from intake.conftest import Files
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.decisions.models import Case, Pair, Transfer
from xiuhua.decisions.queries.pairs import standing
from xiuhua.decisions.services import Refused, accept, receive, undo
from xiuhua.decisions.services.pairs import decide, undo_pair
from xiuhua.decisions.terms import Answer, PairKind, PairState, State
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Membership, Person
from xiuhua.synth.county import next_file, write

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture(scope="session")
def few(made: Callable[..., Files]) -> Files:
    """60 registered households with faults."""
    return made(11, 60)


Both = tuple[Appointment, Appointment]


@pytest.fixture
def offices(fresh_database: Any) -> Both:
    """Two officers of the county's office."""
    world = people.small_world()
    return world.county_office, people.person("孙科员", "sun", people.COUNTY, Role.COUNTY_OFFICE)


def pairs(**wanted: Any) -> list[Pair]:
    with within(scope_of(taking.COUNTY)):
        return list(Pair.objects.filter(**wanted).select_related("case").order_by("pk"))


def answer(by: Both, pair: Pair, said: Answer, **more: Any) -> Pair:
    """Decided by one and, where it changes the register, confirmed by the other."""
    with within(scope_of(taking.COUNTY), who={"account": "wang"}):
        done = decide(by=by[0], pair=pair, answer=said, reason="看了户口簿", **more)
    if done.case is not None:
        if done.case.state == State.SENT:
            received(done.case)
        with within(scope_of(taking.COUNTY), who={"account": "wang"}), pytest.raises(Refused):
            accept(by=by[0], case=done.case)
        with within(scope_of(taking.COUNTY), who={"account": "sun"}):
            accept(by=by[1], case=done.case)
    return again(pair)


def received(case: Case) -> None:
    """The township that it leads to says yes, by an officer of its own."""
    with within(scope_of(taking.COUNTY)):
        transfer = Transfer.objects.get(case_number=case.pk)
    officer = people.person(f"乡{case.pk}", f"xiang{case.pk}", transfer.place_code[:9], Role.TOWNSHIP_OFFICE)
    with within(scope_of(officer.place_code), who={"account": officer.actor_name}):
        receive(by=officer, transfer=transfer)


def again(pair: Pair) -> Pair:
    return pairs(pk=pair.pk)[0]


def how(pair: Pair) -> PairState:
    with within(scope_of(taking.COUNTY)):
        return standing(again(pair))


def open_findings(pair: Pair) -> list[tuple[str, str]]:
    prints = [one for side in pair.findings.values() for one in side]
    return [
        (rule, because)
        for rule, because in taking.ask(
            "select rule, closed_because from findings_finding where fingerprint = any(%s) and state <> 'closed'",
            values=[prints],
        )
    ]


def living(number: str) -> set[str]:
    """Names of who belongs to a household now."""
    with within(scope_of(taking.COUNTY)):
        found = Membership.objects.filter(household__number=number, until__isnull=True)
        return {name or "" for name in found.values_list("person__name", flat=True)}


def asked_again(paths: list[Path]) -> Counter[str]:
    """Kinds of open pairs after the same files came once more, and what is refused or asked of them."""
    taking.take(paths)
    with within(scope_of(taking.COUNTY)):
        return Counter(one.kind for one in Pair.objects.all() if standing(one) is PairState.OPEN)


def loser(pair: Pair) -> tuple[Answer, str, str]:
    """An answer by which a registered member leaves an ordinary household, with that household and the name."""
    for said, side in ((Answer.KEEP_LEFT, pair.right), (Answer.KEEP_RIGHT, pair.left)):
        if side["relation"] != "head" and side["name"] in living(side["household"]):
            return said, side["household"], side["name"]
    raise AssertionError("both are heads")


def test_every_kind_is_opened_with_both_sides_and_no_number(few: Files, offices: Both) -> None:
    taking.take(few.paths)
    found = pairs()
    kinds = Counter(one.kind for one in found)
    assert kinds[PairKind.SAME_PERSON] >= 2 and kinds[PairKind.ID_TWICE] >= 1
    assert all(
        one.left["household"] and one.right["household"] and one.left["source"]["row"] for one in found
    )
    text = str([(one.left, one.right, one.findings) for one in found])
    numbers = {p.id_number for h in few.county.households for p in h.members}
    assert not any(number in text for number in numbers)
    assert taking.COUNTY in {one.place_code[:6] for one in found}
    taking.take(few.paths)
    assert [one.pk for one in pairs()] == [one.pk for one in found], "the same file opens none twice"


def test_one_person_in_two_households_is_kept_in_one_by_two_people(few: Files, offices: Both) -> None:
    taking.take(few.paths)
    pair = next(
        one
        for one in pairs(kind=PairKind.SAME_PERSON)
        if "head" not in (one.left["relation"], one.right["relation"])
    )
    said, household, name = loser(pair)
    assert open_findings(pair)
    decided = answer(offices, pair, said)
    assert how(decided) is PairState.DECIDED and name not in living(household)
    assert open_findings(pair) == []
    [(closed,)] = taking.ask(
        "select distinct closed_because from findings_finding where closed_because like '逐对判断%%'"
    )
    assert str(pair.pk) in closed

    opened = Counter(one.kind for one in pairs() if how(one) is PairState.OPEN)
    assert asked_again(few.paths) == opened, "nothing decided is asked again"
    assert name not in living(household), "and the file does not bring the member back"
    assert open_findings(pair) == []

    with within(scope_of(taking.COUNTY), who={"account": "wang"}):
        undo_pair(by=offices[0], pair=pair, reason="看错了户口簿")
        with pytest.raises(Refused):
            undo(by=offices[0], case=again(pair).case)  # type: ignore[arg-type]
    with within(scope_of(taking.COUNTY), who={"account": "sun"}):
        undo(by=offices[1], case=again(pair).case)  # type: ignore[arg-type]
    assert how(pair) is PairState.OPEN and name in living(household)
    assert open_findings(pair), "undone, it is asked again"


def test_two_people_with_one_number_send_the_wrong_one_back(few: Files, offices: Both) -> None:
    taking.take(few.paths)
    pair = pairs(kind=PairKind.ID_TWICE)[0]
    right = pair.right["household"]
    answer(offices, pair, Answer.LEFT_WRONG)
    assert how(pair) is PairState.DECIDED and open_findings(pair) == []
    back = taking.ask(
        "select rule, kind, household_number, owner_id is not null from findings_finding where rule = 'number_to_correct' and state = 'open'"
    )
    assert back == [("number_to_correct", "refused", pair.left["household"], True)]
    held = taking.register()["households"]
    batch = taking.take(few.paths)
    told = {
        line["household"]: line["rule"]
        for line in taking.lines(batch)
        if line["rule"] in ("id_used_twice", "number_to_correct")
    }
    assert told.get(pair.left["household"]) == "number_to_correct" and told.get(right) != "id_used_twice"
    assert how(pair) is PairState.DECIDED
    if right not in held:
        assert right in taking.register()["households"], "whose number is right is held back no more"
    with within(scope_of(taking.COUNTY), who={"account": "wang"}):
        undo_pair(by=offices[0], pair=pair, reason="再核")
    assert how(pair) is PairState.OPEN
    assert taking.ask(
        "select count(*) from findings_finding where rule = 'number_to_correct' and state = 'open'"
    ) == [(0,)]


def test_a_changed_number_is_taken_or_kept(few: Files, offices: Both, tmp_path: Path) -> None:
    taking.take(few.paths)
    later = next_file(few.county, 7, {"id_corrected": 2, "household_moved": 2})
    paths = [p for p in write(later.county, tmp_path) if p.suffix == ".xlsx"]
    taking.take(paths)
    first, second = pairs(kind=PairKind.ID_CHANGED)
    with within(scope_of(taking.COUNTY)):
        before = Person.objects.get(number=first.left["person"])
    answer(offices, first, Answer.TAKE)
    with within(scope_of(taking.COUNTY)):
        after = Person.objects.get(pk=before.pk)
        assert (
            bytes(after.id_blind or b"")
            == bytes(first.right_id_blind or b"")
            != bytes(before.id_blind or b"")
        )
        assert after.id_sealed != before.id_sealed
    answer(offices, second, Answer.KEEP)
    moved, stayed = pairs(kind=PairKind.HOUSEHOLD_MOVED)
    answer(offices, moved, Answer.TAKE)
    answer(offices, stayed, Answer.KEEP)
    rows = dict(taking.ask("select number, village_code from registry_household"))
    assert (
        rows[moved.left["household"]] == moved.right["village"]
        and rows[stayed.left["household"]] == stayed.left["village"]
    )

    batch = taking.take(paths)
    told = Counter(line["rule"] for line in taking.lines(batch))
    assert told["id_changed"] == told["household_moved"] == 0 and told["row_left_aside"] == 2
    assert [how(one) for one in (first, second, moved, stayed)] == [PairState.DECIDED] * 4

    with within(scope_of(taking.COUNTY), who={"account": "wang"}):
        undo_pair(by=offices[0], pair=first, reason="换证时写错")
    with within(scope_of(taking.COUNTY), who={"account": "sun"}):
        undo(by=offices[1], case=again(first).case)  # type: ignore[arg-type]
    with within(scope_of(taking.COUNTY)):
        back = Person.objects.get(pk=before.pk)
        assert bytes(back.id_blind or b"") == bytes(before.id_blind or b"") and bytes(
            back.id_sealed or b""
        ) == bytes(before.id_sealed or b"")


def test_a_member_in_another_household_moves_when_two_say_so(
    few: Files, offices: Both, tmp_path: Path
) -> None:
    taking.take(few.paths)
    mover, target = movable()
    path = few.path("贫困人口信息表")
    edit(path, tmp_path, mover[1], {"户编号": target[0], "与户主关系": "其他"})
    paths = [tmp_path / path.name, *(p for p in few.paths if p != path)]
    taking.take(paths)
    [pair] = pairs(kind=PairKind.PERSON_MOVED)
    assert (pair.left["household"], pair.right["household"]) == (mover[0], target[0])
    answer(offices, pair, Answer.TAKE)
    assert mover[2] not in living(mover[0]) and mover[2] in living(target[0])
    batch = taking.take(paths)
    assert "person_moved" not in {line["rule"] for line in taking.lines(batch)}
    # A third household is a new value, so it is asked anew.
    other = next(
        number
        for number in sorted(taking.register()["households"])
        if number not in (mover[0], target[0]) and len(living(number)) > 1
    )
    edit(tmp_path / path.name, tmp_path, mover[1], {"户编号": other})
    taking.take(paths)
    assert [how(one) for one in pairs(kind=PairKind.PERSON_MOVED)] == [PairState.DECIDED, PairState.OPEN]


def movable() -> tuple[tuple[str, str, str], tuple[str]]:
    """Somebody no head, sound of number, of a household of the register, and another household of the same village."""
    rows = taking.ask(
        "select h.number, p.number, p.name, h.village_code from registry_membership m join registry_person p on p.id = m.person_id"
        " join registry_household h on h.id = m.household_id where m.relation not in ('head', 'spouse') and h.kind = 'registered'"
        " and not exists (select 1 from findings_finding f where f.household_number = h.number and f.state = 'open') order by p.number"
    )
    for number, person, name, village in rows:
        others = [one for one in rows if one[3] == village and one[0] != number]
        if others:
            return (number, person, name), (others[0][0],)
    raise AssertionError("no such village")


def edit(path: Path, folder: Path, person: str, values: dict[str, str]) -> None:
    """The file with some cells of a person's row written otherwise, under the same name in the folder."""
    book = openpyxl.load_workbook(path)
    done = 0
    for sheet in book.worksheets:
        head = next(
            (row for row in sheet.iter_rows(max_row=8) if any(cell.value == "人编号" for cell in row)), None
        )
        if head is None:
            continue
        at = {str(cell.value): cell.column for cell in head}
        for row in sheet.iter_rows(min_row=head[0].row + 1):
            if str(row[at["人编号"] - 1].value) == person:
                for name, value in values.items():
                    row[at[name] - 1].value = value
                done += 1
    assert done == 1, (person, done)
    book.save(folder / path.name)
