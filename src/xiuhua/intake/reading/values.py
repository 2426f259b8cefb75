"""One cell to one value, by the kind of its field. Every change that is made on the way is reported, never silent.

A reader takes the cell and returns `(value, marks)`; a mark is a rule with what its sentence needs. The same cell in
the same column always reads the same, so that a column is read once per distinct cell.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xiuhua.common.books import Field
from xiuhua.intake.terms import IntakeRule

from .codes import CodeList
from .dates import date_of
from .headings import UNITS_EN
from .workbook import Cell

Mark = tuple[IntakeRule, dict[str, str]]
Read = tuple[Any, tuple[Mark, ...]]
Reader = Callable[[Cell], Read]

NOTHING: Read = (None, ())
BLANKS = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "／",
        "－",
        "－－",
        "无",
        "無",
        "空",
        "N/A",
        "n/a",
        "#N/A",
        "null",
        "NULL",
    }
)
# Characters that nobody sees, marks that force text in Excel, and every kind of space.
STRAY = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad'’‘`]+")
_LONGEST_SHOWN = 20


@dataclass(frozen=True)
class Column:
    """How one column is read: its field, the scale of its heading, its code list, the day its dates must not pass."""

    field: Field
    scale: Decimal = Decimal(1)
    codes: CodeList | None = None
    on: datetime.date | None = None


def shown(cell: Cell, digits: int = 7) -> str:
    """A cell as a sentence may quote it: short, and never a run of `digits` or more, which may be an ID or a phone."""
    if isinstance(cell, float):
        text = f"{cell:.15g}"
    else:
        text = unicodedata.normalize("NFKC", str(cell)).strip()
    run = max(map(len, re.findall(r"[\dXx*]+", re.sub(r"[\s\-.,+eE]", "", text))), default=0)
    if run >= digits:
        return f"（{run} 位数字）"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def tidy(text: str) -> str:
    """Plain width, no spaces at the ends, single spaces within."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "").split())


def number_text(number: float) -> str:
    """A number cell as the officer sees it: 19947213850.0 is 19947213850."""
    return str(int(number)) if float(number).is_integer() else f"{number:.15g}"


def read_text(column: Column) -> Reader:
    """Free text; where the field has a code list, several codes joined by commas."""

    def read(cell: Cell) -> Read:
        if not isinstance(cell, str):
            return _as_text(cell), ()
        text = tidy(cell)
        if text in BLANKS:
            return NOTHING
        if column.codes is None:
            return text, ((IntakeRule.TEXT_TRIMMED, {}),) if cell != cell.strip() else ()
        return _several_codes(column.codes, text, cell)

    return read


def _as_text(cell: Cell) -> str:
    return number_text(cell) if isinstance(cell, int | float) else str(cell)


def _several_codes(codes: CodeList, text: str, cell: str) -> Read:
    found = []
    variant = False
    for part in [text] if codes.code_of(text) else re.split(r"[、,;/|+\s]+", text):
        if not part:
            continue
        answer = codes.code_of(part)
        if answer is None:
            return None, ((IntakeRule.CODE_UNKNOWN, {"value": shown(part)}),)
        found.append(answer[0])
        variant = variant or not answer[1]
    value = ",".join(dict.fromkeys(found))
    return value, ((IntakeRule.CODE_VARIANT, {"value": shown(cell), "after": value}),) if variant else ()


_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}").fullmatch


def read_name(column: Column) -> Reader:
    """A name: spaces within Han names are padding; the dot of other names has one form."""

    def read(cell: Cell) -> Read:
        if not isinstance(cell, str):
            return _as_text(cell), ()
        if _PLAIN_NAME(cell):
            return cell, ()
        text = tidy(cell)
        if text in BLANKS:
            return NOTHING
        text = re.sub(r"\s*[•‧∙⋅・･.]\s*", "·", text) if re.search(r"[\u4e00-\u9fff]", text) else text
        if not re.search(r"[A-Za-z]", text):
            text = text.replace(" ", "")
        return text, ((IntakeRule.TEXT_TRIMMED, {}),) if text != cell else ()

    return read


def read_place(column: Column) -> Reader:
    """A place name or code: no spaces at all."""
    rule = (
        IntakeRule.VILLAGE_SPACED
        if column.field.key in ("village", "village_code")
        else IntakeRule.TEXT_TRIMMED
    )

    def read(cell: Cell) -> Read:
        if not isinstance(cell, str):
            return _as_text(cell), ()
        text = STRAY.sub("", unicodedata.normalize("NFKC", cell))
        if text in BLANKS:
            return NOTHING
        # A name in brackets of another width is the same name; only spaces are worth a word.
        changed = STRAY.search(cell) is not None
        return text, ((rule, {"after": shown(text)}),) if changed else ()

    return read


