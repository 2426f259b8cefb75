"""Reads of accounts and posts. Every list is cut to an area: whoever asks sees the people of that area and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from axes.models import AccessAttempt
from django.db.models import Exists, F, Model, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Length

from xiuhua.accounts.models import Account, AccountRequest, Appointment, Official, OwnNumber, Post, Token
from xiuhua.accounts.terms import Role
from xiuhua.common.asking import ask
from xiuhua.common.clock import beijing_today
from xiuhua.places.models import Place
from xiuhua.places.scope import Scope, scope_of
from xiuhua.places.terms import Level

# The tables of an acting appointment, each with what it hangs on: asked on every page, so put together once.
ACTING: dict[str, type[Model]] = {"a": Appointment, "p": Post, "l": Place, "o": Official, "c": Account, "d": Appointment, "s": Official}  # fmt: skip
COLUMNS = {mark: [str(one.column) for one in model._meta.concrete_fields] for mark, model in ACTING.items()}
HELD = f"""
select {", ".join(f'{mark}."{column}"' for mark, columns in COLUMNS.items() for column in columns)}
from accounts_appointment a join accounts_post p on p.id = a.post_id join places_place l on l.code = p.place_code
join accounts_official o on o.id = a.official_id left join accounts_account c on c.official_id = o.id
left join accounts_appointment d on d.id = a.deputy_for_id left join accounts_official s on s.id = d.official_id
where {{of}} and a.since <= %(day)s and (a.until is null or a.until >= %(day)s)
  and (d.id is null or d.since <= %(day)s and (d.until is null or d.until >= %(day)s))
order by d.id is not null, a.since, a.id
"""
OF_OFFICIAL, OF_ACCOUNT = HELD.format(of="a.official_id = %(official)s"), HELD.format(of="c.id = %(account)s")
ALONE = f"select {', '.join(COLUMNS['c'])} from accounts_account where id = %(account)s"


def appointments_today(account: Account) -> list[Appointment]:
    """What an account can act by today: its own posts first, then those it stands in for. As `Appointment.objects.on` has it."""
    return [_held(row) for row in ask(OF_OFFICIAL, {"official": account.official_id, "day": beijing_today()})]


def account_today(key: Any) -> Account | None:
    """An account by its key with what it can act by today (`held`): every page asks for both, so by one statement."""
    asked = {"account": key, "day": beijing_today()}
    held = [_held(row) for row in ask(OF_ACCOUNT, asked)]
    if held:
        found: Account = held[0].official.account
    elif alone := ask(ALONE, {"account": key}):
        found = Account.from_db("default", [one.attname for one in Account._meta.concrete_fields], alone[0])
    else:
        return None
    found.held = held
    return found


def _held(row: Sequence[Any]) -> Appointment:
    """An appointment of a row of HELD, with what it hangs on."""
    found, at = {}, 0
    for mark, model in ACTING.items():
        names = [one.attname for one in model._meta.concrete_fields]
        values = row[at : at + len(names)]
        found[mark] = model.from_db("default", names, values) if values[0] is not None else None
        at += len(names)
    held = cast(Appointment, found["a"])
    for of, name, what in (("a", "post", "p"), ("p", "place", "l"), ("a", "official", "o"), ("o", "account", "c"), ("a", "deputy_for", "d"), ("d", "official", "s")):  # fmt: skip
        one, other = found[of], found[what]
        if one is not None and other is not None:
            setattr(one, name, other)
    return held


def wrong_from(address: str, *, since: datetime) -> int:
    """How many wrong passwords came from an address since then, for whatever names; attempts of a name add up in its row."""
    tries = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__gte=since)
    return tries.aggregate(n=Sum("failures_since_start"))["n"] or 0


def in_area(scope: Scope, field: str = "post__place_id") -> Q:
    """The condition that a place column lies in an area."""
    return Q(**{f"{field}__gte": scope.lo, f"{field}__lt": scope.hi})


def current_or_coming(day: date) -> Q:
    """Appointments that are not over."""
    return Q(until__isnull=True) | Q(until__gte=day)


@dataclass(frozen=True)
class Person:
    """A line of the list of people: who, with which account, in which posts of the area."""

    official: Official
    account: Account | None
    appointments: list[Appointment]
    open_request: AccountRequest | None
    # Whether it was said who they are in the register; who that is, no page tells.
    tied: bool = False

    @property
    def active(self) -> bool:
        return self.account is not None and self.account.is_active


def people(scope: Scope, *, day: date, name: str = "") -> list[Person]:
    """Everybody with a post, past or coming, or an open request in the area; by name when one is given (its beginning)."""
    found = officials_in(scope)
    if name:
        found = found.filter(Q(name__startswith=name) | Q(account__username__startswith=name.lower()))
    posts = (
        Appointment.objects.filter(in_area(scope), current_or_coming(day))
        .select_related("post__place", "deputy_for__official")
        .order_by("since", "id")
    )
    asked = AccountRequest.objects.filter(in_area(scope, "place_id"), answered_by__isnull=True)
    lines = found.select_related("account").prefetch_related(
        Prefetch("appointments", posts, to_attr="held"),
        Prefetch("requests", asked, to_attr="asked"),
        Prefetch("own_numbers", OwnNumber.objects.filter(until__isnull=True), to_attr="own"),
    )
    return [
        Person(
            official=one,
            account=getattr(one, "account", None),
            appointments=one.held,
            open_request=next(iter(one.asked), None),
            tied=bool(one.own),
        )
        for one in lines.order_by("name", "id")
    ]


def officials_in(scope: Scope) -> QuerySet[Official]:
    """Officials with a post, past or coming, or an open request in the area."""
    posts = Appointment.objects.filter(in_area(scope), official=OuterRef("pk"))
    asked = AccountRequest.objects.filter(in_area(scope, "place_id"), official=OuterRef("pk"))
    return Official.objects.filter(Exists(posts) | Exists(asked))


def requests_in(scope: Scope) -> QuerySet[AccountRequest]:
    """Requests about accounts of the area, open ones first."""
    return (
        AccountRequest.objects.filter(in_area(scope, "place_id"))
        .select_related("official", "post__place", "place", "asked_by__official", "answered_by__official")
        .order_by(F("answered_at").desc(nulls_first=True), "-asked_at")
    )


def appointments_in(scope: Scope, *, day: date) -> QuerySet[Appointment]:
    """Appointments of the area that are not over."""
    return Appointment.objects.filter(in_area(scope), current_or_coming(day)).select_related(
        "post__place", "official"
    )


def places_of(official: Official, *, day: date) -> list[str]:
    """Codes of all places at which a person holds a post or will; the last one's when there is none any more.

    Whoever touches the account must see all of them: a county resets nobody's password who also acts for the nation.
    """
    posts = Appointment.objects.filter(official=official)
    codes = posts.filter(current_or_coming(day)).values_list("post__place_id", flat=True)
    if held := sorted(set(codes)):
        return held
    newest = posts.order_by("-until", "-id").values_list("post__place_id", flat=True).first()
    return [newest] if newest else []


def reaches(acting: Appointment, official: Official, *, day: date) -> bool:
    """Whether all posts of a person lie in the acting area."""
    area = scope_of(acting.place_code)
    places = places_of(official, day=day)
    return bool(places) and all(area.covers(code) for code in places)


def places_to_choose(scope: Scope, *, most: int = 400) -> QuerySet[Place]:
    """Places of an area for a field's suggestions, from the top; enough for a county, the rest is typed."""
    found = Place.objects.filter(code__gte=scope.lo, code__lt=scope.hi, until__isnull=True)
    return found.exclude(level=Level.GROUP).order_by(Length("code"), "code")[:most]


