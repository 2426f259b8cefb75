"""How old what waits is, and who put what right: tables for offices, leaders and auditors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Post
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.files.queries import way as taken
from xiuhua.findings.queries.ageing import Aged, ageing, by_place, by_post
from xiuhua.findings.queries.closing import Asked, by_person, by_way, closings
from xiuhua.findings.terms import Act, Age, Way
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.workbench.queries.frame import below, crumbs, language, link, may, names_apart, said, take_away
from xiuhua.workbench.queries.leads import rules_of_lists, sees
from xiuhua.workbench.queries.words import rule_label

USUAL_DAYS = 30


def aged_rows(
    told: list[Aged], name: Callable[[Any], str], url: Callable[[Any], str | None]
) -> list[dict[str, Any]]:
    """Rows of design/aged.html."""
    return [
        {
            "name": name(one.of),
            "url": url(one.of),
            "count": one.count,
            "overdue": one.overdue,
            "explained": one.explained,
            "buckets": one.buckets,
            "oldest": one.oldest_days,
        }
        for one in told
    ]


def page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/ageing.html."""
    old = ageing(scope_of(place.code))
    places = by_place(old, digits=below(place)[1])
    posts = by_post(old)
    names = names_apart(one.of for one in places)
    known = Post.objects.select_related("place").in_bulk([one.of for one in posts if one.of])
    offered = may(by, "workbench:ageing")

    def of_place(code: str) -> str | None:
        return link(by, "workbench:ageing", place=code) if offered and code != place.code else None

    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "ages": [said(one) for one in Age],
        "places": aged_rows(places, lambda code: names.get(code, code), of_place),
        "posts": aged_rows(
            posts, lambda pk: said(known[pk]) if pk in known else _("还没有交给谁"), lambda _pk: None
        ),
        "back_url": link(by, "workbench:findings", place=place.code),
        "take": {one: taken(by, f"workbench.ageing_{one}", place=place.code) for one in ("places", "posts")},
    }


def log(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of workbench/closings.html: a period, the ways, the people, and the closings page by page, newest first."""
    wanted = asked_of(by, place, query)
    since, until, way, who = wanted.since, wanted.until, wanted.way, wanted.who
    period = closings(Asked(wanted.area, since, until, but=wanted.but))
    found = closings(wanted)
    ways = by_way(period)
    kept = {"place": query.get("place", ""), "since": since.isoformat(), "until": until.isoformat()}

    def address(**change: str) -> str:
        asked = {key: value for key, value in {**kept, "way": way, "who": who, **change}.items() if value}
        return f"{reverse('workbench:closings')}?{urlencode(asked)}"

    total = found.count() if way or who else sum(ways.values())
    first, turned = pager(total, query.get("page", ""), lambda number: address(page=str(number)))
    every = {"label": _("全部"), "count": sum(ways.values()), "url": address(way=""), "current": not way}
    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "since": since,
        "until": until,
        "kept": kept,
        "filters": [
            every,
            *(
                {"label": said(one), "count": ways[one], "url": address(way=one.value), "current": way == one}
                for one in Way
                if ways.get(one)
            ),
        ],
        "people": [
            {
                "name": _nobody(account, post),
                "count": n,
                "url": address(who=account) if account else None,
                "current": bool(account) and account == who,
            }
            for account, post, n in by_person(period)[:20]
        ],
        "rows": [closing(by, one) for one in found[first : first + PAGE]],
        "pager": turned,
        "who_url": address(who="") if who else None,
        "actions": take_away(
            by, "workbench.closings", **{**kept, "place": place.code, "way": way, "who": who}
        ),
        "back_url": link(by, "workbench:findings", place=place.code),
        "onward": [
            {
                "label": _("看问题清单"),
                "url": link(by, "workbench:findings", place=place.code),
                "icon": "finding",
            }
        ],
    }


def asked_of(by: Appointment, place: Place, query: Mapping[str, str]) -> Asked:
    """Which closings an address asks for: the last days where it names no period."""
    today = beijing_today()
    # What rests on departments' lists is told to handlers alone.
    but = () if sees(by) else rules_of_lists()
    return Asked(
        scope_of(place.code),
        _day(query.get("since")) or today - timedelta(days=USUAL_DAYS),
        _day(query.get("until")) or today,
        query.get("way", "") if query.get("way") in Way._value2member_map_ else "",
        query.get("who", ""),
        but,
    )


def closing(by: Appointment, one: Any) -> dict[str, Any]:
    # Who opens no finding is told who closed what in which way, not whose it was.
    opens = may(by, "workbench:finding")
    words = one.says.get("en" if language() == "en" else "zh", "") if opens else ""
    return {
        "at": one.at,
        "who": _nobody(one.by, one.post),
        "way": said(Way(one.way)) if one.way else said(Act(one.act)),
        "tone": "leaf"
        if one.way in (Way.HOLDS, Way.FILE)
        else "straw"
        if one.way == Way.ACCEPTED
        else "plain",
        "rule": rule_label(one.finding.rule, one.finding.kind),
        "because": words,
        "household": one.finding.household_number if opens else "",
        "url": link(by, "workbench:finding", one.finding_id),
    }


def _nobody(account: str, post: str) -> str:
    """Who acted; without anybody: the rules' own look at night."""
    return " · ".join(part for part in (account, post) if part) or _("夜间复核（系统）")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
