"""An invented county as columns of numbers. Codes are positions in the tables of `shares`, -1 for nothing; money is fen."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .drawing import Codes, Flags, Numbers
from .planning import CountyPlan, Grounds


@dataclass
class Homes:
    """Households in the order of the freeze: by village, then key."""

    key: Numbers
    village: Numbers
    kind: Codes
    status: Codes
    attribute: Codes
    cause: Codes
    other_causes: Codes
    exit_year: Numbers
    size: Numbers
    helped: Flags
    phone: Flags
    bank: Flags
    checked: Flags
    seen_on: Numbers
    martyr: Flags
    one_child: Flags
    two_daughter: Flags

    @property
    def exited(self) -> Flags:
        """Households whose status is exited."""
        return self.status == 1


@dataclass
class People:
    """Persons, household by household, the head first; `home` is the position of their household."""

    home: Numbers
    start: Numbers  # by household: position of its head
    key: Numbers
    relation: Codes
    male: Flags
    age: Numbers
    birth: Numbers  # days since 1970
    school_age: Numbers
    ethnicity: Codes
    education: Codes
    student: Codes
    health: Codes
    labour: Codes
    work_place: Codes
    work_months: Numbers
    insured: Flags
    serious_insured: Flags
    pension: Codes  # 0, 1; -1 not known
    dibao: Flags
    id_kind: Codes
    id_valid: Flags
    disability: Codes
    grade: Codes

    def count(self, which: Flags, homes: int) -> Numbers:
        """How many persons of each household are such."""
        return np.bincount(self.home[which], minlength=homes).astype(np.int64)

    def some(self, which: Flags, homes: int) -> Flags:
        """Whether a household has one."""
        out = np.zeros(homes, bool)
        out[self.home[which]] = True
        return out

    @property
    def able(self) -> Flags:
        """Who can work: ordinary and skilled labour."""
        return (self.labour == 2) | (self.labour == 3)

    @property
    def studies(self) -> Flags:
        """Who goes to a school, from primary on."""
        return self.student >= 2


@dataclass
class Years:
    """Yearly records of helped households, the earlier year first; `home` is the position of the household."""

    home: Numbers
    last: Flags
    year: Numbers
    income: dict[str, Numbers] = field(default_factory=dict)
    spending: dict[str, Numbers] = field(default_factory=dict)
    spending_known: Flags = field(default_factory=lambda: np.zeros(0, bool))
    area: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    structure: Codes = field(default_factory=lambda: np.zeros(0, np.int8))
    built: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    grade: Codes = field(default_factory=lambda: np.zeros(0, np.int8))
    dangerous: Flags = field(default_factory=lambda: np.zeros(0, bool))
    codes: dict[str, Codes] = field(default_factory=dict)  # road, fuel
    marks: dict[str, Codes] = field(default_factory=dict)  # yes 1, no 0, not known -1
    numbers: dict[str, Numbers] = field(default_factory=dict)  # -1 not known
    seen: dict[str, tuple[Flags, Numbers]] = field(default_factory=dict)  # by group: checked, day


@dataclass
class Planted:
    """A fault, by household: what it is and the rule that is to tell it."""

    household_key: int
    kind: str
    rule: str


@dataclass
class County:
    """Everything of one county."""

    plan: CountyPlan
    grounds: Grounds
    poor_village: Flags
    deep_poor_village: Flags
    homes: Homes
    people: People
    years: Years
    planted: list[Planted] = field(default_factory=list)
