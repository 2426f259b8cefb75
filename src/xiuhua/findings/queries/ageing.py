"""How old what waits is: by place and by post, in the steps that an office is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.findings.terms import Age
from xiuhua.places.scope import Scope

STEPS = (Age.WEEK, Age.MONTH, Age.QUARTER)

# By the day alone: what the office's calendar calls a day.
AGED = """
select {by}, count(*), count(*) filter (where due_on < %(today)s), count(*) filter (where state = 'explained'),
  count(*) filter (where days <= 7), count(*) filter (where days between 8 and 30), count(*) filter (where days between 31 and 90),
  count(*) filter (where days > 90), max(days)
from (select f.place_code, f.owner_id, f.state, f.due_on, %(today)s::date - (f.found_at at time zone 'Asia/Shanghai')::date as days
  from findings_finding f where f.place_code >= %(lo)s and f.place_code < %(hi)s and f.state in ('open', 'explained')
    and (%(rule)s = '' or f.rule = %(rule)s) and (%(kind)s = '' or f.kind = %(kind)s)) aged
group by 1 order by 2 desc, 1
"""


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
    values: dict[str, Any] = {
        "today": beijing_today(),
        "lo": area.lo,
        "hi": area.hi,
        "rule": rule,
        "kind": kind,
    }
    with connection.cursor() as cursor:
        cursor.execute(AGED.replace("{by}", by), values)
        return [Aged(of, n, late, told, tuple(steps), oldest) for of, n, late, told, *steps, oldest in cursor]


def age(days: int) -> Age:
    """The step that a number of days falls into."""
    return next((one for one in STEPS if days <= int(one)), Age.OVER)


def days_open(found_on: date) -> int:
    """Full days from the day it was found to today."""
    return max((beijing_today() - found_on).days, 0)
