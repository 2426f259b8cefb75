"""The rulebook's figures that a judgement sheet is held to, as rows, so that the database weighs a sheet by itself. Written by the owner of
the tables, after a migration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from xiuhua.relapse.models import Measure
from xiuhua.rulebook.models import Figure, FigureValue
from xiuhua.rulebook.reader import read_rulebook

# In yuan but for the days within which a no can be contested. What the database's `relapse_marks` and `relapse_contested` read.
MEASURES = (
    "monitoring_line_yuan",
    "medical_own_registered_yuan",
    "medical_own_other_yuan",
    "education_own_yuan",
    "appeal_days",
)


def learn_measures(using: str = "owner") -> None:
    """Brings the measures to what the rulebook says. Safe to run again."""
    figures = read_rulebook().figures
    said = [one for id in MEASURES for one in _rows(figures[id])]
    with transaction.atomic(using=using):
        Measure.objects.using(using).all().delete()
        Measure.objects.using(using).bulk_create(said)


def _rows(figure: Figure) -> Iterator[Measure]:
    series: dict[str, list[FigureValue]] = {"": list(figure.values)}
    for placed in figure.places:
        series.setdefault(placed.place, []).append(placed)
    for place, values in series.items():
        ordered = sorted(values, key=lambda one: one.begins)
        for one, later in zip(ordered, [*ordered[1:], None], strict=True):
            ends = one.ends or (later.begins - dt.timedelta(days=1) if later else None)
            yield Measure(
                figure=figure.id, place_code=place, since=one.begins, until=ends, value=int(str(one.value))
            )
