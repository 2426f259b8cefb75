"""The register for programs: lists, one household with its people, years, outcomes and history, and search."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import F
from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import StringConstraints

from xiuhua.common.api import SENTENCES, USUAL_AT_ONCE, AtOnce, Key, Text, Words, answers, note_rows, words
from xiuhua.common.clock import beijing_today
from xiuhua.engine import Outcome
from xiuhua.places.api import own_place
from xiuhua.places.scope import current_scope, scope_of
from xiuhua.registry.models import Household, Membership, PeriodRecord, StatusEntry
from xiuhua.registry.queries import households as lists
from xiuhua.registry.queries.history import changes as changes_of
from xiuhua.registry.queries.households import COUNTED_UP_TO, Line, Wanted
from xiuhua.registry.queries.people import age_on, masked
from xiuhua.registry.queries.rules import Judged, data_day, judge
from xiuhua.registry.queries.search import MOST, clean
from xiuhua.registry.queries.search import search as find
from xiuhua.registry.services import is_minor

router = Router(tags=["households"])
# Where a list goes on: village and key of the last household, as `next` gave it.
Turn = Annotated[str, StringConstraints(pattern=r"^([0-9]{12}\.[0-9]{1,18})?$")]
Show = Literal[
    "all", "registered", "watched", "other", "poor", "exited", "removed", "doubt", "unknown", "fails"
]
KEPT_BACK = {"id", "household", "household_id", "brought_by", "changed_by", "village_code", "year"}


class HouseholdLine(Schema):
    """A household of a list. `status` is null where nobody decided one here; `status_reported` is what a file says."""

    id: int
    number: str
    head_name: str | None
    village_code: str
    kind: str
    main_cause: str | None
    status: str | None
    people: int | None
    fails: list[str]
    not_known: list[str]
    doubts: list[str]


class Households(Schema):
    """Households by village and order of registration. `count` stops at `counted_up_to` + 1."""

    items: list[HouseholdLine]
    next: str | None
    count: int
    counted_up_to: int


class Member(Schema):
    """A member. Of an ID number only its ends are told; of a minor neither these nor the health."""

    id: int
    number: str | None
    name: str | None
    relation: str | None
    sex: str | None
    age: int | None
    minor: bool
    education: str | None
    student_status: str | None
    health: str | None
    labour: str | None
    id_kind: str
    id_valid: bool | None
    id_masked: str


class Year(Schema):
    """A household's year: every recorded value, money in fen (`…_fen`); null is not known. `seen`: how each matter is known."""

    year: int
    values: dict[str, bool | int | float | str | None]


class FactSeen(Schema):
    """A fact that an outcome saw."""

    fact: str
    label: Words
    value: Words
    evidence: Literal["none", "reported", "checked"]


class OutcomeOut(Schema):
    """What a rule says today of the newest data, with the weakest evidence behind it."""

    rule: str
    says: Words
    clause: Words
    result: Literal["holds", "fails", "not_known"]
    evidence: Literal["none", "reported", "checked"]
    facts: list[FactSeen]


class StatusOut(Schema):
    """A status and what it rests on."""

    status: str
    since: date
    basis: str


class HouseholdOut(HouseholdLine):
    """One household whole."""

    group_name: str | None
    attribute: str | None
    status_reported: str | None
    as_of: date
    members: list[Member]
    years: list[Year]
    statuses: list[StatusOut]
    outcomes: list[OutcomeOut]


class ChangeOut(Schema):
    """One field of one row that was changed. `sealed`: that it changed is told, its values are not."""

    at: datetime
    account: str
    post: str
    batch: int | None
    grain: str
    key: int
    field: str
    before: str | None
    after: str | None
    sealed: bool
    removed: bool


class Changes(Schema):
    """Changes, the newest first."""

    items: list[ChangeOut]


class Wish(Schema):
    """What is looked for: the beginning of a name, a whole number, an ID number or a phone. In the body, never in an address."""

    q: Text


class Hit(Schema):
    """A person in the household that they are or last were in, or a household. `left`, `because`: when and why they left it."""

    person: int | None
    name: str | None
    relation: str | None
    left: date | None
    because: str
    died: date | None
    household: int
    number: str
    head_name: str | None
    village_code: str
    kind: str


class Hits(Schema):
    """What was found, at most a page of it."""

    items: list[Hit]
    more: bool


@router.get(
    "/households/",
    response=answers(Households),
    url_name="households",
    summary="住户名单 / Lists of households",
)
def households(
    request: HttpRequest,
    place: Text = "",
    show: Show = "all",
    rule: Text = "",
    cause: Text = "",
    after: Turn = "",
    limit: AtOnce = USUAL_AT_ONCE,
) -> Any:
    area = scope_of(own_place(place).code) if place else current_scope()
    wanted = Wanted(area, show, rule, cause)
    found = lists.page(wanted, size=limit, after=after)
    note_rows(request, len(found.lines))
    return {
        "items": [_line(one) for one in found.lines],
        "next": found.lines[-1].key if found.after and found.lines else None,
        "count": lists.counts([wanted])[0],
        "counted_up_to": COUNTED_UP_TO,
    }


