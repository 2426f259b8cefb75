"""The pool of findings as a work list: groups by weight, and a group opened: its findings, or for a leader its places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.findings.queries import RANKED, Chosen, Group, choose, groups, ordered
from xiuhua.findings.queries.ageing import by_place
from xiuhua.findings.queries.one import posts_to_give
from xiuhua.findings.terms import Age, Kind, State, due_on
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries.rules import OF_A_LIST
from xiuhua.workbench.queries.ageing import aged_rows
from xiuhua.workbench.queries.frame import below, crumbs, link, may, names_apart, said, take_away
from xiuhua.workbench.queries.words import (
    finding_rows,
    kind_pill,
    next_action,
    number_of,
    rule_clause,
    rule_label,
    task,
)

KEPT = ("place", "kind", "rule", "household", "mine", "late", "state")
SHOWN_STATES = (State.EXPLAINED, State.RESTING)


def page(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of workbench/findings.html."""
    kept = kept_of(by, query)
    chosen = chosen_of(by, place, kept)
    told = groups(choose(chosen), digits=below(place)[1], place_code=place.code)
    context: dict[str, Any] = {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "filters": _filters(by, place, kept),
        "empty": _empty(by, kept),
        "actions": [*_actions(by, place), *_taken(by, place, kept)],
    }
    opened = "rule" in kept or "household" in kept
    if not opened:
        return {**context, "tasks": _tasks(by, told, kept), "open": False}
    total = sum(group.count for group in told)
    context |= {"open": True, "selected": _selected(told, kept), "back_url": _address(kept, rule="", kind="")}
    if not may(by, "workbench:finding"):
        return {**context, "counts": _counts(by, place, kept), "ages": [said(one) for one in Age]}
    first, turned = pager(total, query.get("page", ""), lambda number: _address(kept, page=str(number)))
    rows = list(ordered(choose(chosen), place_code=place.code)[first : first + PAGE])
    return {
        **context,
        "rows": finding_rows(by, rows),
        "pager": turned,
        "villages": _villages(by, told, place, kept),
        "hand_out": _hand_out(by, place, kept, total),
    }


def kept_of(by: Appointment, query: dict[str, str]) -> dict[str, str]:
    """What narrows the list, of an address or a form; a kind or state that is none is left out.

    Nor one household for who opens no finding: counts narrowed so far would tell what is said of it.
    """
    kept = {key: query[key] for key in KEPT if query.get(key)}
    for key, known in (("kind", Kind), ("state", State)):
        if kept.get(key) not in known._value2member_map_:
            kept.pop(key, None)
    if not may(by, "workbench:finding"):
        kept.pop("household", None)
    return kept


def chosen_of(by: Appointment, place: Place, kept: dict[str, str], ids: tuple[int, ...] = ()) -> Chosen:
    """The findings that are meant."""
    return Chosen(
        scope_of(place.code),
        kind=kept.get("kind", ""),
        rule=kept.get("rule", ""),
        household=kept.get("household", ""),
        state=kept.get("state", "") or ("" if kept.get("kind") == Kind.MENDED else State.OPEN.value),
        owner=by.post_id if kept.get("mine") else None,
        overdue=bool(kept.get("late")),
        ids=ids,
    )


def _address(kept: dict[str, str], **change: str) -> str:
    asked = {key: value for key, value in {**kept, **change}.items() if value}
    return reverse("workbench:findings") + (f"?{urlencode(asked)}" if asked else "")


def _filters(by: Appointment, place: Place, kept: dict[str, str]) -> list[dict[str, Any]]:
    """One query counts for all chips."""
    every = choose(
        Chosen(
            scope_of(place.code),
            household=kept.get("household", ""),
            owner=by.post_id if kept.get("mine") else None,
        )
    )
    told = every.order_by().values_list("kind", "state").annotate(
        n=Count("id"), late=Count("id", filter=Q(state=State.OPEN, due_on__lt=beijing_today()))
    )  # fmt: skip
    kinds: dict[str, int] = {}
    states: dict[str, int] = {}
    late = 0
    for kind, state, n, overdue in told:
        if state in (State.OPEN, State.NOTED):
            kinds[kind] = kinds.get(kind, 0) + n
        states[state] = states.get(state, 0) + n
        late += overdue
    state, kind = kept.get("state", ""), kept.get("kind", "")
    plain = {"rule": "", "state": "", "kind": "", "late": ""}
    chips = [
        _chip(_("待办"), states.get(State.OPEN, 0), _address(kept, **plain), not (state or kind or kept.get("late")))
    ]  # fmt: skip
    chips += [
        _chip(
            said(one), kinds[one], _address(kept, **{**plain, "kind": one.value}), kind == one and not state
        )
        for one in sorted(Kind, key=lambda one: RANKED[one])
        if kinds.get(one)
    ]
    if late:
        chips.append(
            _chip(_("已超期"), late, _address(kept, **{**plain, "late": "1"}), bool(kept.get("late")))
        )
    chips += [
        _chip(said(one), states[one], _address(kept, **{**plain, "state": one.value}), state == one)
        for one in SHOWN_STATES
        if states.get(one)
    ]
    mine = bool(kept.get("mine"))
    chips.append(_chip(_("我的"), None, _address(kept, mine="" if mine else "1"), mine))
    if kept.get("household"):
        label = _("只看户 %(number)s") % {"number": kept["household"]}
        chips.append(_chip(label, None, _address(kept, household=""), True))
    return chips


