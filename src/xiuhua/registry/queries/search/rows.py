"""The looks into the register. Each is a range of an index within an area and ends at a number of rows, at any size.

Under row-level security only equality and ranges of text use an index. The area is written into each query as well as
held by the policies: the planner knows nothing of a policy's bounds, and must choose between reading a village and
reading a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.places.models import Place
from xiuhua.places.scope import Scope
from xiuhua.registry.queries.plans import in_order_of_index
from xiuhua.registry.queries.search.words import after

COUNTED = 300
TABLES = {"person": ("registry_person", "name"), "household": ("registry_household", "head_name")}

INSIDE = "x.village_code >= %(lo)s and x.village_code < %(hi)s"
BY_NAME = f"""
select x.id, x.{{name}}, x.village_code from {{table}} x
where x.{{name}} >= %(from)s and x.{{name}} < %(to)s and {INSIDE} order by x.{{name}}, x.village_code, x.id limit {COUNTED + 1}
"""
# The readings of one county lie together, so a name is found in a county's hundred thousand as fast as in a nation's.
BY_KEY = f"""
select x.id, x.{{name}}, x.village_code from unnest(%(counties)s::text[]) c(code)
cross join lateral (select distinct k.name from registry_namekey k where k.county_code = c.code and {{key}}) k
join {{table}} x on x.{{name}} = k.name and {INSIDE}{{within}} limit {COUNTED + 1}
"""
WITHIN = " and x.village_code >= c.code and x.village_code < c.code || ':'"
KEYS = {"is": "k.key = %(key)s", "begins": "k.key > %(key)s and k.key < %(to)s"}

PEOPLE = """
with found as materialized ({found})
select x.id, p.name, m.relation, m.until, h.id, h.number, h.head_name, h.village_code, h.kind, p.died_on, m.ended_because
from found x join registry_person p on p.id = x.id
join lateral (select * from registry_membership m where m.person_id = x.id and m.ended_because <> 'undone'
  order by m.until desc nulls first, m.id desc limit 1) m on true
join registry_household h on h.id = m.household_id
"""
HOUSEHOLDS = """
with found as materialized ({found})
select null::bigint, h.head_name, null::text, null::date, h.id, h.number, h.head_name, h.village_code, h.kind, null::date, ''
from found x join registry_household h on h.id = x.id where h.ended_on is null or %(ended)s
"""
SELECTS = {"person": PEOPLE, "household": HOUSEHOLDS}
WHERE = f"select x.id from {{table}} x where {{where}} and {INSIDE} order by {{order}} limit {COUNTED + 1}"

PLACES_BY_NAME = """select x.code from places_place x where x.name >= %(from)s and x.name < %(to)s
and x.code >= %(lo)s and x.code < %(hi)s and x.until is null order by length(x.code), x.name, x.code limit %(most)s"""
PLACES_BY_KEY = """
select x.code from unnest(%(counties)s::text[]) c(code)
cross join lateral (select distinct k.name from registry_namekey k where k.county_code = c.code and k.key >= %(key)s and k.key < %(to)s) k
join places_place x on x.name = k.name and x.code >= c.code and x.code < c.code || ':'
where x.code >= %(lo)s and x.code < %(hi)s and x.until is null limit %(most)s
"""


@dataclass(frozen=True)
class Hit:
    """A person in the household that they are or last were in, or a household (`person` None).

    left: the day they left it, None for who is in it; because: why (`Leaving`, may be empty); died: the day, where it is recorded.
    """

    person: int | None
    name: str | None
    relation: str | None
    left: date | None
    household: int
    number: str
    head_name: str | None
    village_code: str
    kind: str
    died: date | None = None
    because: str = ""

    @property
    def gone(self) -> bool:
        """Whether they died or left, and belong to no household now."""
        return self.left is not None or self.died is not None


def by_name(what: str, text: str, area: Scope) -> list[Hit]:
    """People or households whose (head's) name begins with a text."""
    # In a village all are read and sorted; from a township on, whoever follows the names stops soon.
    with in_order_of_index(len(area.place_code) < 12):
        return _hits(what, BY_NAME, area, **{"from": text, "to": after(text)})


def by_number(what: str, text: str, area: Scope) -> list[Hit]:
    """Those whose number begins with a text. Within a county the index of its own numbers is asked."""
    where = "x.number >= %(from)s and x.number < %(to)s"
    values = {"from": text, "to": after(text)}
    if len(area.place_code) >= 6:
        where += " and x.county_code = %(county)s"
        values["county"] = area.place_code[:6]
    with in_order_of_index(len(area.place_code) <= 6):
        return by_column(what, where, area, values, "x.number")


def by_key(what: str, key: str, area: Scope, how: str) -> list[Hit]:
    """Those whose name is read so (`is`), or whose reading begins so (`begins`)."""
    counties = counties_of(area)
    within = WITHIN if len(counties) > 1 else ""
    sql = BY_KEY.replace("{key}", KEYS[how]).replace("{within}", within)
    return _hits(what, sql, area, key=key, to=after(key), counties=counties)


def by_column(what: str, where: str, area: Scope, values: dict[str, Any], order: str = "x.id") -> list[Hit]:
    """Those of whom a condition on their own row (x) holds. A household that ended is found by its number only."""
    return _hits(what, WHERE.replace("{where}", where).replace("{order}", order), area, **values)


def _hits(what: str, found: str, area: Scope, **values: Any) -> list[Hit]:
    table, name = TABLES[what]
    sql = SELECTS[what].format(found=found.format(table=table, name=name))
    ended = "number" in values
    return [Hit(*row) for row in _all(sql, {**values, "lo": area.lo, "hi": area.hi, "ended": ended})]


def places(text: str, key: str, area: Scope, most: int) -> list[str]:
    """Codes of places of an area whose name, or reading, begins so; the higher ones first."""
    values: dict[str, Any] = {"lo": area.lo, "hi": area.hi, "most": most}
    if key:
        counties = counties_of(area)
        rows = _all(PLACES_BY_KEY, {**values, "key": key, "to": after(key), "counties": counties})
    else:
        rows = _all(PLACES_BY_NAME, {**values, "from": text, "to": after(text)})
    return sorted({code for (code,) in rows}, key=lambda code: (len(code), code))


def counties_of(area: Scope) -> list[str]:
    """The county of an area, or the counties in it."""
    codes, digits = [area.place_code], {"CN": 0}.get(area.place_code, len(area.place_code))
    if digits >= 6:
        return [area.place_code[:6]]
    while codes and digits < 6:
        codes = _below(codes)
        digits += 2
    return codes


def _below(codes: Iterable[str]) -> list[str]:
    return list(Place.objects.filter(parent__in=list(codes)).order_by("code").values_list("code", flat=True))


def _all(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