@router.get(
    "/households/{household}/",
    response=answers(HouseholdOut),
    url_name="household",
    summary="一户 / One household",
)
def household(request: HttpRequest, household: Key) -> dict[str, Any]:
    one, line = _one(household), lists.one(household)
    assert line is not None
    as_of = min(data_day(one.village_code), beijing_today())
    members = _members(household)
    note_rows(request, 1)
    return {
        **_line(line),
        "group_name": one.group_name,
        "attribute": one.attribute,
        "status_reported": one.status_reported,
        "as_of": as_of,
        "members": [_member(member, as_of) for member in members],
        "years": [_year(year) for year in PeriodRecord.objects.filter(household=household).order_by("year")],
        "statuses": [
            {"status": entry.status, "since": entry.since, "basis": entry.basis}
            for entry in StatusEntry.objects.filter(household=household).order_by(F("id").desc())
        ],
        "outcomes": _outcomes(judge(household, kind=one.kind, as_of=as_of)),
    }


@router.get(
    "/households/{household}/changes/",
    response=answers(Changes),
    url_name="changes",
    summary="变更 / What was changed",
)
def changes(request: HttpRequest, household: Key) -> dict[str, Any]:
    one = _one(household)
    years = list(PeriodRecord.objects.filter(household=household))
    found = changes_of(one, _members(household), years)
    note_rows(request, len(found))
    return {"items": [_change(change) for change in found]}


@router.post("/search/", response=answers(Hits), url_name="search", summary="查找 / Search")
def search(request: HttpRequest, wish: Wish) -> Any:
    text = clean(wish.q)
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        return Status(422, _wrong("body.wish.q"))
    found = find(text, current_scope())
    hits = found.people + found.households
    note_rows(request, len(hits[:MOST]))
    return {"items": [vars(hit) for hit in hits[:MOST]], "more": len(hits) > MOST}


def _wrong(where: str) -> dict[str, Any]:
    zh, en = SENTENCES["not_understood"]
    return {"code": "not_understood", "zh": zh, "en": en, "where": [where]}


def _one(household: int) -> Household:
    found = Household.objects.filter(pk=household).first()
    if found is None:
        raise Http404
    return found


def _members(household: int) -> list[Membership]:
    return list(
        Membership.objects.filter(household=household, until__isnull=True)
        .select_related("person")
        .order_by("pk")
    )


def _line(one: Line) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "head_name": one.head_name,
        "village_code": one.village_code,
        "kind": one.kind,
        "main_cause": one.main_cause,
        "status": one.status if one.decided else None,
        "people": one.people,
        "fails": list(one.exit_fails or ()),
        "not_known": list(one.exit_unknown or ()),
        "doubts": list(one.doubts or ()),
    }


def _member(one: Membership, as_of: date) -> dict[str, Any]:
    person = one.person
    minor = is_minor(person, as_of)
    return {
        "id": person.pk,
        "number": person.number,
        "name": person.name,
        "relation": one.relation,
        "sex": person.sex,
        "age": age_on(person.birth_date, as_of),
        "minor": minor,
        "education": person.education,
        "student_status": person.student_status,
        "health": None if minor else person.health,
        "labour": person.labour,
        "id_kind": person.id_kind,
        "id_valid": person.id_valid,
        "id_masked": "" if minor else masked(person),
    }


def _year(one: PeriodRecord) -> dict[str, Any]:
    values = {
        field.attname: _plain(getattr(one, field.attname))
        for field in one._meta.concrete_fields
        if field.attname not in KEPT_BACK
    }
    return {"year": one.year, "values": values}


def _plain(value: Any) -> bool | int | str | None:
    """Decimals as they were written: a float would say more than is known."""
    return value if value is None or isinstance(value, bool | int) else str(value)


def _outcomes(judged: Judged) -> list[dict[str, Any]]:
    told = [one for one in judged.outcomes.values() if not one.not_applicable]
    return [_outcome(one) for one in told + [f.outcome for f in judged.failing if f.outcome not in told]]


def _outcome(one: Outcome) -> dict[str, Any]:
    clause = one.rule.clause
    return {
        "rule": one.rule.id,
        "says": words(one.says("zh"), one.says("en")),
        "clause": words(clause.says("zh"), clause.says("en")) if clause else words("", ""),
        "result": one.code.word,
        "evidence": one.evidence.name.lower(),
        "facts": [
            {
                "fact": seen.fact,
                "label": words(seen.says("zh"), seen.says("en")),
                "value": words(seen.text("zh"), seen.text("en")),
                "evidence": seen.evidence.name.lower(),
            }
            for seen in one.facts
        ],
    }


def _change(one: Any) -> dict[str, Any]:
    return {
        **vars(one),
        "before": None if one.before is None else str(one.before),
        "after": None if one.after is None else str(one.after),
    }
