"""Exits that a case decided, planted past the guards, and the one count of them on every page."""

from __future__ import annotations

from typing import Any

import psycopg
from django.test import Client

import people
from intake import taking
from workbench.conftest import Town

ENTRY = """insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
values (%s, %s, %s, %s, 'case', %s, now(), 'test')"""


def left_by_a_case(town: Town, day: str) -> list[int]:
    """Three households that left by a case on a day, of one of which files tell an earlier year; another's exit an appeal took back."""
    said = taking.ask(
        "select household_id from registry_statusentry e where status = 'poor' and village_code = %s"
        " and (select exit_year from registry_household h where h.id = e.household_id) is null order by household_id limit 4",
        values=[people.VILLAGE],
    )
    *left, back = [key for (key,) in said]
    with psycopg.connect(town.urls.owner, autocommit=True) as owner:
        for table in ("registry_statusentry", "registry_household"):
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"alter table {table} no force row level security")
        owner.execute("update registry_household set exit_year = 2016 where id = %s", [left[0]])
        for key, status, case in (*((one, "exited", "P1") for one in (*left, back)), (back, "poor", "A1")):
            owner.execute(ENTRY, [key, people.VILLAGE, status, day, case])
        for table in ("registry_statusentry", "registry_household"):
            owner.execute(f"alter table {table} force row level security")
            owner.execute(f"alter table {table} enable trigger user")
        owner.execute(
            "insert into registry_tallymark (village_code) values (%s) on conflict do nothing",
            [people.VILLAGE],
        )
    return left


def years_agree(client: Client, live: Any, frozen: Any, left: list[int], year: str) -> None:
    """Exits by year are the same live, frozen, opened, in the rate of return and in the period's report; and nobody doubts them."""
    years = [[(one["label"], one["value"]) for one in page["exits"]] for page in (live, frozen)]
    assert years[0] == years[1] and (year, len(left)) in years[0]
    urls = [next(one["url"] for one in page["exits"] if one["label"] == year) for page in (live, frozen)]
    shown = client.get(urls[0]).context
    assert (shown["pager"] or {"total": len(shown["rows"])})["total"] == len(left)
    assert client.get(urls[1]).context["found"] == len(left)
    rate = {one["key"]: one["exited"] for one in client.get("/clues/returned/").context["years"]}
    known = {key: n for key, n in years[0] if key.isdecimal()}
    assert {key: n for key, n in rate.items() if key.isdecimal()} == known
    then = client.get(f"/places/{taking.COUNTY}/report/exited/?since={year}-01-01&until={year}-12-31").context
    assert len(then["rows"]) == len(left)
    doubts = taking.ask("select doubts from registry_standing where household_id = any(%s)", values=[left])
    assert all("doubt.exited_year" not in one for (one,) in doubts), "a year after the data's day is no fault"
