"""A small invented county in the register, and freezes of it, for tests of freezes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import people
from intake import taking
from xiuhua.freezes.models import Freeze, HouseholdKey, PersonKey
from xiuhua.freezes.services import records_of, take, work
from xiuhua.freezes.terms import Step
from xiuhua.intake.services.steps import Operator
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services import sign_opening

NATION = scope_of("CN")


def bring(paths: list[Path], place: str = people.COUNTY) -> None:
    """Opens a county and takes its workbooks in, all the way."""
    with within(scope_of(place), who={"account": "test"}):
        sign_opening(by=Operator("测试", "测试岗位", place), county_code=place, statement="承接测试")
    taking.take(paths, place)


def asked(place: str, by: Any = None) -> Freeze:
    """A freeze that is asked for and not yet taken."""
    with within(scope_of(place)):
        return take(by=by or Operator("测试", "测试岗位", place), place_code=place, reason="测试").freeze


def taken(place: str, by: Any = None) -> Freeze:
    """A freeze taken and tallied."""
    freeze = asked(place, by)
    done = work(freeze.pk, place)
    assert done.step == Step.DONE, done.trouble
    return done


def rows(freeze: Freeze, relation: str) -> pa.Table:
    """All rows of a relation of a freeze."""
    files = sorted((records_of(freeze) / relation).glob("*.parquet"))
    return pa.concat_tables([pq.read_table(path) for path in files])


def keys() -> tuple[dict[int, int], dict[int, int]]:
    """Key to household, key to person, of everybody who has one."""
    with within(NATION):
        homes = HouseholdKey.objects.filter(household__isnull=False).values_list("key", "household_id")
        who = PersonKey.objects.filter(person__isnull=False).values_list("key", "person_id")
        return dict(homes), dict(who)
