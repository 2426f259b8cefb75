"""Rules and published figures of a freeze that today's rulebook does not have any more: counted then, told in the freeze's own words.

Only counted: which households they meant is told by the rules of today's pages for today's rules alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.engine.checking import columns_read
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.queries.frozen.opening import to
from xiuhua.workbench.queries.frozen.pairing import Pair, change
from xiuhua.workbench.queries.leads import LISTED, sees
from xiuhua.workbench.terms import Lane


def may_see(by: Appointment, figure: Figure) -> bool:
    """Whether a post may see a figure that is gone: one that read departments' lists, or how a household was let out, or of which
    nobody can say what it read, is for who handles leads."""
    library = figure.library
    if library is None:
        return sees(by)
    if figure.section == "rules":
        nodes = library.rule_nodes[figure.id]
        read = [nodes.holds, *([nodes.applies] if nodes.applies else []), *nodes.because.values()]
    elif figure.section == "facts":
        read = [library.nodes[figure.id]]
    else:
        its = library.measure_nodes[figure.id]
        read = [*its.nodes.values(), *its.statements.values()]
    columns = {column for node in read for column in columns_read(node, library.nodes)}
    exits = {one.name for one in library.relations["exit"].columns} - {
        "household_key",
        "village_code",
        "seen",
    }
    return sees(by) or not (columns & exits or any(LISTED in column for column in columns))


def rows(by: Appointment, found: Pair) -> list[dict[str, Any]]:
    """Context `gone` of workbench/compare.html: label, part, url, before and after of each; None where a freeze did not count it."""
    return [
        {
            "label": words.label(figure) if figure.library else figure.id,
            "part": words.lane_words(figure) if figure.library else figure.lane,
            "url": to(found.after if after is not None else found.before, found.place.code, figure)
            if figure.library
            else None,
            **change(before, after),
        }
        for figure, before, after in _figures(found)
        if may_see(by, figure)
    ]


def lines(by: Appointment, found: Pair) -> Iterator[dict[str, Any]]:
    """The same for the table that is taken away."""
    for row in rows(by, found):
        yield {**row, "what": _("现行规则库已没有的"), "clause": ""}


def _figures(found: Pair) -> Iterator[tuple[Figure, int | None, int | None]]:
    one, other = found.figures()
    kept = [words.sealed_library(freeze) for freeze in (found.after, found.before)]
    for section, today in (("rules", load().rules), ("measures", load().measures)):
        sides = [of.all("rules" if section == "rules" else "measures") for of in (one, other)]
        for id in sorted(({*sides[0], *sides[1]}) - set(today)):
            library = next((of for of in kept if of is not None and id in getattr(of, section)), None)
            told = [_parts(section, side.get(id)) for side in sides]
            for lane in dict.fromkeys([*(told[0] or ()), *(told[1] or ())]):
                before, after = (None if part is None else part.get(lane, 0) for part in told)
                if before or after:
                    yield Figure(section, id, lane, library=library), before, after


def _parts(section: str, counts: Mapping[str, Any] | None) -> dict[str, int] | None:
    """Parts that count units, by lane; None where it was not counted."""
    if counts is None:
        return None
    if section == "rules":
        return {lane: int(counts.get(lane, 0)) for lane in words.OUTCOMES}
    named = {name: n for name, n in counts.items() if name in Lane._value2member_map_ and isinstance(n, int)}
    return {**{name: int(n) for name, n in counts.get("parts", {}).items()}, **named}
