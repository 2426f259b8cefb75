"""Procedures as the rulebook says them and the database holds to them: who takes which step, on what, in how many days."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.decisions.models import Procedure
from xiuhua.decisions.terms import Does, Who, WithdrawnBy
from xiuhua.engine import load
from xiuhua.places.terms import Level
from xiuhua.rulebook.procedures import quorum_said
from xiuhua.workbench.queries.frame import said
from xiuhua.workbench.queries.rulebook import words
from xiuhua.workbench.terms import Part, Programme


def found(has: Callable[..., bool]) -> list[Procedure]:
    """The newest version of every procedure whose words or steps have what is looked for."""
    newest = {one.name: one for one in Procedure.objects.order_by("pk")}
    return [one for one in newest.values() if has(*_texts(one.definition))]


def _texts(d: dict[str, Any]) -> list[str]:
    pairs = [d["says"], d["when"], d["clause"], *(step["says"] for step in d["steps"])]
    return [text for pair in pairs for text in pair.values()] + [d["source"]]


def groups(taken: list[Procedure]) -> list[dict[str, Any]]:
    """By programme, in the order of the rulebook."""
    order = {one.value: at for at, one in enumerate(Programme)}
    taken = sorted(taken, key=lambda one: (order.get(one.programme, len(order)), one.pk))
    return [
        {
            "label": words.term(Programme, programme),
            "rows": [
                {
                    "label": said(one.definition["says"]),
                    "url": reverse("workbench:procedure", args=[one.name]),
                    "when": said(one.definition["when"]),
                    "clause": said(one.definition["clause"]),
                    "since": one.since,
                    "until": one.until,
                }
                for one in some
            ],
        }
        for programme, some in groupby(taken, key=lambda one: one.programme)
    ]


def page(id: str) -> dict[str, Any]:
    """The context of workbench/procedure.html."""
    one = Procedure.objects.filter(name=id).order_by("-pk").first()
    if one is None:
        raise Http404
    d = one.definition
    says = {step["id"]: said(step["says"]) for step in d["steps"]}
    appeal = d["appeal"]
    return {
        "crumbs": words.crumbs(Part.PROCEDURES),
        "procedure": {
            "says": said(d["says"]),
            "when": said(d["when"]),
            "clause": said(d["clause"]),
            "source": d["source"],
            "since": one.since,
            "until": one.until,
            "programme": words.term(Programme, one.programme),
            "certainty": words.certainty(d["certainty"]),
            "withdrawn": said(WithdrawnBy(d["withdrawn_by"])),
            "window": bool(d.get("window")),
            "lapses": _number(d["lapses"]["most"]) if d["lapses"] else "",
            "appeal": {"level": said(Level(appeal["level"])), "days": _number(appeal["most"])}
            if appeal
            else None,
        },
        "steps": [_step(step, says, d) for step in d["steps"]],
        "rules": [words.rule_link(rule) for rule in d["rules"] if rule in load().rules],
    }


def _step(step: dict[str, Any], says: dict[str, str], d: dict[str, Any]) -> dict[str, Any]:
    apart = step["apart_from"]
    return {
        "says": says[step["id"]],
        "does": said(Does(step["does"])),
        "level": said(Level(step["level"])),
        "who": _("、").join(said(Who(who)) for who in step["who"]),
        "people": step["people"],
        "each": bool(step.get("of_each")),
        "apart": "all" if "all" in apart else _("、").join(says[each] for each in apart),
        "evidence": [said(paper["says"]) for paper in step["evidence"]],
        "days": _days(step["days"]),
        "since": says.get((step["days"] or {}).get("since") or "", ""),
        "vote": step["vote"] and {**step["vote"], "quorum": quorum_said(step["vote"])},
        "rules": bool(step["rules"] or step.get("grounds")),
        "no": _no(step["if_no"], says),
        "urgent": step["urgent_help"],
        "effect": d["effect_at"] == step["id"],
    }


def _no(if_no: str | None, says: dict[str, str]) -> str:
    """What a no leads to."""
    if if_no is None:
        return ""
    ends = {"refused": _("未通过，写明理由，可以申诉"), "ended": _("终止，不作认定，可以再提出")}
    return ends.get(if_no) or _("退到“%(step)s”重办") % {"step": says[if_no]}


def _number(n: int | None) -> str:
    return ngettext("%(n)s 天", "%(n)s 天", n) % {"n": n} if n is not None else ""


def _days(days: dict[str, Any] | None) -> str:
    """At least or at most how long, and how it is counted."""
    if not days:
        return ""
    counted = _("工作日") if days["count"] == "working" else _("自然日")
    told = []
    if days.get("least"):
        told.append(_("不少于 %(n)s 个%(counted)s") % {"n": days["least"], "counted": counted})
    if days.get("most"):
        told.append(_("不超过 %(n)s 个%(counted)s") % {"n": days["most"], "counted": counted})
    own = len({**(days.get("most_at") or {}), **(days.get("least_at") or {})})
    if own:
        told.append(ngettext("%(n)s 地另定", "%(n)s 地另定", own) % {"n": own})
    return _("，").join(told)
