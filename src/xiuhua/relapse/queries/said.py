"""What somebody, a list or a rule said in a clue, as pages show it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.queries.pages import language
from xiuhua.engine import load
from xiuhua.registry.models import ListingHit
from xiuhua.registry.terms import ListKind
from xiuhua.relapse.models import Clue, ClueSource
from xiuhua.relapse.permissions import RIGHTS
from xiuhua.relapse.terms import Channel, End, Origin, Risk


def said(term: Any) -> str:
    """A term in the reader's language."""
    return str(term.says(language()))


def source(by: Appointment, one: ClueSource, application: int | None = None) -> dict[str, Any]:
    """One saying; of an application from the page also where to reach whoever asked. What a list says of whom is read at the hit, by those who handle it."""
    words, url = one.said, ""
    if one.origin == Origin.LIST:
        words = said(ListKind(one.list_kind)) if one.list_kind else ""
        hit = ListingHit.objects.filter(pk=one.hit).exists() if one.hit else False
        url = reverse("workbench:lead", args=[one.hit]) if hit else ""
    elif one.origin == Origin.RULE and one.rule in load().rules:
        rule = load().rules[one.rule]
        words = _("不符：%(says)s") % {"says": rule.says.says(language())}
        url = reverse("workbench:try_rule_on", args=[one.rule, one.household_id])
    elif one.origin == Origin.AGAIN and (
        former := Clue.objects.filter(pk=one.mark.partition(":")[2]).first()
    ):
        told = {"day": f"{former.ended_on:%Y-%m-%d}", "end": said(End(former.end))}
        words = _("%(day)s 以“%(end)s”了结，期满再问：当时的风险还在不在") % told
        url = reverse("relapse:clue", args=[former.pk])
    return {
        "origin": said(Origin(one.origin)),
        "channel": said(Channel(one.channel)) if one.channel else "",
        "risk": said(Risk(one.risk)),
        "words": words,
        "url": url,
        "reach_url": reverse("relapse:application", args=[application])
        if application and by.role in RIGHTS["relapse.work"]
        else "",
        "told_by": one.told_by,
        "came_on": one.came_on,
        "by": one.post if one.origin in (Origin.HOUSEHOLD, Origin.CADRE, Origin.ASSESSMENT) else "",
    }
