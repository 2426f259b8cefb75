"""What a figure was, there and then; and who was allowed to say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from xiuhua.rulebook.marked import RulebookError
from xiuhua.rulebook.models import LEVELS, Certainty, Figure, FigureValue, PlacedValue, Scalar, Source


@dataclass(frozen=True)
class Value:
    """A figure's value where and when it was asked for, with what it rests on."""

    figure: str
    value: Scalar
    unit: str | None
    certainty: Certainty
    source: Source
    place: str
    """Code of the place that set it; CN for the nation."""
    since: dt.date


@dataclass(frozen=True)
class Refused:
    """A lower level's attempt to set what it may not set (既不降低标准，也不吊高胃口)."""

    figure: str
    place: str
    value: Scalar
    index: int
    """Which of the figure's `places` it is, from 0."""
    place_in_file: str
    why: str


def check_times(figure: Figure) -> None:
    """Every series of a figure without a gap and without two values at a time. Raises RulebookError."""
    for place in ("", *sorted({one.place for one in figure.places})):
        series = _series(figure, place)
        for index, one in enumerate(series):
            _check_moment(figure, one, ("places" if place else "values", index))
        for before, after in pairwise(series):
            path = _path(figure, after)
            if before.begins == after.begins:
                raise figure.where.error(f"figure {figure.id}: two values begin on {after.begins}", *path)
            end = before.ends
            if end is not None and end + dt.timedelta(days=1) != after.begins:
                word = "gap" if end < after.begins else "overlap"
                raise figure.where.error(f"figure {figure.id}: {word} before {after.begins}", *path)


def _check_moment(figure: Figure, one: FigureValue, path: tuple[str | int, ...]) -> None:
    by_year = one.year is not None and one.since is None and one.until is None
    by_date = one.since is not None and one.year is None
    if not (by_year if figure.by == "year" else by_date):
        key = "year" if figure.by == "year" else "since"
        raise figure.where.error(
            f"figure {figure.id} goes by {figure.by}: give `{key}` and no other time", *path
        )
    kinds = {_kind(value.value) for value in (*figure.values, *figure.places)}
    if len(kinds) > 1 and kinds != {"integer", "decimal"}:
        raise figure.where.error(f"figure {figure.id}: its values are of different types", *path)


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", str: "text", dt.date: "date"}.get(type(value), "decimal")


def _path(figure: Figure, one: FigureValue) -> tuple[str | int, ...]:
    key, values = ("places", figure.places) if isinstance(one, PlacedValue) else ("values", figure.values)
    return key, next(index for index, value in enumerate(values) if value is one)


def _series(figure: Figure, place: str) -> list[FigureValue]:
    """Values a place set itself ('' is the nation), in order of time."""
    found: list[FigureValue] = (
        [one for one in figure.places if one.place == place] if place else list(figure.values)
    )
    return sorted(found, key=lambda one: one.begins)


def in_force(series: list[FigureValue], day: dt.date) -> FigureValue | None:
    """The value of a series that holds on a day."""
    found = None
    for one in series:
        if one.begins <= day:
            found = one
    return None if found is None or (found.ends is not None and day > found.ends) else found


def _above(figure: Figure, place: str) -> Iterator[str]:
    """Places above a place that set values, nearest first; '' is the nation."""
    setters = {one.place for one in figure.places}
    yield from sorted(
        (one for one in setters if place.startswith(one) and one != place), key=len, reverse=True
    )
    yield ""


def effective(figure: Figure, day: dt.date, place: str) -> tuple[FigureValue, str] | None:
    """The value that holds on a day in a place, and who set it ('' the nation)."""
    for setter in (place, *_above(figure, place)):
        found = in_force(_series(figure, setter), day)
        if found is not None:
            return found, setter
    return None


def value(figure: Figure, day: dt.date, place: str) -> Value | None:
    """As `effective`, with all that a reader wants to know; None where no document gives one."""
    found = effective(figure, day, "" if place == "CN" else place)
    if found is None:
        return None
    one, setter = found
    source = one.source or figure.source
    return Value(figure.id, one.value, figure.unit, one.certainty, source, setter or "CN", one.begins)


def refusals(figure: Figure) -> list[Refused]:
    """Placed values that go a way which the owner of the figure did not allow."""
    found = []
    for index, one in enumerate(figure.places):
        if LEVELS.index(one.level) <= LEVELS.index(figure.owner):
            continue
        why = _why_not(figure, one)
        if why:
            at = figure.where.at("places", index)
            found.append(Refused(figure.id, one.place, one.value, index, at, f"{figure.id}: {why}"))
    return found


def _why_not(figure: Figure, one: PlacedValue) -> str | None:
    if figure.stricter is None:
        return f"{one.place} sets what only the {figure.owner} may set"
    for day in _moments(figure, one):
        held = None
        for setter in _above(figure, one.place):
            held = held or in_force(_series(figure, setter), day)
        if held is None:
            return f"{one.place} sets a value for {day}, when nothing above it holds"
        mine, theirs = one.value, held.value
        if isinstance(mine, str | dt.date | bool) or isinstance(theirs, str | dt.date | bool):
            return "only numbers can be set stricter"
        wrong = mine > theirs if figure.stricter == "lower" else mine < theirs
        if wrong:
            return f"{one.place} sets {mine} where {theirs} holds: it may only go {figure.stricter}"
    return None


def _moments(figure: Figure, one: PlacedValue) -> list[dt.date]:
    """Days to compare on: when the value begins, and each change above while it holds."""
    later = [other.begins for other in _series(figure, one.place) if other.begins > one.begins]
    last = one.ends or (min(later) - dt.timedelta(days=1) if later else dt.date.max)
    changes = [
        other.begins
        for setter in _above(figure, one.place)
        for other in _series(figure, setter)
        if one.begins < other.begins <= last
    ]
    return [one.begins, *changes]


def without(figure: Figure, refused: list[Refused]) -> Figure:
    """The figure as it holds when the refused values are left out."""
    out = {one.index for one in refused}
    kept = [one for index, one in enumerate(figure.places) if index not in out]
    made = figure.model_copy(update={"places": kept})
    made._where = figure.where
    return made


def refusal_error(refused: Refused) -> RulebookError:
    return RulebookError(refused.place_in_file, refused.why)
