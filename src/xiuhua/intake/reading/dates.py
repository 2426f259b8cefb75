"""Dates as offices write them, as text, as Excel's day numbers, or run together."""

from __future__ import annotations

import datetime
import re
import unicodedata

from xiuhua.common.identity import day

_FULL = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
)
_MONTH = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$")
_RUN_TOGETHER = re.compile(r"^(\d{4})(\d{2})(\d{2})?(?:\.0+)?$")
_EXCEL_DAY_0 = datetime.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 3_000, 73_050  # 1908 to 2099


def date_of(cell: object) -> datetime.date | None:
    """The date in a cell; a month alone is its first day. None where there is no such day, or it could be two."""
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, int | float):
        return _of_number(float(cell))
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()
        return _of_text(text if ":" in text else text.replace(" ", ""))
    return None


def _of_text(text: str) -> datetime.date | None:
    for pattern in (_FULL, _MONTH, _RUN_TOGETHER):
        if found := pattern.match(text):
            return day(
                f"{found[1]:0>4}{found[2]:0>2}{(found[3] if pattern is not _MONTH else None) or '01':0>2}"
            )
    if re.fullmatch(r"\d{5}(?:\.0+)?", text):
        return _of_number(float(text))
    return None


def _of_number(number: float) -> datetime.date | None:
    whole = int(number)
    if number == whole and whole >= 190_001:
        return _of_text(str(whole))
    if 1900 < number < 2100 and number != whole:
        # 2017.9 typed as a number is September; 2017.1 may have been 2017.10, so it is nobody's guess.
        month = f"{number:.10g}".partition(".")[2]
        return day(f"{whole}{month:0>2}01") if len(month) <= 2 and month != "1" else None
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _EXCEL_DAY_0 + datetime.timedelta(days=whole)
    return None
