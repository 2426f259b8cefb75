"""The register is searched for people who may stand twice; what is found is asked, once."""

from __future__ import annotations

from datetime import date

import pytest

import people
from decisions.conftest import Family, household
from xiuhua.decisions.models import Pair, Search
from xiuhua.decisions.services import Refused
from xiuhua.decisions.services.pairs import decide
from xiuhua.decisions.services.searching import run_search, want_search
from xiuhua.decisions.terms import Answer, PairKind, SearchState
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Person

pytestmark = pytest.mark.database


def search(family: Family, **how: bool) -> Search:
    by = family.world.county_office
    with family.act(by):
        wanted = want_search(by=by, **how).search
    run_search(wanted.pk, wanted.place_code)
    with family.act(by):
        return Search.objects.get(pk=wanted.pk)


def twins_and_doubles(family: Family) -> None:
    """A second household with the head's double (a clerk's other character) and, in the first, a pair of twins."""
    with within(scope_of(people.COUNTY)):
        _home, others = household("99052100002", people.SECOND_VILLAGE, {"石满苍": ("head", "male")})
        twin = {"name": "石小均", "birth_date": family.persons["石小军"].birth_date}
        Person.objects.filter(pk=family.persons["石小梅"].pk).update(**twin)
        Person.objects.filter(pk=others["石满苍"].pk).update(birth_date=family.persons["石满仓"].birth_date)


def test_a_double_of_another_village_is_asked_and_twins_are_not(family: Family) -> None:
    twins_and_doubles(family)
    done = search(family)
    assert done.state == SearchState.DONE and done.told["people"] == 5 and done.told["opened"] == 1
    with family.act(family.world.county_office):
        [pair] = Pair.objects.all()
    assert (
        pair.kind == PairKind.MAY_BE_SAME
        and pair.place_code == people.TOWNSHIP
        and pair.found_by == "birth_near_name"
    )
    again = search(family)
    assert (again.told["opened"], again.told["known"]) == (0, 1)


def test_a_pair_that_was_decided_is_not_asked_again_until_a_value_changes(family: Family) -> None:
    twins_and_doubles(family)
    search(family)
    by = family.world.township_officer
    with family.act(by):
        [pair] = Pair.objects.all()
        with pytest.raises(Refused):
            decide(by=by, pair=pair, answer=Answer.DIFFERENT)
        decide(by=by, pair=pair, answer=Answer.DIFFERENT, reason="看了两本户口簿")
    assert search(family).told["opened"] == 0
    with within(scope_of(people.COUNTY)):
        Person.objects.filter(name="石满苍").update(name="石满仓")
    assert search(family).told["opened"] == 1


def test_a_village_worker_looks_and_does_not_decide(family: Family) -> None:
    twins_and_doubles(family)
    search(family)
    with family.act(family.world.first_secretary), pytest.raises(Refused):
        want_search(by=family.world.first_secretary)
    with family.act(family.world.first_secretary):
        assert list(Pair.objects.all()) == [], "it lies between two villages: the township's"


def test_too_few_people_for_scores_says_so_and_keeps_the_pairs(family: Family) -> None:
    twins_and_doubles(family)
    done = search(family, with_scores=True)
    assert done.told["opened"] == 1
    with family.act(family.world.county_office):
        [pair] = Pair.objects.all()
    assert (pair.score is None) == ("no_scores" in done.told)


def test_another_county_is_asked_to_release_and_learns_only_who_asks(family: Family) -> None:
    from xiuhua.accounts.terms import Role
    from xiuhua.common.sealing import blind, seal
    from xiuhua.decisions.queries.pair_pages import page
    from xiuhua.decisions.queries.pairs import standing
    from xiuhua.decisions.services import accept
    from xiuhua.decisions.services.pairs import Asked, Side, open_pairs, undo_pair
    from xiuhua.decisions.terms import PairState
    from xiuhua.registry.models import Membership

    number = "990522197002031234"
    with within(scope_of(people.OTHER_COUNTY)):
        _home, others = household(
            "99052200009",
            people.OTHER_VILLAGE,
            {"石满仓": ("head", "male"), "石大妹": ("daughter", "female")},
        )
        Person.objects.filter(pk=others["石大妹"].pk).update(
            id_sealed=seal(number), id_blind=blind(number), id_kind="resident18", id_valid=True
        )
    there = people.person("白科员", "bai", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    second = people.person("岭科员", "ling", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    here = family.world.county_office
    mine = family.persons["石小梅"]
    said = {"name": "石小梅", "household": family.household.number, "person": mine.number, "village": people.VILLAGE, "person_id": mine.pk,
            "household_id": family.household.pk, "birth_date": "1979-02-03", "source": {"where": "register", "batch": None}}  # fmt: skip
    ask = Asked(
        PairKind.ID_ELSEWHERE,
        Side(said, seal(number), blind(number)),
        Side({"village": people.OTHER_COUNTY, "source": {"where": "elsewhere"}}),
        "id_elsewhere",
    )
    with family.act(here):
        open_pairs(by=here, county_code=people.COUNTY, asked=[ask])
        [pair] = Pair.objects.all()
        decide(by=here, pair=pair, answer=Answer.ASK_RELEASE, reason="户口已迁来")
        pair = Pair.objects.get()
        assert "石大妹" not in str(pair.__dict__), "nothing of the other county comes here"
    with family.act(there):
        [asked] = Pair.objects.all()
        assert asked.kind == PairKind.RELEASE_ASKED and asked.left["name"] == "石大妹"
        assert set(asked.right) == {"village", "office", "source"} and asked.right["village"] == people.COUNTY
        assert "王主任" not in str(asked.right) and "石小梅" not in str(asked.right)
        shown = page(there, asked)
        assert shown["matters"] and shown["sides"][1]["title"]["zh"] == "外县"
        assert shown["pair"]["kind"]["en"] == "Another county asks to release a person"
        case = decide(by=there, pair=asked, answer=Answer.RELEASE, reason="已迁走", on=date(2026, 5, 1)).case
    with family.act(here):
        told = page(here, Pair.objects.get())["release"]
        assert told is not None and "等对方" in told["zh"]
    with family.act(second):
        assert case is not None
        accept(by=second, case=case)
        assert not Membership.objects.filter(person=others["石大妹"], until__isnull=True).exists()
    with family.act(here):
        told = page(here, Pair.objects.get())["release"]
        assert told is not None and "已核减" in told["zh"]
        undo_pair(by=here, pair=pair, reason="再核")
        assert standing(Pair.objects.get()) is PairState.OPEN
