"""The frame around every page: who acts and where, the way to the other pages, what waits, and the day of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache, cached_property
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.permissions import ANYONE, SIGNED_IN
from xiuhua.common.asking import Single
from xiuhua.common.clock import beijing_today, days_ahead
from xiuhua.common.ways import way_to
from xiuhua.decisions.queries.cases import waiting_count
from xiuhua.decisions.queries.transfers import waiting_here_count
from xiuhua.files.queries import way
from xiuhua.findings.queries import Load, of_post, on_the_desk
from xiuhua.intake.models import Purpose, Step
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import Scope, ask_together_here, current_scope, scope_of
from xiuhua.places.terms import NATION, Level, parent_of
from xiuhua.registry.queries.areas import newest_day, newest_kept, newest_of
from xiuhua.relapse.queries.pages import on_the_desk as clues_on_the_desk
from xiuhua.relapse.queries.pages import owned

# Pages that belong to the pool of findings, for the mark in the navigation.
FINDINGS = ("workbench:findings", "workbench:finding", "workbench:explain", "workbench:correct", "workbench:ageing", "workbench:closings")  # fmt: skip

# As many of a kind as the frame counts; more are said to be more.
MOST = 999


def language() -> str:
    """The reader's language as the terms understand it: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def said(one: Any) -> str:
    """A term, a rulebook sentence or a {zh, en} in the reader's language; empty for nothing."""
    if one is None:
        return ""
    return str(one[language()]) if isinstance(one, dict) else str(one.says(language()))


@cache
def _rights() -> Any:
    """The table of rights, which names all rooms, so that no room imports it by name."""
    return import_module(settings.RIGHTS)


def may(by: Appointment | None, address: str) -> bool:
    """Whether a post may open an address; an address that no table names is nobody's."""
    right = _rights().right_of(address)
    return right in (ANYONE, SIGNED_IN) or (right is not None and bool(_rights().may(by, right)))


def link(by: Appointment | None, address: str, *args: Any, **query: Any) -> str | None:
    """The way to a page for this post, or None where it may not go: what cannot be opened is not offered."""
    if not may(by, address):
        return None
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    return way_to(address, *args) + (f"?{asked}" if asked else "")


def take_away(by: Appointment, kind: str, /, **query: Any) -> list[dict[str, Any]]:
    """The action that takes what a page shows away as a file; none for whoever may not have it."""
    url = way(by, kind, **query)
    return [{"label": _("导出"), "url": url, "icon": "table"}] if url else []


def place_or_404(code: str) -> Place:
    """A place of one's own area; any other is as if it were not there."""
    place = Place.objects.filter(code=code).first() if current_scope().covers(code) else None
    if place is None:
        raise Http404
    return place


def names_apart(codes: Iterable[str | None]) -> dict[str, str]:
    """Names of places by code, as a list of them shows: where two bear one name, that of the place above stands before it."""
    names = names_of(codes)
    often = Counter(names.values())
    alike = {code: parent_of(code) for code, name in names.items() if often[name] > 1}
    above = names_of(alike.values())
    return names | {code: f"{above.get(up or '', '')}{names[code]}" for code, up in alike.items()}


def crumbs(by: Appointment, code: str, *, whole: bool = False) -> list[dict[str, Any]]:
    """The places above, from the top; only one's own area can be opened. `whole`: the place itself too."""
    above = [code] if whole else []
    area = current_scope()
    while (up := parent_of(code)) is not None and (up != NATION or area.covers(NATION)):
        above.insert(0, up)
        code = up
    found = Place.objects.in_bulk(above)
    return [
        {"name": place.name, "url": link(by, "workbench:place", one) if area.covers(one) else None}
        for one in above
        if (place := found.get(one)) and place.named
    ]


NEWEST_MERGED = """
select max(data_date) from intake_batch where place_code >= %(lo)s and place_code < %(hi)s and step = %(done)s and purpose = %(intake)s
"""


