"""Household and person numbers of a township's file that its county already uses outside the township, where it sees nothing:
told at the cell, and nothing is told of whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from xiuhua.intake.models import Batch, Change
from xiuhua.intake.services.sightings import Seen
from xiuhua.intake.terms import IntakeRule as Rule

Columns = Mapping[int, Mapping[str, int]]

HOUSEHOLDS = """
select distinct on (r.household_number) r.sheet_id, r."row", r.household_number, r.village_code
from registry_numbers_elsewhere(array(select number from batched where known is null), '{}') e
join staged r on r.household_number = e.household
order by r.household_number, r.village_code nulls last, r.sheet_id, r."row"
"""
PERSONS = """
select distinct on (r.person_number) r.sheet_id, r."row", r.household_number, r.person_number, r.village_code, r.person ->> 'name'
from registry_numbers_elsewhere('{}', array(
  select distinct s.person_number from staged s where s.person_number is not null
  and not exists (select 1 from kept_person k where k.number = s.person_number))) e
join staged r on r.person_number = e.person
order by r.person_number, r.sheet_id, r."row"
"""
# Of what is still to be merged; what a merge put in lies in the batch's own area.
LEFT = """
select exists (select from registry_numbers_elsewhere(
  array(select s.number from intake_stagedhousehold s where s.batch_id = %(batch)s and s.change <> all (%(out)s)),
  array(select r.person_number from intake_stagedrow r join intake_stagedhousehold s on s.batch_id = r.batch_id
    and s.number = r.household_number and s.change <> all (%(out)s)
    where r.batch_id = %(batch)s and r.person_number is not null)))
"""


def sees_its_county(batch: Batch) -> bool:
    """Whether the batch's area is a county or more: all its numbers are then within sight."""
    return len(batch.place_code) <= 6


def numbers_elsewhere(cursor: Any, batch: Batch, columns: Columns) -> list[Seen]:
    """A finding for each such number. Reads what a check has at hand (at_hand.py)."""
    if sees_its_county(batch):
        return []
    seen = []
    cursor.execute(HOUSEHOLDS)
    for sheet, row, household, village in cursor.fetchall():
        at = _column(columns[sheet], "household_number")
        about = {"household": household, "village": village or "", "params": {"household": household}}
        seen.append(_seen(Rule.HOUSEHOLD_NUMBER_ELSEWHERE, sheet, row, at, field="household_number", **about))
    cursor.execute(PERSONS)
    for sheet, row, household, person, village, name in cursor.fetchall():
        at = _column(columns[sheet], "person_number")
        params = {"name": name or "", "person": person}
        about = {"household": household or "", "person": person, "village": village or "", "params": params}
        seen.append(_seen(Rule.PERSON_NUMBER_ELSEWHERE, sheet, row, at, field="person_number", **about))
    return seen


def _seen(rule: Rule, sheet: int, row: int, at: int | None, **about: Any) -> Seen:
    return Seen(rule, rule.kind, sheet, row, at, **about)


def taken_since(batch: Batch) -> bool:
    """Whether another office of the county took a number that the batch still would give, since it was checked."""
    if sees_its_county(batch):
        return False
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"batch": batch.pk, "out": [Change.HELD, Change.LEFT]})
        return bool(cursor.fetchone()[0])


def _column(columns: Mapping[str, int], key: str) -> int | None:
    return columns[key] + 1 if key in columns else None
