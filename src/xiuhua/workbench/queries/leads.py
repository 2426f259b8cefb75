"""Pages of other departments' lists: what came on what basis, whom it points at, and what the household said."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.queries.apart import is_kin
from xiuhua.engine import load
from xiuhua.engine.checking import columns_read
from xiuhua.findings.models import Finding
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import Scope, scope_of
from xiuhua.registry.models import Household, Listing, ListingAnswer, ListingHit, Membership
from xiuhua.registry.permissions import RIGHTS
from xiuhua.registry.queries import leads
from xiuhua.registry.queries.rules import OF_A_LIST, OF_AN_EXIT
from xiuhua.registry.terms import Heard, ListEnd, ListKind
from xiuhua.workbench.queries.frame import crumbs, language, link, said
from xiuhua.workbench.queries.words import pill

SHOWN = 200
SOON_DAYS = 14
TONES = {Heard.OPEN: "straw", Heard.TRUE: "plain", Heard.NOT_SO: "leaf"}
# What the day and the amount of a hit are, by kind of list.
DAYS = {
    ListKind.DEATH: "死亡日期",
    ListKind.VEHICLE: "登记日期",
    ListKind.BUSINESS: "成立日期",
    ListKind.HOUSE: "登记日期",
}
AMOUNTS = {
    ListKind.VEHICLE: "购置价格",
    ListKind.BUSINESS: "注册资本",
    ListKind.HOUSE: "成交价格",
    ListKind.DIBAO: "保障金额",
    ListKind.MEDICAL: "个人自付",
    ListKind.DISASTER: "损失金额",
}

# Columns of the contract that say what a list said are named so.
LISTED = "_listed"


def sees(by: Appointment) -> bool:
    """Whether a post handles leads or inspects that work."""
    return by.role in RIGHTS["registry.see_leads"]


def open_to(by: Appointment, section: str, id: str) -> bool:
    """Whether a post may see of whom a rule, fact or measure is told: what rests on departments' lists, or on how a household was
    let out, is for handlers alone."""
    if (section == "rules" and id.startswith(OF_AN_EXIT)) or rests_on_exits(section, id):
        return by.role in RIGHTS["registry.see_hollow"]
    return sees(by) or not rests_on_lists(section, id)


@cache
def rules_of_lists() -> tuple[str, ...]:
    """The rules whose findings say what a department's list says of somebody."""
    return tuple(rule for rule in load().rules if rule.startswith(OF_A_LIST))


def rests_on_lists(section: str, id: str) -> bool:
    """Whether a rule, fact or measure reads what a department's list says of a person."""
    return bool(_lists(section, id))


@cache
def _lists(section: str, id: str) -> frozenset[str]:
    """Kinds of the lists that a rule, fact or measure reads."""
    return frozenset(column.partition(LISTED)[0] for column in _read(section, id) if LISTED in column)


def let_go(area: Scope, taken_at: datetime | None, section: str, id: str) -> str:
    """Why a snapshot does not tell any more whom a rule, fact or measure meant: a list that it rested on then was let go since. Empty
    while all of them are in force, and for what rests on none."""
    kinds = _lists(section, id)
    if not kinds or taken_at is None or not leads.ended_since(area, kinds, taken_at):
        return ""
    return _(
        "快照当时依据的部门名单已到期或收回，名单里的人不再打开；数字还在。要看现在的线索，打开“部门名单”。"
    )


@cache
def rests_on_exits(section: str, id: str) -> bool:
    """Whether a rule, fact or measure reads how a household was let out."""
    exits = {one.name for one in load().relations["exit"].columns} - {"household_key", "village_code", "seen"}
    return any(column in exits for column in _read(section, id))


def _read(section: str, id: str) -> set[str]:
    """Columns of records that a rule, fact or measure reads."""
    library = load()
    if section == "rules":
        nodes = library.rule_nodes[id]
        read = [nodes.holds, *([nodes.applies] if nodes.applies else []), *nodes.because.values()]
    elif section == "facts":
        read = [library.nodes[id]]
    else:
        its = library.measure_nodes[id]
        read = [*its.nodes.values(), *its.statements.values()]
    return {column for node in read for column in columns_read(node, library.nodes)}


def leads_card(by: Appointment, household: Household) -> dict[str, Any] | None:
    """The card of a household's page; None for whoever is no handler, and where nothing was said."""
    if not sees(by):
        return None
    found = leads.of_household(household.pk)
    if not found:
        return None
    return {
        "rows": [row(by, one) for one in found],
        "lists_url": link(by, "workbench:lists", household.village_code),
    }


def hearing(by: Appointment, finding: Finding, household: Household | None) -> list[dict[str, Any]]:
    """From a finding to the hits behind it."""
    kind = finding.rule.rsplit(".", 1)[-1]
    found = leads.of_household(household.pk) if household and sees(by) else []
    mine = [
        one
        for one in found
        if one.kind == kind and (not finding.person_number or one.person.number == finding.person_number)
    ]
    made = []
    for one in mine:
        url = link(by, "workbench:lead", one.pk)
        label = _("听取本户，记录核实结果") if one.state == Heard.OPEN else _("看听取记录")
        made.append({"label": label, "url": url, "icon": "people", "primary": one.state == Heard.OPEN})
    return made


