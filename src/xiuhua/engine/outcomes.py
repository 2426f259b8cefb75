"""What a rule said of one household, person or year, with what it saw, in words."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xiuhua.engine.evidence import Evidence
from xiuhua.facts.models import UNITS
from xiuhua.rulebook.figures import Value
from xiuhua.rulebook.models import Rule, Says

# The s of persons, years old: English units are written for any number but one.
MANY = re.compile(r"(?<=\w\w)s\b")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


class Result(enum.IntEnum):
    """The four outcomes of a rule, as they stand in `r__` columns."""

    NOT_APPLICABLE = 0
    HOLDS = 1
    FAILS = 2
    NOT_KNOWN = 3

    @property
    def word(self) -> str:
        """As cases and files write it: not_applicable, holds, fails, not_known."""
        return self.name.lower()

    def says(self, language: str) -> str:
        words = {
            0: ("不适用", "not applicable"),
            1: ("达标", "holds"),
            2: ("不达标", "fails"),
            3: ("尚不清楚", "not known"),
        }
        return words[self.value][_second(language)]


def _second(language: str) -> int:
    return 1 if language.startswith("en") else 0


@dataclass(frozen=True)
class Seen:
    """A fact or column that an outcome saw. `fact` is its id, a column of a year with `period__` before it."""

    fact: str
    value: Any
    evidence: Evidence
    label: Says
    unit: str | None = None
    words: Mapping[str, Says] = field(default_factory=dict, repr=False)

    def says(self, language: str) -> str:
        """What it is called."""
        return self.label.says(language)

    def text(self, language: str) -> str:
        """The value as a person reads it: yuan with two decimals, names for codes, 是/否."""
        return written(self.value, self.unit, self.words, language)


def written(value: Any, unit: str | None, words: Mapping[str, Says], language: str) -> str:
    """A value in words. Money in fen is shown as yuan; null as not known."""
    second = _second(language)
    if value is None:
        return ("尚不清楚", "not known")[second]
    if isinstance(value, bool):
        return (("是", "否"), ("yes", "no"))[second][0 if value else 1]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return words[value].says(language) if value in words else value
    behind = UNITS[unit][second] if unit else ""
    if second and value == 1:
        behind = MANY.sub("", behind)
    if unit == "fen":
        return f"{Decimal(value) / 100:,.2f}{behind}"
    if unit == "year":
        return f"{value}{behind}"
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return f"{value.quantize(Decimal(1)) if whole else value.normalize():,f}{behind}"
    return f"{value:,}{behind}"


@dataclass(frozen=True)
class Outcome:
    """What a rule said, with the weakest evidence of the known facts in its `because`."""

    rule: Rule
    code: Result
    evidence: Evidence
    facts: list[Seen]
    figures: list[Value] = field(default_factory=list)
    """Figures that the rule rests on, as they were on that day, in that place."""

    @property
    def holds(self) -> bool:
        return self.code is Result.HOLDS

    @property
    def fails(self) -> bool:
        return self.code is Result.FAILS

    @property
    def not_known(self) -> bool:
        return self.code is Result.NOT_KNOWN

    @property
    def not_applicable(self) -> bool:
        return self.code is Result.NOT_APPLICABLE

    @property
    def missing(self) -> list[Seen]:
        """Facts it would need to say more."""
        return [one for one in self.facts if one.value is None]

    def says(self, language: str) -> str:
        """One sentence, with the facts in it. language: zh or en."""
        demand = self.rule.says.says(language)
        if self.fails:
            return filled(self.rule.fails.says(language), self.facts, language)
        if self.holds:
            return demand
        colon, comma = (("：", "、"), (": ", ", "))[_second(language)]
        if self.not_applicable or not self.missing:
            return f"{demand}{colon}{self.code.says(language)}"
        names = comma.join(one.says(language) for one in self.missing)
        lacking = (f"（缺{names}）", f" (missing: {names})")[_second(language)]
        return f"{demand}{colon}{self.code.says(language)}{lacking}"


def filled(sentence: str, facts: list[Seen], language: str) -> str:
    """The sentence with `{fact}` replaced by its value in words."""
    texts = {one.fact: one.text(language) for one in facts}
    return PLACEHOLDER.sub(lambda found: texts.get(found[1].replace(".", "__"), found[0]), sentence)


def placeholders(rule: Rule) -> list[str]:
    """Facts named in the rule's sentences."""
    return sorted({*PLACEHOLDER.findall(rule.fails.zh), *PLACEHOLDER.findall(rule.fails.en)})
