"""Faults of writing: the county is as it was, but a cell says it wrongly. The intake refuses or mends them."""

from __future__ import annotations

from ..chance import between
from ..identity import check_digit
from ..shapes import Household, Person
from ..sheets import PERSONS, ROLL, WORDS, YEARLY, year_record, yuan
from .ground import Ground, Planted, kind


def _one(ground: Ground, people: list[Person]) -> Person | None:
    return people[int(ground.rng.random() * len(people))] if people else None


def _id_cell(ground: Ground, person: Person, written: object) -> Planted:
    return Planted((ground.county.put(PERSONS, person.number, "id_number", written),), person)


def _plain(household: Household) -> list[Person]:
    """Members with an 18-character ID."""
    return [p for p in household.members if len(p.id_number) == 18]


@kind("id_stored_as_number", 6, "refused", "id_stored_as_number")
def id_stored_as_number(ground: Ground, household: Household) -> Planted | None:
    """Excel took the ID for a number: the last digits are lost."""
    person = _one(ground, [p for p in _plain(household) if p.id_number.isdigit()])
    return _id_cell(ground, person, float(int(person.id_number))) if person else None


@kind("id_check_digit_wrong", 5, "refused", "id_check_digit_wrong")
def id_check_digit_wrong(ground: Ground, household: Household) -> Planted | None:
    """The last character is not what the first seventeen demand."""
    person = _one(ground, _plain(household))
    if person is None:
        return None
    right = person.id_number[-1]
    wrong = (int(right) + between(ground.rng, 1, 9)) % 10 if right.isdigit() else between(ground.rng, 0, 9)
    return _id_cell(ground, person, f"{person.id_number[:17]}{wrong}")


@kind("id_length_wrong", 2, "refused", "id_length_wrong")
def id_length_wrong(ground: Ground, household: Household) -> Planted | None:
    """One digit was left out."""
    person = _one(ground, _plain(household))
    if person is None:
        return None
    out = between(ground.rng, 6, 16)
    return _id_cell(ground, person, person.id_number[:out] + person.id_number[out + 1 :])


@kind("id_birth_date_wrong", 2, "refused", "id_birth_date_wrong")
def id_birth_date_wrong(ground: Ground, household: Household) -> Planted | None:
    """A thirteenth month, with a check digit that fits."""
    person = _one(ground, _plain(household))
    if person is None:
        return None
    first17 = f"{person.id_number[:10]}13{person.id_number[12:17]}"
    return _id_cell(ground, person, first17 + check_digit(first17))


@kind("id_spaced_or_lower_x__mend", 6, "mended")
def id_spaced_or_lower_x(ground: Ground, household: Household) -> Planted | None:
    """Blanks between the parts, a small x."""
    person = _one(ground, _plain(household))
    if person is None:
        return None
    n = person.id_number.lower()
    written = n if n.endswith("x") and ground.rng.random() < 0.5 else f" {n[:6]} {n[6:14]} {n[14:]}"
    return _id_cell(ground, person, written)


@kind("id_full_width__mend", 4, "mended", "id_full_width")
def id_full_width(ground: Ground, household: Household) -> Planted | None:
    """Digits typed with a Chinese input method."""
    person = _one(ground, _plain(household))
    return (
        _id_cell(ground, person, "".join(chr(ord(c) + 0xFEE0) for c in person.id_number)) if person else None
    )


@kind("id_missing__ok", 1, "none")
def id_missing(ground: Ground, household: Household) -> Planted | None:
    """A small child that has no number yet; it enters provisionally."""
    person = _one(ground, [p for p in household.members if p.student_status == "preschool"])
    return _id_cell(ground, person, None) if person else None


@kind("id_used_twice", 3, "refused", "id_used_twice", order=1)
def id_used_twice(ground: Ground, household: Household) -> Planted | None:
    """A person carries the ID of a different person of another household."""
    person = _one(ground, _plain(household))
    other = ground.partner(household, lambda h: bool(_plain(h)))
    if person is None or other is None:
        return None
    owner = next((p for p in _plain(other) if p.name != person.name), None)
    if owner is None:
        return None
    cell = ground.county.put(PERSONS, person.number, "id_number", owner.id_number)
    also = ground.county.put(PERSONS, owner.number, "id_number", owner.id_number)
    return Planted((cell, also), person, also=other.number)


@kind("village_unknown", 3, "refused", "village_unknown")
def village_unknown(ground: Ground, household: Household) -> Planted | None:
    """A village that the list does not have."""
    written = household.village.name.removesuffix("村") + "庄村"
    return Planted((ground.county.put(PERSONS, household.number, "village", written),))


@kind("village_spaced__mend", 4, "mended", "village_spaced")
def village_spaced(ground: Ground, household: Household) -> Planted | None:
    """A blank before and a wide blank after the name."""
    return Planted(
        (ground.county.put(PERSONS, household.number, "village", f" {household.village.name}\u3000"),)
    )


@kind("no_head", 3, "refused", "no_head")
def no_head(ground: Ground, household: Household) -> Planted | None:
    """Nobody is called head."""
    head = household.head
    return Planted((ground.county.put(PERSONS, head.number, "relation", WORDS["relation"]["other"]),))


@kind("two_heads", 3, "refused", "two_heads")
def two_heads(ground: Ground, household: Household) -> Planted | None:
    """A second member is called head too."""
    if len(household.members) < 2:
        return None
    second = household.members[1]
    return Planted((ground.county.put(PERSONS, second.number, "relation", WORDS["relation"]["head"]),))


