"""The one clock. Everything that needs a day asks here or is told; nothing else reads the time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing_now() -> datetime:
    """This moment, aware, in Beijing time."""
    return datetime.now(UTC).astimezone(BEIJING)


def beijing_today() -> date:
    """Today's date in Beijing, wherever the server stands."""
    return beijing_now().date()
