"""Which two freezes of a place are held against each other, and how a change of a count is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, as_sealed_newest, by_own_day, figures
from xiuhua.freezes.queries.figures import covering
from xiuhua.freezes.terms import Step
from xiuhua.places.models import Place
from xiuhua.workbench.queries.frozen.figure import freeze_or_404

OFFERED = 60
Number = int | Decimal


@dataclass(frozen=True)
class Pair:
    """The earlier and the later freeze, and the place that is looked at in both."""

    before: Freeze
    after: Freeze
    place: Place

    @property
    def query(self) -> dict[str, str]:
        return {"a": str(self.before.pk), "b": str(self.after.pk), "place": self.place.code}

    def url(self, rule: str = "", **more: Any) -> str:
        """The address of this comparison, or of one rule in it."""
        address = reverse("workbench:compare_rule", args=[rule]) if rule else reverse("workbench:compare")
        return f"{address}?{urlencode({**self.query, **more})}"

    def figures(self) -> tuple[Figures, Figures]:
        return figures(self.before, self.place.code), figures(self.after, self.place.code)


def held(place: Place) -> list[Freeze]:
    """Finished freezes that hold a place, newest first."""
    found = Freeze.objects.filter(step=Step.DONE, place_code__in=covering(place.code))
    return list(found.order_by("-taken_at", "-pk")[:OFFERED])


def pair(place: Place, query: Mapping[str, str]) -> Pair | None:
    """The two that an address names, the earlier first however it names them: told the other way round, better would be worse. Where
    it names none, the newest and the one before, both by their data's own day and as they were sealed. None where there are not two."""
    known = by_own_day(place.code)
    after = freeze_or_404(query["b"], place) if query.get("b") else as_sealed_newest(known)
    if after is None:
        return None
    if query.get("a"):
        before: Freeze | None = freeze_or_404(query["a"], place)
    else:
        before = as_sealed_newest(known.filter(taken_at__lte=after.taken_at).exclude(pk=after.pk))
    if before is None:
        return None
    before, after = sorted((before, after), key=_moment)
    return Pair(before, after, place)


def _moment(freeze: Freeze) -> tuple[datetime, int]:
    """When its records were so; of two of one moment the one that was asked for first."""
    assert freeze.taken_at is not None
    return freeze.taken_at, freeze.pk


def change(before: Number | None, after: Number | None, *, worse: int = 0) -> dict[str, Any]:
    """Before, after and by how much. worse: +1 where more is worse, -1 where less is, 0 where neither is."""
    if before is None or after is None:
        return {"before": before, "after": after, "by": None, "tone": "plain"}
    by = after - before
    tone = "plain" if not by or not worse else ("red" if by * worse > 0 else "leaf")
    return {"before": before, "after": after, "by": by, "tone": tone}
