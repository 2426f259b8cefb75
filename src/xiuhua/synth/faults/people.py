"""Faults in who a household's members are: relation and sex, the same person twice, labour and work that disagree."""

from __future__ import annotations

from dataclasses import replace

from ..identity import check_digit
from ..living import set_income
from ..shapes import LINE_FEN, Cell, Household, Person
from ..sheets import PERSONS, ROLL, WORDS, YEARLY, year_record, yuan
from .ground import Ground, Planted, kind


def _grown(ground: Ground, person: Person) -> bool:
    """Plainly of working age (men to 59, women to 54), healthy, not in school."""
    age = person.age_on(ground.county.data_date)
    return (
        18 <= age <= (59 if person.sex == "male" else 54)
        and person.health == "healthy"
        and person.student_status == "none"
    )


@kind("relation_sex_disagrees", 3, "warned", "quality.relation_sex")
def relation_sex_disagrees(ground: Ground, household: Household) -> Planted | None:
    """A son written as daughter, or the other way; the ID tells the sex."""
    swapped = {"son": "daughter", "daughter": "son"}
    person = next((p for p in household.members if p.relation in swapped), None)
    if person is None:
        return None
    written = WORDS["relation"][swapped[person.relation]]
    return Planted((ground.county.put(PERSONS, person.number, "relation", written),), person)


@kind("spouse_same_sex", 2, "warned", "quality.head_spouse_sex")
def spouse_same_sex(ground: Ground, household: Household) -> Planted | None:
    """The spouse's ID has the sex of the head."""
    spouse = next((p for p in household.members if p.relation == "spouse" and len(p.id_number) == 18), None)
    if spouse is None:
        return None
    taken = {p.id_number for other in ground.county.households for p in other.members}
    taken |= {other.head_id for other in ground.county.roll}
    first17 = f"{spouse.id_number[:16]}{(int(spouse.id_number[16]) + 1) % 10}"
    number = first17 + check_digit(first17)
    if number in taken:
        return None
    return Planted((ground.county.put(PERSONS, spouse.number, "id_number", number),), spouse)


@kind("same_person_two_households", 2, "asked", "same_person_two_households", order=2)
def same_person_two_households(ground: Ground, household: Household) -> Planted | None:
    """A grown child or parent is written in a second household too, with name and ID."""
    person = next((p for p in household.members[1:] if not p.can_work and p.health == "healthy"), None)
    if person is None or len(person.id_number) != 18:
        return None
    other = ground.partner(household, lambda h: h.attribute != "wubao_poor" and 2 <= len(h.members) <= 4)
    if other is None:
        return None
    per_head = max(other.per_head_fen, LINE_FEN + 1_000) if other.exited else other.per_head_fen
    copy = replace(person, number=f"{other.number}{len(other.members) + 1:02d}", relation="other")
    other.members.append(copy)
    other.village.rural_persons += 1
    if other.last.insured_persons is not None:
        other.last.insured_persons = len(other.members)
    set_income(ground.rng, other, per_head)
    cells = (Cell(PERSONS, copy.number, "id_number"), Cell(PERSONS, person.number, "id_number"))
    return Planted(cells, copy, also=household.number, household=other.number)


@kind("registered_person_on_roll", 2, "asked", "same_person_two_households", order=2)
def registered_person_on_roll(ground: Ground, household: Household) -> Planted | None:
    """A member of a registered household heads a household of the roll, with name and ID."""
    person = next((p for p in household.members if p.can_work and len(p.id_number) == 18), None)
    if person is None:
        return None
    other = ground.county.roll[int(ground.rng.random() * len(ground.county.roll))]
    if other.number in ground.county.cells.get(ROLL, {}):
        return None
    cells = (
        ground.county.put(ROLL, other.number, "head_id", person.id_number),
        ground.county.put(ROLL, other.number, "head_name", person.name),
        Cell(PERSONS, person.number, "id_number"),
    )
    return Planted(cells, person, also=other.number)


@kind("healthy_but_labour_lost", 2, "warned", "quality.labour_lost_but_healthy")
def healthy_but_labour_lost(ground: Ground, household: Household) -> Planted | None:
    """A healthy adult of working age who is said to have lost the capacity to work."""
    person = next(
        (p for p in household.members if _grown(ground, p) and p.can_work and not p.works_away), None
    )
    if person is None:
        return None
    return Planted((ground.county.put(PERSONS, person.number, "labour", WORDS["labour"]["lost"]),), person)


@kind("work_place_without_months", 2, "warned", "quality.work_place_without_months")
def work_place_without_months(ground: Ground, household: Household) -> Planted | None:
    """A place of work and no months, beside another member who earns the wages."""
    if not any(p.works_away for p in household.members):
        return None
    person = next(
        (p for p in household.members if _grown(ground, p) and p.can_work and not p.works_away), None
    )
    if person is None:
        return None
    return Planted(
        (ground.county.put(PERSONS, person.number, "work_place", WORDS["work_place"]["outside"]),), person
    )


@kind("wage_without_worker", 2, "warned", "quality.wage_without_worker")
def wage_without_worker(ground: Ground, household: Household) -> Planted | None:
    """Part of the farm's income is entered as wages, though nobody works for wages."""
    last = household.last
    if any(p.works_away for p in household.members) or last.business_fen < 200_000:
        return None
    record = year_record(household, last)
    moved = last.business_fen // 2 // 100 * 100
    cells = (
        ground.county.put(YEARLY, record, "wage", yuan(moved)),
        ground.county.put(YEARLY, record, "business", yuan(last.business_fen - moved)),
    )
    return Planted(cells)


@kind("special_hardship_with_labour", 2, "warned", "quality.wubao_with_labour")
def special_hardship_with_labour(ground: Ground, household: Household) -> Planted | None:
    """A household on full support with an able adult."""
    if household.attribute != "general" or not any(
        _grown(ground, p) and p.can_work for p in household.members
    ):
        return None
    written = WORDS["attribute"]["wubao_poor"]
    return Planted((ground.county.put(PERSONS, household.number, "attribute", written),))


@kind("exited_child_out_of_school", 3, "warned", "doubt.exited_education", order=3)
def exited_child_out_of_school(ground: Ground, household: Household) -> Planted | None:
    """A healthy child of 7 to 14 of an exited household is not in school."""
    if not household.exited or household.main_cause == "study":
        return None
    day = ground.county.data_date
    child = next((p for p in household.members if 7 <= p.age_on(day) <= 14 and p.health == "healthy"), None)
    if child is None:
        return None
    written = WORDS["student_status"]["none"]
    return Planted((ground.county.put(PERSONS, child.number, "student_status", written),), child)
