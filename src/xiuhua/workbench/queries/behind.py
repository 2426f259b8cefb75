"""The way from a figure of a place to what is behind it: live to a list of households, frozen to the opened figure."""

from __future__ import annotations

from collections.abc import Callable

from xiuhua.accounts.models import Appointment
from xiuhua.freezes.models import Freeze
from xiuhua.registry.terms import Edge
from xiuhua.workbench.queries.frame import link
from xiuhua.workbench.terms import Show

# (place code, which households, rule, cause, year, band) -> an address, or None where there is none for this post.
Way = Callable[..., str | None]

# Figures of a tally by what the page shows: a measure, its part, and statuses. Households by kind and status are no figure
# of their own; a fact that is true of all of them stands for them.
POOR, EXITED = "poor,returned", "exited"
# Of whom nobody says that they left: as the bands of incomes count them.
NOT_EXITED = f"{POOR},none"
# Of each household one way or the other: how many members are on record is known of all.
EVERY = ("members_counted", "known")
BY_LINE = {Edge.UNDER.value: "below", Edge.NEAR.value: "near"}
COUNTY = 6
MEASURES = {
    Show.DOUBT: ("exited_in_doubt", "missed", EXITED),
    Show.FAILS: ("standing", "missed", ""),
    Show.UNKNOWN: ("standing", "to_verify", ""),
}
STATUSES = {Show.REGISTERED: "", Show.POOR: POOR, Show.EXITED: EXITED}
ALL = ("is_registered", "true")
OUTCOMES = {Show.FAILS: "fails", Show.UNKNOWN: "not_known", Show.DOUBT: "fails"}


def live(by: Appointment) -> Way:
    """To the lists of the register."""

    def to(
        code: str, show: Show, *, rule: str = "", cause: str = "", year: str = "", band: str = ""
    ) -> str | None:
        # Whose income lies in a band is computed when somebody asks: of a county, not of many.
        if band and len(code) < COUNTY:
            return None
        return link(
            by, "workbench:households", code, show=show.value, rule=rule, cause=cause, year=year, band=band
        )

    return to


def frozen(by: Appointment, freeze: Freeze) -> Way:
    """To the opened figures of a freeze."""

    def to(
        code: str, show: Show, *, rule: str = "", cause: str = "", year: str = "", band: str = ""
    ) -> str | None:
        return _opened(by, freeze, code, show, rule=rule, cause=cause, year=year, band=band)

    return to


def _opened(
    by: Appointment, freeze: Freeze, code: str, show: Show, *, rule: str, cause: str, year: str, band: str
) -> str | None:
    def measure(id: str, part: str, status: str = "", kind: str = "registered") -> str | None:
        return link(by, "workbench:frozen_measure", freeze.pk, code, id, part, kind=kind, status=status)

    if rule:
        return link(
            by, "workbench:frozen_rule", freeze.pk, code, rule, OUTCOMES.get(show, "fails"), kind="registered"
        )
    if band in BY_LINE:
        return measure("exited_by_line", BY_LINE[band], EXITED)
    if band == "none":
        return measure("income_bands", "unknown")
    if band:
        return measure("income_bands", band, EXITED if show is Show.EXITED else NOT_EXITED)
    if cause:
        return measure("causes", "unknown" if cause == "none" else cause)
    if year:
        return measure("exits_by_year", "unknown" if year == "none" else year)
    if show is Show.WATCHED:
        return measure("watched", "watched", kind="")
    if show in MEASURES:
        id, part, status = MEASURES[show]
        return measure(id, part, status)
    if show in STATUSES:
        return link(
            by, "workbench:frozen_fact", freeze.pk, code, *ALL, kind="registered", status=STATUSES[show]
        )
    return link(by, "workbench:frozen_fact", freeze.pk, code, *EVERY) if show is Show.ALL else None
