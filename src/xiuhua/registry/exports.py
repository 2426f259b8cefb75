"""What the register hands out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from xiuhua.common.clock import beijing_today
from xiuhua.common.sheets import Cell, Written, workbook
from xiuhua.files.models import Export
from xiuhua.files.services import CannotMake, Made, Maker, Progress
from xiuhua.places.models import Place
from xiuhua.registry.books import PERSON_EXPORT, Layout
from xiuhua.registry.models import ExportLayout
from xiuhua.registry.queries import national

# Numbers in the clear: shorter than other files.
DAYS_KEPT = 2
NARROW, WIDE = 10, 22
_WIDE = {"household_number", "person_number", "id_number", "bank_account", "village_code"}
_NUMBERS = {"integer", "yuan", "decimal", "year"}


def choice_of(export: Export) -> national.Choice:
    """The households that an export was asked for."""
    params: dict[str, Any] = export.params
    since = params.get("since")
    return national.Choice(
        export.place_code, params.get("status", ""), datetime.fromisoformat(since) if since else None, tuple(params.get("batches", ()))
    )  # fmt: skip


def make_national(export: Export, progress: Progress) -> Made:
    """Persons of registered households as the national system, or the county, lays them out."""
    name = str(export.params.get("layout", ""))
    try:
        layout = national.layout_of(export.place_code[:6], name)
    except ExportLayout.DoesNotExist as gone:
        raise CannotMake(
            f"格式“{name}”已经不在了，请换一种格式", f"The layout “{name}” is gone; choose another"
        ) from gone
    choice = choice_of(export)
    total = national.count(choice)[1]
    place = Place.objects.get(pk=export.place_code).name
    sheet = Written(
        name="贫困人口",
        widths=[WIDE if key in _WIDE else NARROW for key, _heading in layout.columns],
        text=[not key or PERSON_EXPORT.field(key).kind not in _NUMBERS for key, _heading in layout.columns],
        rows=_rows(layout, choice, place, total, progress),
        head=len(layout.title) + 1,
    )
    note = {
        "zh": "文件里有证件号码和电话：只用于填报国家系统，用完即删，不要转发。",
        "en": "The file holds ID numbers and phones: only for the national system; delete it after use and do not pass it on.",
    }
    return Made(f"{place}{PERSON_EXPORT.zh}{beijing_today():%Y%m%d}.xlsx", workbook([sheet]), note)


def _rows(
    layout: Layout, choice: national.Choice, place: str, total: int, progress: Progress
) -> Iterator[list[Cell]]:
    today = beijing_today()
    for text in layout.title:
        yield [text.replace("{place}", place).replace("{day}", f"{today.year}年{today.month}月{today.day}日")]
    yield [heading for _key, heading in layout.columns]
    for done, row in enumerate(national.rows(layout, choice), 1):
        yield row
        if done % 500 == 0:
            progress(done, total)


EXPORTS = {
    "registry.national": Maker(
        zh="报国家系统的贫困人口信息表", en="Persons of registered households for the national system",
        right="registry.export_national", make=make_national, days=DAYS_KEPT, needs_reason=True,
    ),
}  # fmt: skip
