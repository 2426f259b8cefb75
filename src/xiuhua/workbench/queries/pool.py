"""The pool of findings as a work list: by kind, by rule, one's own or the area's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.findings.queries import RANKED, groups, in_area, ordered
from xiuhua.findings.terms import Kind
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.workbench.queries.frame import below, crumbs, link, said
from xiuhua.workbench.queries.words import (
    finding_rows,
    gravest_first,
    kind_pill,
    next_action,
    rule_clause,
    rule_label,
)

PAGE = 50
KEPT = ("place", "kind", "rule", "household", "mine")


def page(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of workbench/findings.html."""
    kept = {key: query[key] for key in KEPT if query.get(key)}
    if kept.get("kind") not in Kind._value2member_map_:
        kept.pop("kind", None)
    every = in_area(scope_of(place.code))
    if household := kept.get("household"):
        every = every.filter(household_number=household)
    if kept.get("mine"):
        every = every.filter(owner_id=by.post_id)
    counted = dict(every.order_by().values_list("kind").annotate(n=Count("id")))
    chosen = every.filter(kind=kept["kind"]) if "kind" in kept else every
    told = groups(chosen, digits=below(place)[1])
    found = chosen.filter(rule=kept["rule"]) if "rule" in kept else chosen
    total = sum(group.count for group in told if group.rule == kept.get("rule", group.rule))
    first, pager = _pager(query.get("page", ""), total, kept)
    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "filters": _filters(by, kept, counted),
        "groups": [_group(group, kept) for group in gravest_first(told)],
        "selected": _selected(kept.get("rule", "")),
        "rows": finding_rows(by, list(ordered(found)[first : first + PAGE])),
        "pager": pager,
        "empty": _empty(by, kept),
    }


def _address(kept: dict[str, str], **change: str) -> str:
    asked = {key: value for key, value in {**kept, **change}.items() if value}
    return reverse("workbench:findings") + (f"?{urlencode(asked)}" if asked else "")


def _filters(by: Appointment, kept: dict[str, str], counted: dict[str, int]) -> list[dict[str, Any]]:
    kinds = sorted(Kind, key=lambda one: RANKED[one])
    kind = kept.get("kind", "")
    chips = [
        {
            "label": _("全部"),
            "count": sum(counted.values()),
            "url": _address(kept, kind="", rule=""),
            "current": not kind,
        }
    ]
    chips += [
        {
            "label": said(one),
            "count": counted[one],
            "url": _address(kept, kind=one.value, rule=""),
            "current": one == kind,
        }
        for one in kinds
        if counted.get(one)
    ]
    mine = bool(kept.get("mine"))
    chips.append(
        {
            "label": _("只看我办的"),
            "count": None,
            "url": _address(kept, mine="" if mine else "1"),
            "current": mine,
        }
    )
    if kept.get("household"):
        label = _("只看户 %(number)s") % {"number": kept["household"]}
        chips.append({"label": label, "count": None, "url": _address(kept, household=""), "current": True})
    return chips


def _group(group: Any, kept: dict[str, str]) -> dict[str, Any]:
    current = kept.get("rule") == group.rule
    return {
        "label": rule_label(group.rule),
        "tone": kind_pill(group.kind, group.rule)["tone"],
        "count": group.count,
        "url": _address(
            kept,
            rule="" if current else group.rule,
            kind=group.kind.value if not current else kept.get("kind", ""),
        ),
        "current": current,
    }


def _selected(rule: str) -> dict[str, str] | None:
    if not rule:
        return None
    return {
        "label": rule_label(rule),
        "clause": rule_clause(rule) or _("导入校验"),
        "source": next_action(rule),
    }


def _pager(asked: str, total: int, kept: dict[str, str]) -> tuple[int, dict[str, Any] | None]:
    pages = max(-(-total // PAGE), 1)
    number = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() else 1
    first = (number - 1) * PAGE
    if pages == 1:
        return first, None
    return first, {
        "first": first + 1,
        "last": min(first + PAGE, total),
        "total": total,
        "page": number,
        "pages": pages,
        "previous_url": _address(kept, page=str(number - 1)) if number > 1 else None,
        "next_url": _address(kept, page=str(number + 1)) if number < pages else None,
    }


def _empty(by: Appointment, kept: dict[str, str]) -> dict[str, Any]:
    if set(kept) - {"place"}:
        return {
            "title": _("这里没有问题"),
            "sentence": _("换一个筛选看看。"),
            "actions": [{"label": _("看全部"), "url": reverse("workbench:findings")}],
        }
    url = link(by, "intake:new")
    return {
        "title": _("没有待办的问题"),
        "sentence": _("新表格导入后，发现的问题会列在这里。"),
        "actions": [{"label": _("导入表格"), "url": url, "icon": "intake", "primary": True}] if url else [],
    }
