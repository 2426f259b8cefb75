"""Column headings: one spelling for the many that offices use, and the unit that a heading names."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_BRACKETS = re.compile(r"[(\[【〔《<{][^)\]】〕》>}]*[)\]】〕》>}]")
_MARKS = re.compile(r"[^\w㎡%²]|_", re.UNICODE)
_YEAR = re.compile(r"^(20\d\d)年?度?(?=\D)")
# «A17 », «3.», «(5)» before the words, as printed forms number their items; AAB002 and the like are no such number.
_ITEM = re.compile(r"^(?:[A-Z]{1,2}\d{1,2}[a-z]?|\d{1,2})[.、:)]?(?=[\u4e00-\u9fff])")
_FILLERS = ("是否", "有无", "情况", "状况", "名称", "所在", "所属", "的", "之", "家庭", "主要", "类型")

# What one unit of the heading is in the unit of the field.
SCALES: dict[str, dict[str, Decimal]] = {
    "元": {"元": Decimal(1), "万元": Decimal(10_000), "千元": Decimal(1_000), "百元": Decimal(100), "角": Decimal("0.1"),
          "分": Decimal("0.01")},
    "㎡": {"㎡": Decimal(1), "平方米": Decimal(1), "平方": Decimal(1), "平米": Decimal(1), "m2": Decimal(1), "m²": Decimal(1)},
    "亩": {"亩": Decimal(1), "公顷": Decimal(15), "万亩": Decimal(10_000)},
    "公里": {"公里": Decimal(1), "千米": Decimal(1), "km": Decimal(1), "里": Decimal("0.5"), "米": Decimal("0.001"), "m": Decimal("0.001")},
    "分钟": {"分钟": Decimal(1), "分": Decimal(1), "小时": Decimal(60)},
    "升": {"升": Decimal(1), "l": Decimal(1), "公斤": Decimal(1)},
    "月": {"月": Decimal(1), "个月": Decimal(1), "月数": Decimal(1)},
    "人": {"人": Decimal(1), "口": Decimal(1), "个": Decimal(1), "人口": Decimal(1), "万人": Decimal(10_000)},
    "户": {"户": Decimal(1), "个": Decimal(1), "万户": Decimal(10_000)},
    "%": {"%": Decimal(1), "百分比": Decimal(1), "‰": Decimal("0.1")},
    "年": {"年": Decimal(1), "年份": Decimal(1)},
}  # fmt: skip
UNITS_EN = {"元": "yuan", "㎡": "m²", "亩": "mu", "公里": "km", "分钟": "minutes", "升": "litres", "月": "months",
            "人": "persons", "户": "households", "%": "percent", "年": "years"}  # fmt: skip
_UNIT_WORDS = {unit for scale in SCALES.values() for unit in scale} | {
    "天",
    "日",
    "元/人",
    "元/年",
    "元/月",
    "厘米",
}


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Full-width characters, spaces and line breaks out; the words and brackets kept."""
    return (
        "".join(unicodedata.normalize("NFKC", text.replace("㎡", "\0")).split())
        .replace("\0", "㎡")
        .replace("\u200b", "")
    )


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """The spelling under which an answer about a heading is remembered: no spaces, brackets' content kept, no year."""
    words = plain(heading).strip("*★☆#:;,。")
    words = _YEAR.sub("", _ITEM.sub("", words))
    return _MARKS.sub("", words).lower()


def bare_key(heading: str) -> str:
    """The same without what stands in brackets: a unit or a remark."""
    words = _BRACKETS.sub("", plain(heading))
    before, stroke, unit = words.rpartition("/")
    return heading_key(before if stroke and unit.lower() in _UNIT_WORDS else words)


def loose_key(heading: str) -> str:
    """The same without words that carry no difference (是否, 情况, 的 …)."""
    key = bare_key(heading)
    for filler in _FILLERS:
        key = key.replace(filler, "")
    return key


def year_of(heading: str) -> int | None:
    """The year that a heading starts with: 2017 for 2017年人均纯收入."""
    found = _YEAR.match(_ITEM.sub("", plain(heading)))
    return int(found[1]) if found else None


def unit_of(heading: str) -> str | None:
    """The unit in the heading's brackets or after its stroke; None when there is none that we know."""
    words = plain(heading)
    for part in (*(found[0][1:-1] for found in _BRACKETS.finditer(words)), words.rpartition("/")[2]):
        unit = part.removeprefix("单位").strip(":").lower()
        if unit in _UNIT_WORDS:
            return unit
    return None


def scale_of(unit: str | None, field_unit: str | None) -> Decimal | None:
    """How many of the field's units one of the heading's is; 1 where no unit is named, None when they do not go together."""
    if unit is None or field_unit is None:
        return Decimal(1)
    return SCALES.get(field_unit, {field_unit: Decimal(1)}).get(unit)