def read_number_text(column: Column) -> Reader:
    """A household or person number: text; a number cell holds 15 digits at most."""
    lost: Read = (None, ((IntakeRule.NUMBER_STORED_AS_NUMBER, {}),))

    def read(cell: Cell) -> Read:
        if isinstance(cell, str) and cell.isascii() and cell.isdigit():
            return cell, ()
        if isinstance(cell, int | float):
            return (str(int(cell)), ()) if float(cell).is_integer() and 0 <= cell < 10**15 else lost
        text = STRAY.sub("", unicodedata.normalize("NFKC", str(cell))).upper()
        if text in BLANKS:
            return NOTHING
        if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text):
            return lost
        text = re.sub(r"^(\d+)\.0+$", r"\1", text)
        return text, ((IntakeRule.TEXT_TRIMMED, {}),) if text != str(cell).upper() else ()

    return read


_YES = frozenset({"是", "有"})
_NO = frozenset({"否", "无"})
_ALSO_YES = frozenset({
    "y", "yes", "true", "1", "√", "✓", "✔", "对", "已", "已通", "通", "通了", "达标", "合格", "已达标",
    "参加", "已参加", "参保", "已参保", "参合", "已参合", "已解决", "解决", "已加入", "加入", "享受",
    "已享受", "是的", "有保障", "已有",
})  # fmt: skip
_ALSO_NO = frozenset({
    "n", "no", "false", "0", "×", "✗", "✘", "x", "错", "未", "未通", "不通", "没通", "不达标", "未达标",
    "不合格", "未参加", "没参加", "未参保", "未参合", "未解决", "没解决", "未加入", "不享受", "未享受",
    "没有", "不是", "无保障", "没",
})  # fmt: skip


def read_yesno(column: Column) -> Reader:
    """Yes or no as a boolean; empty and a dash are not known."""

    def read(cell: Cell) -> Read:
        text = (
            tidy(cell)
            if isinstance(cell, str)
            else number_text(cell)
            if isinstance(cell, int | float)
            else str(cell)
        )
        if text in _YES or text in _NO:
            return text in _YES, ((IntakeRule.TEXT_TRIMMED, {}),) if text != cell else ()
        if text in BLANKS:
            return NOTHING
        word = text.lower()
        if word in _ALSO_YES or word in _ALSO_NO:
            yes = word in _ALSO_YES
            return yes, ((IntakeRule.CODE_VARIANT, {"value": shown(text), "after": "是" if yes else "否"}),)
        return None, ((IntakeRule.CODE_UNKNOWN, {"value": shown(cell)}),)

    return read


def read_code(column: Column) -> Reader:
    """A code of the field's list: by its exact name, or by a known variant, which is noted."""
    codes = column.codes
    assert codes is not None

    def read(cell: Cell) -> Read:
        text = tidy(cell) if isinstance(cell, str) else _as_text(cell)
        answer = codes.code_of(text) or codes.code_of(text.replace(" ", ""))
        if answer is None:
            if text in BLANKS:
                return NOTHING
            return None, ((IntakeRule.CODE_UNKNOWN, {"value": shown(cell)}),)
        code, exact = answer
        if not exact:
            return code, ((IntakeRule.CODE_VARIANT, {"value": shown(text), "after": codes.name_of(code)}),)
        return code, ((IntakeRule.TEXT_TRIMMED, {}),) if STRAY.search(str(cell)) else ()

    return read


def read_date(column: Column) -> Reader:
    """A day; a month alone is its first day."""

    def read(cell: Cell) -> Read:
        if isinstance(cell, str) and tidy(cell) in BLANKS:
            return NOTHING
        found = date_of(cell)
        if found is None:
            return None, ((IntakeRule.DATE_NOT_VALID, {"value": shown(cell, 9)}),)
        return found, ()

    return read


