"""A small world of invented officials for tests of every room: two counties, two townships, four villages, eight people.

Codes begin with 99, which the state has given to no province. Everything here is a plain function: call `small_world()`
inside a test that has a database, or the single makers for one more person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.accounts.models import Account, Appointment, Official, Post
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.places.models import Place
from xiuhua.places.terms import level_of, parent_of

PASSWORD = "needle and thread 7"
LONG_AGO = date(2016, 1, 1)

CITY = "9905"
COUNTY, OTHER_COUNTY = "990521", "990522"
TOWNSHIP, OTHER_TOWNSHIP = "990521101", "990522101"
VILLAGE, SECOND_VILLAGE, OTHER_VILLAGE = "990521101201", "990521101202", "990522101201"

PLACES = {
    "CN": "全国",
    "99": "示例省",
    CITY: "示例市",
    COUNTY: "青溪县",
    OTHER_COUNTY: "白岭县",
    TOWNSHIP: "石桥镇",
    OTHER_TOWNSHIP: "松坪乡",
    VILLAGE: "上坝村",
    SECOND_VILLAGE: "下坝村",
    OTHER_VILLAGE: "松坪村",
}


@dataclass(frozen=True)
class World:
    """The appointments of the eight; an appointment leads to its person, account, post and place."""

    county_office: Appointment
    township_officer: Appointment
    first_secretary: Appointment
    auditor: Appointment
    administrator: Appointment
    city_office: Appointment
    leader: Appointment
    outsider: Appointment  # an administrator of the other county

    def all(self) -> list[Appointment]:
        return list(vars(self).values())


def make_places() -> dict[str, Place]:
    """The tree of places, from the nation to villages, by code."""
    there = Place.objects.in_bulk(PLACES)
    missing = [
        Place(code=code, name=name, level=level_of(code), parent_id=parent_of(code))
        for code, name in PLACES.items()
        if code not in there
    ]
    return there | {one.code: one for one in Place.objects.bulk_create(missing)}


def make_place(code: str, name: str) -> Place:
    """One place below one that is there."""
    found, _made = Place.objects.get_or_create(
        code=code, defaults={"name": name, "level": level_of(code), "parent_id": parent_of(code)}
    )
    return found


def make_account(name: str, username: str, **more: Any) -> Account:
    """A person with an account and the test password."""
    account = Account(official=Official.objects.create(name=name, unit="示例单位"), username=username, **more)
    account.set_password(PASSWORD)
    account.save()
    return account


def make_post(place_code: str, role: Role, office: Office, title: Title) -> Post:
    """A post at a place that is there."""
    return Post.objects.get_or_create(place_id=place_code, role=role, office=office, title=title, label="")[0]


def make_appointment(account: Account, post: Post, **more: Any) -> Appointment:
    """A person's appointment, long in force and open-ended unless said otherwise."""
    return Appointment.objects.create(official=account.official, post=post, **{"since": LONG_AGO, **more})


def person(
    name: str,
    username: str,
    place_code: str,
    role: Role,
    office: Office = Office.POVERTY_OFFICE,
    title: Title = Title.OFFICER,
) -> Appointment:
    """A person with an account and one appointment."""
    return make_appointment(make_account(name, username), make_post(place_code, role, office, title))


@dataclass(frozen=True)
class Someone:
    """What `person` takes, to be made together with others."""

    name: str
    username: str
    place_code: str
    role: Role
    office: Office = Office.POVERTY_OFFICE
    title: Title = Title.OFFICER


def persons(*wanted: Someone) -> list[Appointment]:
    """Several as `person` makes one, by four statements in all: nearly every test begins with some."""
    officials = Official.objects.bulk_create(Official(name=one.name, unit="示例单位") for one in wanted)
    accounts = [
        Account(official=official, username=one.username)
        for official, one in zip(officials, wanted, strict=True)
    ]
    for account in accounts:
        account.set_password(PASSWORD)
    Account.objects.bulk_create(accounts)
    posts = _posts(wanted)
    return Appointment.objects.bulk_create(
        Appointment(official=official, post=posts[_at(one)], since=LONG_AGO)
        for official, one in zip(officials, wanted, strict=True)
    )


def _at(one: Someone) -> tuple[str, str, str, str]:
    return one.place_code, one.role, one.office, one.title


def _posts(wanted: Sequence[Someone]) -> dict[tuple[str, str, str, str], Post]:
    """The posts of people by place, role, office and title: those that are there, or new ones."""
    posts = {
        (post.place_id, post.role, post.office, post.title): post
        for post in Post.objects.filter(place_id__in={one.place_code for one in wanted}, label="")
    }
    for one in wanted:
        if _at(one) not in posts:
            posts[_at(one)] = Post(
                place_id=one.place_code, role=one.role, office=one.office, title=one.title, label=""
            )
    Post.objects.bulk_create([post for post in posts.values() if post.pk is None])
    return posts


def small_world() -> World:
    """Places and the eight people."""
    make_places()
    village, township, office = Office.WORK_TEAM, Office.TOWNSHIP_STATION, Office.SERVICE
    wanted = {
        "county_office": Someone("王主任", "wang", COUNTY, Role.COUNTY_OFFICE, title=Title.DIRECTOR),
        "township_officer": Someone(
            "李专干", "li", TOWNSHIP, Role.TOWNSHIP_OFFICE, township, Title.TOWNSHIP_OFFICER
        ),
        "first_secretary": Someone(
            "张书记", "zhang", VILLAGE, Role.VILLAGE_WORKER, village, Title.FIRST_SECRETARY
        ),
        "auditor": Someone("赵审计", "zhao", COUNTY, Role.AUDITOR, Office.AUDIT, Title.AUDITOR),
        "administrator": Someone("陈管理", "chen", COUNTY, Role.ADMINISTRATOR, office, Title.ADMINISTRATOR),
        "city_office": Someone("刘科长", "liu", CITY, Role.HIGHER_OFFICE),
        "leader": Someone("周县长", "zhou", COUNTY, Role.LEADER, Office.GOVERNMENT, Title.HEAD),
        "outsider": Someone("外县人", "wai", OTHER_COUNTY, Role.ADMINISTRATOR, office, Title.ADMINISTRATOR),
    }
    return World(**dict(zip(wanted, persons(*wanted.values()), strict=True)))


def sign_in(client: Any, appointment: Appointment) -> Any:
    """Signs a test client in as a person, acting by this appointment; returns the client."""
    client.force_login(appointment.official.account, backend="xiuhua.accounts.middleware.sessions.ByPassword")
    session = client.session
    session["appointment_id"] = appointment.pk
    session.save()
    return client
