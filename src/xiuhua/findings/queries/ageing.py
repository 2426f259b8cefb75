"""How old what waits is: by place and by post, in the steps that an office is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from xiuhua.common.clock import BEIJING, beijing_today
from xiuhua.findings.queries.pool import day_of
from xiuhua.findings.terms import Age
from xiuhua.places.scope import Scope

STEPS = (Age.WEEK, Age.MONTH, Age.QUARTER)

# Bounds are worked out once: turning each moment into a day of the office's calendar takes longer than counting.
AGED = """
select {by}, count(*), count(*) filter (where due_on < %(today)s), count(*) filter (where state = 'explained'),
  count(*) filter (where found_at >= %(week)s), count(*) filter (where found_at >= %(month)s and found_at < %(week)s),
  count(*) filter (where found_at >= %(quarter)s and found_at < %(month)s), count(*) filter (where found_at < %(quarter)s), min(found_at)
from findings_finding where place_code >= %(lo)s and place_code < %(hi)s and state in ('open', 'explained') {narrowed}
group by 1 order by 2 desc, 1
"""
NARROWED = {"rule": "and rule = %(rule)s", "kind": "and kind = %(kind)s"}


@dataclass(frozen=True)
class Aged:
    """What waits at a place or with a post (`of`: code or key; None where nobody has it), by days open."""

    of: Any
    count: int
    overdue: int
    explained: int
    buckets: tuple[int, int, int, int]
    oldest_days: int


def by_place(area: Scope, *, digits: int, rule: str = "", kind: str = "") -> list[Aged]:
    """By the place below in which the findings lie, most first. One query."""
    return _aged(f"left(place_code, {int(digits)})", area, rule, kind)


def by_post(area: Scope, *, rule: str = "", kind: str = "") -> list[Aged]:
    """By the post that has them, most first; None: handed to nobody. One query."""
    return _aged("owner_id", area, rule, kind)


def _aged(by: str, area: Scope, rule: str, kind: str) -> list[Aged]:
    today = beijing_today()
    values: dict[str, Any] = {"today": today, "lo": area.lo, "hi": area.hi, "rule": rule, "kind": kind}
    for name, step in zip(("week", "month", "quarter"), STEPS, strict=True):
        values[name] = datetime.combine(today - timedelta(days=int(step)), time.min, BEIJING)
    narrowed = " ".join(sql for name, sql in NARROWED.items() if values[name])
    with connection.cursor() as cursor:
        cursor.execute(AGED.replace("{by}", by).replace("{narrowed}", narrowed), values)
        return [
            Aged(of, n, late, told, tuple(steps), days_open(day_of(oldest)))
            for of, n, late, told, *steps, oldest in cursor
        ]


def days_open(found_on: date) -> int:
    """Full days from the day it was found to today."""
    return max((beijing_today() - found_on).days, 0)
