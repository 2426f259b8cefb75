"""Who came by a case has no person number, and several of one household may be wrong in the same way: each is a matter of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import people
from decisions.conftest import Family
from xiuhua.common.clock import beijing_today
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Membership, Person
from xiuhua.registry.services import look_again

pytestmark = pytest.mark.database
RULE = "quality.relation_sex"


def looked(family: Family) -> list[Finding]:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        look_again(households=[family.household.pk], as_of=beijing_today())
        return sorted(Finding.objects.filter(rule=RULE), key=lambda one: one.params["person_id"])


def test_each_member_without_a_number_has_a_finding_of_their_own(family: Family) -> None:
    both = [family.persons["石小军"], family.persons["石小梅"]]
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Person.objects.filter(pk__in=[one.pk for one in both]).update(number=None, sex="male")
        Membership.objects.filter(person__in=both).update(relation="daughter")
    found = looked(family)
    assert [one.params["person_id"] for one in found] == [one.pk for one in both]
    assert {one.person_number for one in found} == {""} and len({one.fingerprint for one in found}) == 2
    # Each finding leads to the values of whom it is about, and of nobody else.
    client = people.sign_in(Client(headers={"host": "127.0.0.1"}), family.world.first_secretary)
    for one, person, other in zip(found, both, reversed(both), strict=True):
        page = client.get(f"/findings/{one.pk}/").content.decode()
        assert f"/person/{person.pk}/sex/" in page and f"/person/{other.pk}/sex/" not in page
    # Put right for one, it still stands for the other.
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Person.objects.filter(pk=both[1].pk).update(sex="female")
    states: dict[Any, str] = {one.params["person_id"]: one.state for one in looked(family)}
    assert states == {both[0].pk: "open", both[1].pk: "closed"}
    again = looked(family)
    assert [one.pk for one in again] == [one.pk for one in found], "a second look finds nothing new"
