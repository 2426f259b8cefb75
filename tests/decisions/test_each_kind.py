"""Each change of people from proposal to register, and back again where it can be undone."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

import people
from decisions.conftest import Family, household
from intake.unit import small as rows
from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.kinds import KINDS, Change
from xiuhua.decisions.kinds.joining import former_members
from xiuhua.decisions.kinds.reading import change_of
from xiuhua.decisions.queries.pages import GROUPS
from xiuhua.decisions.services import Refused, Unfit, accept, ask_undo, undo, withdraw
from xiuhua.decisions.terms import State
from xiuhua.engine import load
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = pytest.mark.database
BOY = {"name": "石安安", "sex": "male", "relation": "son"}


def decided(family: Family, case: Any, by: Any = None) -> Any:
    by = by or family.world.township_officer
    with family.act(by):
        return accept(by=by, case=case).case


def undone(family: Family, case: Any) -> None:
    with family.act(family.world.township_officer):
        ask_undo(by=family.world.township_officer, case=case, reason="报错了")
    with family.act(family.world.county_office):
        assert undo(by=family.world.county_office, case=case).case.state == State.UNDONE


def roster(family: Family, **names: str) -> dict[str, str]:
    return {str(family.persons[name].pk): relation for name, relation in names.items()}


def look(model: Any, **query: Any) -> Any:
    with within(scope_of(people.COUNTY)):
        return model.objects.filter(**query).order_by("-pk").first()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("birth", BOY),
        ("marriage_in", {"name": "白兰", "sex": "female", "birth_date": "1999-04-05", "relation": "daughter_in_law"}),
        ("adoption_in", {"name": "石小北", "sex": "male", "birth_date": "2022-04-05", "relation": "son"}),
    ],
)  # fmt: skip
def test_somebody_joins_and_the_joining_is_undone(family: Family, kind: str, said: dict[str, str]) -> None:
    before = family.living()
    case = decided(family, family.propose(kind, **said))
    assert family.living() == {**before, said["name"]: said["relation"]}
    membership = look(Membership, person__name=said["name"])
    assert (membership.since, membership.begun_by_case) == (date(2026, 5, 1), case.pk)
    undone(family, case)
    assert family.living() == before
    kept = look(Membership, person__name=said["name"])
    assert kept.until == kept.since  # it stays on record and holds on no day


@pytest.mark.parametrize("kind", ["death", "marriage_out", "adoption_out"])
def test_a_member_leaves_and_the_leaving_is_undone(family: Family, kind: str) -> None:
    before = family.living()
    case = decided(family, family.propose(kind, person=family.persons["石小梅"]))
    assert "石小梅" not in family.living() and len(family.living()) == 3
    assert look(Person, name="石小梅").died_on == (date(2026, 5, 1) if kind == "death" else None)
    undone(family, case)
    assert family.living() == before and look(Person, name="石小梅").died_on is None


def test_when_the_head_dies_another_is_named_or_the_case_is_not_taken(family: Family) -> None:
    with pytest.raises(Unfit) as told:
        family.propose("death", person=family.persons["石满仓"])
    assert told.value.problems[0].field == "relations"
    relations = roster(family, 田秀英="head", 石小军="son", 石小梅="daughter")
    decided(family, family.propose("death", person=family.persons["石满仓"], relations=relations))
    assert family.living() == {"田秀英": "head", "石小军": "son", "石小梅": "daughter"}
    assert look(Household, pk=family.household.pk).head_name == "田秀英"


def test_when_the_last_one_dies_the_household_ends_and_its_record_stays(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        alone, persons = household("99052100009", people.VILLAGE, {"独老": ("head", "male")})
    case = decided(family, family.propose("death", household=alone, person=persons["独老"]))
    ended = look(Household, pk=alone.pk)
    assert (ended.ended_on, ended.ended_because, ended.ended_by_case) == (date(2026, 5, 1), "empty", case.pk)
    undone(family, case)
    assert look(Household, pk=alone.pk).ended_on is None and family.living(alone) == {"独老": "head"}


def test_a_household_in_which_nobody_is_left_is_ended_by_two_and_taken_back(family: Family) -> None:
    with pytest.raises(Unfit, match="家里少人"):
        family.propose("household_ends")
    with within(scope_of(people.COUNTY)):
        empty, _persons = household("99052100008", people.VILLAGE, {})
    case = family.propose("household_ends", household=empty)
    with pytest.raises(Refused), family.act(family.world.first_secretary):
        accept(by=family.world.first_secretary, case=case)
    assert look(Household, pk=empty.pk).ended_on is None, "nobody ends it alone"
    decided(family, case)
    ended = look(Household, pk=empty.pk)
    assert (ended.ended_on, ended.ended_because, ended.ended_by_case) == (date(2026, 5, 1), "empty", case.pk)
    undone(family, case)
    assert look(Household, pk=empty.pk).ended_on is None


def test_a_household_ends_on_no_day_before_its_last_member_left(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        left, persons = household("99052100007", people.VILLAGE, {"独老": ("head", "male")})
        Membership.objects.filter(person=persons["独老"]).update(until=date(2026, 6, 1))
    with pytest.raises(Unfit, match="2026-06-01"):
        family.propose("household_ends", household=left, on=date(2026, 5, 1))
    decided(family, family.propose("household_ends", household=left, on=date(2026, 6, 1)))
    assert look(Household, pk=left.pk).ended_because == "empty"


def test_what_a_rule_says_to_propose_is_on_the_menu_of_a_household() -> None:
    """A next action in quotation marks after 办理 names a kind of case, or a group of them, that is there."""
    menu = {one.zh for one in KINDS.values() if one.offered} | {zh for zh, _en, _codes in GROUPS}
    offered = {code for code, one in KINDS.items() if one.offered}
    assert {code for _zh, _en, codes in GROUPS for code in codes} == offered
    told = [rule.next.says("zh") for rule in load().rules.values() if rule.next]
    named = {name for one in told for name in re.findall(r"(?:办理|再办|按)“([^”]+)”", one)}
    assert named and named <= menu


def test_whoever_married_out_comes_back_as_the_same_person(family: Family) -> None:
    decided(family, family.propose("marriage_out", person=family.persons["石小梅"]))
    back = family.propose("return", person=family.persons["石小梅"], relation="daughter", on=date(2026, 8, 1))
    decided(family, back)
    assert family.living()["石小梅"] == "daughter"
    with within(scope_of(people.COUNTY)):
        assert Person.objects.filter(name="石小梅").count() == 1


def test_who_married_to_another_village_is_asked_about_and_goes_back_when_that_is_undone(
    family: Family,
) -> None:
    girl, number = family.persons["石小梅"], rows.id_number(1979, 122)
    with within(scope_of(people.COUNTY)):
        sealed = {
            "id_sealed": seal(number),
            "id_blind": blind(number),
            "id_kind": "resident18",
            "id_valid": True,
        }
        Person.objects.filter(pk=girl.pk).update(**sealed)
        other, _there = household("99052100002", people.SECOND_VILLAGE, {"王大": ("head", "male")})
    decided(family, family.propose("marriage_out", person=girl))
    born = girl.birth_date.isoformat()
    wedding = {
        "household": other,
        "name": "石小梅",
        "sex": "female",
        "birth_date": born,
        "relation": "spouse",
    }
    county = family.world.county_office
    with pytest.raises(Unfit, match="同名、同日出生"):
        family.propose("marriage_in", by=county, **wedding)
    two = family.propose("marriage_in", by=county, reason="另有其人，户口簿上两人", **wedding)
    with family.act(county):
        [line] = [one for one in two.steps.get().detail["lines"] if "同名" in one["what"]["zh"]]
        assert "情况说明" in line["after"]["zh"]
        withdraw(by=county, case=two)

    wedding["birth_date"] = "1979-01-01"
    joined = decided(family, family.propose("marriage_in", by=county, id_number=number, **wedding))
    assert look(Person, name="石小梅").village_code == people.SECOND_VILLAGE
    undone(family, joined)
    assert look(Person, name="石小梅").village_code == people.VILLAGE
    with family.act(family.world.first_secretary):
        assert [one.person_id for one in former_members(Change(family.household, date(2026, 6, 1)))] == [
            girl.pk
        ]


def test_another_head_keeps_the_relations_of_days_past(family: Family) -> None:
    relations = roster(family, 石满仓="father", 田秀英="mother", 石小军="head", 石小梅="sibling")
    case = decided(family, family.propose("new_head", relations=relations))
    assert (
        family.living()["石小军"] == "head" and look(Household, pk=family.household.pk).head_name == "石小军"
    )
    with within(scope_of(people.COUNTY)):
        then = Membership.objects.get(household=family.household, person__name="石满仓", since__isnull=True)
    assert (then.relation, then.until) == ("head", date(2026, 5, 1))
    undone(family, case)
    assert (
        family.living()["石满仓"] == "head" and look(Household, pk=family.household.pk).head_name == "石满仓"
    )


def test_a_household_divides_and_the_new_one_has_no_status(family: Family) -> None:
    case = decided(family, family.propose("split", relations=roster(family, 石小军="head", 石小梅="sibling")))
    new = look(Household, split_from=family.household)
    assert family.living(new) == {"石小军": "head", "石小梅": "sibling"}
    assert family.living() == {"石满仓": "head", "田秀英": "spouse"}
    assert (new.kind, new.number, new.status_reported) == ("registered", "99052100001-1", None)
    with within(scope_of(people.COUNTY)):
        assert not new.statuses.exists()
    undone(family, case)
    assert len(family.living()) == 4 and look(Household, pk=new.pk).ended_because == "undone"


def test_a_household_goes_into_another_and_keeps_its_record(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        other, persons = household(
            "99052100002",
            people.VILLAGE,
            {"石满囤": ("head", "male"), "石大妮": ("daughter", "female")},
            "other",
        )
    relations = {str(persons["石满囤"].pk): "sibling", str(persons["石大妮"].pk): "niece"}
    case = decided(
        family, family.propose("merge", household=other, into=family.household.pk, relations=relations)
    )
    assert family.living()["石大妮"] == "niece" and len(family.living()) == 6
    ended = look(Household, pk=other.pk)
    assert (ended.merged_into_id, ended.ended_because) == (family.household.pk, "merged")
    undone(family, case)
    assert len(family.living()) == 4 and len(family.living(other)) == 2


def test_a_registered_household_does_not_vanish_into_another_rural_one(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        other, _persons = household("99052100002", people.VILLAGE, {"石满囤": ("head", "male")}, "other")
    with pytest.raises(Unfit, match="帮扶会断"):
        family.propose("merge", into=other.pk, relations=roster(family, 石满仓="sibling"))


def test_a_household_moves_within_its_county_and_its_statuses_follow(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        opened(family.household)
    case = family.propose("move", village=people.SECOND_VILLAGE)
    decided(family, case)
    with within(scope_of(people.SECOND_VILLAGE)):
        there = Household.objects.get(pk=family.household.pk)
        assert there.statuses.get().status == "poor" and there.memberships.count() == 4
        assert Person.objects.filter(name="石满仓").exists()
    with within(scope_of(people.VILLAGE)):
        assert not Household.objects.filter(pk=family.household.pk).exists()
    undone(family, case)
    with within(scope_of(people.VILLAGE)):
        assert Household.objects.get(pk=family.household.pk).statuses.get().status == "poor"


def watched_as(home: Household, watch_class: str, since: date) -> None:
    """Taken over at the county's opening."""
    from xiuhua.common.clock import beijing_now
    from xiuhua.registry.models import Opening, WatchEntry

    WatchEntry.objects.create(
        household=home, village_code=home.village_code, watch_class=watch_class, since=since, basis="opening",
        opening=Opening.objects.get(), recorded_at=beijing_now(), recorded_by="x",
    )  # fmt: skip


