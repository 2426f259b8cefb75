"""Frozen figures of a place: the newest freeze that covers it, and what was tallied there, summed as a page wants it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import localtime

from xiuhua.engine.tally import Rows, add_up
from xiuhua.freezes.models import Freeze, Tallied, listed, unpacked
from xiuhua.freezes.queries.kept import as_sealed, found_in_files, in_files
from xiuhua.freezes.terms import ALL, COUNTS, Step
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level, level_of, parent_of

logger = logging.getLogger(__name__)
Part = Literal["rules", "facts", "measures"]
Choice = str | Iterable[str] | None
PARTS: tuple[Part, ...] = ("rules", "facts", "measures")


@dataclass(frozen=True)
class Counts:
    """Outcomes of one rule, in units of its grain. `checked`: of those that hold, with checked evidence."""

    holds: int = 0
    fails: int = 0
    not_known: int = 0
    not_applicable: int = 0
    checked: int = 0

    @property
    def asked(self) -> int:
        """To how many the rule applied."""
        return self.holds + self.fails + self.not_known


def covering(place_code: str) -> list[str]:
    """Codes of the areas whose freeze holds a place: itself and all above it."""
    codes, code = [], place_code
    while True:
        codes.append(code)
        above = parent_of(code)
        if above is None:
            return codes
        code = above


def by_own_day(place_code: str) -> QuerySet[Freeze]:
    """Finished freezes whose area covers the place, the newest first; those by the rules of some other day than their data's are
    left out: on that day half of the rules may not have been in force. Needs a scope."""
    found = Freeze.objects.filter(step=Step.DONE, of_other_day=False, place_code__in=covering(place_code))
    return found.order_by("-taken_at", "-pk")


def latest(place_code: str) -> Freeze | None:
    """The newest of them that is as it was sealed; None where there is none."""
    return as_sealed_newest(by_own_day(place_code))


def as_sealed_newest(found: QuerySet[Freeze]) -> Freeze | None:
    """The first of some, the newest first. One whose folder lies here with another manifest than it was stored with is passed over:
    nobody could compute its figures again from that."""
    at = 0
    while (one := next(iter(found[at : at + 1]), None)) is not None and not as_sealed(one):
        logger.warning(
            "the freeze %s is no page's default: its manifest is not as it was sealed", one.freeze_id
        )
        at += 1
    return one


def top_place() -> str | None:
    """The lowest place that holds every county of this installation; None while there is none."""
    codes = list(
        Place.objects.filter(level=Level.COUNTY, until__isnull=True)
        .order_by("code")
        .values_list("code", flat=True)
    )
    if not codes:
        return None
    chains = [covering(code) for code in (codes[0], codes[-1])]
    return next(code for code in chains[0] if code in chains[1])


def since(freeze: Freeze) -> dict[str, str]:
    """What stands wherever a figure of it is shown: 数据快照 and its moment, and the day of the rules that is not the data's."""
    assert freeze.taken_at is not None
    at = f"{localtime(freeze.taken_at):%Y-%m-%d %H:%M}"
    if freeze.of_other_day:
        return {
            "zh": f"数据快照 {at}（规则按 {freeze.as_of}）",
            "en": f"Snapshot {at} (by the rules of {freeze.as_of})",
        }
    return {"zh": f"数据快照 {at}", "en": f"Snapshot {at}"}


def figures(freeze: Freeze, place_code: str) -> Figures:
    """What was tallied of one place; all zero where the freeze has nothing of it. Raises FiguresAway."""
    if in_files(freeze, level_of(place_code)):
        return InFiles(found_in_files(freeze, place_code)).of(place_code)
    rows = Tallied.objects.filter(freeze=freeze, place_code=place_code)
    return Held(rows, few=True).of(place_code)


def below(freeze: Freeze, place_code: str, level: str) -> dict[str, Figures]:
    """What was tallied of the places of a level within a place, by code, in order of code.

    Of many places only households and persons are read at once; what else is asked for is read for all of them together,
    a rule at a time, or with `Held.fetch` in a query for each part: `first.held.fetch(rules=[…], measures=[…])`. Raises FiguresAway.
    """
    if in_files(freeze, Level(level)):
        read = InFiles(found_in_files(freeze, place_code, Level(level)))
        return {code: read.of(code) for code in sorted(read.rows)}
    area = scope_of(place_code)
    rows = Tallied.objects.filter(freeze=freeze, level=level, place_code__gte=area.lo, place_code__lt=area.hi)
    held = Held(rows, few=False)
    return {code: held.of(code) for code in sorted(held.rows)}


