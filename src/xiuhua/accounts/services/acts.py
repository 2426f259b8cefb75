"""What every act on accounts asks before it happens, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Official, Post
from xiuhua.accounts.permissions import LEVELS, RIGHTS
from xiuhua.accounts.queries import administrators_at, places_administered, places_of, reaches
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.services import Actor
from xiuhua.common.clock import beijing_today
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level


class Refused(Exception):
    """An act that may not be; its text says why and what to do, in the reader's language."""


@dataclass(frozen=True)
class Hand:
    """Who acts when no appointment does: the operator of the server, or a person without a post on their own account."""

    actor_name: str
    post_name: str
    place_code: str


def operator(place_code: str) -> Hand:
    """The one who runs commands on the server itself."""
    return Hand("operator", "系统运维", place_code)


@dataclass(frozen=True)
class Done:
    """What an act on an account came to; the password is shown once and kept nowhere."""

    subject: Any
    audit_subject: str
    audit_place: str
    audit_detail: dict[str, Any] = field(default_factory=dict)
    password: str = field(default="", repr=False)


def needs(by: Appointment, right: str) -> None:
    """Refuses a role without the right: services ask again, whatever the page let through."""
    if by.role not in RIGHTS[right]:
        raise Refused(_("您现在的职务不能办理这一事项。"))


def not_oneself(by: Appointment, official: Official) -> None:
    """Refuses acting on one's own account or posts."""
    if by.official_id == official.pk:
        raise Refused(_("不能为自己办理，请由另一位有权限的同事办理。"))


def covers(by: Actor, place_code: str) -> None:
    """Refuses a place outside the acting area."""
    if not scope_of(by.place_code).covers(place_code):
        raise Refused(_("%(place)s 不在您的工作范围内，请由该地或上级的管理员办理。") % {"place": place_code})


def reached(by: Appointment, official: Official, place_code: str = "") -> str:
    """The place to act at; refuses when a post of the person, or the given place, lies outside the acting area."""
    today = beijing_today()
    places = places_of(official, day=today)
    if place_code:
        covers(by, place_code)
    if not (places or place_code) or (places and not reaches(by, official, day=today)):
        raise Refused(_("此人在您的工作范围以外还有职务，请由上级管理员办理。"))
    return place_code or places[0]


def post_at(by: Actor, place: Place, office: Office, title: Title, role: Role) -> Post:
    """The post of that kind at a place of the acting area, made when it is the first; refuses a role at a wrong level."""
    covers(by, place.code)
    if Level(place.level) not in LEVELS[role]:
        language = get_language() or "zh"
        raise Refused(
            _("“%(role)s”不能设在%(level)s一级。")
            % {"role": Role(role).says(language), "level": Level(place.level).says(language)}
        )
    return Post.objects.get_or_create(place=place, office=office, title=title, role=role, label="")[0]


def in_order(since: date, until: date | None) -> None:
    """Refuses an end before the beginning."""
    if until is not None and until < since:
        raise Refused(_("结束日期不能早于开始日期。"))


def administrators_remain(
    *, without: Official, at: Appointment | None = None, after: date | None = None
) -> None:
    """Refuses what would leave a place with fewer than two account administrators: opening an account takes two people.

    at: only this appointment ends, on the day `after`; without it, all that the person holds, now.
    """
    today = beijing_today()
    day = max(today, after + timedelta(days=1)) if after else today
    for place in places_administered(without, day=today, only=at):
        # Held until the act is done: two administrators who stop each other at one moment must not both succeed.
        Place.objects.select_for_update().get(pk=place.pk)
        if administrators_at(place, day=day).exclude(pk=without.pk).count() < 2:
            raise Refused(
                _(
                    "%(place)s只剩两位账号管理员，少一位就再也开不了账号。请先为接任者登记账号管理员职务，再来办理；"
                    "怀疑账号被人冒用的，请先申请重置密码，原密码和令牌随即失效。"
                )
                % {"place": place.name}
            )