def read_year(column: Column) -> Reader:
    """A year of four digits, alone or at the start of a date."""
    low, high = column.field.low or 1900, column.field.high or 2100

    def read(cell: Cell) -> Read:
        if isinstance(cell, datetime.date):
            year = cell.year
        else:
            text = tidy(cell) if isinstance(cell, str) else _as_text(cell)
            if text in BLANKS:
                return NOTHING
            found = re.fullmatch(
                r"(\d{4})(?:\.0+)?(?:\s*年度?(?:\d{1,2}月(?:\d{1,2}日)?)?|[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{2}(?:\d{2})?)?",
                text,
            )
            if found is None:
                return None, ((IntakeRule.DATE_NOT_VALID, {"value": shown(cell, 9)}),)
            year = int(found[1])
        if not low <= year <= high:
            return None, (
                (IntakeRule.OUT_OF_RANGE, {"value": str(year), "low": str(low), "high": str(high)}),
            )
        return year, ()

    return read


_NUMBER = re.compile(r"^[¥￥]?([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(亿|万|千|百)?([^\d.,].*)?$")
_TIMES = {None: 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
# Units that may stand behind a number without changing it, by the unit of the field; None is for all.
_TAILS = {
    "元": {"元", "块", "块钱", "元整", "元/人", "元/年", "元人民币", "rmb", "圆"}, "㎡": {"㎡", "平方米", "平米", "平方", "平", "m2"},
    "亩": {"亩", "亩地"}, "公里": {"公里", "千米", "km"}, "分钟": {"分钟", "分"}, "升": {"升", "l", "升/天", "升/人"},
    "月": {"月", "个月"}, "人": {"人", "口", "口人", "个人", "个"}, "户": {"户"}, "%": {"%"}, "年": {"年"},
}  # fmt: skip


def read_number(column: Column) -> Reader:
    """integer -> int, decimal -> Decimal, yuan -> whole fen (int, half up), all in the field's unit."""
    field, tails = column.field, _TAILS.get(column.field.unit or "", set())
    wanted = ("整数", "a whole number") if field.kind == "integer" else ("数字", "a number")
    said = {"wanted_zh": wanted[0], "wanted_en": wanted[1]}
    if field.unit:
        said |= {"unit_zh": field.unit, "unit_en": UNITS_EN.get(field.unit, field.unit)}

    low, high = field.low, field.high
    simple = field.kind == "yuan" and column.scale == 1 and low is not None and high is not None

    def read(cell: Cell) -> Read:
        if simple and isinstance(cell, float) and low <= cell <= high:  # type: ignore[operator]
            fen = round(cell * 100)
            if abs(cell * 100 - fen) < 1e-4:  # no part of a fen to decide about
                return fen, ()
        if isinstance(cell, int | float):
            return finish(Decimal(f"{cell:.15g}"), cell, ())
        if isinstance(cell, str):
            text = re.sub(r"\s", "", tidy(cell)).replace("−", "-").replace("，", ",")
            if text in BLANKS:
                return NOTHING
            found = _NUMBER.match(text)
            if found and (found[2] or found[3]) and (not found[5] or found[5].lower() in tails):
                digits = (found[2] or "0").replace(",", "") + (found[3] or "")
                number = Decimal(found[1] + digits) * _TIMES[found[4]]
                spoken = (
                    found[1] + (found[2] or "") + (found[3] or "") != cell.strip()
                    or "," in digits
                    or "," in text
                )
                # «1.2万» under a heading in 万元 names its unit itself.
                plain_number = number / column.scale if found[4] and column.scale != 1 else number
                marks = (
                    ((IntakeRule.NUMBER_WITH_UNIT, {"value": shown(cell), "after": _written(number)}),)
                    if spoken
                    else ()
                )
                return finish(plain_number, cell, marks)
        return None, ((IntakeRule.NOT_A_NUMBER, {"value": shown(cell), **said}),)

    def finish(number: Decimal, cell: Cell, marks: tuple[Mark, ...]) -> Read:
        number *= column.scale
        if (field.low is not None and number < field.low) or (field.high is not None and number > field.high):
            rule = IntakeRule.MONTHS_OUT_OF_RANGE if field.unit == "月" else IntakeRule.OUT_OF_RANGE
            bounds = {
                name: str(bound)
                for name, bound in (("low", field.low), ("high", field.high))
                if bound is not None
            }
            return None, ((rule, {"value": shown(_written(number)), **bounds}),)
        if field.kind == "yuan":
            return int((number * 100).to_integral_value(ROUND_HALF_UP)), marks
        if field.kind == "integer":
            if number != number.to_integral_value():
                return None, ((IntakeRule.NOT_A_NUMBER, {"value": shown(cell), **said}),)
            return int(number), marks
        return number, marks

    return read


def _written(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