class Held:
    """Rows of a freeze read together; figures of the places share it."""

    def __init__(self, rows: QuerySet[Tallied], *, few: bool) -> None:
        self._query = rows
        self.few = few
        self.rows: dict[str, list[tuple[int, str, str, int, int]]] = {}
        self._read: dict[tuple[Part, str], dict[int, Any]] = {}
        columns = rows.values_list("pk", "place_code", "kind", "status", "households", "persons")
        for pk, code, kind, status, households, persons in columns:
            self.rows.setdefault(code, []).append((pk, kind, status, households, persons))

    def of(self, code: str) -> Figures:
        """Figures of one of the places, or of one with nothing."""
        return Figures(code, self)

    def fetch(
        self, *, rules: Iterable[str] = (), facts: Iterable[str] = (), measures: Iterable[str] = ()
    ) -> None:
        """Reads some rules, facts and measures of all the places in one go."""
        wanted: list[tuple[Part, str]] = [
            *(("rules", one) for one in rules),
            *(("facts", one) for one in facts),
            *(("measures", one) for one in measures),
        ]
        wanted = [one for one in wanted if one not in self._read]
        if not wanted:
            return
        for part in PARTS:
            ids = [id for of, id in wanted if of == part]
            for id, found in self._picked(part, ids).items() if ids else ():
                self._read[part, id] = found

    def _picked(self, part: Part, ids: list[str]) -> dict[str, dict[int, Any]]:
        """Some ids of a part, of all rows. Each document is unfolded once, however many are asked of it: that is what costs."""
        found: dict[str, dict[int, Any]] = {id: {} for id in ids}
        sql, params = self._query.values_list("id", part).query.sql_with_params()
        names = [connection.ops.quote_name(id) for id in ids]
        columns, picked = (
            ", ".join(f"{name} jsonb" for name in names),
            ", ".join(f"x.{name}" for name in names),
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"select t.id, jsonb_build_array({picked})::text from ({sql}) t, jsonb_to_record(t.{part}) x({columns})",
                params,
            )
            for pk, values in cursor.fetchall():
                for id, value in zip(ids, json.loads(values), strict=True):
                    if value is not None:
                        found[id][pk] = value
        return found

    def value(self, part: Part, id: str) -> Mapping[int, Any]:
        """One rule's, fact's or measure's counts by row."""
        if (part, id) not in self._read:
            if self.few:
                self._whole(part)
            else:
                self.fetch(**{part: [id]})
        return self._read.get((part, id), {})

    def _whole(self, part: Part) -> None:
        for pk, values in self._query.values_list("pk", part):
            for id, value in values.items():
                self._read.setdefault((part, id), {})[pk] = value
        self._read.setdefault((part, ""), {})

    def named(self, part: Part) -> list[str]:
        """Ids of which anything was tallied, of one place only."""
        if (part, "") not in self._read:
            self._whole(part)
        return sorted(id for of, id in self._read if of == part and id)


class InFiles(Held):
    """The same of rows that lie in a tally's files: all of them are read, and unfolded as they are asked for."""

    def __init__(self, found: Rows) -> None:
        self._found = found
        self.few = True
        self.rows = {}
        self._read = {}
        for at, (code, kind, status) in enumerate(zip(found.place, found.kind, found.status, strict=True)):
            row = (at, kind, status, found.households(at), found.persons(at))
            self.rows.setdefault(code, []).append(row)

    def fetch(
        self, *, rules: Iterable[str] = (), facts: Iterable[str] = (), measures: Iterable[str] = ()
    ) -> None:
        """Nothing is left to read."""

    def value(self, part: Part, id: str) -> Mapping[int, Any]:
        if (part, id) not in self._read:
            self._read[(part, id)] = self._found.of(part, id)
        return self._read[(part, id)]

    def named(self, part: Part) -> list[str]:
        return sorted(id for of, id in self._found.cells if of == part and self.value(part, id))


class Figures:
    """What was tallied of one place. kind and status: one, several, or all of them (None)."""

    def __init__(self, place_code: str, held: Held) -> None:
        self.place_code, self.held = place_code, held

    def __bool__(self) -> bool:
        return self.place_code in self.held.rows

    def households(self, kind: Choice = None, status: Choice = None) -> int:
        """Households; those of villages' and counties' own rules are no further ones."""
        return sum(row[3] for row in self._rows(kind, status) if row[1] != ALL)

    def persons(self, kind: Choice = None, status: Choice = None) -> int:
        """People of these households."""
        return sum(row[4] for row in self._rows(kind, status) if row[1] != ALL)

    def rule(self, id: str, kind: Choice = None, status: Choice = None) -> Counts:
        """Outcomes of a rule; all zero where it was not asked."""
        values, total = self.held.value("rules", id), [0] * len(COUNTS)
        for row in self._rows(kind, status):
            if (stored := values.get(row[0])) is not None:
                for at, n in enumerate(listed(stored)):
                    total[at] += n
        return Counts(*total)

    def fact(self, id: str, kind: Choice = None, status: Choice = None) -> dict[str, Any]:
        """A fact's counts: {"parts": {code: n}, "unknown": n}, {"true", "false", "unknown"} or {"sum", "known", "unknown"}."""
        return self._sum("facts", id, kind, status)

    def measure(self, id: str, kind: Choice = None, status: Choice = None) -> dict[str, Any]:
        """A measure's counts, added up; {} where it was not asked."""
        return self._sum("measures", id, kind, status)

    def all(self, part: Part, kind: Choice = None, status: Choice = None) -> dict[str, dict[str, Any]]:
        """Everything of a part, by id: for one place."""
        return {id: self._sum(part, id, kind, status) for id in self.held.named(part)}

    def _rows(self, kind: Choice, status: Choice) -> list[tuple[int, str, str, int, int]]:
        kinds, statuses = _chosen(kind), _chosen(status)
        return [
            row
            for row in self.held.rows.get(self.place_code, [])
            if (kinds is None or row[1] in kinds) and (statuses is None or row[2] in statuses)
        ]

    def _sum(self, part: Part, id: str, kind: Choice, status: Choice) -> dict[str, Any]:
        values = self.held.value(part, id)
        total: dict[str, Any] = {}
        for row in self._rows(kind, status):
            if row[0] in values:
                told = values[row[0]]
                add_up(total, unpacked(told) if part == "rules" else told)
        return total


def _chosen(choice: Choice) -> set[str] | None:
    if choice is None:
        return None
    return {choice} if isinstance(choice, str) else set(choice)
