"""Faults in how a household lives: exited without meeting the standard, and marks that do not agree."""

from __future__ import annotations

from ..chance import between
from ..living import set_income, set_water
from ..shapes import LINE_FEN, Cell, Household
from ..sheets import PERSONS, WORDS, YEARLY, year_record, yuan
from .ground import Ground, Planted, kind


def _income_cells(household: Household) -> tuple[Cell, ...]:
    record = year_record(household, household.last)
    return Cell(PERSONS, household.number, "per_head"), Cell(YEARLY, record, "net_income")


@kind("exited_below_line", 4, "warned", "doubt.exited_income")
def exited_below_line(ground: Ground, household: Household) -> Planted | None:
    """Exited with less than 2,952 yuan a head: by one fen, by one yuan, or by more."""
    if not household.exited:
        return None
    below = (1, 100, between(ground.rng, 500, 60_000))[between(ground.rng, 0, 2)]
    set_income(ground.rng, household, LINE_FEN - below)
    return Planted(_income_cells(household))


@kind("exited_exactly_on_line__ok", 2, "none")
def exited_exactly_on_line(ground: Ground, household: Household) -> Planted | None:
    """Exited with exactly 2,952 yuan a head: reached, no fault."""
    if not household.exited:
        return None
    set_income(ground.rng, household, LINE_FEN)
    return Planted(_income_cells(household))


@kind("exited_dangerous_house", 4, "warned", "doubt.exited_housing")
def exited_dangerous_house(ground: Ground, household: Household) -> Planted | None:
    """Exited and living in a house of grade C or D."""
    if not household.exited:
        return None
    household.last.house_grade = "D" if ground.rng.random() < 0.7 else "C"
    household.house_dangerous = True
    record = year_record(household, household.last)
    return Planted((Cell(PERSONS, household.number, "house_dangerous"), Cell(YEARLY, record, "house_grade")))


@kind("exited_unsafe_water", 3, "warned", "doubt.exited_water")
def exited_unsafe_water(ground: Ground, household: Household) -> Planted | None:
    """Exited without safe water; at least one of the four measures says so."""
    if not household.exited:
        return None
    set_water(ground.rng, household, household.last, safe=False)
    record = year_record(household, household.last)
    names = ("water_quality", "water_litres", "water_minutes", "water_reliability")
    return Planted(
        (Cell(PERSONS, household.number, "water_safe"), *(Cell(YEARLY, record, name) for name in names))
    )


@kind("water_mark_disagrees", 2, "warned", "quality.water_tables_disagree")
def water_mark_disagrees(ground: Ground, household: Household) -> Planted | None:
    """The export says safe water; the record book says that the water is not up to standard."""
    if household.exited or not household.water_safe or household.last.water_quality_ok is None:
        return None
    record = year_record(household, household.last)
    cell = ground.county.put(YEARLY, record, "water_quality", "否")
    return Planted((cell, Cell(PERSONS, household.number, "water_safe")))


@kind("house_mark_disagrees", 2, "warned", "quality.house_tables_disagree")
def house_mark_disagrees(ground: Ground, household: Household) -> Planted | None:
    """The export says dangerous house; the record book has grade A or B."""
    if household.exited or household.last.house_grade not in ("A", "B"):
        return None
    cell = ground.county.put(PERSONS, household.number, "house_dangerous", "是")
    return Planted((cell, Cell(YEARLY, year_record(household, household.last), "house_grade")))


@kind("business_without_cost", 2, "warned", "quality.business_without_cost")
def business_without_cost(ground: Ground, household: Household) -> Planted | None:
    """Income from the farm and no expense for it."""
    last = household.last
    if last.business_fen <= last.business_cost_fen or not last.business_cost_fen:
        return None
    record = year_record(household, last)
    cells = (
        ground.county.put(YEARLY, record, "business_cost", 0),
        ground.county.put(YEARLY, record, "business", yuan(last.business_fen - last.business_cost_fen)),
    )
    return Planted(cells)


@kind("sources_do_not_sum", 2, "warned", "quality.income_parts_total")
def sources_do_not_sum(ground: Ground, household: Household) -> Planted | None:
    """The sources of income are 800 yuan more than the net income says."""
    record = year_record(household, household.last)
    written = yuan(household.last.transfer_fen + 80_000)
    return Planted(
        (ground.county.put(YEARLY, record, "transfer", written), Cell(YEARLY, record, "net_income"))
    )


def _cause(ground: Ground, household: Household, cause: str) -> Planted:
    return Planted((ground.county.put(PERSONS, household.number, "main_cause", WORDS["cause"][cause]),))


@kind("cause_illness_all_healthy", 3, "warned", "quality.cause_illness", order=3)
def cause_illness_all_healthy(ground: Ground, household: Household) -> Planted | None:
    """Poor by illness, and everyone is healthy."""
    if any(p.health != "healthy" for p in household.members):
        return None
    return _cause(ground, household, "illness")


@kind("cause_disability_none_disabled", 2, "warned", "quality.cause_disability", order=4)
def cause_disability_none_disabled(ground: Ground, household: Household) -> Planted | None:
    """Poor by disability, and nobody is disabled."""
    if any(p.health == "disabled" for p in household.members):
        return None
    return _cause(ground, household, "disability")


@kind("cause_study_no_student", 2, "warned", "quality.cause_study", order=4)
def cause_study_no_student(ground: Ground, household: Household) -> Planted | None:
    """Poor by the cost of study, and nobody is in school."""
    if any(p.student_status != "none" for p in household.members):
        return None
    return _cause(ground, household, "study")
