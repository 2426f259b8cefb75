"""Who is entered with a family by a number is whoever has it, as with whoever joins a household: another name is asked about, and of no
day are they in two households."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

import people
from decisions.conftest import household
from relapse.test_a_family_is_entered import SON, Asking, asking
from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions import services as decisions
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.services import Refused

pytestmark = pytest.mark.database
__all__ = ["asking"]


def who_left(name: str, days_ago: int, village: str = people.VILLAGE) -> Person:
    """Somebody of another household who has the son's number and left it so many days ago."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        _home, persons = household("99052100066", village, {"李大": ("head", "male"), name: ("son", "male")})
        Person.objects.filter(pk=persons[name].pk).update(
            id_sealed=seal(SON), id_blind=blind(SON), id_kind="resident18", id_valid=True
        )
        until = beijing_today() - timedelta(days=days_ago)
        Membership.objects.filter(person=persons[name]).update(until=until, ended_because="marriage")
        return persons[name]


def shown(asking: Asking) -> str:
    client = people.sign_in(Client(), asking.going.township[0])
    return client.get(f"/cases/{asking.case().pk}/").content.decode()


def test_another_name_is_asked_about_and_both_are_before_who_decides(asking: Asking) -> None:
    who_left("李另名", 100)
    page = asking.send()
    assert page.status_code == 422 and asking.now().registration is None
    assert "石小册：这个证件号码登记的是“李另名”" in page.content.decode()
    assert asking.send(reason="随母改嫁改的名，见户口簿曾用名栏").status_code == 302
    page = shown(asking)
    assert "李另名" in page and "石小册" in page and "曾用名" in page and "未登记" not in page
    asking.decide(asking.going.township[0])
    with within(scope_of(people.COUNTY)):
        home = Household.objects.get(begun_by_case=asking.case().pk)
        assert "李另名" in [one.person.name for one in home.memberships.select_related("person")]


def test_beyond_the_area_only_that_the_name_differs_is_told(asking: Asking) -> None:
    who_left("李另名", 100, people.SECOND_VILLAGE)
    told = asking.send().content.decode()
    assert "登记的是另一个姓名" in told and "李另名" not in told


def test_the_same_name_is_not_asked_about(asking: Asking) -> None:
    girl = who_left("石小册", 100)
    assert asking.send().status_code == 302 and "登记的姓名" not in shown(asking)
    asking.decide(asking.going.township[0])
    with within(scope_of(people.COUNTY)):
        assert Membership.objects.get(person=girl, until__isnull=True).begun_because == "entered"


@pytest.mark.parametrize(("village", "after"), [(people.VILLAGE, 1), (people.SECOND_VILLAGE, 0)])
def test_the_family_is_entered_from_the_day_the_last_of_them_left_another(
    asking: Asking, village: str, after: int
) -> None:
    """The application came before that day; where the household left is not seen, from the day on which it is proposed."""
    man = who_left("石小册", 1, village)
    assert asking.application.came_on < beijing_today() - timedelta(days=1)
    assert asking.send().status_code == 302
    asking.decide(asking.going.township[0])
    with within(scope_of(people.COUNTY)):
        home = Household.objects.get(begun_by_case=asking.case().pk)
        assert home.begun_on == beijing_today() - timedelta(days=after)
        was, now = Membership.objects.filter(person=man).order_by("pk")
        assert now.household_id == home.pk and now.since is not None and was.until is not None
        assert now.since >= was.until, "of no day in two households"


def test_who_left_later_is_asked_about_by_whoever_decides_and_handed_in_again_it_is_dated_anew(
    asking: Asking,
) -> None:
    man, office = who_left("石小册", 100), asking.going.township[0]
    asking.send()
    with within(scope_of(people.COUNTY)):
        Membership.objects.filter(person=man).update(until=beijing_today())
    with pytest.raises(Refused, match="重新提交时登记日期随之改"):
        asking.decide(office)
    asking.decide(office, decisions.give_back, reason="日期")
    assert asking.send(**{"p0-id_number": "", "p1-id_number": ""}).status_code == 302
    asking.decide(office)
    with within(scope_of(people.COUNTY)):
        assert Household.objects.get(begun_by_case=asking.case().pk).begun_on == beijing_today()