@kind("member_count_disagrees", 4, "warned", "member_count_disagrees")
def member_count_disagrees(ground: Ground, household: Household) -> Planted | None:
    """The count says one more than there are rows."""
    cell = ground.county.put(PERSONS, household.number, "members_reported", len(household.members) + 1)
    return Planted((cell,))


@kind("months_out_of_range", 3, "refused", "months_out_of_range")
def months_out_of_range(ground: Ground, household: Household) -> Planted | None:
    """Thirteen months of work in a year."""
    person = _one(ground, [p for p in household.members if p.works_away])
    return (
        Planted((ground.county.put(PERSONS, person.number, "work_months", 13),), person) if person else None
    )


@kind("income_with_unit_text__mend", 4, "mended", "number_with_unit")
def income_with_unit_text(ground: Ground, household: Household) -> Planted | None:
    """A number written with thousands commas and its unit."""
    written = f"{household.per_head_fen // 100:,}.{household.per_head_fen % 100:02d}元"
    return Planted((ground.county.put(PERSONS, household.number, "per_head", written),))


@kind("income_not_a_number", 2, "refused", "not_a_number")
def income_not_a_number(ground: Ground, household: Household) -> Planted | None:
    """About three thousand."""
    return Planted((ground.county.put(PERSONS, household.number, "per_head", "约三千"),))


@kind("area_with_unit_text__mend", 2, "mended", "number_with_unit")
def area_with_unit_text(ground: Ground, household: Household) -> Planted | None:
    """A floor area with its unit, in the record book."""
    record = year_record(household, household.last)
    return Planted((ground.county.put(YEARLY, record, "house_area", f"{household.last.house_area_m2}㎡"),))


@kind("yearly_income_not_a_number", 2, "refused", "not_a_number")
def yearly_income_not_a_number(ground: Ground, household: Household) -> Planted | None:
    """A source of income that is a word."""
    return Planted((ground.county.put(YEARLY, year_record(household, household.last), "transfer", "不详"),))


@kind("percent_out_of_range", 2, "refused", "out_of_range")
def percent_out_of_range(ground: Ground, household: Household) -> Planted | None:
    """Water supplied 120 per cent of the days."""
    return Planted(
        (ground.county.put(YEARLY, year_record(household, household.last), "water_reliability", 120),)
    )


@kind("date_not_valid", 2, "refused", "date_not_valid")
def date_not_valid(ground: Ground, household: Household) -> Planted | None:
    """A thirty-first of September."""
    if household.last.seen_on is None:
        return None
    return Planted(
        (ground.county.put(YEARLY, year_record(household, household.last), "seen_on", "2017-09-31"),)
    )


@kind("code_variant__mend", 3, "mended", "code_variant")
def code_variant(ground: Ground, household: Household) -> Planted | None:
    """A known other word for a code, with a blank behind it."""
    person = _one(ground, [p for p in household.members if p.education == "junior"])
    return (
        Planted((ground.county.put(PERSONS, person.number, "education", "初中毕业 "),), person)
        if person
        else None
    )


@kind("code_unknown", 2, "refused", "code_unknown")
def code_unknown(ground: Ground, household: Household) -> Planted | None:
    """A word that is in no list."""
    person = _one(ground, [p for p in household.members if p.education == "illiterate"])
    return (
        Planted((ground.county.put(PERSONS, person.number, "education", "私塾三年"),), person)
        if person
        else None
    )


@kind("phone_as_number__mend", 3, "mended", "phone_as_number")
def phone_as_number(ground: Ground, household: Household) -> Planted | None:
    """A phone that Excel took for a number; no digit is lost."""
    if household.phone is None:
        return None
    return Planted((ground.county.put(PERSONS, household.number, "phone", int(household.phone)),))


@kind("duplicate_row", 2, "refused", "duplicate_row")
def duplicate_row(ground: Ground, household: Household) -> Planted | None:
    """The same row twice, one under the other."""
    person = household.members[-1]
    ground.county.repeats.add(person.number)
    return Planted((ground.county.put(PERSONS, person.number, "person_number", person.number),), person)


@kind("missing_key", 0, "refused", "missing_key")
def missing_key(ground: Ground, household: Household) -> Planted | None:
    """A row without household number."""
    person = household.members[-1]
    return Planted((ground.county.put(PERSONS, person.number, "household_number", None),), person)


@kind("per_head_disagrees", 2, "warned", "quality.income_tables_disagree")
def per_head_disagrees(ground: Ground, household: Household) -> Planted | None:
    """The export tells another income per head than the record book."""
    written = yuan(household.per_head_fen + 30_000)
    return Planted((ground.county.put(PERSONS, household.number, "per_head", written),))


@kind("roll_id_check_digit_wrong", 2, "refused", "id_check_digit_wrong")
def roll_id_check_digit_wrong(ground: Ground, household: Household) -> Planted | None:
    """A wrong ID in the roll of other households."""
    planted = ground.county.cells.get(ROLL, {})
    other = ground.county.roll[int(ground.rng.random() * len(ground.county.roll))]
    if other.number in planted:
        return None
    right = other.head_id[-1]
    wrong = (int(right) + between(ground.rng, 1, 9)) % 10 if right.isdigit() else between(ground.rng, 0, 9)
    cell = ground.county.put(ROLL, other.number, "head_id", f"{other.head_id[:17]}{wrong}")
    return Planted((cell,), household=other.number)
