"""The one clock. Everything that needs a day asks here or is told; nothing else reads the time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_ahead = timedelta(0)


def live_ahead(days: int) -> None:
    """A demonstration or a test lives some days ahead; the database's own clock (`notices_today`) is told by its owner."""
    global _ahead
    _ahead = timedelta(days=days)


def days_ahead() -> int:
    """How many days ahead this process lives; 0 but in a demonstration or a test."""
    return _ahead.days


def beijing_now() -> datetime:
    """This moment, aware, in Beijing time."""
    return datetime.now(UTC).astimezone(BEIJING) + _ahead


def beijing_today() -> date:
    """Today's date in Beijing, wherever the server stands."""
    return beijing_now().date()
