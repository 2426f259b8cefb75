"""What an invented county consists of. Codes are those of the rulebook's lists; money is integer fen.

These shapes know nothing of workbooks: `sheets` turns them into rows, so that another writer (columns, Parquet) can
take the same county.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

Sex = Literal["male", "female"]

DATA_DATE = date(2017, 9, 30)
LINE_FEN = 295_200  # national line of 2016 and 2017, yuan 2,952 a head


@dataclass(slots=True)
class Village:
    """An administrative village; `rural_households` and `rural_persons` count registered and other households."""

    code: str
    name: str
    township_code: str
    township: str
    poor: bool
    deep_poor: bool
    longitude: float
    latitude: float
    rural_households: int = 0
    rural_persons: int = 0


@dataclass(slots=True)
class Person:
    """A member of a registered household. `id_number` has 18 characters, or 20 for a disability card."""

    number: str
    name: str
    id_number: str
    sex: Sex
    birth_date: date
    relation: str
    ethnicity: str
    education: str | None
    student_status: str
    health: str
    labour: str
    work_place: str | None = None
    work_months: int = 0
    serious_illness_insured: bool = True

    @property
    def works_away(self) -> bool:
        """True when the person earned wages away from the farm this year."""
        return self.work_months > 0

    @property
    def is_student(self) -> bool:
        """True for everyone in a school, from primary on."""
        return self.student_status not in ("none", "preschool")

    @property
    def can_work(self) -> bool:
        """True for ordinary and skilled labour."""
        return self.labour in ("ordinary", "skilled")

    def age_on(self, day: date) -> int:
        """Full years on that day."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(slots=True)
class Year:
    """One line of the yearly record book. None means that the cell is empty: not known."""

    year: int
    wage_fen: int
    business_fen: int
    property_fen: int
    transfer_fen: int
    business_cost_fen: int
    net_income_fen: int
    house_area_m2: int
    house_grade: str
    road_type: str
    has_life_power: bool
    arable_tenth_mu: int
    insured_persons: int | None = None
    water_quality_ok: bool | None = None
    water_litres_per_day: int | None = None
    water_minutes: int | None = None
    water_reliability_percent: int | None = None
    food_clothing_ok: bool | None = None
    seen: str | None = None
    seen_on: date | None = None


@dataclass(slots=True)
class Household:
    """A registered household with its members and years, oldest year first."""

    number: str
    village: Village
    group: int
    status: str
    attribute: str
    main_cause: str
    phone: str | None
    house_dangerous: bool
    water_safe: bool
    water_difficult: bool
    members: list[Person] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)

    @property
    def head(self) -> Person:
        """The first member, who is the head when nothing was planted."""
        return self.members[0]

    @property
    def exited(self) -> bool:
        """True for households that the export calls 已脱贫."""
        return self.status == "exited"

    @property
    def last(self) -> Year:
        """The latest yearly record."""
        return self.years[-1]

    @property
    def per_head_fen(self) -> int:
        """Net income per head of the latest year, rounded half up to the fen."""
        n = len(self.members)
        return (2 * self.last.net_income_fen + n) // (2 * n)


@dataclass(slots=True)
class RollHousehold:
    """A rural household that was never registered as poor: head, members, village, no more."""

    number: str
    village: Village
    head_name: str
    head_id: str
    persons: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell by what it is about, not by where it stands: book, record (person, household, household|year) and field."""

    book: str
    record: str
    field: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault.

    `kind` ends in `__mend` when the intake is to put it right and in `__ok` when it is no fault. `outcome` is refused,
    asked, mended, warned or none, `rule` the intake check or rulebook rule that is expected to tell it, when one is
    certain.
    """

    kind: str
    household: str
    person: str | None
    name: str | None
    cells: tuple[Cell, ...]
    outcome: str
    rule: str | None
    also: str | None = None


@dataclass(slots=True)
class County:
    """An invented county. `cells` holds what stands in a cell instead of the true value (planted faults of writing):
    book -> record -> field -> value. `repeats` are person numbers whose row is written twice.
    """

    code: str
    name: str
    city: str
    province: str
    seed: int
    data_date: date
    villages: list[Village]
    households: list[Household]
    roll: list[RollHousehold]
    cells: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    repeats: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    @property
    def persons(self) -> int:
        """Number of members of registered households."""
        return sum(len(h.members) for h in self.households)

    def put(self, book: str, record: str, key: str, value: Any) -> Cell:
        """Write `value` into a cell in place of the truth; returns the cell."""
        self.cells.setdefault(book, {}).setdefault(record, {})[key] = value
        return Cell(book, record, key)

    def copy(self) -> County:
        """An independent county with equal content."""
        villages = {v.code: replace(v) for v in self.villages}
        return replace(
            self,
            villages=list(villages.values()),
            households=[
                replace(
                    h,
                    village=villages[h.village.code],
                    members=[replace(p) for p in h.members],
                    years=[replace(y) for y in h.years],
                )
                for h in self.households
            ],
            roll=[replace(r, village=villages[r.village.code]) for r in self.roll],
            cells={b: {r: dict(f) for r, f in rs.items()} for b, rs in self.cells.items()},
            repeats=set(self.repeats),
            faults=list(self.faults),
        )
