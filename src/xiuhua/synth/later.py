"""The same county a month later: a few values changed, people gone, born, moved, a household new, another gone, an ID
corrected, a status changed. For tests of re-running and of later files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from .chance import between
from .identity import Numbers, check_digit
from .invention import cause_agrees, count_villages, invent_household
from .living import net_per_head, set_last_income
from .names import given_name
from .shapes import County, Household, Person, Sex
from .sheets import (
    COLUMNS,
    PERSONS,
    ROLL,
    VILLAGES,
    YEARLY,
    Row,
    person_rows,
    roll_rows,
    village_rows,
    yearly_rows,
)

DEFAULT_CHANGES: Mapping[str, int] = {
    "value_changed": 8,
    "person_gone": 3,
    "person_born": 2,
    "person_moved": 1,
    "household_new": 1,
    "household_gone": 1,
    "household_moved": 1,
    "id_corrected": 1,
    "status_changed": 1,
}


@dataclass(frozen=True)
class Change:
    """One event of the month: `before` and `after` are what the register and the later file say of it."""

    kind: str
    household: str
    person: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Difference:
    """One cell that differs between two files; field None for a whole row, before or after None for no such row."""

    book: str
    record: str
    field: str | None
    before: Any
    after: Any


@dataclass(frozen=True)
class Later:
    """The later county and what happened in it; `differences(earlier, later.county)` gives every cell."""

    county: County
    changes: tuple[Change, ...]


class _Month:
    """A county in change; every household changes in one way only, and none that carries a fault."""

    def __init__(self, county: County, rng: Random) -> None:
        self.county = county
        self.rng = rng
        ids = [p.id_number for h in county.households for p in h.members] + [r.head_id for r in county.roll]
        self.numbers = Numbers(county.code, rng, ids)
        self._used = {f.household for f in county.faults} | {f.also for f in county.faults if f.also}
        self._order = list(county.households)
        rng.shuffle(self._order)

    def pick(self, fits: Callable[[Household], bool], kind: str) -> Household:
        """A household that fits and has not changed yet."""
        for household in self._order:
            if household.number not in self._used and fits(household):
                self._used.add(household.number)
                return household
        raise ValueError(f"the county is too small: no household is left for {kind}")


def next_file(county: County, seed: int, changes: Mapping[str, int] | None = None) -> Later:
    """The county a month later (31 October 2017), with so many changes of each kind; the given county stays as it is.

    ValueError for an unknown kind or a county too small for the changes.
    """
    counts = DEFAULT_CHANGES if changes is None else changes
    unknown = sorted(set(counts) - set(_EVENTS))
    if unknown:
        raise ValueError(f"no such kind of change: {', '.join(unknown)}; there are {', '.join(_EVENTS)}")
    month = _Month(county.copy(), Random(f"later/{county.code}/{county.seed}/{seed}"))
    month.county.data_date = date(2017, 10, 31)
    done = [event(month) for kind, event in _EVENTS.items() for _ in range(counts.get(kind, 0))]
    count_villages(month.county)
    return Later(month.county, tuple(done))


def _leaver(household: Household) -> Person | None:
    """A member other than head and spouse without whom everything still agrees."""
    for person in reversed(household.members[1:]):
        rest = [p for p in household.members if p is not person]
        if person.relation != "spouse" and not person.can_work and cause_agrees(household.main_cause, rest):
            return person
    return None


def _resize(month: _Month, household: Household, members: list[Person]) -> None:
    """Other members, the same income per head, all of them insured."""
    per_head = household.per_head_fen
    household.members = members
    if household.last.insured_persons is not None:
        household.last.insured_persons = len(members)
    set_last_income(month.rng, household, per_head)


def _value_changed(month: _Month) -> Change:
    """A new phone, or something of the house that was not known and now is."""
    rng = month.rng
    if rng.random() < 0.5:
        household = month.pick(lambda h: h.phone is not None, "value_changed")
        before, household.phone = household.phone, month.numbers.phone()
        return Change("value_changed", household.number, None, before, household.phone)
    household = month.pick(
        lambda h: h.last.insured_persons is not None and h.last.road_type != "cement", "value_changed"
    )
    road, household.last.road_type = household.last.road_type, "cement"
    return Change("value_changed", household.number, None, road, "cement")


def _person_gone(month: _Month) -> Change:
    household = month.pick(lambda h: _leaver(h) is not None, "person_gone")
    person = _leaver(household)
    assert person is not None
    _resize(month, household, [p for p in household.members if p is not person])
    return Change("person_gone", household.number, person.number)


def _person_born(month: _Month) -> Change:
    def young(h: Household) -> bool:
        couple = h.members[:2]
        ages = [p.age_on(month.county.data_date) for p in couple]
        return len(h.members) <= 5 and len(couple) == 2 and couple[1].relation == "spouse" and max(ages) <= 44

    household = month.pick(young, "person_born")
    father = household.members[0] if household.members[0].sex == "male" else household.members[1]
    birth = date(2017, 10, between(month.rng, 1, 28))
    sex: Sex = "male" if month.rng.random() < 0.5 else "female"
    baby = Person(
        number=f"{household.number}{len(household.members) + 1:02d}",
        name=father.name[0] + given_name(month.rng, sex),
        id_number=month.numbers.id_number(birth, sex),
        sex=sex,
        birth_date=birth,
        relation="son" if sex == "male" else "daughter",
        ethnicity=household.head.ethnicity,
        education=None,
        student_status="preschool",
        health="healthy",
        labour="none",
    )
    _resize(month, household, [*household.members, baby])
    return Change("person_born", household.number, baby.number)


def _person_moved(month: _Month) -> Change:
    """The same person, with the same ID, is now in another household under another number."""
    source = month.pick(lambda h: _leaver(h) is not None, "person_moved")
    target = month.pick(lambda h: 2 <= len(h.members) <= 4 and h.attribute != "wubao_poor", "person_moved")
    person = _leaver(source)
    assert person is not None
    _resize(month, source, [p for p in source.members if p is not person])
    moved = replace(person, number=f"{target.number}{len(target.members) + 1:02d}", relation="other")
    _resize(month, target, [*target.members, moved])
    return Change("person_moved", source.number, person.number, source.number, target.number)


def _household_new(month: _Month) -> Change:
    last = max(int(h.number[6:]) for h in month.county.households)
    villages = month.county.villages
    number = f"{month.county.code}{last + 1:07d}"
    village = villages[int(month.rng.random() * len(villages))]
    household = invent_household(month.rng, month.numbers, number, village)
    month.county.households.append(household)
    return Change("household_new", number)


def _household_gone(month: _Month) -> Change:
    household = month.pick(lambda h: True, "household_gone")
    month.county.households.remove(household)
    return Change("household_gone", household.number)


def _household_moved(month: _Month) -> Change:
    household = month.pick(lambda h: True, "household_moved")
    others = [v for v in month.county.villages if v.code != household.village.code]
    before, household.village = household.village, others[int(month.rng.random() * len(others))]
    return Change("household_moved", household.number, None, before.code, household.village.code)


def _id_corrected(month: _Month) -> Change:
    """The serial of the ID was wrong and is now another; birth date and sex stay."""
    household = month.pick(lambda h: len(h.head.id_number) == 18, "id_corrected")
    person = household.head
    before, person.id_number = person.id_number, month.numbers.id_number(person.birth_date, person.sex)
    assert check_digit(person.id_number[:17]) == person.id_number[17]
    return Change("id_corrected", household.number, person.number, before, person.id_number)


def _status_changed(month: _Month) -> Change:
    """A household that meets the standard by now is called exited."""

    def ready(h: Household) -> bool:
        return not h.exited and h.water_safe and not h.house_dangerous and h.last.food_clothing_ok is True

    household = month.pick(ready, "status_changed")
    household.status = "exited"
    for person in household.members:
        person.serious_illness_insured = True
    set_last_income(month.rng, household, net_per_head(month.rng, exited=True))
    return Change("status_changed", household.number, None, "poor", "exited")


_EVENTS: dict[str, Callable[[_Month], Change]] = {
    "value_changed": _value_changed,
    "person_gone": _person_gone,
    "person_born": _person_born,
    "person_moved": _person_moved,
    "household_new": _household_new,
    "household_gone": _household_gone,
    "household_moved": _household_moved,
    "id_corrected": _id_corrected,
    "status_changed": _status_changed,
}


def differences(before: County, after: County) -> Iterator[Difference]:
    """Every cell in which the files of two counties differ, and every row that only one of them has."""
    sources: dict[str, Callable[[County], Iterator[Row]]] = {
        VILLAGES: village_rows,
        PERSONS: person_rows,
        YEARLY: yearly_rows,
        ROLL: roll_rows,
    }
    for book, rows in sources.items():
        names = [c.field for c in COLUMNS[book]]
        old = {row.record: row.cells for row in rows(before)}
        new = {row.record: row.cells for row in rows(after)}
        for record in dict.fromkeys([*old, *new]):
            was, now = old.get(record), new.get(record)
            if was is None or now is None:
                yield Difference(book, record, None, was, now)
            elif was != now:
                for name, x, y in zip(names, was, now, strict=True):
                    if x != y:
                        yield Difference(book, record, name, x, y)
