"""Exports of intake: the office's own workbook, marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from xiuhua.common.sealing import CannotOpen, blind
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.services import CannotMake, Made, Progress, content
from xiuhua.intake import marking, reading
from xiuhua.intake.models import Batch, Sheet
from xiuhua.intake.queries.marked import Told, column_kinds, files_to_mark, told
from xiuhua.intake.queries.own_rows import own_rows
from xiuhua.places.scope import scope_of, within

PIECE = 1 << 20


def marked(export: Export, progress: Progress) -> Made:
    """The workbook of params {"batch", "file"} with every finding of it at its cell, in the language of whoever asked.

    Of a batch of the office above, whoever asked gets the rows of their own households only.
    """
    with within(scope_of(export.place_code[:6])):
        return _marked(export, progress)


def _marked(export: Export, progress: Progress) -> Made:
    batch, file = _wanted(export)
    area = scope_of(export.place_code)
    try:
        plain = content(file)
        workbook = reading.open_workbook(file.name, plain)
    except CannotOpen as lost:
        raise CannotMake(
            "原来的文件打不开了（密钥或文件缺失）。请告诉系统管理员",
            "The file handed in cannot be opened any more (key or content missing). Tell the administrator",
        ) from lost
    sheets = list(batch.sheets.filter(file=file))
    part = None if area.covers(batch.place_code) else own_rows(batch, sheets, workbook, area)
    if part is not None and not part.sheets:
        raise CannotMake("这份文件里没有您区划内的住户", "There is no household of your area in this file")
    own = plain.startswith(b"PK") and part is None
    rows = _Rows(progress, sum(len(page.cells) for page in workbook.sheets) * (1 if own else 2))
    pages = part.sheets if part else workbook.sheets
    titles = _titles(pages, sheets, own=own)
    first = part is None and files_to_mark(batch)[:1] == [file]
    homes = part.homes if part else None
    said = told(batch, sheets, workbook, titles, export.language, first=first, homes=homes)
    said = part.moved(said, titles) if part else said
    if not own:
        plain = marking.as_xlsx(pages, column_kinds(sheets), rows)
        workbook = reading.open_workbook(file.name, plain)
    try:
        made = marking.mark(plain, said.marks, _front(batch, file, said, export.language), workbook, rows)
    except marking.CannotMark as odd:
        raise CannotMake(odd.zh, odd.en) from odd
    note = _note(said, file.name, own=own or part is not None)
    return Made(_name(file.name, own=own, language=export.language), _pieces(made), note)


def _wanted(export: Export) -> tuple[Batch, StoredFile]:
    """The batch and its file; they lie in the export's area, or around it."""
    batch = Batch.objects.get(pk=export.params["batch"])
    file = StoredFile.objects.get(pk=export.params["file"])
    mine, theirs = scope_of(export.place_code), scope_of(batch.place_code)
    if not (mine.covers(batch.place_code) or theirs.covers(export.place_code)):
        raise CannotMake("这一批不在您的区划内", "This batch is not of your area")
    if file.pk not in batch.counts.get("files", []):
        raise CannotMake("这份文件不是这一批的", "This file is not of this batch")
    return batch, file


class _Rows:
    """Rows done, told to whoever waits."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, rows: int) -> None:
        self.done = min(self.done + rows, self.total)
        self.progress(self.done, self.total)


def _titles(pages: list[reading.Sheet], sheets: list[Sheet], *, own: bool) -> dict[int, str]:
    """Each sheet's name in the workbook that goes out: its own, or one that a sheet can have."""
    names: list[str] = []
    for page in pages:
        names.append(page.name if own else marking.sheet_title(page.name, names))
    at = {page.index: name for page, name in zip(pages, names, strict=True)}
    return {sheet.pk: at[sheet.position] for sheet in sheets if sheet.position in at}


def _front(batch: Batch, file: StoredFile, said: Told, language: str) -> marking.Listing:
    stamp = reading.Origin(batch.pk, file.pk).stamp(blind)
    red, straw, leaf = (said.counts[tone] for tone in ("red", "straw", "leaf"))
    if language.startswith("en"):
        return marking.Listing(
            "Findings",
            f"List of findings · batch {batch.pk} · {file.name}",
            [
                f"Red: refused, must be put right ({red}). Yellow: to be decided or doubtful ({straw}). Green: put right by the system, only noted ({leaf}).",
                "Put right the marked cells in the other sheets and take this workbook in again as it is. This sheet and the comments are not read as data.",
            ],
            ("Kind", "Sheet", "Cell", "Household", "Written there", "What was found", "What to do"),
            said.lines,
            stamp,
        )
    return marking.Listing(
        "错误清单",
        f"错误清单 · 第 {batch.pk} 批导入 · {file.name}",
        [
            f"红色：校验未通过，必须更正（{red} 处）。黄色：待判断或存疑（{straw} 处）。绿色：系统已更正，只作记录（{leaf} 处）。",
            "在后面的工作表里更正标了颜色的单元格，然后把这份工作簿原样再导入一次。本页和批注不会被当作数据读入。",
        ],
        ("类别", "工作表", "单元格", "户编号", "表中写的", "问题", "怎么办"),
        said.lines,
        stamp,
    )


def _name(name: str, *, own: bool, language: str) -> str:
    path = PurePath(name)
    ending = path.suffix if own and path.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"
    stem = path.stem.removesuffix("（已标注）").removesuffix(" (marked)")
    return f"{stem} (marked){ending}" if language.startswith("en") else f"{stem}（已标注）{ending}"


def _note(said: Told, name: str, *, own: bool) -> dict[str, str]:
    red, straw, leaf = (said.counts[tone] for tone in ("red", "straw", "leaf"))
    zh = f"红色 {red} 处必须更正，黄色 {straw} 处待判断或存疑，绿色 {leaf} 处系统已更正。改好后原样再导入，只取改动过的。"
    en = (
        f"{red} in red must be put right, {straw} in yellow are to be decided or doubtful, {leaf} in green were put right by the system."
        " Take it in again as it is; only what was changed is taken."
    )
    if not own:
        kind = "csv" if not name.lower().endswith(".xls") else "xls"
        zh += f"原文件是 {kind}，现为 xlsx：只带来各表的数值，" + (
            "格式、公式、图片、宏和隐藏的工作表没有带来。" if kind == "xls" else "证件号码等列为文本格式。"
        )
        en += f" The file was {kind} and is xlsx now: it carries the values only" + (
            "; formats, formulas, pictures, macros and hidden sheets are not in it."
            if kind == "xls"
            else "; columns of ID numbers are text."
        )
    return {"zh": zh, "en": en}


def _pieces(made: bytes) -> Iterator[bytes]:
    for at in range(0, len(made), PIECE):
        yield made[at : at + PIECE]
