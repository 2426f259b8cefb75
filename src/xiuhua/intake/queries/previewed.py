"""What the preview shows: what merging would do, household by household, value by value."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from xiuhua.accounts.models import Post
from xiuhua.findings.terms import Kind, due_on
from xiuhua.intake import books
from xiuhua.intake.models import Batch, Change, Sighting, StagedHousehold
from xiuhua.intake.queries.batches import Both, both, term
from xiuhua.intake.queries.report import says
from xiuhua.places.models import Place
from xiuhua.registry.queries.people import sees_birth_dates

CHANGE_TONES = {
    Change.NEW: "plain",
    Change.CHANGED: "straw",
    Change.UNCHANGED: "plain",
    Change.HELD: "red",
    Change.LEFT: "plain",
}


def chosen(batch: Batch, change: str) -> tuple[Change, QuerySet[StagedHousehold]]:
    """The households of one outcome, those held back where none is named."""
    wanted = Change(change) if change in Change._value2member_map_ else Change.HELD
    return wanted, StagedHousehold.objects.filter(batch=batch, change=wanted).order_by("number")


def preview_rows(
    households: list[StagedHousehold], batch: Batch, touched: dict[str, Both], *, role: str
) -> list[dict[str, Any]]:
    """Households of a preview with before and after, or why they are held back and who puts it right by when.

    touched: household -> which of its rows the office changed in a corrected workbook. role: of whoever reads it.
    """
    names = dict(Place.objects.filter(code__startswith=batch.place_code[:6]).values_list("code", "name"))
    held = [one.number for one in households if one.change == Change.HELD]
    reasons: dict[str, list[Both]] = defaultdict(list)
    for s in Sighting.objects.filter(
        batch=batch, household_number__in=held, kind=Kind.REFUSED
    ).select_related("sheet"):
        said = says(s.rule, s.field, s.params, names)
        reasons[s.household_number].append(
            both(f"第 {s.row} 行：{said['zh']}", f"Row {s.row}: {said['en']}") if s.row else said
        )
    owners = _owners(batch, {(one.village_code or "")[:9] for one in households if one.change == Change.HELD})
    day = due_on(batch.started_at.date())
    return [
        {
            "head_name": one.household.get("head_name"),
            "number": one.number,
            "village": names.get(one.village_code or "", ""),
            "url": reverse("workbench:household", args=[one.known]) if one.known else None,
            "change": {"tone": CHANGE_TONES[Change(one.change)], "label": term(Change(one.change))},
            "fields": [_difference(item, role) for item in one.differences],
            "reasons": reasons.get(one.number, []),
            "touched": touched.get(one.number),
            "owner": owners.get((one.village_code or "")[:9]) or owners[""]
            if one.change == Change.HELD
            else None,
            "due": day,
        }
        for one in households
    ]


def _owners(batch: Batch, townships: set[str]) -> dict[str, Both]:
    posts = (
        Post.objects.filter(role="township_office", place_id__in=townships)
        .select_related("place")
        .order_by("-pk")
    )
    owners = {post.place_id: _post(post) for post in posts}
    county = (
        Post.objects.filter(role="county_office", place_id=batch.place_code[:6])
        .select_related("place")
        .order_by("pk")
        .first()
    )
    started = batch.started_post or batch.started_by
    return {"": _post(county) if county else both(started, started), **owners}


def _post(post: Post) -> Both:
    return both(post.says("zh"), post.says("en"))


def _difference(item: dict[str, Any], role: str) -> dict[str, Any]:
    what = {"household": None, "person": item["who"], "year": both(f"{item['who']} 年度", f"{item['who']}")}[
        item["what"]
    ]
    if not item["field"]:
        return {"what": what, "label": both("新增", "Added"), "before": None, "after": both("新增", "Added")}
    labels = {field.key: field for book in books.BOOKS.values() for field in book.fields}
    known = labels.get(item["field"])
    label = (
        both(known.zh, known.en)
        if known
        else {"relation": both("与户主关系", "Relation to head")}.get(
            item["field"], both(item["field"], item["field"])
        )
    )
    if item["field"].endswith("_blind"):
        hidden = {
            "id_blind": both("证件号码", "ID number"),
            "phone_blind": both("联系电话", "Phone"),
            "bank_blind": both("银行账号", "Bank account"),
        }
        return {"what": what, "label": hidden[item["field"]], "sealed": True}
    if item["field"] == "birth_date" and not sees_birth_dates(role):
        return {"what": what, "label": label, "sealed": True}
    return {
        "what": what,
        "label": label,
        "before": _shown(item["field"], item["before"]),
        "after": _shown(item["field"], item["after"]),
    }


def _shown(field: str, value: Any) -> Both | None:
    return None if value is None else both(*books.words(field, value))
