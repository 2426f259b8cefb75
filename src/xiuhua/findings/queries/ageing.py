"""How old what waits is: by place and by post, in the steps that an office is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from xiuhua.common.clock import BEIJING, beijing_today
from xiuhua.findings.models import Finding
from xiuhua.findings.queries.pool import day_of, in_area
from xiuhua.findings.terms import Age, State
from xiuhua.places.scope import Scope

STEPS = (Age.WEEK, Age.MONTH, Age.QUARTER)

# Bounds are worked out once: turning each moment into a day of the office's calendar takes longer than counting.
AGED = """
select {by}, count(*), count(*) filter (where due_on < %s), count(*) filter (where state = 'explained'),
  count(*) filter (where found_at >= %s), count(*) filter (where found_at >= %s and found_at < %s),
  count(*) filter (where found_at >= %s and found_at < %s), count(*) filter (where found_at < %s), min(found_at)
from ({found}) f group by 1 order by 2 desc, 1
"""
COUNTED = ("place_code", "owner_id", "state", "due_on", "found_at")
AGEING = (State.OPEN, State.EXPLAINED)


@dataclass(frozen=True)
class Aged:
    """What waits at a place or with a post (`of`: code or key; None where nobody has it), by days open."""

    of: Any
    count: int
    overdue: int
    explained: int
    buckets: tuple[int, int, int, int]
    oldest_days: int


def ageing(area: Scope) -> QuerySet[Finding]:
    """What grows old: open, or explained and to be looked at again."""
    return in_area(area).filter(state__in=AGEING)


def by_place(found: QuerySet[Finding], *, digits: int) -> list[Aged]:
    """By the place below in which the findings lie, most first. One query."""
    return _aged(f"left(place_code, {int(digits)})", found)


def by_post(found: QuerySet[Finding]) -> list[Aged]:
    """By the post that has them, most first; None: handed to nobody. One query."""
    return _aged("owner_id", found)


def _aged(by: str, found: QuerySet[Finding]) -> list[Aged]:
    today = beijing_today()
    inner, inside = found.order_by().values(*COUNTED).query.sql_with_params()
    week, month, quarter = (
        datetime.combine(today - timedelta(days=int(step)), time.min, BEIJING) for step in STEPS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            AGED.replace("{by}", by).replace("{found}", inner),
            [today, week, month, week, quarter, month, quarter, *inside],
        )
        return [
            Aged(of, n, late, told, tuple(steps), days_open(day_of(oldest)))
            for of, n, late, told, *steps, oldest in cursor
        ]


def days_open(found_on: date) -> int:
    """Full days from the day it was found to today."""
    return max((beijing_today() - found_on).days, 0)
