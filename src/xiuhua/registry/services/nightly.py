"""The whole register looked at again, piece by piece, each in a transaction of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.findings.services import wake_what_is_over
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services.looking import Looked, look_again
from xiuhua.registry.services.naming import learn_names

PIECE = 2000
# Each household on the newest day of its village's data, as its page judges it.
NEXT = """
select h.id, coalesce((select max(s.as_of) from registry_standing s where s.village_code = h.village_code), %(today)s)
from registry_household h
where h.village_code >= %(lo)s and h.village_code < %(hi)s
  and (h.village_code, h.id) > (%(village)s, %(after)s)
order by h.village_code, h.id limit %(piece)s
"""
VILLAGE = "select village_code from registry_household where id = %s"


def look_at_all(place_code: str) -> Looked:
    """Looks at every household of an area, wakes what rested until a day that is past, reads names that came some other way
    (with a household from another county, with a place that was renamed).

    Safe to run again and to be killed between pieces.
    """
    scope = scope_of(place_code)
    with within(scope, who={"account": ""}):
        wake_what_is_over(lo=scope.lo, hi=scope.hi)
        learn_names(county_code=place_code[:6])
    told, village, after = Looked(), "", 0
    while True:
        with within(scope, who={"account": ""}):
            values: dict[str, Any] = {"lo": scope.lo, "hi": scope.hi, "village": village, "after": after, "piece": PIECE,
                      "today": beijing_today()}  # fmt: skip
            by_day: dict[date, list[int]] = {}
            with connection.cursor() as cursor:
                cursor.execute(NEXT, values)
                rows = cursor.fetchall()
                if not rows:
                    return told
                cursor.execute(VILLAGE, [rows[-1][0]])
                village, after = cursor.fetchone()[0], rows[-1][0]
            for key, day in rows:
                by_day.setdefault(day, []).append(key)
            for day, keys in by_day.items():
                told += look_again(households=keys, as_of=day)
