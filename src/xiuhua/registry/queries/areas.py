"""Counts of an area: kept village by village, and counted anew where something changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.asking import Single, ask_together
from xiuhua.places.scope import Scope
from xiuhua.registry.queries.counting import BAND_FEN, BANDS, FIGURES, NEAR_LINE_FEN, counted

__all__ = [
    "BANDS",
    "BAND_FEN",
    "NEAR_LINE_FEN",
    "Counts",
    "Spread",
    "Tally",
    "Village",
    "counts",
    "newest_day",
    "total",
]

STALE = "select distinct village_code from registry_tallymark where village_code >= %(lo)s and village_code < %(hi)s"
KEPT = "village_code >= %(lo)s and village_code < %(hi)s and not (village_code = any(%(stale)s))"
SUMS = f"""
select left(village_code, %(digits)s), {", ".join(f"sum({one})::bigint" for one in FIGURES)}, max(year)
from registry_tally where {KEPT} group by 1
"""
LINES = f"""
select l.key, sum(l.value::bigint)::bigint from registry_tally, jsonb_each_text(lines) l where {KEPT} group by 1
"""

EACH = f"""
select village_code, {", ".join(FIGURES)}, array(select k from unnest(%(keys)s::text[]) k where (lines->>k)::bigint > 0)
from registry_tally where {KEPT}
"""
# Around every page: the newest day of what was counted, and where something changed since.
NEWEST_KEPT = """
select json_build_array(max(as_of) filter (where m.village_code is null), array_agg(m.village_code) filter (where m.village_code is not null))
from (select village_code, as_of from registry_tally where village_code >= %(lo)s and village_code < %(hi)s) t
full join (select distinct village_code from registry_tallymark where village_code >= %(lo)s and village_code < %(hi)s) m using (village_code)
"""
NEWEST = "select max(as_of) from registry_standing where village_code = any(%(stale)s)"


@dataclass(frozen=True)
class Tally:
    """Households of a place, and of those registered: people, statuses, and how they stand against the standard."""

    code: str
    households: int = 0
    watched: int = 0
    registered: int = 0
    people: int = 0
    poor: int = 0
    poor_people: int = 0
    exited: int = 0
    fails: int = 0
    unknown: int = 0
    doubt: int = 0


@dataclass(frozen=True)
class Village:
    """A village's counts, and which of the asked lines (`fails:<rule>`, `unknown:<rule>`) count anybody in it."""

    tally: Tally
    keys: frozenset[str]


@dataclass(frozen=True)
class Spread:
    """Registered households by net income per head: rows of (lower edge in fen, poor, exited); the last row is open."""

    year: int
    rows: list[tuple[int, int, int]]


@dataclass(frozen=True)
class Counts:
    """What an area counts: places below (those with households), and further counts by key (models.Tally.lines)."""

    below: list[Tally] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    year: int | None = None
    villages: list[Village] = field(default_factory=list)

    @property
    def by_rule(self) -> dict[str, dict[str, int]]:
        """Registered households by rule: {"fails": {rule: n}, "unknown": {...}, "doubt": {...}}."""
        return {what: self._of(what) for what in ("fails", "unknown", "doubt")}

    @property
    def causes(self) -> list[tuple[str | None, int]]:
        """Main causes of registered households with their number, the most frequent first; None, of whom nobody recorded one, last."""
        told = {cause or None: n for cause, n in self._of("cause").items()}
        return sorted(told.items(), key=lambda one: (one[0] is None, -one[1], one[0] or ""))

    @property
    def exits(self) -> list[tuple[int | None, int]]:
        """Registered households that are out, by year of exit; those whose year is not known last."""
        years = {int(year) if year else None: n for year, n in self._of("exit").items()}
        return sorted(years.items(), key=lambda one: (one[0] is None, one[0] or 0))

    @property
    def spread(self) -> Spread | None:
        """How incomes are spread, from the same fact that the exit rule sees; None where no income is known."""
        bands = self._of("band")
        if not bands or self.year is None:
            return None
        at = [int(key.split(":")[0]) for key in bands]
        return Spread(
            self.year,
            [
                (one * BAND_FEN, bands.get(f"{one}:poor", 0), bands.get(f"{one}:exited", 0))
                for one in range(min(at), max(at) + 1)
            ],
        )

    def _of(self, what: str) -> dict[str, int]:
        return {key[len(what) + 1 :]: n for key, n in self.lines.items() if key.startswith(f"{what}:") and n}


def counts(area: Scope, *, digits: int = 12, lines: bool = True, each: Sequence[str] = ()) -> Counts:
    """Counts of an area and of the places below by the length of their code. Exact: what changed is counted now.

    Reads a row a village; a village in which something changed since it was counted is read whole. `lines=False` leaves
    out the further counts. `each`: keys of lines for which every village is told by itself, as `villages`.
    """
    values: dict[str, Any] = {"lo": area.lo, "hi": area.hi, "digits": digits}
    values["stale"] = [code for (code,) in _all(STALE, values)]
    below: dict[str, list[Sequence[int]]] = {}
    years: list[int | None] = [None]
    for code, *numbers, year in _all(SUMS, values):
        below.setdefault(code, []).append(numbers)
        years.append(year)
    told: Counter[str] = Counter(dict(_all(LINES, values)) if lines else {})
    asked = {**values, "keys": list(each)}
    villages = [
        Village(Tally(code, *numbers), frozenset(keys))
        for code, *numbers, keys in (_all(EACH, asked) if each else [])
    ]
    for village in counted(values["stale"], lines=lines):
        if each:
            own = Tally(village.village_code, *(getattr(village, one) for one in FIGURES))
            villages.append(Village(own, frozenset(key for key in each if village.lines.get(key))))
        below.setdefault(village.village_code[:digits], []).append([getattr(village, one) for one in FIGURES])
        told.update(village.lines)
        years.append(village.year)
    tallies = [
        Tally(code, *(sum(column) for column in zip(*rows, strict=True)))
        for code, rows in sorted(below.items())
    ]
    return Counts(
        [one for one in tallies if one.households],
        dict(told),
        max((y for y in years if y), default=None),
        sorted((one for one in villages if one.tally.households), key=lambda one: one.tally.code),
    )


def total(code: str, tallies: Iterable[Tally]) -> Tally:
    """The sum of several."""
    given = list(tallies)
    return Tally(code, *(sum(getattr(one, name) for one in given) for name in FIGURES))


def newest_day(area: Scope) -> date | None:
    """The newest day that standings of an area speak of: a row a village, and the standings of those that changed."""
    return newest_of(ask_together([newest_kept(area)])[0])


def newest_kept(area: Scope) -> Single:
    """What is kept of `newest_day`, to be asked with other numbers; `newest_of` reads it."""
    return Single(NEWEST_KEPT, {"lo": area.lo, "hi": area.hi})


def newest_of(kept: list[Any]) -> date | None:
    """The newest day, from what is kept of it."""
    day, stale = kept
    days = [date.fromisoformat(day)] if day else []
    days += [one for (one,) in (_all(NEWEST, {"stale": stale}) if stale else []) if one]
    return max(days, default=None)


def _all(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
