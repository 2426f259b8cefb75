"""A small invented county in the register, and freezes of it, for tests of freezes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

import people
from intake import taking
from xiuhua.freezes.models import Forgetting, Freeze, HouseholdKey, PersonKey
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


def asked(place: str, by: Any = None, as_of: date | None = None) -> Freeze:
    """A freeze that is asked for and not yet taken."""
    by = by or Operator("测试", "测试岗位", place)
    with within(scope_of(place)):
        return take(by=by, place_code=place, reason="测试", as_of=as_of).freeze


def taken(place: str, by: Any = None, as_of: date | None = None) -> Freeze:
    """A freeze taken and tallied."""
    freeze = asked(place, by, as_of)
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


def held(relation: str, place: str = people.COUNTY) -> list[dict[str, Any]]:
    """Rows that the register publishes, in no order."""
    with within(scope_of(place)), connection.cursor() as cursor:
        cursor.execute(
            f"select * from {relation} where village_code >= %s and village_code < %s",
            [scope_of(place).lo, scope_of(place).hi],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def plain(found: list[dict[str, Any]]) -> set[tuple[tuple[str, Any], ...]]:
    return {tuple(sorted(row.items())) for row in found}


class Holding:
    """The owner keeps the years' table, so that a freeze waits in the middle: after the people, before their years."""

    def __init__(self, urls: Any) -> None:
        self.session = psycopg.connect(urls.owner)
        self.session.execute("lock table registry_periodrecord in access exclusive mode")

    def waited_for(self) -> bool:
        found = self.session.execute(
            "select count(*) from pg_locks l join pg_stat_activity a using (pid)"
            " where not l.granted and a.application_name = 'xiuhua freeze'"
        ).fetchone()
        return bool(found and found[0])

    def let_go(self) -> None:
        self.session.rollback()
        self.session.close()


def in_thread(act: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


COMES = """insert into freezes_freeze (freeze_id, area_code, as_of, reason, asked_by, asked_post, asked_at, step, done, total, stop_wanted, sha256)
values (gen_random_uuid(), %s, current_date, '', 'li', '', now(), 'waiting', 0, 0, false, '')"""


def past_the_services(
    wish: Forgetting, household: int, members: set[int], freeze: Freeze
) -> list[Callable[[], Any]]:
    """What the application's role might write to part a link without two people, or to bring a freeze in that nobody took."""
    at = wish.asked_at
    finished = {"step": "done", "manifest": {}, "sha256": "0", "tally": {}, "taken_at": at, "tallied_at": at}
    asked_one = asked(people.VILLAGE)
    return [
        lambda: HouseholdKey.objects.filter(household_id=household).update(household_id=None),
        lambda: PersonKey.objects.filter(person_id__in=members).update(person_id=None),
        lambda: Forgetting.objects.filter(pk=wish.pk).delete(),
        lambda: Forgetting.objects.filter(pk=wish.pk).update(asked_by="li"),
        lambda: Forgetting.objects.create(
            village_code=wish.village_code, reason="-", asked_by="a", asked_post="", asked_at=at, confirmed_by="b", confirmed_at=at
        ),
        lambda: Freeze.objects.create(place_code=people.VILLAGE, as_of=freeze.as_of, asked_by="a", **finished),
        lambda: Freeze.objects.filter(pk=asked_one.pk).update(**finished),
    ]  # fmt: skip
