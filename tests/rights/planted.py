"""Two cities, three counties, and at every place a household, a batch, a finding, a file, an official that bear its marks.

Each place has two words of its own: `mark`, by which its things are looked for, and `secret`, which stands in every text
of theirs. A secret in an answer to somebody whose area the place is not in is a hole, whatever page it came through.
Place codes and names are no secrets: the tree of places is public.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connections

from people import make_account, make_appointment, make_place, make_post
from rights.planted_work import transfers, work
from xiuhua.accounts.models import AccountRequest, Appointment, Token
from xiuhua.accounts.terms import Office, Role, Title, Wish
from xiuhua.audit.services import record
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.files.models import StoredFile
from xiuhua.findings.models import Finding
from xiuhua.intake.models import Batch, RememberedColumn, Sheet, Sighting, StagedHousehold, StagedRow, Step
from xiuhua.intake.reading import check_digit
from xiuhua.places.models import Outline
from xiuhua.places.scope import Scope, scope_of, within
from xiuhua.registry.models import (
    Household,
    Membership,
    Opening,
    PeriodRecord,
    Person,
    Standing,
    StatusEntry,
    VillageYear,
)

PLACES = {
    "CN": "全国",
    "99": "示例省",
    "9905": "甲市",
    "9906": "乙市",
    "990521": "青溪县",
    "990522": "白岭县",
    "990621": "远山县",
    "990521101": "石桥镇",
    "990521102": "沙河镇",
    "990522101": "松坪乡",
    "990621101": "云岭乡",
    "990521101201": "上坝村",
    "990521101202": "下坝村",
    "990521102201": "沙河村",
    "990522101201": "松坪村",
    "990621101201": "云岭村",
}
# Words of what is found of one household, and of what another department's list says of somebody, after the place's secret:
# by them the matrix knows what a role is told within its own area.
FOUND, LEAD = "查见", "线报"
# When everybody planted was born: together with the first and last four of a number it is the number.
BORN = "1980-01-01"
# Whose eyes the matrix looks through: a name, the place, the role.
EYES = {
    "village worker": ("990521101201", Role.VILLAGE_WORKER),
    "township office": ("990521101", Role.TOWNSHIP_OFFICE),
    "township leader": ("990521101", Role.LEADER),
    "county office": ("990521", Role.COUNTY_OFFICE),
    "county leader": ("990521", Role.LEADER),
    "county auditor": ("990521", Role.AUDITOR),
    "county administrator": ("990521", Role.ADMINISTRATOR),
    "city office": ("9905", Role.HIGHER_OFFICE),
}
ROLES = {
    4: (Role.HIGHER_OFFICE, Role.AUDITOR, Role.ADMINISTRATOR),
    6: (Role.COUNTY_OFFICE, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR),
    9: (Role.TOWNSHIP_OFFICE, Role.LEADER),
    12: (Role.VILLAGE_WORKER,),
}


@dataclass
class Node:
    """A place and what is planted at it: keys by kind. `numbers` are ID numbers in the clear, which no list may hold."""

    code: str
    mark: str
    secret: str
    keys: dict[str, Any] = field(default_factory=dict)
    posts: dict[Role, Appointment] = field(default_factory=dict)
    officials: set[int] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)

    @property
    def texts(self) -> dict[str, str]:
        """What a query may say of it."""
        return {"mark": self.mark, "place": self.code, "number": str(self.keys.get("number", self.mark))}

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What an answer may say of one household here only to who has the right: what it is, its mark, the right."""
        return [
            ("a household's name", f"{self.secret}户主", "registry.see"),
            ("a household's number", str(self.keys.get("number", f"{self.secret}户主")), "registry.see"),
            ("a finding of one household", f"{self.secret}{FOUND}", "findings.open"),
            ("a lead of one household", f"{self.secret}{LEAD}", "registry.see_leads"),
            ("a day of birth, beside the ends of a number on any page,", BORN, "registry.open_id"),
        ]


@dataclass
class Country:
    """All places with what is planted at them, and how many rounds of planting there were."""

    nodes: dict[str, Node] = field(default_factory=dict)
    rounds: int = 0

    def within(self, scope: Scope) -> list[Node]:
        return [node for code, node in self.nodes.items() if scope.covers(code)]

    def outside(self, scope: Scope) -> list[Node]:
        return [node for code, node in self.nodes.items() if not scope.covers(code)]


def word(code: str, salt: str) -> str:
    """Seven letters that stand for a place and nothing else."""
    digest = hashlib.sha256(f"{salt} {code}".encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:7])


def plant() -> Country:
    """The country with one round of everything, committed or not as the caller's database is."""
    country = Country()
    with any_notice(), within(scope_of("CN"), who={"account": "planter"}):
        for code, name in PLACES.items():
            make_place(code, name)
            country.nodes[code] = Node(code, word(code, "mark"), word(code, "secret"))
        for node in country.nodes.values():
            _officials(node)
            if len(node.code) == 6:
                _opening(node)
        _grow(country, list(country.nodes.values()))
        transfers(country)
    return country


