"""Opens a workbook that an office handed over: xlsx, xls or csv, told apart by content and not by the file's name.

Row and column numbers stay those that the officer sees. Text and number cells stay apart: an ID number in a number
cell has lost its last digits, and only the type of the cell tells.
"""

from __future__ import annotations

import io
import re
from itertools import chain

import python_calamine as calamine

from .delimited import read_delimited
from .guard import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, check_archive, check_compound
from .origin import list_stamp, origin_of
from .workbook import Cell, Sheet, Unreadable, Workbook

# What no officer can have typed and no database keeps: a cell may hold it as _x0000_. Spaces stand in its place, which are
# noted where they are taken out.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def open_workbook(name: str, content: bytes) -> Workbook:
    """Read a whole file (xlsx, xlsm, xls, csv in UTF-8, UTF-16 or GB18030). Raises Unreadable with one sentence why."""
    if not content:
        raise Unreadable("这个文件是空的", "This file is empty")
    if len(content) > MOST_BYTES:
        raise Unreadable(
            f"文件超过 {MOST_BYTES >> 20} MB，请按乡镇拆分后再导入",
            f"The file is larger than {MOST_BYTES >> 20} MB; split it by township",
        )
    if content.startswith(b"PK\x03\x04"):
        check_archive(content)
        sheets = _read_with_calamine(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        check_compound(content)
        sheets = _read_with_calamine(content)
    else:
        sheets = [Sheet(name=name, index=0, cells=read_delimited(content))]
    stamps = {sheet.name: stamp for sheet in sheets if (stamp := list_stamp(sheet.cells))}
    sheets = [sheet for sheet in sheets if sheet.cells and sheet.name not in stamps]
    if not sheets:
        raise Unreadable(
            "工作簿里没有内容（隐藏的工作表不读）", "The workbook has no content (hidden sheets are not read)"
        )
    if sum(len(sheet.cells) for sheet in sheets) > MOST_ROWS:
        raise Unreadable(
            f"超过 {MOST_ROWS:,} 行，请按乡镇拆分后再导入",
            f"More than {MOST_ROWS:,} rows; split the file by township",
        )
    origin = origin_of(content) or next(iter(stamps.values()), "")
    return Workbook(name=name, sheets=sheets, lists=tuple(stamps), origin=origin)


def _read_with_calamine(content: bytes) -> list[Sheet]:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return [
                _sheet(index, workbook.get_sheet_by_index(index))
                for index, told in enumerate(workbook.sheets_metadata)
                if told.typ == calamine.SheetTypeEnum.WorkSheet
                and told.visible == calamine.SheetVisibleEnum.Visible
            ]
    except calamine.PasswordError as error:
        raise Unreadable.password() from error
    except (KeyboardInterrupt, SystemExit, MemoryError, Unreadable):
        raise
    except BaseException as error:
        # A damaged file can end in a panic of the Rust reader, which is no Exception.
        raise Unreadable(
            "文件已损坏，读不出来。请用 Excel 或 WPS 打开后另存为 xlsx 再导入",
            "The file is damaged. Open it in Excel or WPS, save it as xlsx and take it in again",
        ) from error


def _sheet(index: int, source: calamine.CalamineSheet) -> Sheet:
    # Sheets are laid out as rectangles, however far away a cell lies; the guard saw only what the XML says of itself.
    if source.end is not None and source.end[1] >= MOST_COLUMNS:
        raise Unreadable.too_large()
    cells: list[list[Cell]] = source.to_python(skip_empty_area=False)
    if bool in set(map(type, chain.from_iterable(cells))):
        for row in cells:
            row[:] = [str(cell).upper() if isinstance(cell, bool) else cell for cell in row]
    for row in cells:
        if _CONTROL.search("".join([cell for cell in row if type(cell) is str])):
            row[:] = [_CONTROL.sub(" ", cell) if isinstance(cell, str) else cell for cell in row]
    return Sheet(
        name=source.name,
        index=index,
        cells=cells,
        merged=tuple(source.merged_cell_ranges or ()),
    )
