"""What an accepted explanation does not settle for ever: it comes back when its time is over or its values change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.findings.terms import due_on

WAKE = """
with awake as (
  update findings_finding f set state = 'open', rests_until = null, due_on = %(due)s
  where f.state = 'resting' and f.place_code >= %(lo)s and f.place_code < %(hi)s and {which}
  returning f.id, f.place_code, f.owner_id, f.due_on)
insert into findings_move (finding_id, place_code, at, act, way, by, post, owner_id, due_on, says)
select id, place_code, now(), 'returned', '', %(by)s, %(post)s, owner_id, due_on, %(says)s::jsonb from awake
"""
OVER = {"zh": "说明的有效期已过", "en": "The time of the explanation is over"}
CHANGED = {
    "zh": "涉及的值变了，原来的说明不再适用",
    "en": "What it was about has changed; the explanation no longer fits",
}


def wake_what_is_over(*, lo: str, hi: str) -> int:
    """Opens again what rested until a day that is past. Returns how many."""
    return _wake("f.rests_until < %(today)s", {"today": beijing_today()}, lo, hi, OVER)


def wake_changed(
    *, household: str, rules: Iterable[str], lo: str, hi: str, by: str, post: str, person: str = ""
) -> int:
    """Opens again what rested of a household under rules that rest on a value now corrected. Returns how many.

    `person`: whose value it was; a finding about another member alone is left to rest.
    """
    rules = list(rules)
    of_person = [rule for rule in rules if load().rules[rule].grain == "person"]
    which = (
        "f.household_number = %(household)s and f.rule = any(%(rules)s)"
        " and (%(person)s = '' or f.person_number = %(person)s or not f.rule = any(%(of_person)s))"
    )
    values: dict[str, Any] = {
        "household": household,
        "rules": rules,
        "person": person,
        "of_person": of_person,
    }
    return _wake(which, values, lo, hi, CHANGED, by, post)


def _wake(
    which: str,
    values: dict[str, Any],
    lo: str,
    hi: str,
    why: dict[str, str],
    by: str = "",
    post: str = "",
) -> int:
    told: dict[str, Any] = {"lo": lo, "hi": hi, "by": by, "post": post, "due": due_on(beijing_today(), lo[:6]),
            "says": json.dumps(why, ensure_ascii=False)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WAKE.replace("{which}", which), {**values, **told})
        return int(cursor.rowcount)
