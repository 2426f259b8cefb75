"""Which village a row means: by code, or by township and village name among the villages the officer answers for."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from xiuhua.places.models import Place
from xiuhua.places.queries import former_names, successors
from xiuhua.places.scope import Scope
from xiuhua.places.terms import Level

NEAR_ENOUGH = 0.5
OFFERED = 3


@dataclass
class Villages:
    """Names of villages and townships within a scope; lists in the same batch add to it before they are merged."""

    scope: Scope
    names: dict[str, str] = field(default_factory=dict)  # village code -> name
    townships: dict[str, str] = field(default_factory=dict)  # township code -> name
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # What a code or a name of the past means today: offices go on using both for years.
    moved: dict[str, str] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=dict)
    answers: dict[tuple[str | None, str | None, str | None], str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: Scope) -> Villages:
        """The villages in the register of places."""
        villages = cls(scope)
        places = Place.objects.filter(code__gte=scope.lo, code__lt=scope.hi, until=None)
        for code, name, level in places.values_list("code", "name", "level"):
            if level == Level.TOWNSHIP:
                villages.townships[code] = name
            elif level == Level.VILLAGE:
                villages.add(code, name)
        if len(scope.place_code) > 9:
            townships = Place.objects.filter(code=scope.place_code[:9])
            villages.townships.update(townships.values_list("code", "name"))
        villages._remember(scope.place_code[:6])
        return villages

    def _remember(self, county_code: str) -> None:
        """Codes that ended, and names that places had. A name that a village bears now means that village."""
        self.moved = successors(county_code)
        for name, code in former_names(county_code):
            self.before.setdefault(name, set()).add(code)

    def add(self, code: str, name: str, township: str | None = None) -> None:
        """One more village."""
        if code in self.moved:
            return  # an older list: its village was united with another
        self.names[code] = name
        self.by_name[name].add(code)
        if township:
            self.townships[code[:9]] = township
        self.answers.clear()

    def code_of(self, township: str | None, village: str | None, code: str | None = None) -> str | None:
        """The village's code; None when it is not known, or not known for certain."""
        asked = (township, village, code)
        if asked not in self.answers:
            self.answers[asked] = self._look(*asked)
        return self.answers[asked]

    def _look(self, township: str | None, village: str | None, code: str | None) -> str | None:
        if code and (now := self.moved.get(code, code)) in self.names:
            return now
        candidates = self.by_name.get(village or "", set())
        if township:
            candidates = {c for c in candidates if self._within(c, township)}
        if not candidates and village in self.before:
            candidates = {c for c in self.before[village] if c in self.names and self._within(c, township)}
        return next(iter(candidates)) if len(candidates) == 1 else None

    def _within(self, code: str, township: str | None) -> bool:
        """Whether a village lies in a township of that name, by its name of today or a former one."""
        return (
            not township
            or self.townships.get(code[:9]) == township
            or code[:9] in self.before.get(township, ())
        )

    def nearest(self, township: str | None, village: str | None) -> list[str]:
        """Names close to an unknown one, for the sentence that asks for a correction."""
        names: Iterable[str] = (
            name
            for code, name in self.names.items()
            if not township or self.townships.get(code[:9]) == township
        )
        return difflib.get_close_matches(village or "", sorted(set(names)), OFFERED, NEAR_ENOUGH)
