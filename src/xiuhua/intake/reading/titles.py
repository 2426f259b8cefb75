"""What the rows above a table say: the date of the data, who reported, the unit of money."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Sequence

from .dates import date_of
from .headings import plain
from .workbook import Cell

_DATE_WORDS = re.compile(r"(数据|统计|信息|资料)?(截止|截至)(日期|时间)?|(数据|统计)(日期|时间|时点)")
_REPORTER_WORDS = re.compile(r"^(填报|上报|报送|填表|制表|编制)(单位|部门)(\(?盖?章?\)?)")
_IN_TEXT = re.compile(r"(20\d\d)[年.\-/](\d{1,2})(?:[月.\-/](\d{1,2}))?")
_MONEY = re.compile(r"单位[:：]?(.{0,20})")


def data_date_in(rows: Sequence[Sequence[Cell]]) -> datetime.date | None:
    """The day up to which the data run (数据截止); a month without a day is its last one."""
    for row in rows:
        told = False
        for cell in row:
            if isinstance(cell, str):
                words = plain(cell)
                if found := _DATE_WORDS.search(words):
                    told = True
                    words = words[found.start() :]
                if told and (day := _day_in(words)):
                    return day
            elif told and isinstance(cell, (datetime.date, int, float)) and (day := date_of(cell)):
                return day
    return None


def _day_in(words: str) -> datetime.date | None:
    found = _IN_TEXT.search(words)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    day = int(found[3]) if found[3] else last
    return datetime.date(year, month, day) if 1 <= day <= last else None


def reporter_in(rows: Sequence[Sequence[Cell]]) -> str | None:
    """Who filled the table in (填报单位), in the same cell or the next filled one."""
    for row in rows:
        filled = [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]
        for index, cell in enumerate(filled):
            words = plain(cell)
            if found := _REPORTER_WORDS.match(words):
                rest = words[found.end() :].lstrip(":)")
                rest = _DATE_WORDS.split(rest)[0]
                if rest:
                    return rest
                after = filled[index + 1] if index + 1 < len(filled) else ""
                return after if after and not _DATE_WORDS.search(after) else None
    return None


def money_unit_in(title: Sequence[str]) -> str | None:
    """万元 or 千元 where the rows above say «单位：万元» and name no other unit of money."""
    for text in title:
        if found := _MONEY.search(plain(text)):
            units = set(re.findall(r"万元|千元|百元|元", found[1]))
            if len(units) == 1:
                return units.pop()
    return None
