"""What freezes hand out: their list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.files.services import Asked, Column, Table, columns
from xiuhua.freezes import queries
from xiuhua.freezes.models import Freeze

AT_ONCE = 200


def _rows(asked: Asked) -> Iterator[dict[str, Any]]:
    found = queries.of_area(asked.place.code)
    for first in range(0, found.count(), AT_ONCE):
        some: list[Freeze] = list(found[first : first + AT_ONCE])
        for one, row in zip(some, queries.rows(asked.by, some), strict=True):
            yield {**row, "id": str(one.freeze_id or ""), "digest": one.sha256}


def _said(asked: Asked, key: str) -> Any:
    def cell(row: dict[str, Any]) -> str:
        told = row[key]
        return str(told[asked.language]) if isinstance(told, dict) else str(told)

    return cell


LIST = Table(
    "数据快照清单", "List of snapshots", "freezes.see",
    lambda asked: [
        Column(gettext_lazy("快照"), _said(asked, "title"), 28),
        *columns([
            (gettext_lazy("区划"), "area", 14), (gettext_lazy("编号"), "id", 38), (gettext_lazy("校验值"), "digest", 66), (gettext_lazy("规则按"), "as_of", 12),
            (gettext_lazy("住户"), "households", 10), (gettext_lazy("人口"), "persons", 10),
        ]),
        Column(gettext_lazy("由谁生成"), _said(asked, "by"), 20),
        *columns([(gettext_lazy("提出时间"), "at", 18)]),
    ],
    _rows, lambda asked: [(_("区划"), asked.place.name)], personal=False,
)  # fmt: skip

EXPORTS = {"freezes.list": LIST.maker()}
