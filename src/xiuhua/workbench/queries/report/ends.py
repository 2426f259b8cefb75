"""How an area stood at both ends of a period by its freezes, where there are any: what the register's dates cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, as_sealed_newest, by_own_day, figures, since
from xiuhua.places.models import Place
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Status
from xiuhua.workbench.queries.frame import link, said
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.queries.frozen.heads import Heads, opens
from xiuhua.workbench.queries.report.period import Period
from xiuhua.workbench.queries.words import topic

OURS = "registered"
REMOVED = Figure("facts", "is_removed", "true")


@dataclass(frozen=True)
class Ends:
    """The newest freeze from before a period, and the newest from before its end, each as it was sealed; None where there is none."""

    before: Freeze | None
    after: Freeze | None


def ends(place: Place, period: Period) -> Ends:
    """Which freezes tell how the area stood when the period began and ended. One and the same tells of one end only."""
    held = by_own_day(place.code)
    before = held.filter(taken_at__lt=period.values["begins"])
    after = held.filter(taken_at__lt=period.values["ends"], taken_at__gte=period.values["begins"])
    return Ends(as_sealed_newest(before), as_sealed_newest(after))


def table(by: Appointment, place: Place, period: Period) -> dict[str, Any]:
    """Context `ends`: which freezes, rows of label, before and after, and the way to the two held against each other."""
    found = ends(place, period)
    seen = [figures(one, place.code) if one else None for one in (found.before, found.after)]
    compare = None
    if found.before and found.after:
        compare = link(by, "workbench:compare", place=place.code, a=found.before.pk, b=found.after.pk)
    return {
        "heads": [said(since(one)) if one else _("没有数据快照") for one in (found.before, found.after)],
        "ids": [str(one.freeze_id) if one else "" for one in (found.before, found.after)],
        "rows": [_row(label, what, (found.before, found.after), seen) for label, what in _told()]
        if any(seen)
        else [],
        "compare_url": compare,
    }


def _row(
    label: str, what: Heads | Figure, of: tuple[Freeze | None, Freeze | None], seen: list[Figures | None]
) -> dict[str, Any]:
    """What was counted at both ends, each opened in its freeze."""
    before, after = (_counted(what, one) for one in seen)
    opened = [
        opens(freeze, one, what, n) if freeze and one else None
        for freeze, one, n in zip(of, seen, (before, after), strict=True)
    ]
    return {
        "label": label,
        "before": before,
        "after": after,
        "by": after - before if before is not None and after is not None else None,
        "before_url": opened[0],
        "after_url": opened[1],
    }


def _counted(what: Heads | Figure, of: Figures | None) -> int | None:
    """None without a freeze, of a rule that it asked of nobody (it may not have been in force on its day), and of a fact that came after it."""
    if not of:
        return None
    if isinstance(what, Figure):
        told = of.rule(what.id, kind=OURS).asked if what.section == "rules" else of.fact(what.id)
        return what.count(of) if told else None
    return what.count(of)


def _told() -> list[tuple[str, Heads | Figure]]:
    told: list[tuple[str, Heads | Figure]] = [
        (_("建档立卡户"), Heads(OURS)),
        (_("建档立卡人口"), Heads(OURS, people=True)),
    ]
    for status in Status:
        if status is Status.REMOVED:
            # Not registered any more, and of no status by which a tally counts: there is a fact about the household, and nothing that
            # counts its people, so nothing is said of them.
            told.append((_("%(status)s户") % {"status": said(status)}, REMOVED))
            continue
        named = {"status": said(status)}
        told.append((_("%(status)s户") % named, Heads(OURS, status.value)))
        told.append((_("%(status)s人口") % named, Heads(OURS, status.value, people=True)))
    for rule in demands():
        named = {"topic": topic(rule.id)}
        told.append((_("%(topic)s未达标户") % named, Figure("rules", rule.id, "fails", (OURS,))))
        told.append((_("%(topic)s待核实户") % named, Figure("rules", rule.id, "not_known", (OURS,))))
    return told
