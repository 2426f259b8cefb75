"""Applications that nobody has tied to a household yet, from the page or taken down, and what their page shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Post
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Case
from xiuhua.decisions.queries.cases import why_not
from xiuhua.decisions.queries.pages import TONES, language
from xiuhua.decisions.terms import Act, State
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import Scope, current_scope, scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries.search import Hit, clean, search
from xiuhua.relapse.models import Application, Reply
from xiuhua.relapse.permissions import OFFICES, RIGHTS
from xiuhua.relapse.terms import Channel, Risk

SHOWN = 100
CANDIDATES = 12


def waiting(area: Scope | None = None) -> QuerySet[Application]:
    """Those tied to no household, of an area within the acting one, those due first."""
    found = Application.objects.filter(source__isnull=True)
    return found if area is None else found.filter(village_code__gte=area.lo, village_code__lt=area.hi)


def above(village_code: str) -> int | None:
    """The post of the township's office, which looks further; None where it has none."""
    return Post.objects.filter(role="township_office", place_id=village_code[:9]).order_by("pk").values_list("pk", flat=True).first()  # fmt: skip


def villages() -> list[tuple[str, str]]:
    """Villages of the acting area, of which something can be taken down: code, township and name."""
    area = current_scope()
    found = Place.objects.filter(level=Level.VILLAGE, until__isnull=True, code__gte=area.lo, code__lt=area.hi)
    names = found.order_by("code").values_list("code", "parent__name", "name")
    return [(code, f"{township or ''}{name}") for code, township, name in names]


def way_in(by: Appointment) -> dict[str, str]:
    """The other way into the register, besides its entry from the application: what to say, and where, for whoever brings files in."""
    return {
        "says": _("已经在农村住户花名册文件里、只是还没有导入的，也可以由乡镇或县先导入，再打开这份申请，点“是这一户”。时限不等导入。"),
        "url": reverse("intake:new") if by.role in OFFICES else "",
    }  # fmt: skip


def rows(found: Iterable[Application], clock: Any) -> list[dict[str, Any]]:
    """Applications as the inbox shows them: no word of what is sealed."""
    asked = list(found)
    places = names_of({one.village_code for one in asked})
    posts = Post.objects.select_related("place").in_bulk({one.owner_id for one in asked if one.owner_id})
    entered = Case.objects.in_bulk({one.registration_id for one in asked if one.registration_id})
    replied = set(Reply.objects.filter(application__in=asked).values_list("application_id", flat=True))
    return [
        {
            "url": reverse("relapse:application", args=[one.pk]),
            "village": places.get(one.village_code, one.village_code),
            "about": Risk(one.risk).says(language()),
            "channel": Channel(one.channel).says(language()),
            "came_on": one.came_on,
            "owner": posts[one.owner_id].says(language()) if one.owner_id in posts else "",
            "replied": one.pk in replied,
            "entering": entered[one.registration_id].state in (State.PENDING, State.RETURNED)
            if one.registration_id in entered
            else False,
            "clock": clock(one, False),
        }
        for one in asked
    ]


def entering(by: Appointment, one: Application) -> dict[str, Any]:
    """How far it is with the family's entry on the roll: `state`, `reason` (of whoever gave it back or said no) and the way to its case,
    where one was begun; `register_url`: where it is begun, or corrected, by whoever may."""
    case = one.registration
    there = one.source is not None and one.source.household.ended_on is None
    works = by.role in RIGHTS["relapse.work"]
    waits = case is not None and case.state in (State.PENDING, State.UNDO_ASKED)
    mine = case is None or case.state != State.RETURNED or why_not(by, case, Act.RESUBMITTED) is None
    told = case.steps.order_by("-number").first() if case else None
    return {
        "case": case,
        "state": State(case.state) if case else None,
        "tone": TONES.get(State(case.state), "plain") if case else "",
        "reason": told.reason if told and told.act in (Act.RETURNED, Act.REFUSED, Act.WITHDRAWN, Act.UNDONE) else "",
        "returned": case is not None and case.state == State.RETURNED,
        "waits": waits,
        "url": reverse("decisions:case", args=[case.pk]) if case else "",
        "register_url": reverse("relapse:register", args=[one.pk]) if works and mine and not there and not waits else "",
    }  # fmt: skip


def page(by: Appointment, one: Application, head: str, asked: str) -> dict[str, Any]:
    """The context of relapse/application.html but for what was opened: whom the head's name, or what was typed, may mean."""
    text = clean(asked or head)
    hits: dict[int, Hit] = {}
    # Of the village that was named first; what was typed by hand is looked for in the whole area.
    for scope in (scope_of(one.village_code), current_scope()) if not asked else (current_scope(),):
        if text and not hits:
            found = search(text, scope)
            hits = {hit.household: hit for hit in [*found.households, *found.people]}
    order = sorted(hits.values(), key=lambda hit: (hit.village_code != one.village_code, hit.number))
    places = names_of({one.village_code, one.village_code[:9], *(hit.village_code for hit in order)})  # fmt: skip
    home = one.source.household if one.source else None
    return {
        "application": one,
        "place": "".join(places.get(code, "") for code in (one.village_code[:9], one.village_code)),
        "risk": Risk(one.risk).says(language()),
        "channel": Channel(one.channel).says(language()),
        "way": way_in(by),
        "entering": entering(by, one),
        "late": one.source is None and one.check_due_on < beijing_today(),
        "replies": list(one.replies.all()),
        "tied": {
            "name": home.head_name or _("户主不明"), "number": home.number, "by": one.tied_by, "at": one.tied_at,
            "url": reverse("relapse:clue", args=[one.source.clue_id]),
        } if home and one.source else None,
        "candidates": [
            {
                "title": hit.head_name or _("户主不明"), "who": hit.name or "", "number": hit.number,
                "village": places.get(hit.village_code, hit.village_code), "here": hit.village_code == one.village_code,
                "url": reverse("relapse:tie", args=[one.pk, hit.household]),
            }
            for hit in order[:CANDIDATES] if home is None or hit.household != home.pk
        ],
        "scope": by.post.place.name,
        "works": by.role in RIGHTS["relapse.work"],
    }  # fmt: skip
