"""The county's opening: signed once, by the county itself, closed once; after that no file brings a status."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

import people
from intake import taking
from intake.conftest import Files
from workbench.conftest import Town, some
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]
FORGED = """
insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
select id, village_code, 'exited', '2017-10-01', 'opening', '', now(), 'x' from registry_household where id = %s
"""
ADDRESS = f"/places/{taking.COUNTY}/opening/"


def test_it_is_signed_once_closed_once_and_then_files_bring_no_status(
    small: Files, fresh_database: Any
) -> None:
    world = people.small_world()
    client: Client = people.sign_in(Client(headers={"host": "127.0.0.1"}), world.county_office)
    taking.take(small.paths)
    assert taking.register()["statuses"] == {}
    assert client.post(ADDRESS, {"statement": " "}).status_code == 422
    assert client.post(ADDRESS, {"statement": "2017 年 9 月导出"}).status_code == 302
    taking.take(small.paths)
    statuses = taking.register()["statuses"]
    assert len(statuses) > 80
    again = client.post(ADDRESS, {"statement": "再签一次"}, follow=True).content.decode()
    assert "不能再签" in again
    assert client.post(ADDRESS, {"close": "1"}).status_code == 302
    assert "承接已关闭" in client.get(ADDRESS).content.decode()
    assert taking.ask("select count(*) from registry_opening where closed_at is not null") == [(1,)]
    assert taking.register()["statuses"] == statuses


def test_only_the_county_itself_signs(town: Town) -> None:
    for appointment in (town.world.auditor, town.world.township_officer, town.world.city_office):
        assert town.client(appointment).post(ADDRESS, {"statement": "我来签"}).status_code in (403, 404)


@pytest.mark.parametrize(
    "sql",
    [
        "update registry_statusentry set status = 'exited' where household_id = %s",
        "delete from registry_statusentry where household_id = %s",
        FORGED,
        "update registry_opening set closed_at = null, statement = 'anders' where 0 < %s",
    ],
    ids=["changed", "removed", "without opening or case", "opening rewritten"],
)
def test_the_database_itself_keeps_statuses(town: Town, sql: str) -> None:
    key, _number = some(
        "h.kind = 'registered' and exists (select 1 from registry_statusentry x where x.household_id = h.id)"
    )
    with within(scope_of(taking.COUNTY)), connection.cursor() as cursor:
        cursor.execute("select count(*), min(status) from registry_statusentry")
        before = cursor.fetchone()
    with (
        pytest.raises(DatabaseError),
        within(scope_of(taking.COUNTY)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [key])
        # A row that the policies hide is not changed either; say so as a refusal would.
        if cursor.rowcount == 0:
            raise DatabaseError("nothing was changed")
    with within(scope_of(taking.COUNTY)), connection.cursor() as cursor:
        cursor.execute("select count(*), min(status) from registry_statusentry")
        assert cursor.fetchone() == before
