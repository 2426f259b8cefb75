"""A small world of invented officials for tests of every room: two counties, two townships, four villages, eight people.

Codes begin with 99, which the state has given to no province. Everything here is a plain function: call `small_world()`
inside a test that has a database, or the single makers for one more person.
"""

from __future__ import annotations

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
    return {code: make_place(code, name) for code, name in PLACES.items()}


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


def small_world() -> World:
    """Places and the eight people."""
    make_places()
    return World(
        county_office=person("王主任", "wang", COUNTY, Role.COUNTY_OFFICE, title=Title.DIRECTOR),
        township_officer=person(
            "李专干", "li", TOWNSHIP, Role.TOWNSHIP_OFFICE, Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER
        ),
        first_secretary=person(
            "张书记", "zhang", VILLAGE, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
        ),
        auditor=person("赵审计", "zhao", COUNTY, Role.AUDITOR, Office.AUDIT, Title.AUDITOR),
        administrator=person(
            "陈管理", "chen", COUNTY, Role.ADMINISTRATOR, Office.SERVICE, Title.ADMINISTRATOR
        ),
        city_office=person("刘科长", "liu", CITY, Role.HIGHER_OFFICE),
        leader=person("周县长", "zhou", COUNTY, Role.LEADER, Office.GOVERNMENT, Title.HEAD),
        outsider=person(
            "外县人", "wai", OTHER_COUNTY, Role.ADMINISTRATOR, Office.SERVICE, Title.ADMINISTRATOR
        ),
    )


def sign_in(client: Any, appointment: Appointment) -> Any:
    """Signs a test client in as a person, acting by this appointment; returns the client."""
    client.force_login(appointment.official.account, backend="xiuhua.accounts.middleware.sessions.ByPassword")
    session = client.session
    session["appointment_id"] = appointment.pk
    session.save()
    return client
