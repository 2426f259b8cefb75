"""Clues between two days: rows as registry.queries.dated tells them, the subject a clue.

Values: lo, hi, since, until (days, both included). Of several sources the first says how it came.
"""

from __future__ import annotations

_CLUE = """select c.village_code as place_code, c.household_id, 0 as people, {what} as what, c.{day} as day, c.id as subject
from relapse_clue c where c.village_code >= %(lo)s and c.village_code < %(hi)s"""
_ORIGIN = "(select s.origin from relapse_cluesource s where s.clue_id = c.id order by s.id limit 1)"
_END = 'c."end"'

HAPPENED = {
    "clues_came": f"{_CLUE.format(what=_ORIGIN, day='came_on')} and c.came_on between %(since)s and %(until)s",
    # One that went with its household is ended there.
    "clues_ended": f"{_CLUE.format(what=_END, day='ended_on')} and c.ended_on between %(since)s and %(until)s",
}
# Clues that had come and were not ended when a day %(until)s was over.
STOOD = f"""{_CLUE.format(what=_ORIGIN, day="came_on")} and c.came_on <= %(until)s and (c.ended_on is null or c.ended_on > %(until)s)"""
