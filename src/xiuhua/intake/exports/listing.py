"""What intake hands out as it is listed: batches, and the findings of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.common.asked import row_key
from xiuhua.files.services import Asked, NotThere, Table, columns, rows_in_words
from xiuhua.findings.terms import Kind
from xiuhua.intake.models import Batch, Change, Purpose, Sighting, StagedHousehold
from xiuhua.intake.queries import batches as queries
from xiuhua.intake.queries import previewed
from xiuhua.places.scope import scope_of

CHUNK = 500


def _batches(asked: Asked) -> QuerySet[Batch]:
    area = scope_of(asked.place.code)
    return Batch.objects.filter(purpose=Purpose.INTAKE, place_code__gte=area.lo, place_code__lt=area.hi)


def _batch_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    for row in queries.listed(list(_batches(asked).order_by("-pk"))):
        yield {**row, **row["counts"], "state": row["state"]["label"]}


BATCHES = Table(
    "导入批次", "Batches", "intake.see",
    lambda asked: columns([
        (gettext_lazy("批次"), "title", 20), (gettext_lazy("文件"), "files", 12), (gettext_lazy("进展"), "state", 16), (gettext_lazy("新增"), "new", 8), (gettext_lazy("变更"), "changed", 8),
        (gettext_lazy("暂缓并入"), "held", 10), (gettext_lazy("经办"), "by", 20), (gettext_lazy("时间"), "at", 18),
    ]),
    _batch_rows, lambda asked: [(_("数据"), _("实时登记"))], lambda asked: rows_in_words(_batches(asked).count()), personal=False,
)  # fmt: skip


def _batch(asked: Asked) -> Batch:
    number = asked.query.get("batch", "")
    if (one := _batches(asked).filter(pk=row_key(number)).first()) is None:
        raise NotThere
    return one


def _found(asked: Asked) -> QuerySet[Sighting]:
    found = Sighting.objects.filter(batch=_batch(asked)).select_related("sheet")
    cut = {key: asked.query[key] for key in ("kind", "rule") if asked.query.get(key)}
    return found.filter(**cut).order_by("sheet_id", "row", "column", "id")


def _finding_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    keys = list(_found(asked).values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        by_key = Sighting.objects.select_related("sheet").in_bulk(keys[first : first + CHUNK])
        some = [by_key[key] for key in keys[first : first + CHUNK]]
        for one, row in zip(some, queries.finding_rows(some, _batch(asked).place_code), strict=True):
            yield {**row, "rule": queries.rule_name(one.rule, one.kind), "household": one.household_number}


def _about(asked: Asked) -> list[tuple[str, Any]]:
    kind, rule = asked.query.get("kind", ""), asked.query.get("rule", "")
    told = [
        Kind(kind).says(asked.language) if kind in Kind._value2member_map_ else _("全部"),
        queries.rule_name(rule, kind)[asked.language] if rule else "",
    ]
    return [(_("批次"), queries.title(_batch(asked))), (_("筛选"), " · ".join(one for one in told if one))]


def _previewed(asked: Asked) -> tuple[Change, QuerySet[StagedHousehold]]:
    return previewed.chosen(_batch(asked), asked.query.get("change", ""))


def _preview_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """A line a value that merging would change, or a reason why a household is held back; of each household at least one."""
    batch, keys = _batch(asked), list(_previewed(asked)[1].values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        found = StagedHousehold.objects.filter(pk__in=keys[first : first + CHUNK]).order_by("number")
        for row in previewed.preview_rows(list(found), batch, {}, role=asked.by.role):
            home = {**row, "change": row["change"]["label"], "due": row["due"] if row["owner"] else None}
            lines = [_preview_value(one) for one in row["fields"]] + [
                {"reason": why} for why in row["reasons"]
            ]
            for line in lines or [{}]:
                yield {**home, **line}


def _preview_value(one: dict[str, Any]) -> dict[str, Any]:
    """A value before and after; of a sealed number only that it changes."""
    return {**one, "after": _("已变更，前后内容不显示")} if one.get("sealed") else one


PREVIEW = Table(
    "并入预览", "Preview of a batch", "intake.see",
    lambda asked: columns([
        (gettext_lazy("户主"), "head_name", 12), (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("结果"), "change", 12), (gettext_lazy("谁、哪年"), "what", 14),
        (gettext_lazy("项目"), "label", 20), (gettext_lazy("变更前"), "before", 20), (gettext_lazy("变更后"), "after", 20), (gettext_lazy("暂缓原因"), "reason", 40), (gettext_lazy("谁更正"), "owner", 26), (gettext_lazy("期限"), "due", 12),
    ]),
    _preview_rows,
    lambda asked: [(_("批次"), queries.title(_batch(asked))), (_("筛选"), _previewed(asked)[0].says(asked.language)), (_("数据截止"), _batch(asked).data_date or _("没有记录"))],
)  # fmt: skip

FINDINGS = Table(
    "校验结果", "Findings of a batch", "findings.open",
    lambda asked: columns([
        (gettext_lazy("类别"), "kind_label", 12), (gettext_lazy("问题"), "rule", 26), (gettext_lazy("情况"), "says", 50), (gettext_lazy("户编号"), "household", 22),
        (gettext_lazy("行政村"), "village", 14), (gettext_lazy("文件"), "file", 26), (gettext_lazy("工作表"), "sheet", 14), (gettext_lazy("所在行"), "row", 8), (gettext_lazy("所在列"), "column", 6),
    ]),
    _finding_rows, _about, lambda asked: rows_in_words(_found(asked).count()),
)  # fmt: skip
