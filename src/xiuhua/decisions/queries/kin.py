"""回避: which officials sign nothing about which households, as the page lists it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Official
from xiuhua.common.asked import number
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.models import Kin
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of


def officials(by: Appointment) -> list[tuple[int, str]]:
    """Who may have to sign about a household of this area: whoever holds a post in it, or above it up to the county."""
    area, above = scope_of(by.place_code), [by.place_code[:n] for n in (6, 9) if n < len(by.place_code)]
    found = (
        Appointment.objects.on(beijing_today())
        .filter(Q(post__place_id__gte=area.lo, post__place_id__lt=area.hi) | Q(post__place_id__in=above))
        .select_related("official", "post__place")
        .order_by("post__place_id", "official__name")
    )
    told: dict[int, str] = {}
    for one in found:
        told.setdefault(one.official_id, one.post_name)
    return list(told.items())


def page(by: Appointment, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/kin.html, but for its form: of one official where the address names one."""
    asked, address = query.get("official", ""), reverse("decisions:kin")
    chosen = number(asked)
    found = Kin.objects.select_related("official", "household").order_by("until", "-pk")
    found = found.filter(official_id=chosen) if chosen is not None else found
    kept = f"?official={chosen}&page=" if chosen is not None else "?page="
    first, turned = pager(found.count(), query.get("page", ""), lambda number: f"{address}{kept}{number}")
    return {
        "rows": _rows(by, found[first : first + PAGE]),
        "pager": turned,
        "chosen": Official.objects.filter(pk__in=found.values("official_id")).first() if chosen else None,
        "all_url": address,
    }


def _rows(by: Appointment, found: QuerySet[Kin]) -> list[dict[str, Any]]:
    listed = list(found)
    names = names_of({one.place_code for one in listed})
    ends = by.role in RIGHTS["decisions.decide"]
    return [
        {
            "who": one.official.name,
            "who_url": f"{reverse('decisions:kin')}?official={one.official_id}",
            "relation": one.relation,
            "household": one.household.head_name or _("户主不明"),
            "household_url": reverse("workbench:household", args=[one.household_id]),
            "village": names.get(one.place_code, one.place_code),
            "told_by": one.told_by,
            "at": one.at,
            "until": one.until,
            "end_url": reverse("decisions:end_kin", args=[one.pk])
            if ends and one.until is None and one.official_id != by.official_id
            else None,
        }
        for one in listed
    ]
