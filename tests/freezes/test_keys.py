"""Keys of households and people in freezes: random, seen within the area only, and parted from them by two."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

import people
from freezes.frozen_county import NATION, past_the_services, rows, taken
from xiuhua.audit.models import Entry
from xiuhua.freezes.models import Forgetting, HouseholdKey, PersonKey
from xiuhua.freezes.services import NotNow, confirm_forgetting, forget
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household

pytestmark = [pytest.mark.database, pytest.mark.slow]


def test_keys_are_random_stable_and_never_given_again(world: people.World) -> None:
    first, second = taken(people.COUNTY), taken(people.COUNTY)
    one, two = rows(first, "rec_person"), rows(second, "rec_person")
    assert one.equals(two), "the same register, the same rows"
    found = sorted(one.column("person_key").to_pylist())
    assert len(set(found)) == len(found) and found[0] > 0 and found[-1] < 2**63
    assert found[-1] > 2**60, "all of the width is used"
    with within(NATION), connection.cursor() as cursor:
        for wrong in (
            "set key = key + 1",
            "set household_id = (select min(id) from registry_household where id <> household_id)",
        ):
            with pytest.raises(DatabaseError, match=r"nobody else|duplicate"), transaction.atomic():
                cursor.execute(
                    f"update freezes_householdkey {wrong} where key = (select min(key) from freezes_householdkey)"
                )
        with pytest.raises(DatabaseError, match="never removed"), transaction.atomic():
            cursor.execute("delete from freezes_householdkey")


def test_keys_are_seen_within_the_area_only(world: people.World) -> None:
    taken("99")
    with within(scope_of(people.COUNTY)):
        mine = HouseholdKey.objects.count()
        village = HouseholdKey.objects.order_by("village_code").first()
        assert village is not None
    assert mine > 0
    with within(scope_of(people.OTHER_COUNTY)), connection.cursor() as cursor:
        assert HouseholdKey.objects.count() == PersonKey.objects.count() == 0
        cursor.execute("select count(*) from freezes_personkey")
        assert cursor.fetchone() == (0,)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "insert into freezes_householdkey (key, village_code) values (1, %s)", [people.VILLAGE]
            )
    with within(scope_of(village.village_code)):
        assert 0 < HouseholdKey.objects.count() < mine


def test_a_key_follows_its_household(world: people.World) -> None:
    taken(people.COUNTY)
    with within(NATION):
        key = HouseholdKey.objects.select_related("household").order_by("key").first()
        assert key is not None and key.household is not None
        Household.objects.filter(pk=key.household_id).update(village_code=people.VILLAGE)
    with within(scope_of(people.VILLAGE)):
        assert HouseholdKey.objects.get(pk=key.pk).household_id == key.household_id


def test_a_link_is_destroyed_by_two_and_for_good(world: people.World) -> None:
    freeze = taken(people.COUNTY)
    with within(scope_of(people.COUNTY)):
        home = Household.objects.filter(memberships__isnull=False).order_by("pk").first()
        assert home is not None
        key = HouseholdKey.objects.get(household_id=home.pk).key
        with pytest.raises(NotNow):
            forget(by=world.county_office, household=home.pk, reason=" ")
        wish = forget(by=world.county_office, household=home.pk, reason="本人依法申请删除").forgetting
        with pytest.raises(NotNow):
            confirm_forgetting(by=world.county_office, forgetting_id=wish.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            Forgetting.objects.filter(pk=wish.pk).update(
                household=None, confirmed_by="wang", confirmed_at=wish.asked_at
            )
        # Past the services: no link ends without a wish on record, and no wish is one that nobody else confirmed.
        ids = PersonKey.objects.filter(person__memberships__household_id=home.pk).values("person_id")
        members = set(ids.values_list("person_id", flat=True))
        for act in past_the_services(wish, home.pk, members, freeze):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act()
        confirm_forgetting(by=world.leader, forgetting_id=wish.pk)
        assert HouseholdKey.objects.get(pk=key).household_id is None
        assert members and not PersonKey.objects.filter(person_id__in=members).exists()
        wish.refresh_from_db()
        assert (wish.household, wish.person) == (None, None)
    with within(NATION):
        entry = Entry.objects.get(action="freezes.forgotten")
        assert set(entry.detail) == {"links"} and entry.detail["links"] >= 2, "nothing says whose"
    again = taken(people.COUNTY)
    one, two = (set(rows(f, "rec_household").column("household_key").to_pylist()) for f in (freeze, again))
    assert len(one - two) == len(two - one) == 1 and one - two == {key}
