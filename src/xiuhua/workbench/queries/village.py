"""A village's own households on its page: who is poor, who is out, who is watched."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries import households
from xiuhua.registry.queries.areas import Tally
from xiuhua.registry.queries.households import Line, Wanted
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import HouseholdKind
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import link, said
from xiuhua.workbench.queries.words import topics
from xiuhua.workbench.terms import Show

SHOWN = 12


def page(by: Appointment, place: Place, total: Tally, to: Way, *, frozen: bool = False) -> dict[str, Any]:
    """Context `kept`: how many there are of each kind and the way to them, and the first of those that there are now.

    frozen: the numbers are those of a freeze, of which `to` leads; the households are those of the register all the same.
    """
    every = (
        (Show.POOR, total.poor, _("没有未脱贫户。")),
        (Show.EXITED, total.exited, _("还没有脱贫户。")),
        (Show.WATCHED, total.watched, _("没有监测对象。")),
    )
    own = {rule.id for rule in demands()}
    return {
        "kept": [
            {
                "label": said(show),
                "number": n,
                "url": to(place.code, show),
                "live_url": link(by, "workbench:households", place.code, show=show.value) if frozen else None,
                "none": none,
                "rows": [
                    _row(by, line, own)
                    for line in households.page(Wanted(scope_of(place.code), show.value), size=SHOWN).lines
                ]
                if n or frozen
                else [],
            }
            for show, n, none in every
        ]
    }


def _row(by: Appointment, line: Line, own: set[str]) -> dict[str, Any]:
    judged = line.kind == HouseholdKind.REGISTERED
    return {
        "name": line.head_name or _("户主不明"),
        "url": link(by, "workbench:household", line.id),
        "people": _("人数不明")
        if line.people is None
        else ngettext("%(n)s 人", "%(n)s 人", line.people) % {"n": line.people},
        "judged": judged,
        "doubt": bool(line.doubts),
        "fails": topics(one for one in line.exit_fails or () if judged and one in own),
        "unknown": topics(one for one in line.exit_unknown or () if judged and one in own),
    }
