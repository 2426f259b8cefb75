"""Counts of places: kept, and never another than what the households say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from registry.kinds import told_by_a_file
from xiuhua.common.clock import beijing_now
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Standing, StatusEntry, Tally, TallyMark
from xiuhua.registry.queries import areas
from xiuhua.registry.services import keep_tallies, sign_opening

pytestmark = pytest.mark.database
COUNTY, NATION = scope_of(people.COUNTY), scope_of("CN")


@pytest.fixture
def register(db: None) -> Iterator[None]:
    people.make_places()
    with within(NATION):
        for village in (people.VILLAGE, people.SECOND_VILLAGE, people.OTHER_VILLAGE):
            for at in range(4):
                enter(village, at, "registered" if at < 2 else "other")
    with within(COUNTY):
        yield


def enter(village: str, at: int, kind: str, **more: Any) -> Household:
    home = Household.objects.create(
        number=f"{village}{at}", village_code=village, county_code=village[:6], kind=kind, members_reported=3,
        status_reported="poor", main_cause="illness", **more,
    )  # fmt: skip
    Standing.objects.create(
        household=home, village_code=village, as_of="2017-09-30", computed_at=beijing_now(), members=2,
        exit_fails=["exit.income"], doubts=["doubt.exited_income"] if at else [],
    )  # fmt: skip
    return home


def told(area: Any = COUNTY) -> dict[str, Any]:
    """Counts of an area and of its villages, as they are told and as they would be if nothing were kept."""
    counts = areas.counts(area)
    return {"villages": counts.below, "lines": counts.lines, "total": areas.total("", counts.below)}


def kept() -> set[str]:
    """Villages whose kept count is believed."""
    marked = set(TallyMark.objects.values_list("village_code", flat=True))
    return set(Tally.objects.values_list("village_code", flat=True)) - marked


def test_kept_counts_are_what_the_households_say(register: None) -> None:
    before = told()
    assert (
        before["total"].households == 8
        and before["total"].registered == 4
        and before["total"].poor_people == 8
    )
    assert before["lines"]["fails:exit.income"] == 4 and before["lines"]["doubt:doubt.exited_income"] == 2
    assert before["lines"]["cause:illness"] == 4 and kept() == set()
    assert keep_tallies(area=COUNTY) == 2
    assert kept() == {people.VILLAGE, people.SECOND_VILLAGE}
    assert told() == before
    assert keep_tallies(area=COUNTY) == 0


@pytest.mark.parametrize(
    "change", ["a household comes", "a kind", "a standing", "a status", "a move", "a household goes"]
)
def test_a_change_is_told_at_once_and_counted_later(register: None, change: str) -> None:
    keep_tallies(area=COUNTY)
    before = told()
    home = Household.objects.filter(kind="registered", village_code=people.VILLAGE).order_by("id").first()
    assert home is not None
    if change == "a household comes":
        enter(people.VILLAGE, 9, "registered")
    elif change == "a kind":
        told_by_a_file(home, "watched")
    elif change == "a standing":
        Standing.objects.filter(household=home).update(exit_fails=[])
    elif change == "a status":
        opening = sign_opening(
            by=people.person("王", "w", people.COUNTY, "county_office"),
            county_code=people.COUNTY,
            statement="文",
        ).opening  # type: ignore[arg-type]
        StatusEntry.objects.create(
            household=home, village_code=home.village_code, status="exited", since="2017-09-30", basis="opening",
            opening=opening, recorded_at=beijing_now(), recorded_by="王",
        )  # fmt: skip
    elif change == "a move":
        Household.objects.filter(pk=home.pk).update(village_code=people.SECOND_VILLAGE)
    else:
        Standing.objects.filter(household=home).delete()
        Household.objects.filter(pk=home.pk).delete()
    assert people.VILLAGE not in kept()
    after = told()
    assert after != before
    Tally.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_tallymark (village_code) select distinct village_code from registry_household"
        )
    assert told() == after, "what is kept and what is counted now are one figure"
    keep_tallies(area=COUNTY)
    assert told() == after


KINDS = {
    "by nobody": "update registry_household set kind = '{kind}' where id = {home}",
    "by a batch that says nothing of it": "update registry_household set kind = '{kind}', changed_by = {batch} where id = {neighbour}",
    "by a batch that is merged": '''update intake_stagedhousehold set household = '{{"kind": "{kind}"}}'; update intake_batch set step = 'done'; update registry_household set kind = '{kind}', changed_by = {batch} where id = {home}''',
    "as if it were taken back": "update intake_batch set step = 'taking_back'; update registry_household set kind = 'other' where id = {home}",
}  # fmt: skip


@pytest.mark.parametrize("how", KINDS)
def test_a_kind_changes_by_a_procedure_or_a_file_and_by_no_raw_sql(register: None, how: str) -> None:
    home, neighbour = Household.objects.filter(village_code=people.VILLAGE, kind="registered").order_by("id")
    batch = told_by_a_file(home, "watched")
    said = KINDS[how].format(kind="registered", home=home.pk, batch=batch.pk, neighbour=neighbour.pk)
    if how == "by a batch that says nothing of it":
        said = said.replace("'registered'", "'other'")
    with (
        pytest.raises(DatabaseError, match="only through a procedure"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(said)
    assert [one.kind for one in Household.objects.filter(pk__in=[home.pk, neighbour.pk]).order_by("id")] == [
        "watched",
        "registered",
    ]


def test_what_a_file_said_of_a_kind_goes_back_with_it(register: None) -> None:
    home = Household.objects.filter(village_code=people.VILLAGE, kind="registered").first()
    assert home is not None
    batch = told_by_a_file(home, "watched")
    batch.step = "taking_back"
    batch.save()
    Household.objects.filter(pk=home.pk).update(kind="registered", changed_by=None)
    assert Household.objects.get(pk=home.pk).kind == "registered"


def test_a_change_during_the_count_leaves_its_mark(register: None) -> None:
    keep_tallies(area=COUNTY)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from registry_tallymark")
        [(newest,)] = cursor.fetchall()
    Household.objects.filter(village_code=people.VILLAGE).update(main_cause="disaster")
    assert TallyMark.objects.filter(village_code=people.VILLAGE, id__gt=newest).exists()


def test_a_neighbours_counts_are_not_seen(register: None) -> None:
    with within(NATION):
        while keep_tallies(area=NATION):
            pass
        assert told(NATION)["total"].households == 12
    with within(COUNTY):
        # Asked for the whole nation, the database answers for the area.
        assert told(NATION)["total"].households == 8
        assert set(Tally.objects.values_list("village_code", flat=True)) == {
            people.VILLAGE,
            people.SECOND_VILLAGE,
        }
    with within(scope_of(people.VILLAGE)):
        assert told(NATION)["total"].households == 4