@contextmanager
def any_notice() -> Iterator[None]:
    """A notice may hang at any step meanwhile, and say anything: the planted proceeding stands at its first, its notice is several
    steps on, and what it says is the place's secret."""
    turn = "alter table notices_notice {0} trigger decisions_notice_guard; alter table notices_notice {0} trigger notices_says_its_step; alter table notices_sheet {0} trigger notices_sheet_says"
    with connections["owner"].cursor() as owner:
        owner.execute(turn.format("disable"))
    try:
        yield
    finally:
        with connections["owner"].cursor() as owner:
            owner.execute(turn.format("enable"))


def grow(country: Country, nodes: list[Node]) -> None:
    """One more round of everything at some places: what a page of another place shows must not move by it."""
    with any_notice(), within(scope_of("CN"), who={"account": "planter"}):
        _grow(country, nodes)


def _grow(country: Country, nodes: list[Node]) -> None:
    country.rounds += 1
    for node in nodes:
        first = country.rounds == 1
        keys = _village(node, country.rounds) if len(node.code) == 12 else {}
        if len(node.code) in (6, 9):
            keys = {**keys, **_intake(node, country.rounds)}
        if not first and len(node.code) > 2:
            person = make_account(
                f"{node.mark}{node.secret}{country.rounds}", f"{node.secret.lower()}{country.rounds}"
            )
            role = ROLES[len(node.code)][0]
            made = make_appointment(person, make_post(node.code, role, Office.POVERTY_OFFICE, Title.OFFICER))
            node.officials.add(made.official_id)
        _finding(node, country.rounds)
        keys = {**keys, **work(country, node, country.rounds, keys)}
        if first:
            node.keys |= keys | {"place": node.code}


def _officials(node: Node) -> None:
    for role in ROLES.get(len(node.code), ()):
        account = make_account(f"{node.mark}{node.secret}{role}", f"{node.secret.lower()}.{role}")
        post = make_post(node.code, role, Office.POVERTY_OFFICE, Title.OFFICER)
        made = make_appointment(account, post)
        node.posts[role] = made
        node.officials.add(made.official_id)
        if role == Role.ADMINISTRATOR:  # two of them, as there must be
            other = make_account(f"{node.mark}{node.secret}2", f"{node.secret.lower()}.second")
            node.officials.add(make_appointment(other, post).official_id)
        token = Token.objects.create(
            appointment=made,
            purpose=f"{node.secret}大屏",
            shown="xh_test",
            digest=hashlib.sha256(f"xh_{node.secret}{role}".encode()).hexdigest(),
            made_at=beijing_now(),
            until=beijing_today() + timedelta(days=30),
        )
        node.keys |= {
            "official": made.official_id,
            "appointment": made.pk,
            "post": made.post_id,
            "token": token.pk,
        }
    if len(node.code) in (6, 9):
        asker = next(iter(node.posts.values()))
        asked = AccountRequest.objects.create(
            wish=Wish.RESET,
            official_id=node.keys["official"],
            username=node.secret.lower(),
            reason=f"{node.secret}忘记",
            place_id=node.code,
            asked_by=asker.official.account,
        )
        node.keys["request"] = asked.pk
    if len(node.code) >= 6:
        Outline.objects.create(
            place_id=node.code,
            as_of=date(2020, 1, 1),
            shape=[[[10_000_000, 2_500_000, 10_010_000, 2_500_000, 10_010_000, 2_510_000]]],
            source=node.secret,
            brought_by=node.secret,
            brought_at=beijing_now(),
        )
    record(by=_hand(node), action="planted", subject=node.secret, place_code=node.code)


def token_of(node: Node, role: Role) -> str:
    """The text of a planted token."""
    return f"xh_{node.secret}{role}"


@dataclass(frozen=True)
class _Hand:
    actor_name: str
    post_name: str
    place_code: str


def _hand(node: Node) -> _Hand:
    return _Hand(node.secret, node.secret, node.code)


def _opening(node: Node) -> None:
    Opening.objects.create(
        county_code=node.code, statement=f"{node.secret}承接", signed_by=node.secret, signed_post=node.secret, signed_at=beijing_now()
    )  # fmt: skip


