"""What was decided between two moments, from the steps of cases: rows as registry.queries.dated tells them, the subject a case.

Values: lo, hi, begins, ends (moments, the second not included).
"""

from __future__ import annotations

_STEP = """select s.place_code, c.households[1] as household_id, 0 as people, c.kind as what, (s.at at time zone 'Asia/Shanghai')::date as day, c.id as subject
from decisions_casestep s join decisions_case c on c.id = s.case_id
where s.place_code >= %(lo)s and s.place_code < %(hi)s and s.at >= %(begins)s and s.at < %(ends)s"""

HAPPENED = {
    "cases_proposed": f"{_STEP} and s.act = 'proposed'",
    "cases_carried": f"{_STEP} and s.act in ('accepted', 'received')",
    "cases_refused": f"{_STEP} and s.act in ('refused', 'declined')",
    "cases_undone": f"{_STEP} and s.act = 'undone'",
}