def _chip(label: str, count: int | None, url: str, current: bool) -> dict[str, Any]:
    return {"label": label, "count": count, "url": url, "current": current}


def _actions(by: Appointment, place: Place) -> list[dict[str, Any]]:
    query = {} if place.code == by.place_code else {"place": place.code}
    ways = (
        (_("挂账多久"), link(by, "workbench:ageing", **query), "clock"),
        (_("办结记录"), link(by, "workbench:closings", **query), "stamp"),
    )
    return [{"label": label, "url": url, "icon": icon} for label, url, icon in ways if url]


def _taken(by: Appointment, place: Place, kept: dict[str, str]) -> list[dict[str, Any]]:
    """The list as it is narrowed, as a file: findings one by one, or for who leads their number by place."""
    opened = "rule" in kept or "household" in kept
    query = {**kept, "place": place.code}
    if not opened:
        return take_away(by, "workbench.work", **query)
    if may(by, "workbench:finding"):
        of_a_list = kept.get("rule", "").startswith(OF_A_LIST)
        return [] if of_a_list else take_away(by, "workbench.findings", **query)
    return take_away(by, "workbench.ageing_places", **query)


def _tasks(by: Appointment, told: list[Group], kept: dict[str, str]) -> list[dict[str, Any]]:
    names = names_of(place for group in told for place, _n in group.places[:3])
    made = []
    for group in told:
        line = task(by, group, names)
        url = _address(kept, rule=group.rule, kind=group.kind.value) if line["url"] else None
        made.append({**line, "url": url})
    return made


def _selected(told: list[Group], kept: dict[str, str]) -> dict[str, Any] | None:
    rule = kept.get("rule", "")
    if not rule:
        return None
    group = next((one for one in told if one.rule == rule), None)
    return {
        "label": rule_label(rule, kept.get("kind", "")),
        "clause": rule_clause(rule) or _("导入校验"),
        "next": next_action(rule),
        "mark": kind_pill(group.kind, rule) if group else None,
        "weighs": number_of(list(group.parts)) if group else None,
        "households": group.households if group else 0,
        "count": group.count if group else 0,
    }


def _villages(by: Appointment, told: list[Group], place: Place, kept: dict[str, str]) -> list[dict[str, Any]]:
    """Places below with their number, to give a village's findings away at once."""
    counted: dict[str, int] = {}
    for group in told:
        for code, n in group.places:
            counted[code] = counted.get(code, 0) + n
    if set(counted) <= {place.code}:
        return []
    names = names_apart(counted)
    return [
        {"label": names.get(code, code), "count": n, "url": _address(kept, place=code), "tone": "plain"}
        for code, n in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        if code in names
    ]


def _counts(by: Appointment, place: Place, kept: dict[str, str]) -> list[dict[str, Any]]:
    """For whoever leads: how many and how old by place, nobody's name."""
    told = by_place(choose(chosen_of(by, place, kept)), digits=below(place)[1])
    names = names_apart(one.of for one in told)
    return aged_rows(told, lambda code: names.get(code, code), lambda code: _address(kept, place=code))


def _hand_out(by: Appointment, place: Place, kept: dict[str, str], total: int) -> dict[str, Any] | None:
    """What giving away needs; None where this post gives nothing away or nothing here is open."""
    if not total or kept.get("state") or (url := link(by, "workbench:hand_out")) is None:
        return None
    today = beijing_today()
    return {
        "url": url,
        "posts": [
            {"id": one.pk, "label": said(one)} for one in posts_to_give(scope_of(by.place_code), day=today)
        ],
        "due_on": due_on(today, place.code),
        "least": today,
        "most": today + timedelta(days=180),
        "kept": [(key, value) for key, value in {**kept, "place": place.code}.items()],
        "total": total,
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
        "sentence": _("新表格导入后，或登记的情况变了，发现的问题会列在这里。"),
        "actions": [{"label": _("导入表格"), "url": url, "icon": "intake", "primary": True}] if url else [],
    }
