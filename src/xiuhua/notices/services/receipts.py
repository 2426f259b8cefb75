"""The code with which whoever objected sees the answer, without saying who they are. Only its keyed hash is kept."""

from __future__ import annotations

import re
import secrets
from datetime import date

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import blind
from xiuhua.engine import load

DIGITS = 12


def new_code() -> str:
    """Twelve digits in three groups, which can be said on the phone."""
    plain = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    return "-".join(plain[at : at + 4] for at in range(0, DIGITS, 4))


def hash_of(code: str) -> bytes | None:
    """The keyed hash of a code as somebody typed it; None for what is no code."""
    plain = "".join(str(int(one)) for one in re.findall(r"\d", code))
    return blind(f"receipt {plain}") if len(plain) == DIGITS else None


def due_for(place_code: str) -> date:
    """The day by which an objection of today is answered."""
    today = beijing_today()
    days = load().figure("objection_answer_days", today, place_code)
    assert days is not None and isinstance(days.value, int)
    with connection.cursor() as cursor:
        cursor.execute("select notices_due(%s, %s, 'calendar')", [today, days.value])
        found: date = cursor.fetchone()[0]
        return found