def watching(home: Household) -> list[tuple[Any, ...]]:
    with within(scope_of(people.COUNTY)):
        found = home.watches.order_by("pk")
        return [(one.watch_class, one.since, one.basis, one.case_number) for one in found]


def test_of_a_watched_household_that_divides_both_parts_go_on_being_watched(family: Family) -> None:
    since = date(2025, 1, 1)
    with within(scope_of(people.COUNTY)):
        opened(family.household)
        watched_as(family.household, "sudden", since)
    case = family.propose("split", relations=roster(family, 石小军="head", 石小梅="sibling"))
    with within(scope_of(people.COUNTY)):
        told = [
            line.after["zh"] for line in KINDS["split"].tells(change_of(case, family.world.county_office))
        ]
    assert "两户都继续监测，直到重新研判" in told
    decided(family, case)
    new = look(Household, split_from=family.household)
    assert watching(new) == [("sudden", since, "family", str(case.pk))]
    undone(family, case)
    assert watching(new)[1:] == [("none", beijing_today(), "family", str(case.pk))]
    assert watching(family.household) == [("sudden", since, "opening", "")]


@pytest.mark.parametrize(
    ("ours", "theirs", "stays"),
    [
        (("unstable", date(2025, 1, 1)), ("sudden", date(2026, 1, 1)), "theirs"),
        (("sudden", date(2025, 1, 1)), ("unstable", date(2026, 1, 1)), "ours"),
        (("sudden", date(2025, 1, 1)), ("sudden", date(2026, 1, 1)), "theirs"),
        (None, ("marginal", date(2026, 1, 1)), "theirs"),
    ],
)
def test_of_two_that_unite_the_stricter_class_stays(
    family: Family, ours: Any, theirs: Any, stays: str
) -> None:
    with within(scope_of(people.COUNTY)):
        opened(family.household)
        other, persons = household("99052100002", people.VILLAGE, {"石满囤": ("head", "male")}, "other")
        watched_as(other, *theirs)
        if ours:
            watched_as(family.household, *ours)
    before = watching(family.household)
    relations = {str(persons["石满囤"].pk): "sibling"}
    case = decided(
        family, family.propose("merge", household=other, into=family.household.pk, relations=relations)
    )
    carried = [(*theirs, "family", str(case.pk))] if stays == "theirs" else []
    assert watching(family.household) == [*before, *carried]
    undone(family, case)
    back = [(*(ours or ("none", beijing_today())), "family", str(case.pk))] if carried else []
    assert watching(family.household) == [*before, *carried, *back]
    assert watching(other) == [(*theirs, "opening", "")]


