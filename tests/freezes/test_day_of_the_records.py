"""A freeze is by the day of its records, whenever they were asked for; and a day in its session is one in Beijing."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

import people
from freezes.frozen_county import NATION, asked
from freezes.laid_in import its_own
from intake.conftest import made  # noqa: F401  a fixture
from xiuhua.common.clock import beijing_now
from xiuhua.freezes import queries
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.services import records_of, resume, want_stop, work
from xiuhua.freezes.services.days import data_days, own
from xiuhua.freezes.services.snapshot import snapshot
from xiuhua.freezes.terms import Step
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.services.standings import compute_standings

pytestmark = [pytest.mark.database, pytest.mark.slow]
LATER = date(2018, 11, 4)


def data_come_to(day: date) -> None:
    with within(scope_of(people.COUNTY)):
        every = list(Household.objects.filter(ended_on__isnull=True).values_list("pk", flat=True))
        compute_standings(households=every, as_of=day)


def stopped_and_gone_on_with(world: people.World, as_of: date | None) -> tuple[Freeze, date]:
    """One that was asked for, stopped, and taken when the data were of a later day; and the day when it was asked for."""
    with within(scope_of(people.COUNTY)):
        before = own(data_days(people.COUNTY))
    one = asked(people.COUNTY, world.county_office, as_of)
    with within(scope_of(people.COUNTY)):
        want_stop(by=world.county_office, freeze_id=one.pk)
    data_come_to(LATER)
    assert before < LATER
    with within(scope_of(people.COUNTY)):
        resume(by=world.county_office, freeze_id=one.pk)
    done = work(one.pk, people.COUNTY)
    assert done.step == Step.DONE, done.trouble
    return done, before


def test_one_that_goes_on_when_the_data_are_of_another_day_is_by_that_day(world: people.World) -> None:
    done, before = stopped_and_gone_on_with(world, None)
    with within(scope_of(people.COUNTY)):
        assert done.days == data_days(people.COUNTY) and before.isoformat() not in str(done.days)
        assert queries.latest(people.COUNTY) == done
    assert (done.as_of, done.of_other_day) == (LATER, False)
    assert done.manifest is not None and done.manifest["as_of"] == LATER.isoformat()
    assert f'"{LATER}"' in (records_of(done) / "manifest.json").read_text()


def test_a_day_that_somebody_named_stays_and_is_then_another_than_the_data_s(world: people.World) -> None:
    with within(scope_of(people.COUNTY)):
        named = own(data_days(people.COUNTY))
    done, before = stopped_and_gone_on_with(world, named)
    assert named == before and (done.as_of, done.of_other_day) == (named, True)
    with within(scope_of(people.COUNTY)):
        assert done.days == data_days(people.COUNTY) and queries.latest(people.COUNTY) is None


def test_its_day_comes_with_the_records_and_not_otherwise(world: people.World) -> None:
    one, now = asked(people.COUNTY), beijing_now()

    def refused(**values: Any) -> None:
        with within(NATION), pytest.raises(DatabaseError), transaction.atomic():
            Freeze.objects.filter(pk=one.pk).update(**values)

    def sealing(day: date) -> dict[str, Any]:
        one.as_of = day
        return {"as_of": day, "manifest": its_own(one, now, {"area": {"code": one.place_code}}), "sha256": "0" * 64, "taken_at": now}  # fmt: skip

    for values in ({"as_of": LATER}, {"of_other_day": True}, {"days": {}}, {"day_named": True}):
        refused(**values)
    with within(NATION):
        Freeze.objects.filter(pk=one.pk).update(step=Step.FREEZING)
        Freeze.objects.filter(pk=one.pk).update(**sealing(LATER))
    for values in ({"as_of": date(2017, 9, 30)}, {"of_other_day": True}, {"days": {}}):
        refused(**values)
    with within(NATION):
        Freeze.objects.filter(pk=one.pk).update(step=Step.STOPPED)
    one = asked(people.COUNTY, as_of=date(2017, 1, 1))
    with within(NATION):
        Freeze.objects.filter(pk=one.pk).update(step=Step.FREEZING)
    refused(**sealing(LATER))


def test_a_day_in_its_session_is_one_in_beijing_as_on_every_page(world: people.World, copied: Any) -> None:
    night = "select ('2026-11-27 16:30:00+00'::timestamptz)::date::text, current_setting('TimeZone')"
    with psycopg.connect(copied.owner) as owner:
        assert owner.execute("show timezone").fetchone() != ("Asia/Shanghai",), "the server's own is another"
    with within(scope_of(people.COUNTY)), connection.cursor() as cursor:
        cursor.execute(night)
        page = cursor.fetchone()
    with snapshot(scope_of(people.COUNTY), lambda: None) as taken:
        assert taken.one(night) == page == ("2026-11-28", "Asia/Shanghai")