def candidates(principal: Appointment, *, day: date) -> QuerySet[Official]:
    """Who may stand in for an appointment: colleagues with a working account and a post of the same township or county."""
    code = principal.place_code
    area = scope_of(code[:9] if len(code) > 9 else code)
    held = Appointment.objects.on(day).filter(in_area(area), official=OuterRef("pk"), deputy_for__isnull=True)
    return (
        Official.objects.filter(Exists(held), account__is_active=True)
        .exclude(pk=principal.official_id)
        .order_by("name", "id")
    )


def to_try(*, day: date, most: int = 16) -> list[Appointment]:
    """For the sign-in page of a demonstration: one account of each role above the counties, and of each county that has villages' people."""
    held = Appointment.objects.on(day).filter(official__account__is_active=True, deputy_for__isnull=True)
    first: dict[tuple[str, str], Appointment] = {}
    for one in held.select_related("official__account", "post__place").order_by("id"):
        first.setdefault((one.place_code[:6], one.post.role), one)
    lived_in = {county for county, role in first if role == Role.VILLAGE_WORKER}
    shown = [(key[0], one) for key, one in first.items() if key[0] in lived_in or len(key[0]) < 6]
    return [one for _county, one in sorted(shown, key=lambda each: (len(each[0]) < 6, each[0]))][:most]


def places_administered(official: Official, *, day: date, only: Appointment | None = None) -> QuerySet[Place]:
    """Places whose accounts a person with a working account looks after on a day (by one appointment, if given)."""
    held = Appointment.objects.on(day).filter(
        official=official,
        official__account__is_active=True,
        post__role=Role.ADMINISTRATOR,
        deputy_for__isnull=True,
        post__place=OuterRef("pk"),
    )
    return Place.objects.filter(Exists(held.filter(pk=only.pk) if only else held)).order_by("code")


def administrators_at(place: Place, *, day: date) -> QuerySet[Official]:
    """Who looks after the accounts of a place from a day on, without a known end: a working account and a post of their own."""
    held = Appointment.objects.on(day).filter(
        official=OuterRef("pk"),
        post__role=Role.ADMINISTRATOR,
        post__place=place,
        deputy_for__isnull=True,
        until__isnull=True,
    )
    return Official.objects.filter(Exists(held), account__is_active=True)


def tokens_of(official: Official) -> QuerySet[Token]:
    """A person's own tokens, the newest first."""
    return Token.objects.filter(appointment__official=official).select_related("appointment__post__place")


def tokens_in(scope: Scope, *, day: date) -> QuerySet[Token]:
    """Tokens of the area that still open something."""
    return Token.objects.filter(
        in_area(scope, "appointment__post__place_id"), stopped_at__isnull=True, until__gte=day
    ).select_related("appointment__post__place", "appointment__official")
