"""The shape of an opened workbook, and the refusal of one that cannot be read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

# An empty cell is ''. TRUE and FALSE cells are text, as the officer sees them: in Python True == 1 would mix them up.
Cell = str | int | float | datetime.date | datetime.datetime | datetime.time | datetime.timedelta
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """One visible sheet. `cells[row][column]`, both from 0 at A1; `merged` holds (first cell, last cell) pairs."""

    name: str
    index: int
    cells: list[list[Cell]]
    merged: tuple[Range, ...] = field(default=())


@dataclass(frozen=True)
class Workbook:
    """A file with its visible, non-empty sheets; lists that we wrote into it are named apart.

    origin: the stamp of the file that this one was marked from, unread; empty where there is none.
    """

    name: str
    sheets: list[Sheet]
    lists: tuple[str, ...] = ()
    origin: str = ""


class Unreadable(Exception):
    """A file that is refused as a whole, with one sentence in each language. No part of its content is quoted."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en

    def says(self, language: str) -> str:
        """The sentence in the reader's language; Chinese unless English is asked for."""
        return self.en if language.startswith("en") else self.zh

    @classmethod
    def password(cls) -> Unreadable:
        """The file asks for a password."""
        return cls(
            "文件设了打开密码。请去掉密码后再导入",
            "The file is protected by a password. Remove it and take the file in again",
        )

    @classmethod
    def damaged(cls) -> Unreadable:
        """An archive that does not unpack."""
        return cls(
            "文件不完整或已损坏。请重新传一次，或用 Excel、WPS 打开后另存为 xlsx",
            "The file is incomplete or damaged. Send it again, or open it in Excel or WPS and save it as xlsx",
        )

    @classmethod
    def too_large(cls) -> Unreadable:
        """It unpacks to more than any real workbook."""
        return cls(
            "文件解开后过大，不像正常的工作簿。请删去无关内容，或按乡镇拆分后再导入",
            "The file unpacks to more than any real workbook. Remove what does not belong, or split it by township",
        )

    @classmethod
    def other_kind(cls) -> Unreadable:
        """Readable, but not a workbook."""
        return cls(
            "这不是表格文件。可以导入 xlsx、xls 和 csv；其他格式请先另存为 xlsx",
            "This is not a workbook. xlsx, xls and csv can be taken in; save other formats as xlsx first",
        )
