"""ID numbers and phones: mended where only the writing is wrong, refused where a digit must be. Never quoted."""

from __future__ import annotations

import re
import unicodedata

from xiuhua.common.identity import (
    CATEGORIES,
    EARLIEST_BIRTH,
    GRADES,
    birth_date,
    check_digit,
    day,
    well_formed,
)
from xiuhua.intake.terms import IntakeRule

from .values import BLANKS, NOTHING, STRAY, Column, Mark, Read, Reader, number_text
from .workbook import Cell

_NO_ID = BLANKS | {"无证", "暂无", "没有", "未办", "未办理", "无身份证", "无证件", "无户口", "未上户"}
_LIKE_X = str.maketrans("x×хХχΧ", "XXXXXX")
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?E\+?\d+$|^\d{15,}\.0+$")
_HYPHENS = re.compile(r"[-‐‑–—－_·.]")
_STORED: Read = (None, ((IntakeRule.ID_STORED_AS_NUMBER, {}),))


def read_id(column: Column) -> Reader:
    """An ID or disability-card number in upper case without spaces; None where it is empty or refused."""

    on = column.on

    def read(cell: Cell) -> Read:
        if isinstance(cell, str):
            if (
                len(cell) == 18
                and cell.isascii()
                and (first := cell[:17]).isdigit()
                and check_digit(first) == cell[17]
            ):
                born = day(cell[6:14])
                if born and born >= EARLIEST_BIRTH and not (on and born > on):
                    return cell, ()
            return _mended(cell, column)
        return (
            _STORED
            if isinstance(cell, int | float)
            else (None, (_wrong("写成了日期", "is written as a date"),))
        )

    return read


def _mended(cell: str, column: Column) -> Read:
    marks: list[Mark] = []
    text = STRAY.sub("", cell)
    if text in _NO_ID:
        return NOTHING
    if text != cell:
        marks.append((IntakeRule.ID_SPACED, {}))
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        marks.append((IntakeRule.ID_FULL_WIDTH, {}))
    if _SCIENTIFIC.match(plain.upper()):
        return _STORED
    joined = _HYPHENS.sub("", plain)
    if joined != plain and well_formed(joined.translate(_LIKE_X)):
        plain = joined
        if (IntakeRule.ID_SPACED, {}) not in marks:
            marks.append((IntakeRule.ID_SPACED, {}))
    number = plain.translate(_LIKE_X)
    if number != plain:
        marks.append((IntakeRule.ID_LOWER_X, {}))
    return _judged(number, tuple(marks), column)


def _wrong(zh: str, en: str) -> Mark:
    return IntakeRule.ID_LENGTH_WRONG, {"problem_zh": zh, "problem_en": en}


def _judged(number: str, marks: tuple[Mark, ...], column: Column) -> Read:
    if not well_formed(number):
        return None, (_shape(number),)
    faults: list[Mark] = []
    if len(number) >= 18 and (expected := check_digit(number[:17])) != number[17]:
        if number[15:18] == "000":
            return _STORED  # Excel keeps 15 digits and writes zeros for the rest
        faults.append((IntakeRule.ID_CHECK_DIGIT_WRONG, {"expected": expected}))
    born = birth_date(number)
    if born is None:
        faults.append(_birth("不是真实的日期", "is no real date"))
    elif born < EARLIEST_BIRTH:
        faults.append(_birth("早于1895年", "is before 1895"))
    elif column.on and born > column.on:
        faults.append(_birth(f"晚于{column.on.isoformat()}", f"is after {column.on.isoformat()}"))
    if len(number) >= 20 and (number[18] not in CATEGORIES or number[19] not in GRADES):
        faults.append(
            _wrong(
                "作为残疾人证，第19位应为1至7，第20位应为1至4",
                "as a disability card needs 1 to 7 as the 19th and 1 to 4 as the 20th digit",
            )
        )
    return (None, tuple(faults)) if faults else (number, marks)


def _birth(zh: str, en: str) -> Mark:
    return IntakeRule.ID_BIRTH_DATE_WRONG, {"problem_zh": zh, "problem_en": en}


def _shape(number: str) -> Mark:
    if "*" in number:
        return _wrong("有几位被星号遮住了", "is partly covered by asterisks")
    if len(number) not in (15, 18, 20, 22):
        return _wrong(
            f"有 {len(number)} 位，应为15、18、20或22位",
            f"has {len(number)} characters; 15, 18, 20 or 22 are possible",
        )
    return _wrong(
        "含有不该有的字符：只能是数字，第18位可以是 X",
        "has wrong characters: only digits, and an X as the 18th",
    )


_PHONE = re.compile(r"^1[3-9]\d{9}$|^0\d{9,11}$|^[2-9]\d{6,7}$|^400\d{7}$")


def read_phone(column: Column) -> Reader:
    """A mobile or fixed-line number, digits only; None with a warning where it is none."""

    def read(cell: Cell) -> Read:
        if isinstance(cell, str) and cell.isascii() and cell.isdigit() and _PHONE.match(cell):
            return cell, ()
        if isinstance(cell, int | float):
            return _phone(number_text(cell), (IntakeRule.PHONE_AS_NUMBER, {}))
        text = unicodedata.normalize("NFKC", str(cell)).strip()
        if STRAY.sub("", text) in _NO_ID:
            return NOTHING
        if re.fullmatch(r"\d+\.0+", text):
            return _phone(text.partition(".")[0], (IntakeRule.PHONE_AS_NUMBER, {}))
        parts = [part for part in re.split(r"[/、,;|]+|(?<=\d{11})\s+(?=\d{11})", text) if part.strip()]
        several = len(parts) > 1
        digits = re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", re.sub(r"[^\d+]", "", parts[0])) if parts else ""
        if re.search(r"[A-Za-z\u4e00-\u9fff]", parts[0] if parts else ""):
            digits = ""
        value, marks = _phone(
            digits, (IntakeRule.TEXT_TRIMMED, {}) if digits != cell and not several else None
        )
        if several and value:
            return value, (
                _phone_wrong(
                    f"一格里写了 {len(parts)} 个号码，只取第一个",
                    f"holds {len(parts)} numbers; the first is taken",
                ),
            )
        return value, marks

    return read


def _phone(digits: str, mark: Mark | None) -> Read:
    if _PHONE.match(digits):
        return digits, (mark,) if mark else ()
    if not digits.isdigit():
        return None, (_phone_wrong("写的不是电话号码", "is not a phone number"),)
    return None, (
        _phone_wrong(
            f"有 {len(digits)} 位，不是手机号，也不是固定电话",
            f"has {len(digits)} digits: neither mobile nor fixed line",
        ),
    )


def _phone_wrong(zh: str, en: str) -> Mark:
    return IntakeRule.PHONE_NOT_VALID, {"problem_zh": zh, "problem_en": en}
