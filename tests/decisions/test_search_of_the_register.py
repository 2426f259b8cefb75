"""The register is searched for people who may stand twice; what is found is asked, once."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

import people
from decisions.conftest import Family, household
from xiuhua.decisions.models import Pair, Search
from xiuhua.decisions.services import Refused
from xiuhua.decisions.services.pairs import decide
from xiuhua.decisions.services.searching import run_search, want_search
from xiuhua.decisions.terms import Answer, PairKind, SearchState
from xiuhua.intake.reading import check_digit
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

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


def test_a_search_goes_on_where_the_one_before_was_full(family: Family, monkeypatch: Any) -> None:
    from xiuhua.decisions.services import searching

    monkeypatch.setattr(searching, "MOST", 1)
    twins_and_doubles(family)
    with within(scope_of(people.COUNTY)):
        _home, others = household("99052100003", people.VILLAGE, {"田秀音": ("head", "female")})
        Person.objects.filter(pk=others["田秀音"].pk).update(birth_date=family.persons["田秀英"].birth_date)
    told = [search(family).told for _ in range(3)]
    assert [(one["opened"], one["known"], one["left_out"]) for one in told] == [
        (1, 0, 1),
        (1, 1, 0),
        (0, 2, 0),
    ]


def test_who_is_kept_without_a_number_has_the_one_of_the_record_that_goes(family: Family) -> None:
    from xiuhua.common.identity import identity
    from xiuhua.common.sealing import blind, seal, unseal
    from xiuhua.decisions.services import accept, ask_undo, undo
    from xiuhua.registry.services import Evidence, correct_number
    from xiuhua.registry.terms import Seen

    number, by, second = "990521197902030126", family.world.township_officer, family.world.county_office
    number = number[:17] + check_digit(number[:17])
    girl = family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        _home, others = household("99052100002", people.VILLAGE, {"王大": ("head", "male"), "石小梅": ("daughter", "female")})  # fmt: skip
        gone = others["石小梅"]
        told = {
            "id_sealed": seal(number),
            "id_blind": blind(number),
            "id_kind": "resident18",
            "id_valid": True,
        }
        Person.objects.filter(pk=gone.pk).update(**told, birth_date=girl.birth_date)
    search(family)
    with family.act(by):
        [pair] = Pair.objects.all()
        here = pair.left["household"] == family.household.number
        case = decide(
            by=by, pair=pair, answer=Answer.KEEP_LEFT if here else Answer.KEEP_RIGHT, reason="看了户口簿"
        ).case
        assert case is not None
    with family.act(second):
        accept(by=second, case=case)
        girl.refresh_from_db()
        assert girl.id_sealed is not None and unseal(bytes(girl.id_sealed)) == number and girl.id_valid
        ask_undo(by=second, case=case, reason="看错了")
    with family.act(by):
        undo(by=by, case=case)
        girl.refresh_from_db()
        assert girl.id_sealed is girl.id_blind is None and girl.id_kind == "none"
        # Left as the same person by a decision of before: what it has is nobody else's.
        Membership.objects.filter(person=gone).update(until=date(2026, 5, 1), ended_because="same_person")
        done = correct_number(
            by=by, household=family.household, grain="person", row=girl.pk, column="id_number", plain=number,
            told=identity(number, on=date(2026, 5, 2)), evidence=Evidence(Seen.CHECKED, date(2026, 5, 2)),
        )  # fmt: skip
        assert done.correction.column == "id_number"


def test_a_number_of_the_register_that_is_judged_wrong_is_put_right_there(
    family: Family, client: Any
) -> None:
    from xiuhua.common.identity import identity
    from xiuhua.common.sealing import blind, seal
    from xiuhua.decisions.queries.pair_pages import page
    from xiuhua.decisions.services.pairs import undo_pair
    from xiuhua.findings.models import Finding, Move
    from xiuhua.findings.terms import Act as Happened
    from xiuhua.registry.services import Evidence, correct_number
    from xiuhua.registry.terms import Seen

    number, other = (f"990521197902030{n}" + check_digit(f"990521197902030{n}") for n in (22, 44))
    girl = family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        _home, others = household("99052100002", people.VILLAGE, {"石大妮": ("head", "female")})
        told = {
            "id_sealed": seal(number),
            "id_blind": blind(number),
            "id_kind": "resident18",
            "id_valid": True,
        }
        Person.objects.filter(pk__in=[girl.pk, others["石大妮"].pk]).update(
            **told, birth_date=date(1979, 2, 3)
        )
    search(family)
    by = family.world.township_officer
    ends = f"{number[:4]}**********{number[-4:]}"
    for who in (by, family.world.leader, family.world.city_office):
        with family.act(who):
            [pair] = Pair.objects.all()
            shown = str(page(who, pair)["matters"])
        assert ends in shown and "1979" not in shown, "together they are the number"
    with family.act(by):
        wrong = Answer.LEFT_WRONG if pair.left["name"] == "石小梅" else Answer.RIGHT_WRONG
        decide(by=by, pair=pair, answer=wrong, reason="看了身份证")
        [one] = Finding.objects.filter(rule__contains="number")
        assert (one.rule, one.kind, one.held, one.file_name) == ("number_wrong_here", "asked", False, "")
        [found] = Move.objects.filter(finding=one)
        assert (found.act, found.by, found.post) == (Happened.FOUND, by.actor_name, by.post_name)
    people.sign_in(client, by)
    shown = client.get(f"/findings/{one.pk}/").content.decode()
    assert f"/findings/{one.pk}/correct/person/{girl.pk}/id_number/" in shown
    assert "进不了登记册" not in shown and "文件" not in shown.split("<main")[1]
    with family.act(by):
        undo_pair(by=by, pair=pair, reason="再核")
        assert Finding.objects.get(pk=one.pk).state == "closed"
        decide(by=by, pair=Pair.objects.get(), answer=wrong, reason="看了身份证")
        assert Finding.objects.get(pk=one.pk).state == "open"
        done = correct_number(
            by=by, household=family.household, grain="person", row=girl.pk, column="id_number", plain=other,
            told=identity(other, on=date(2026, 5, 2)), evidence=Evidence(Seen.CHECKED, date(2026, 5, 2)),
        )  # fmt: skip
        assert done.closed >= 1 and Finding.objects.get(pk=one.pk).closed_because == "登记的号码已更正"


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
    assert (done.told["opened"], done.told["alone"]) == (1, 0) and done.told["no_scores"]["zh"]
    with family.act(family.world.county_office):
        [pair] = Pair.objects.all()
    assert pair.score is None


def a_village_of_many(doubles: int) -> None:
    """Three hundred households of one; so many people stand in two of them, their birth dates a day apart, and as many word for word,
    from whom a score learns what one person looks like."""
    chance = Random(3)
    names = [
        f"{one}{two}{three}"
        for one in "王李张刘陈杨黄赵"
        for two in "福财富强国军华"
        for three in "明建文平志伟"
    ]
    chance.shuffle(names)
    homes = Household.objects.bulk_create(
        Household(
            number=f"9905219{n:04d}", county_code=people.COUNTY, kind="other",
            village_code=people.VILLAGE if n % 2 else people.SECOND_VILLAGE,
        )
        for n in range(300)
    )  # fmt: skip
    told = [
        {"name": names[n], "sex": chance.choice(["male", "female"]), "birth_date": date(1940, 1, 1) + timedelta(days=chance.randrange(25_000)), "village_code": homes[n].village_code}
        for n in range(300)
    ]  # fmt: skip
    for n in range(doubles):
        told.append({**told[n], "birth_date": told[n]["birth_date"] + timedelta(days=1)})
    told += [dict(told[n]) for n in range(doubles, 2 * doubles)]
    persons = Person.objects.bulk_create(
        Person(**one, county_code=people.COUNTY, number=f"P{n}") for n, one in enumerate(told)
    )
    Membership.objects.bulk_create(
        Membership(person=one, household=homes[n if n < 300 else n - 200], village_code=one.village_code, relation="head")
        for n, one in enumerate(persons)
    )  # fmt: skip


@pytest.mark.slow
def test_a_score_brings_up_what_no_comparison_finds_and_orders_the_list(family: Family) -> None:
    from xiuhua.decisions.queries.pair_pages import listed
    from xiuhua.decisions.queries.pairs import next_open
    from xiuhua.decisions.terms import PairState

    twins_and_doubles(family)
    with within(scope_of(people.COUNTY)):
        a_village_of_many(doubles=20)
    first = search(family)
    assert (first.told["opened"], first.told["alone"]) == (21, 0)
    done = search(family, with_scores=True)
    assert done.told["known"] == 21 and 15 <= done.told["alone"] == done.told["opened"]
    with family.act(family.world.county_office):
        found = list(Pair.objects.filter(found_by="splink"))
        assert all(
            one.left["name"] == one.right["name"] and one.score is not None and one.score >= 0.9
            for one in found
        )
        assert Pair.objects.get(found_by="birth_near_name").score is not None, (
            "the one of before is scored too"
        )
        rows = listed(PairState.OPEN, "", "")["rows"]
        assert [one["score"] for one in rows] == sorted((one["score"] for one in rows), reverse=True)
        turn, told = next_open(None), []
        while turn is not None and turn.pk not in told:
            told.append(turn.pk)
            turn = next_open(turn)
        assert [f"/cases/pairs/{pk}/" for pk in told] == [one["url"] for one in rows], (
            "one after the other as listed"
        )
    assert search(family, with_scores=True).told["opened"] == 0


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