def row(by: Appointment, hit: ListingHit) -> dict[str, Any]:
    """One hit as a list shows it."""
    state = Heard(hit.state)
    return {
        "name": hit.person.name or _("姓名未登记"),
        "kind": said(ListKind(hit.kind)),
        "says": sentence(hit),
        "state": pill(TONES[state], said(state)),
        "open": state == Heard.OPEN,
        "differs": hit.name_differs,
        "until": hit.listing.expires_on,
        "url": link(by, "workbench:lead", hit.pk),
    }


def sentence(hit: ListingHit) -> str:
    """What the list says of the person, in a line."""
    kind, told = ListKind(hit.kind), leads.what(hit, language())
    parts = [told["text"]] if told["text"] else []
    if told["on"]:
        parts.append(f"{_(DAYS.get(kind, '日期'))} {told['on']:%Y-%m-%d}")
    if told["fen"] is not None:
        amount = _("%(n)s 元") % {"n": f"{told['fen'] / 100:,.0f}"}
        parts.append(f"{_(AMOUNTS.get(kind, '金额'))} {amount}")
    return " · ".join(parts)


def _words_for_translation() -> tuple[str, ...]:
    """Names of days and amounts, so that they are among the sentences to translate."""
    return (_("死亡日期"), _("登记日期"), _("成立日期"), _("购置价格"), _("注册资本"), _("成交价格"), _("保障金额"), _("个人自付"),
            _("损失金额"), _("日期"), _("金额"))  # fmt: skip


def lists_page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/lists.html."""
    area = scope_of(place.code)
    counts = leads.counts_of(area)
    found = leads.to_hear(area)
    hits = list(found[:SHOWN])
    names = names_of(one.village_code for one in hits)
    total = found.count()
    bring = link(by, "intake:new") if by.role in RIGHTS["registry.bring_lists"] else None
    return {
        "crumbs": crumbs(by, place.code, whole=True),
        "place": {"name": place.name},
        "lists": [_list(by, one, counts.get(one.pk, leads.Counts())) for one in leads.lists_of(area)],
        "rows": [
            {
                **row(by, one),
                "village": names.get(one.village_code, ""),
                "head": one.head,  # type: ignore[attr-defined]
                "household_url": link(by, "workbench:household", one.household),  # type: ignore[attr-defined]
            }
            for one in hits
        ],
        "waiting": sum(one.open for one in counts.values()),
        "more": max(total - SHOWN, 0),
        "actions": [{"label": _("导入部门名单"), "url": bring, "icon": "intake", "primary": True}]
        if bring
        else [],
    }


def _list(by: Appointment, one: Listing, counts: leads.Counts) -> dict[str, Any]:
    today = beijing_today()
    left = (one.expires_on - today).days
    if one.ended_at is not None:
        mark = pill("plain", _("命中已删除：%(why)s") % {"why": said(ListEnd(one.ended_because))})
    elif left < 0:
        mark = pill("red", _("已到期，今晚删除"))
    elif left <= SOON_DAYS:
        mark = pill("straw", ngettext("%(n)s 天后到期", "%(n)s 天后到期", left) % {"n": left})
    else:
        mark = pill("leaf", _("有效"))
    withdraw = link(by, "workbench:withdraw_list", one.pk) if one.ended_at is None else None
    own = by.place_code == one.county_code
    ended = one.came_to or {}
    return {
        "kind": said(ListKind(one.kind)),
        "name": one.name,
        "mark": mark,
        "basis": one.basis,
        "purpose": one.purpose,
        "listed_on": one.listed_on,
        "expires_on": one.expires_on,
        "by": one.brought_post or one.brought_by,
        "at": one.brought_at,
        "rows": one.rows,
        "unmatched": one.unmatched,
        "unreadable": one.unreadable,
        "people": one.people,
        "open": ended.get("open", 0) if one.ended_at else counts.open,
        "true": ended.get("true", 0) if one.ended_at else counts.true,
        "not_so": ended.get("not_so", 0) if one.ended_at else counts.not_so,
        "withdraw_url": withdraw if own else None,
    }


def lead_page(by: Appointment, hit: ListingHit) -> dict[str, Any]:
    """The context of workbench/lead.html."""
    held = (
        Membership.objects.filter(person=hit.person, until__isnull=True).select_related("household").first()
    )
    listing = hit.listing
    state = Heard(hit.state)
    household = held.household if held else None
    return {
        "crumbs": crumbs(by, hit.village_code, whole=True),
        "kind": said(ListKind(hit.kind)),
        "name": hit.person.name or _("姓名未登记"),
        "says": sentence(hit),
        "state": pill(TONES[state], said(state)),
        "differs": hit.name_differs,
        "household": {
            "label": (household.head_name or household.number) if household else "",
            "url": link(by, "workbench:household", household.pk) if household else None,
        },
        "listing": {
            "basis": listing.basis, "purpose": listing.purpose, "listed_on": listing.listed_on, "expires_on": listing.expires_on,
        },
        "answers": [_answer(by, one) for one in leads.answers(hit)],
        "hear_url": link(by, "workbench:hear", hit.pk),
        "kin": is_kin(by, household.pk if household else None),
        "back_url": link(by, "workbench:lists", hit.village_code),
    }  # fmt: skip


def _answer(by: Appointment, one: ListingAnswer) -> dict[str, Any]:
    answer = Heard(one.answer)
    return {
        "mark": pill(TONES[answer], said(answer)),
        "reason": one.reason,
        "heard_on": one.heard_on,
        "by": " · ".join(part for part in (one.by, one.post) if part),
        "at": one.at,
        "file": one.evidence.name if one.evidence else "",
        "file_url": link(by, "workbench:lead_evidence", one.pk) if one.evidence_id else None,
    }
