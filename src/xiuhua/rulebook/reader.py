"""Reads the folders of the rulebook and refuses what must not be used."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from xiuhua.rulebook import figures as figure_times
from xiuhua.rulebook.figures import Refused
from xiuhua.rulebook.marked import RulebookError, files_of, read_entries
from xiuhua.rulebook.models import CalendarYear, CodeList, Figure, Marked, Measure, OwnValues, Rule
from xiuhua.rulebook.procedures import Procedure

FOLDER = Path(__file__).resolve().parent
# Names a folder of further programmes, of a province or another country: data alone, read after ours. There a province, city or
# county also gives its own values of our figures, for the places and years that are its to set.
FURTHER = "XIUHUA_PROGRAMMES"

# What lay in such a folder when it was read: who says by which rules something was computed means those, not what lies there since.
_LAY: dict[Path, dict[str, str]] = {}

__all__ = ["FOLDER", "FURTHER", "Rulebook", "RulebookError", "further", "read_rulebook"]

EntryT = TypeVar("EntryT", CalendarYear, CodeList, Figure, Rule, Measure, Procedure)


@dataclass(frozen=True)
class Rulebook:
    """All programmes together, by id."""

    codes: dict[str, CodeList]
    figures: dict[str, Figure]
    rules: dict[str, Rule]
    measures: dict[str, Measure]
    procedures: dict[str, Procedure]
    calendar: dict[str, CalendarYear]
    refused_figures: list[Refused]


def read_rulebook(folder: Path = FOLDER, strict: bool = True, more: Path | None = None) -> Rulebook:
    """Code lists, figures, rules and measures of every programme's folder.

    more: a folder of further programmes; None: with our own folder, the one that the office names (`FURTHER`).

    strict: a lower level's forbidden value refuses the load; otherwise it is left out and kept in `refused_figures`.
    Raises RulebookError (file:line).
    """
    programmes, own = _programmes(folder), list[Path]()
    more = more or (further_folder() if folder == FOLDER else None)
    if more is not None:
        own = _programmes(more)
        _LAY[more] = _digests(more)
    codes: dict[str, CodeList] = {}
    figures: dict[str, Figure] = {}
    rules: dict[str, Rule] = {}
    measures: dict[str, Measure] = {}
    procedures: dict[str, Procedure] = {}
    calendar: dict[str, CalendarYear] = {}
    refused: list[Refused] = []
    for programme in (*programmes, *own):
        for path in files_of(programme, "codes"):
            _add(codes, [CodeList.of(entry) for entry in read_entries(path)])
        for path in files_of(programme, "figures"):
            for entry in read_entries(path):
                if programme in own and set(entry.data) == {"id", "places"}:
                    _add_places(figures, OwnValues.of(entry), programme.name)
                else:
                    _add(figures, [Figure.of(entry)])
        for path in files_of(programme, "rules"):
            entries = read_entries(path)
            _add(rules, [Rule.of(entry, programme=programme.name) for entry in entries])
        for path in files_of(programme, "measures"):
            entries = read_entries(path)
            _add(measures, [Measure.of(entry, programme=programme.name) for entry in entries])
        for path in files_of(programme, "calendar"):
            _add_years(
                calendar, [CalendarYear.of(entry) for entry in read_entries(path)], own=programme in own
            )
        for path in files_of(programme, "procedures"):
            entries = read_entries(path)
            _add(procedures, [Procedure.of(entry, programme=programme.name) for entry in entries])
    for code_list in codes.values():
        _check_codes(code_list)
    for figure in list(figures.values()):
        figure_times.check_times(figure)
        wrong = figure_times.refusals(figure)
        if wrong and strict:
            raise figure_times.refusal_error(wrong[0])
        refused += wrong
        figures[figure.id] = figure_times.without(figure, wrong) if wrong else figure
    for procedure in procedures.values():
        procedure.checked(rules, figures)
    for year in calendar.values():
        _check_year(year)
    return Rulebook(codes, figures, rules, measures, procedures, calendar, refused)


def further_folder() -> Path | None:
    """The folder of further programmes that the office names."""
    named = os.environ.get(FURTHER)
    return Path(named) if named else None


def further() -> dict[str, str]:
    """SHA-256 by path of every file in the folder of further programmes, as it was read; empty where none is named."""
    folder = further_folder()
    return {} if folder is None else _LAY.get(folder) or _digests(folder)


def _digests(folder: Path) -> dict[str, str]:
    """Whatever lies there but hidden files: all of it may decide a figure."""
    inside = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    seen = {
        name.as_posix(): path
        for name, path in inside.items()
        if not any(one.startswith(".") for one in name.parts)
    }
    return {name: hashlib.sha256(seen[name].read_bytes()).hexdigest() for name in sorted(seen)}


def _programmes(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))


def _add(known: dict[str, EntryT], more: Iterable[EntryT]) -> None:
    for one in more:
        if one.id in known:
            raise _twice(one, known[one.id])
        known[one.id] = one


def _add_years(calendar: dict[str, CalendarYear], more: list[CalendarYear], *, own: bool) -> None:
    """Years of holidays. What we worked out from the law gives way to the circular that an office's own folder brings; a circular to nothing."""
    for one in more:
        if own and one.announced and one.id in calendar and not calendar[one.id].announced:
            del calendar[one.id]
    _add(calendar, more)


def _add_places(figures: dict[str, Figure], more: OwnValues, folder: str) -> None:
    """An office's own values beside those of the figure; what they break is said of their own file."""
    figure = figures.get(more.id)
    if figure is None:
        raise more.where.error(
            f"no figure is called `{more.id}`: values of places are added to known ones", "id"
        )
    for value in more.places:
        value._folder = folder
    made = figure.model_copy(update={"places": [*figure.places, *more.places]})
    made._where = figure.where
    try:
        figure_times.check_times(made)
        for wrong in figure_times.refusals(made):
            raise figure_times.refusal_error(wrong)
    except RulebookError as why:
        raise more.where.error(why.message, "places") from why
    figures[more.id] = made


def _twice(
    one: CalendarYear | CodeList | Figure | Rule | Measure | Procedure, first: Marked
) -> RulebookError:
    return one.where.error(f"id `{one.id}` stands already in {first.where.at('id')}", "id")


def _check_year(year: CalendarYear) -> None:
    """Days off fall on weekdays and worked days on weekends, in the year itself: anything else is a slip of the pen."""
    for name, days, weekend in (("off", year.off, False), ("works", year.works, True)):
        for index, day in enumerate(days):
            if str(day.year) != year.id or (day.isoweekday() > 5) is not weekend:
                raise year.where.error(f"{day} cannot stand under `{name}` of {year.id}", name, index)


def _check_codes(code_list: CodeList) -> None:
    """One word must mean one code: a code or a variant cannot stand for two."""
    meaning: dict[str, str] = {}
    for index, code in enumerate(code_list.codes):
        for word in {code.code, code.zh, *code.variants}:
            if meaning.setdefault(word, code.code) != code.code:
                other = meaning[word]
                message = f"code list {code_list.id}: `{word}` means both {other} and {code.code}"
                raise code_list.where.error(message, "codes", index)
