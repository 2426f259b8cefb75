"""A part split off who left poverty, a household removed, one at the border that was let go of: found and looked after like their neighbours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

import people
from decisions.conftest import household
from decisions.proceedings import Going
from decisions.test_watching_takes_effect import good_year
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.services import Said, Upload, accept, propose
from xiuhua.decisions.terms import Help
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person, StatusEntry, WatchEntry
from xiuhua.registry.queries.rules import try_rule
from xiuhua.relapse import services
from xiuhua.relapse.models import ClueSource
from xiuhua.relapse.queries.households import yearly
from xiuhua.relapse.services.helping import What
from xiuhua.relapse.terms import Standing

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]


def in_need(home: Household) -> None:
    """A house in danger in the twelve months to today."""
    today = beijing_today()
    told: dict[str, Any] = {
        "period_start": today.replace(year=today.year - 1),
        "period_end": today,
        "house_grade": "D",
    }
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.update_or_create(household=home, village_code=people.VILLAGE, year=today.year, defaults=told)  # fmt: skip


def found(going: Going, home: Household) -> set[str]:
    """The rules by which clues of a household were gathered."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        services.gather_by_rules(by=going.world.county_office, place_code=people.COUNTY)
        return set(ClueSource.objects.filter(household=home).values_list("rule", flat=True))


def told_of(entry: StatusEntry) -> dict[str, Any]:
    """Its columns, for one like it."""
    return {one.attname: getattr(entry, one.attname) for one in StatusEntry._meta.concrete_fields if not one.primary_key}  # fmt: skip


def helped_on_record(going: Going) -> None:
    """Let go of "by help" with none on record is told, until the help that was given is written down."""

    def result() -> str:
        with within(scope_of(people.COUNTY)):
            [tried] = try_rule("watch.removed_by_help", going.household.pk, as_of=beijing_today())
            return tried.outcome.code.word

    assert result() == "fails"
    with going.acting(going.village[0]):
        services.give_help(by=going.village[0], household=going.household, what=What(Help.RELIEF, "公益岗位", "村委会", beijing_today(), None))  # fmt: skip
    assert result() == "holds"


def test_who_splits_off_a_household_that_left_poverty_left_it_too(going: Going) -> None:
    village, office = going.village[0], going.township[0]
    said = Said(on=date(2026, 4, 1), payload={"exit_year": 2019})
    with going.acting(village):
        year = propose(by=village, kind="exit_year", household=going.household, said=said).case
    with going.acting(office):
        accept(by=office, case=year)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        going.household.refresh_from_db()
        wife = Membership.objects.get(household=going.household, relation="spouse").person_id
    with going.acting(village):
        said = Said(on=date(2026, 5, 1), payload={"relations": {str(wife): "head"}})
        case = propose(by=village, kind="split", household=going.household, person=None, said=said, papers=[Upload("other", "证.png", iter([b"PNG"]))]).case  # fmt: skip
    with going.acting(office):
        accept(by=office, case=case)
    with within(scope_of(people.COUNTY)):
        new = Household.objects.get(split_from=going.household)
        entry = new.statuses.get()
        assert (entry.status, entry.since, entry.basis, entry.case_number) == ("exited", date(2020, 1, 1), "family", str(case.pk))  # fmt: skip
        assert (new.kind, new.exit_year) == ("registered", 2019)
    with going.acting(village), pytest.raises(DatabaseError, match="divides"), transaction.atomic():
        StatusEntry.objects.create(**{**told_of(entry), "status": "poor"})
    in_need(new)
    assert "monitor.unstable" in found(going, new)
    with going.acting(village):
        listed = yearly(village, scope_of(people.VILLAGE), beijing_today().year)["rows"]
        assert new.number in {one["number"] for one in listed}
        services.assess(by=village, household=new, year=beijing_today().year, standing=Standing.HELP, reason="分出后住危房")  # fmt: skip


def test_who_was_removed_and_who_was_let_go_of_are_found_like_their_neighbour(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        opened = StatusEntry.objects.get(household=going.household).opening
        homes = {kind: household(f"9905210000{at}", people.VILLAGE, {"石边缘": ("head", "male")}, kind=kind)[0] for at, kind in ((7, "watched"), (8, "other"))}  # fmt: skip
        removed, _ = household("99052100009", people.VILLAGE, {"石清退": ("head", "male")}, kind="other")
        StatusEntry.objects.create(
            household=removed, village_code=people.VILLAGE, status="removed", since=date(2019, 1, 1), basis="opening", opening=opened,
            recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip
        border = homes["watched"]
        Person.objects.filter(memberships__household=border).update(
            health="healthy", labour="ordinary", basic_insured=True, serious_illness_insured=True, student_status="none", seen="checked", seen_on=beijing_today(),
        )  # fmt: skip
        WatchEntry.objects.create(
            household=border, village_code=people.VILLAGE, watch_class="marginal", since=beijing_today() - timedelta(days=400), basis="opening",
            opening=opened, recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip
    going.household = border
    good_year(going)
    one = going.until(going.begin("regular_removal"), "county")
    going.papers(one, by := going.whose(one)[0])
    assert going.sign(one, by, mode="helped").course == "decided"
    helped_on_record(going)
    with within(scope_of(people.COUNTY)):
        border.refresh_from_db()
        assert border.kind == "watched", "the file's word stays"
    for home in (border, homes["other"], removed):
        in_need(home)
        assert "monitor.border" in found(going, home), home.number