def _village(node: Node, turn: int) -> dict[str, Any]:
    county, code = node.code[:6], node.code
    number = f"{code}{turn:04d}{node.secret}"
    household = Household.objects.create(
        number=number, county_code=county, village_code=code, kind="registered", head_name=f"旧{node.secret}",
        status_reported="poor", main_cause="illness", members_reported=2, group_name=f"{node.secret}社",
    )  # fmt: skip
    household.head_name = f"{node.mark}{node.secret}户主"
    household.save()  # the old name stands in the history, as the day of birth of before does
    first = f"990101198001{turn:02d}{sorted(PLACES).index(code):03d}"
    identity = first + check_digit(first)
    node.numbers.append(identity)
    person = Person.objects.create(
        number=f"{number}01", county_code=county, village_code=code, name=f"{node.mark}{node.secret}户主", sex="male",
        birth_date=date.fromisoformat(BORN), id_kind="resident", id_valid=True, id_sealed=seal(identity), id_blind=blind(identity),
        phone_sealed=seal("19900000001"), phone_blind=blind("19900000001"),
    )  # fmt: skip
    for born in (date(1980, 1, 2), date.fromisoformat(BORN)):
        person.birth_date = born
        person.save(update_fields=["birth_date"])
    Membership.objects.create(person=person, household=household, village_code=code, relation="head")
    PeriodRecord.objects.create(
        household=household, village_code=code, year=2025, period_start=date(2024, 10, 1), period_end=date(2025, 9, 30),
        wage_fen=1_000_000 + turn, income_seen="reported", income_seen_on=date(2025, 9, 30), fuel=node.secret,
    )  # fmt: skip
    VillageYear.objects.get_or_create(village_code=code, year=2025)
    Standing.objects.create(
        household=household, village_code=code, as_of=date(2025, 9, 30), computed_at=beijing_now(),
        exit_fails=["exit.income"], exit_unknown=["exit.housing"], doubts=["doubt.exited_income"], members=1,
    )  # fmt: skip
    StatusEntry.objects.create(
        household=household, village_code=code, status="poor", since=date(2025, 1, 1), basis="opening",
        opening=Opening.objects.get(county_code=county), recorded_at=beijing_now(), recorded_by=node.secret,
    )  # fmt: skip
    return {"household": household.pk, "person": person.pk, "number": number}


def _finding(node: Node, turn: int) -> None:
    if len(node.code) < 6:
        return
    found = Finding.objects.create(
        place_code=node.code, kind="refused", rule="village_unknown", field="village", household_number=f"{node.code}{turn:04d}{node.secret}",
        params={"value": f"{node.secret}{FOUND}", "nearest": node.secret}, file_name=f"{node.secret}.xlsx", sheet=f"{node.secret}{FOUND}", row=3, column=2,
        fingerprint=f"{node.secret}{turn}", found_at=beijing_now(), due_on=date(2025, 1, 1), batch=1,
        owner=next(iter(node.posts.values())).post,
    )  # fmt: skip
    node.keys.setdefault("finding", found.pk)


def _intake(node: Node, turn: int) -> dict[str, Any]:
    code = node.code
    file = StoredFile.objects.create(
        name=f"{node.secret}{turn}.xlsx", place_code=code, size_bytes=9, sha256=node.secret, path=f"{node.secret}{turn}.x1", stored_by=node.secret
    )  # fmt: skip
    more = {"place_code": code, "started_by": node.secret, "started_post": node.secret}
    counts = {"files": [file.pk], "new": 1, "kinds": {"refused": 1}}
    batch = Batch.objects.create(step=Step.PREVIEW, counts=counts, data_date=date(2025, 9, 30), **more)
    asked = Batch.objects.create(step=Step.MAPPING, counts={"files": [file.pk]}, **more)
    sheets = [
        Sheet.objects.create(
            batch=one, place_code=code, file=file, file_name=file.name, name=f"{node.secret}表", position=0, book="person_export",
            header_row=0, columns={"name": 0}, unsure=[{"column": 1, "heading": f"{node.secret}列", "candidates": ["sex"], "samples": [node.secret]}],
        )
        for one in (batch, asked)
    ]  # fmt: skip
    number = f"{code}{turn:04d}{node.secret}"
    StagedHousehold.objects.create(
        batch=batch, place_code=code, number=number, change="new",
        differences=[{"what": "household", "who": number, "field": "head_name", "before": None, "after": node.secret}],
    )  # fmt: skip
    StagedRow.objects.create(
        batch=batch, place_code=code, sheet=sheets[0], book="person_export", row=2, household_number=number, household={"head_name": node.secret}
    )  # fmt: skip
    Sighting.objects.create(
        batch=batch, place_code=code, kind="refused", rule="village_unknown", sheet=sheets[0], row=2, column=1, field="village",
        household_number=number, params={"value": f"{node.secret}{FOUND}", "nearest": node.secret}, fingerprint=f"{node.secret}s{turn}",
    )  # fmt: skip
    RememberedColumn.objects.create(
        place_code=code,
        book="person_export",
        heading=f"{node.secret}{turn}",
        field="name",
        said_by=node.secret,
    )
    return {"batch": batch.pk, "asked_batch": asked.pk, "sheet": sheets[1].pk, "file": file.pk}
