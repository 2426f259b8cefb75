"""The pool of findings for programs. Their sentences come from several rooms, so it stands here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from ninja import Router, Schema

from xiuhua.common.api import USUAL_AT_ONCE, AtOnce, From, Text, Words, answers, note_rows, words
from xiuhua.engine import load
from xiuhua.findings.models import Finding
from xiuhua.findings.queries import in_area
from xiuhua.findings.terms import Kind
from xiuhua.intake.queries.report import says
from xiuhua.places.api import own_place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import Scope, current_scope, scope_of
from xiuhua.registry.queries.rules import OF_A_LIST

router = Router(tags=["findings"])
Kinds = Literal["", "refused", "asked", "warned", "mended"]


class FindingOut(Schema):
    """A finding that is not closed: what, where, whose, until when. Row and column count from 1."""

    id: int
    kind: str
    kind_words: Words
    rule: str
    says: Words
    state: str
    place_code: str
    household_number: str | None
    person_number: str | None
    file: str | None
    sheet: str | None
    row: int | None
    column: int | None
    owner: str | None
    due_on: date | None
    found_at: datetime


class Findings(Schema):
    """Findings in the order they were found; ask again with `after=next` while it is there."""

    items: list[FindingOut]
    next: int | None


class Counted(Schema):
    """How many findings of one kind and rule are not closed."""

    kind: str
    rule: str
    count: int


class Counts(Schema):
    """All kinds and rules of which there is one."""

    items: list[Counted]
    total: int


def _area(place: str | None) -> Scope:
    return scope_of(own_place(place).code) if place else current_scope()


def _of_a_list() -> Q:
    return Q(rule__in=[rule for rule in load().rules if rule.startswith(OF_A_LIST)])


def _found(area: Scope, kind: str, rule: str, household: str) -> QuerySet[Finding]:
    # What rests on departments' lists stays with the handlers: no list of it leaves the house.
    found = in_area(area).exclude(_of_a_list())
    if kind:
        found = found.filter(kind=kind)
    if rule:
        found = found.filter(rule=rule)
    return found.filter(household_number=household) if household else found


@router.get("/findings/", response=answers(Findings), url_name="findings", summary="问题清单 / Findings")
def findings(
    request: HttpRequest,
    place: Text = "",
    kind: Kinds = "",
    rule: Text = "",
    household: Text = "",
    after: From = 0,
    limit: AtOnce = USUAL_AT_ONCE,
) -> dict[str, Any]:
    found = _found(_area(place), kind, rule, household).order_by("id").select_related("owner__place")
    rows = list((found.filter(pk__gt=after) if after else found)[: limit + 1])
    codes = {str(value) for one in rows for value in one.params.values() if isinstance(value, str)}
    names = names_of(codes)
    note_rows(request, len(rows[:limit]))
    return {
        "items": [_finding(one, names) for one in rows[:limit]],
        "next": rows[limit - 1].pk if len(rows) > limit else None,
    }


@router.get(
    "/findings/counts/",
    response=answers(Counts),
    url_name="finding_counts",
    summary="问题数 / Counts of findings",
)
def finding_counts(request: HttpRequest, place: Text = "") -> dict[str, Any]:
    counted = (
        in_area(_area(place))
        .exclude(_of_a_list())
        .order_by("kind", "rule")
        .values_list("kind", "rule")
        .annotate(n=Count("id"))
    )
    items = [{"kind": kind, "rule": rule, "count": n} for kind, rule, n in counted]
    return {"items": items, "total": sum(int(str(one["count"])) for one in items)}


def _finding(one: Finding, names: dict[str, str]) -> dict[str, Any]:
    kind = Kind(one.kind)
    return {
        "id": one.pk,
        "kind": one.kind,
        "kind_words": words(kind.zh, kind.en),
        "rule": one.rule,
        "says": says(one.rule, one.field, one.params, names),
        "state": one.state,
        "place_code": one.place_code,
        "household_number": one.household_number or None,
        "person_number": one.person_number or None,
        "file": one.file_name or None,
        "sheet": one.sheet or None,
        "row": one.row,
        "column": one.column,
        "owner": one.owner.says("zh") if one.owner else None,
        "due_on": one.due_on,
        "found_at": one.found_at,
    }