def data_day(area: Scope) -> date | None:
    """The day that an area's data speak of; None where there are none."""
    return _day_of(area, ask_together_here([_day_kept(area)])[0])


def _day_kept(area: Scope) -> Single:
    """A township's standings are few enough to ask all of them. Above it the batches say it: they are few at any size."""
    if len(area.place_code) >= 9:
        return newest_kept(area)
    merged = {"done": Step.DONE.value, "intake": Purpose.INTAKE.value}
    return Single(NEWEST_MERGED, {"lo": area.lo, "hi": area.hi, **merged})


def _day_of(area: Scope, kept: Any) -> date | None:
    """The day, from what `_day_kept` asked."""
    return newest_of(kept) if len(area.place_code) >= 9 else kept or newest_day(area)


# Sections whose pages are all of one room.
ROOMS = {"intake": "intake:", "stamp": "decisions:", "visit": "relapse:"}


def _shown(n: int) -> int | str:
    return n if n <= MOST else f"{MOST}+"


DAY = "day"


class Frame:
    """What `base.html` shows under the name `shell`. Asked lazily: a page outside of any area asks nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.by: Appointment | None = getattr(request, "acting", None)

    @cached_property
    def address(self) -> str:
        match = self.request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def home_url(self) -> str:
        return way_to("workbench:home")

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """The main pages that this post may open."""
        if self.by is None:
            return []
        code = self.by.place_code
        offered = (
            (_("工作台"), "home", link(self.by, "workbench:home"), ("workbench:home",), 0),
            (
                _("区划"),
                "place",
                link(self.by, "workbench:place", code),
                ("workbench:place", "workbench:opening"),
                0,
            ),
            (
                _("住户"),
                "household",
                link(self.by, "workbench:households", code),
                ("workbench:households", "workbench:household", "workbench:open_id"),
                0,
            ),
            (
                _("问题"),
                "finding",
                link(self.by, "workbench:findings"),
                FINDINGS,
                self.waits["findings"],
            ),
            (_("监测"), "visit", link(self.by, "relapse:list"), (), self.waits["clues"]),
            (
                pgettext("cases", "事项"),
                "stamp",
                link(self.by, "decisions:list"),
                (),
                self.waits["cases"] + self.waits["transfers"],
            ),
            (_("导入"), "intake", link(self.by, "intake:list"), (), 0),
        )
        return [
            {
                "label": label,
                "icon": icon,
                "url": url,
                "count": _shown(count),
                "current": self.address in own or (icon in ROOMS and self.address.startswith(ROOMS[icon])),
            }
            for label, icon, url, own, count in offered
            if url
        ]

    @cached_property
    def search_url(self) -> str | None:
        return link(self.by, "workbench:search") if self.by else None

    @cached_property
    def search_scope(self) -> str:
        return self.by.post.place.name if self.by else ""

    @cached_property
    def load(self) -> Load:
        """What lies on this post's desk."""
        if self.by is None or not may(self.by, "workbench:findings"):
            return Load(0, 0, None)
        return of_post(self.by.post_id, today=beijing_today())

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """All that the frame reads, by one statement: what waits for this post, kind by kind (of findings no more than are shown), and
        what the day of the data is made of. What it may not see is not asked."""
        if (by := self.by) is None:
            return {}
        counted = {
            "findings": ("workbench:findings", lambda: on_the_desk(by.post_id, MOST + 1)),
            # Cases that wait for this person to decide, and who is to come and waits for the answer of their office.
            "cases": ("decisions:answer_transfer", lambda: waiting_count(by)),
            "transfers": ("decisions:answer_transfer", lambda: waiting_here_count(by)),
            "clues": ("relapse:visit", lambda: owned(by)),
            DAY: ("workbench:search", lambda: _day_kept(scope_of(by.place_code))),
        }
        asked = {kind: part() for kind, (address, part) in counted.items() if may(by, address)}
        return dict(zip(asked, ask_together_here(asked.values()), strict=True))

    @cached_property
    def waits(self) -> Counter[str]:
        """What waits for this post, kind by kind; what it may not see is 0."""
        return Counter({kind: n for kind, n in self._asked.items() if kind != DAY})

    @cached_property
    def clues(self) -> tuple[int, int]:
        """Clues that lie on this post's desk, and how many of them are overdue."""
        return clues_on_the_desk(self.by) if self.by and may(self.by, "relapse:list") else (0, 0)

    @property
    def tasks_count(self) -> int | str:
        return _shown(self.waits["findings"])

    @cached_property
    def tasks_url(self) -> str | None:
        return link(self.by, "workbench:findings", mine=1) if self.by else None

    @cached_property
    def data_date(self) -> str:
        """As it is written; empty where there are no data, or none to look for."""
        if self.by is None or DAY not in self._asked:
            return ""
        day = _day_of(scope_of(self.by.place_code), self._asked[DAY])
        return f"{day:%Y-%m-%d}" if day else ""

    @cached_property
    def person(self) -> dict[str, Any] | None:
        """Who is signed in; nobody on the pages before the door."""
        user = self.request.user
        if not user.is_authenticated:
            return None
        post, place = ("", "") if self.by is None else (said(self.by.post), self.by.post.place.name)
        # The post's own words name the place, first or last; beside the place's name once is enough.
        return {
            "name": (self.by or user).official.name,
            "post": post,
            "brief": "" if self.by is None else self.by.post.brief(language()),
            "place_name": "" if place in post else place,
            "account_url": way_to("accounts:password"),
        }

    @cached_property
    def posts(self) -> list[dict[str, Any]]:
        """The posts between which one may change; empty when there is but one."""
        held = self.request.held if self.by else []  # type: ignore[attr-defined]
        if len(held) < 2:
            return []
        return [
            {
                "id": one.pk,
                "label": _("%(post)s（代）") % {"post": said(one.post)}
                if one.deputy_for_id
                else said(one.post),
                "current": one == self.by,
            }
            for one in held
        ]

    switch_post_url = property(lambda self: way_to("accounts:act_as"))
    sign_out_url = property(lambda self: way_to("accounts:sign_out"))

    @cached_property
    def rulebook_url(self) -> str | None:
        return link(self.by, "workbench:rulebook") if self.by else None

    @cached_property
    def exports_url(self) -> str | None:
        return link(self.by, "files:exports") if self.by else None

    @cached_property
    def freezes_url(self) -> str | None:
        return link(self.by, "freezes:list") if self.by else None

    @cached_property
    def people_url(self) -> str | None:
        return link(self.by, "accounts:people") if self.by else None

    @cached_property
    def banner(self) -> dict[str, str] | None:
        if not settings.DEMO:
            return None
        if days_ahead():
            words = _("县、村、人均为虚构，证件号码以 99 开头。时钟已拨快，今天按 %(day)s 算。")
            sentence = words % {"day": f"{beijing_today():%Y-%m-%d}"}
        else:
            sentence = _("县、村、人均为虚构，证件号码以 99 开头。")
        return {"tone": "straw", "label": _("演示数据"), "sentence": sentence}


def frame_of(request: HttpRequest) -> Frame:
    """The frame of a request, the same for its view and its page: nothing is counted twice."""
    found: Frame | None = getattr(request, "frame", None)
    if found is None:
        found = request.frame = Frame(request)  # type: ignore[attr-defined]
    return found


CHILD = {
    Level.NATION: (Level.PROVINCE, 2),
    Level.PROVINCE: (Level.CITY, 4),
    Level.CITY: (Level.COUNTY, 6),
    Level.COUNTY: (Level.TOWNSHIP, 9),
    Level.TOWNSHIP: (Level.VILLAGE, 12),
    Level.VILLAGE: (Level.VILLAGE, 12),
}


def below(place: Place) -> tuple[Level, int]:
    """The level of the places below one, and the length of their codes."""
    return CHILD[Level(place.level)]