def test_a_household_that_only_a_file_has_as_watched_is_identified_before_it_goes_into_another(
    family: Family,
) -> None:
    with within(scope_of(people.COUNTY)):
        other, persons = household("99052100002", people.VILLAGE, {"石满囤": ("head", "male")}, "watched")
    with pytest.raises(Unfit, match="否则监测会断"):
        family.propose(
            "merge",
            household=other,
            into=family.household.pk,
            relations={str(persons["石满囤"].pk): "sibling"},
        )


def opened(made: Household) -> None:
    """A status under the county's opening."""
    from intake import taking
    from xiuhua.common.clock import beijing_now
    from xiuhua.registry.models import Opening, StatusEntry
    from xiuhua.registry.services import sign_opening

    sign_opening(by=taking.WHO, county_code=made.county_code, statement="承接测试")
    StatusEntry.objects.create(
        household=made, village_code=made.village_code, status="poor", since=date(2020, 1, 1), basis="opening",
        opening=Opening.objects.get(), recorded_at=beijing_now(), recorded_by="x",
    )  # fmt: skip


def test_what_stands_on_a_case_is_named_when_it_is_to_be_undone(family: Family) -> None:
    birth = decided(family, family.propose("birth", **BOY))
    with within(scope_of(people.COUNTY)):
        boy = Person.objects.get(name="石安安")
    decided(family, family.propose("adoption_out", person=boy, on=date(2026, 6, 1)))
    with pytest.raises(Refused, match="送养"):
        undone(family, birth)
