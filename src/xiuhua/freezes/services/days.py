"""Of which days an area's data are, and by which of them a freeze's rules are asked.

The day belongs to the records, not to the wish for them. Between both an intake may merge; work that was stopped, or left by a killed
worker, takes the records anew a month later. A freeze by the day of the wish would then be every page's default by rules of a day that its
data left behind. Refusing to go on was the other way: it says no to what is asked for (the records as they are now), and leaves the gap
between wish and work. So the day is reckoned once more in the very moment of the records; one that somebody named stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.freezes.models import Freeze
from xiuhua.places.scope import Scope, scope_of

Days = dict[str, dict[str, int]]


def statement(area: Scope) -> str:
    """County, day and villages. A village is judged live by its own newest day."""
    # Digits, CN or a letter after them: places.scope made them of a place code.
    return f"""select left(v.village_code, 6), v.day, count(*) from (
  select village_code, max(as_of) as day from registry_standing where village_code >= '{area.lo}' and village_code < '{area.hi}' group by 1) v
group by 1, 2 order by 1, 2"""


def told(rows: Iterable[tuple[str, date, int]]) -> Days:
    """How many villages of each day, by county. {} where nothing was judged yet."""
    found: Days = {}
    for county, day, villages in rows:
        found.setdefault(county, {})[day.isoformat()] = villages
    return found


def data_days(place_code: str) -> Days:
    """Of which days an area's data are now."""
    with connection.cursor() as cursor:
        cursor.execute(statement(scope_of(place_code)))
        return told(cursor.fetchall())


def own(days: Days) -> date:
    """The day of an area's newest data; today where nothing was judged yet."""
    return max((date.fromisoformat(day) for of in days.values() for day in of), default=beijing_today())


def reckon(freeze: Freeze, days: Days, named: date | None) -> None:
    """Sets by which day its rules are asked for: the one that somebody named, else the data's own."""
    freeze.days, freeze.as_of = days, named or own(days)
    freeze.of_other_day = freeze.as_of != own(days)
