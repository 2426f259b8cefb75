"""Which village a row means: by code, or by township and village name among the villages the officer answers for."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from xiuhua.places.models import Place
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
        return villages

    def add(self, code: str, name: str, township: str | None = None) -> None:
        """One more village."""
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
        if code and code in self.names:
            return code
        candidates = self.by_name.get(village or "", set())
        if township:
            candidates = {c for c in candidates if self.townships.get(c[:9]) == township}
        return next(iter(candidates)) if len(candidates) == 1 else None

    def nearest(self, township: str | None, village: str | None) -> list[str]:
        """Names close to an unknown one, for the sentence that asks for a correction."""
        names: Iterable[str] = (
            name
            for code, name in self.names.items()
            if not township or self.townships.get(code[:9]) == township
        )
        return difflib.get_close_matches(village or "", sorted(set(names)), OFFERED, NEAR_ENOUGH)
