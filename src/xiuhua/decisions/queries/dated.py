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

# Proceedings, the subject one of them. Values besides: since, until (days, both included). Of a village or a county that
# leaves there is no household. One that an appeal opened again is under way.
_PROCEEDING = """select p.place_code, p.household_id, 0 as people, p.{what} as what, {day} as day, p.id as subject
from decisions_proceeding p where p.place_code >= %(lo)s and p.place_code < %(hi)s"""
_BEGUN = "(p.begun_at at time zone 'Asia/Shanghai')::date"
_CLOSED = "p.closed_on between %(since)s and %(until)s"

PROCEEDINGS = {
    "proceedings_begun": f"{_PROCEEDING.format(what='kind', day=_BEGUN)} and p.begun_at >= %(begins)s and p.begun_at < %(ends)s",
    "proceedings_decided": f"{_PROCEEDING.format(what='kind', day='p.closed_on')} and p.course = 'decided' and {_CLOSED}",
    "proceedings_ended": f"{_PROCEEDING.format(what='course', day='p.closed_on')} and p.course not in ('open', 'decided') and {_CLOSED}",
}
# Under way when a day %(until)s was over.
UNDER_WAY = f"""{_PROCEEDING.format(what="kind", day=_BEGUN)} and p.begun_at < %(ends)s and (p.closed_on is null or p.closed_on > %(until)s)"""
