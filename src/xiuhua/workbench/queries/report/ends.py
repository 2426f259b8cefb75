"""How an area stood at both ends of a period by its freezes, where there are any: what the register's dates cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, by_own_day, figures, since
from xiuhua.places.models import Place
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Status
from xiuhua.workbench.queries.frame import link, said
from xiuhua.workbench.queries.report.period import Period
from xiuhua.workbench.queries.words import topic

OURS = "registered"


@dataclass(frozen=True)
class Ends:
    """The newest freeze from before a period, and the newest from before its end; None where there is none."""

    before: Freeze | None
    after: Freeze | None


def ends(place: Place, period: Period) -> Ends:
    """Which freezes tell how the area stood when the period began and ended. One and the same tells of one end only."""
    held = by_own_day(place.code)
    before = held.filter(taken_at__lt=period.values["begins"]).first()
    after = held.filter(taken_at__lt=period.values["ends"], taken_at__gte=period.values["begins"]).first()
    return Ends(before, after)


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
        "rows": [
            {"label": label, "before": before, "after": after, "by": after - before if before is not None and after is not None else None}
            for label, before, after in _rows(seen)
        ]
        if any(seen)
        else [],
        "compare_url": compare,
    }  # fmt: skip


def _rows(seen: list[Figures | None]) -> list[tuple[str, int | None, int | None]]:
    told: list[tuple[str, list[int | None]]] = [
        (_("建档立卡户"), [one.households(kind=OURS) if one else None for one in seen]),
        (_("建档立卡人口"), [one.persons(kind=OURS) if one else None for one in seen]),
    ]
    for status in Status:
        label = said(status)
        told.append(
            (_("%(status)s户") % {"status": label}, [one.households(kind=OURS, status=status.value) if one else None for one in seen])
        )  # fmt: skip
        told.append(
            (_("%(status)s人口") % {"status": label}, [one.persons(kind=OURS, status=status.value) if one else None for one in seen])
        )  # fmt: skip
    for rule in demands():
        counted = [one.rule(rule.id, kind=OURS) if one else None for one in seen]
        told.append(
            (
                _("%(topic)s未达标户") % {"topic": topic(rule.id)},
                [one.fails if one and one.asked else None for one in counted],
            )
        )
        told.append(
            (
                _("%(topic)s待核实户") % {"topic": topic(rule.id)},
                [one.not_known if one and one.asked else None for one in counted],
            )
        )
    return [(label, before, after) for label, (before, after) in told]
