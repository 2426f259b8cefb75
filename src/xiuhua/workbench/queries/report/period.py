"""The days that a report is of, and the periods that offices report by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.common.clock import BEIJING, beijing_today

EARLIEST = date(2012, 1, 1)


@dataclass(frozen=True)
class Period:
    """Days from `since` to `until`, both included."""

    since: date
    until: date

    @property
    def values(self) -> dict[str, Any]:
        """Bounds as the queries of rooms take them: days, and moments of which the second is not included."""
        return {
            "since": self.since,
            "until": self.until,
            "begins": _begins(self.since),
            "ends": _begins(self.until + timedelta(days=1)),
        }

    @property
    def before(self) -> Period:
        """The last day before it: how things stood when it began."""
        day = self.since - timedelta(days=1)
        return Period(day, day)

    @property
    def says(self) -> str:
        return f"{self.since:%Y-%m-%d} – {self.until:%Y-%m-%d}"


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, BEIJING)


def period_of(query: Mapping[str, str]) -> Period:
    """The period of an address; this year up to today where it names none, days put in order, nothing of the future."""
    today = beijing_today()
    since, until = _day(query.get("since")), _day(query.get("until"))
    since, until = since or date((until or today).year, 1, 1), until or today
    first, last = sorted((max(since, EARLIEST), max(until, EARLIEST)))
    return Period(min(first, today), min(last, today))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def presets(today: date) -> list[tuple[str, Period]]:
    """Periods that offices report by, each up to today at most, with their names."""
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    # The register's own year: October to September, as yearly records and adjustments count it.
    own = date(today.year if today.month >= 10 else today.year - 1, 10, 1)
    return [
        (_("本月"), Period(month, today)),
        (_("上月"), Period(last_month, month - timedelta(days=1))),
        (_("本季度"), Period(quarter, today)),
        (_("今年"), Period(date(today.year, 1, 1), today)),
        (_("去年"), Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))),
        (_("本年度（10 月至 9 月）"), Period(own, today)),
        (_("上年度（10 月至 9 月）"), Period(own.replace(year=own.year - 1), own - timedelta(days=1))),
    ]
