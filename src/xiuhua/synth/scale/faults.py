"""Faults on request: each in a household of its own, found by the rule that the key names and by none of data quality besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import shares
from .causes import OTHER_CAUSES
from .drawing import Draw, Flags, Numbers
from .living import income_of
from .planning import Plan
from .shapes import County, Planted, Years

_CAUSE = {name: i for i, name in enumerate(shares.CAUSE)}
_RELATION = {name: i for i, name in enumerate(shares.RELATION)}
_STUDENT = {name: i for i, name in enumerate(shares.STUDENT)}


class Ground:
    """A county in planting. Positions are of households, of persons, or of the last year's records."""

    def __init__(self, draw: Draw, plan: Plan, county: County) -> None:
        self.draw, self.plan, self.county = draw, plan, county
        self.homes, self.people, self.years = county.homes, county.people, county.years
        self.free = self.homes.helped.copy()
        self.last = np.full(len(self.homes.key), -1)
        self.last[self.years.home[self.years.last]] = np.flatnonzero(self.years.last)
        self.wanted = 0

    def take(self, fits: Flags) -> Numbers:
        """As many households as wanted (fewer where fewer fit), out of those that fit and carry nothing yet."""
        rows = np.flatnonzero(fits & self.free)
        order = np.argsort(self.draw.sixteen(len(rows)), kind="stable")
        chosen = np.sort(rows[order[: self.wanted]])
        self.free[chosen] = False
        return chosen

    def take_persons(self, fits: Flags) -> Numbers:
        """The first fitting person of as many households as wanted."""
        rows = np.flatnonzero(fits)
        _, first = np.unique(self.people.home[rows], return_index=True)
        rows = rows[first]
        has = np.zeros(len(self.free), bool)
        has[self.people.home[rows]] = True
        chosen = self.take(has)
        return rows[np.isin(self.people.home[rows], chosen)]

    def of_last(self, values: np.ndarray) -> np.ndarray:
        """A column of the yearly records by household: its last year."""
        return values[self.last]

    @property
    def poor(self) -> Flags:
        return self.homes.status == 0

    @property
    def registered(self) -> Flags:
        return self.homes.status >= 0


Planter = Callable[[Ground], Numbers]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: how many in 600 helped households at rate 1, and the rule that finds it."""

    name: str
    per_600: int
    rule: str
    plant: Planter


KINDS: list[Kind] = []


def kind(name: str, per_600: int, rule: str) -> Callable[[Planter], Planter]:
    """Registers a planter, which returns the positions of the households that it spoilt."""

    def register(planter: Planter) -> Planter:
        KINDS.append(Kind(name, per_600, rule, planter))
        return planter

    return register


def plant(draw: Draw, plan: Plan, county: County) -> None:
    """Spoils a county at the plan's rate and notes what was done."""
    ground = Ground(draw, plan, county)
    helped = int(county.homes.helped.sum())
    if not helped:
        return
    for one in KINDS:
        exact = plan.faults * one.per_600 * helped / 600
        ground.wanted = int(exact) + int(draw.below(1, 10_000)[0] < (exact % 1) * 10_000)
        keys = county.homes.key[one.plant(ground)]
        county.planted += [Planted(int(key), one.name, one.rule) for key in np.sort(keys)]


@kind("exited_child_out_of_school", 3, "doubt.exited_education")
def _child(ground: Ground) -> Numbers:
    people, homes = ground.people, ground.homes
    child = (people.school_age >= 7) & (people.school_age <= 14) & (people.health == 0) & people.studies
    rows = ground.take_persons(child & (homes.exited & (homes.cause != _CAUSE["study"]))[people.home])
    people.student[rows] = _STUDENT["none"]
    return people.home[rows]


@kind("exited_below_line", 5, "doubt.exited_income")
def _below_line(ground: Ground) -> Numbers:
    # Later years have no national line, so nothing says what is below it.
    rows = ground.take(ground.homes.exited & (ground.plan.year in shares.LINE_YUAN))
    last, n = ground.last[rows], len(rows)
    net = (shares.line_fen(ground.plan.year) - ground.draw.between(n, 10, 900) * 100) * ground.homes.size[
        rows
    ]
    years = Years(rows, np.ones(n, bool), np.full(n, ground.plan.year))
    for name, values in income_of(ground.draw, ground.homes, ground.people, years, net).items():
        ground.years.income[name][last] = values
    return rows


@kind("exited_dangerous_house", 3, "doubt.exited_housing")
def _house(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.exited)
    ground.years.grade[ground.last[rows]] = 3
    ground.years.dangerous[ground.last[rows]] = True
    return rows


@kind("exited_unsafe_water", 3, "doubt.exited_water")
def _water(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.exited)
    ground.years.marks["water_quality_ok"][ground.last[rows]] = 0
    ground.years.marks["water_safe_reported"][ground.last[rows]] = 0
    return rows


@kind("cause_illness_all_healthy", 3, "quality.cause_illness")
def _illness(ground: Ground) -> Numbers:
    people, n = ground.people, len(ground.free)
    rows = ground.take(ground.registered & ~people.some(people.health != 0, n))
    ground.homes.cause[rows] = _CAUSE["illness"]
    return rows


@kind("cause_disability_none_disabled", 2, "quality.cause_disability")
def _disability(ground: Ground) -> Numbers:
    people, n = ground.people, len(ground.free)
    rows = ground.take(ground.registered & ~people.some(people.health == 3, n))
    ground.homes.cause[rows] = _CAUSE["disability"]
    return rows


@kind("cause_study_no_student", 2, "quality.cause_study")
def _study(ground: Ground) -> Numbers:
    people, n = ground.people, len(ground.free)
    rows = ground.take(ground.registered & ~people.some(people.studies, n))
    ground.homes.cause[rows] = _CAUSE["study"]
    ground.homes.other_causes[rows] = -1
    return rows


@kind("cause_repeated", 2, "quality.cause_repeated")
def _repeated(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.cause == _CAUSE["skill"])
    ground.homes.other_causes[rows] = OTHER_CAUSES.index("skill,capital")
    return rows


@kind("general_with_dibao_member", 2, "quality.general_with_dibao_member")
def _general_dibao(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.attribute == 0)
    ground.people.dibao[ground.people.start[rows]] = True
    return rows


@kind("dibao_member_missing", 2, "quality.dibao_member_missing")
def _dibao_missing(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.attribute == 1)
    ground.people.dibao[np.isin(ground.people.home, rows)] = False
    return rows


@kind("special_hardship_with_labour", 2, "quality.wubao_with_labour")
def _hardship(ground: Ground) -> Numbers:
    people, n = ground.people, len(ground.free)
    grown = people.able & (people.age >= 18) & (people.age <= 60)
    rows = ground.take((ground.homes.attribute == 0) & people.some(grown, n))
    ground.homes.attribute[rows] = 2
    mine = np.isin(ground.years.home, rows)
    income = ground.years.income
    income["wubao_fen"][mine] = income["transfer_fen"][mine] * 7 // 10
    return rows


def _grown(ground: Ground) -> Flags:
    """Plainly of working age, healthy, at home, able."""
    people = ground.people
    age = (people.age >= 18) & (people.age <= np.where(people.male, 59, 54))
    return age & (people.health == 0) & people.able & (people.work_months == 0)


@kind("healthy_but_labour_lost", 2, "quality.labour_lost_but_healthy")
def _labour_lost(ground: Ground) -> Numbers:
    rows = ground.take_persons(_grown(ground))
    ground.people.labour[rows] = shares.LABOUR.index("lost")
    return ground.people.home[rows]


@kind("work_place_without_months", 2, "quality.work_place_without_months")
def _place(ground: Ground) -> Numbers:
    rows = ground.take_persons(_grown(ground))
    ground.people.work_place[rows] = 0
    return ground.people.home[rows]


@kind("wage_without_worker", 2, "quality.wage_without_worker")
def _wage(ground: Ground) -> Numbers:
    people, income = ground.people, ground.years.income
    worker = people.some(people.work_months > 0, len(ground.free))
    rows = ground.take(~worker & (ground.of_last(income["business_fen"]) > 200_000))
    last = ground.last[rows]
    moved = income["business_fen"][last] // 200 * 100
    income["wage_fen"][last] += moved
    income["business_fen"][last] -= moved
    return rows


@kind("business_without_cost", 2, "quality.business_without_cost")
def _cost(ground: Ground) -> Numbers:
    income = ground.years.income
    cost = ground.of_last(income["business_cost_fen"])
    rows = ground.take((cost > 0) & (ground.of_last(income["business_fen"]) > cost))
    last = ground.last[rows]
    income["business_fen"][last] -= income["business_cost_fen"][last]
    income["business_cost_fen"][last] = 0
    return rows


@kind("sources_do_not_sum", 2, "quality.income_parts_total")
def _sum(ground: Ground) -> Numbers:
    rows = ground.take(ground.registered)
    ground.years.income["transfer_fen"][ground.last[rows]] += 80_000
    return rows


@kind("house_mark_disagrees", 2, "quality.house_tables_disagree")
def _house_mark(ground: Ground) -> Numbers:
    rows = ground.take(ground.poor & (ground.of_last(ground.years.grade) < 2))
    ground.years.dangerous[ground.last[rows]] = True
    return rows


@kind("water_mark_disagrees", 2, "quality.water_tables_disagree")
def _water_mark(ground: Ground) -> Numbers:
    marks = ground.years.marks
    rows = ground.take(ground.poor & (ground.of_last(marks["water_safe_reported"]) == 1))
    marks["water_quality_ok"][ground.last[rows]] = 0
    return rows


@kind("water_marks_contradict", 2, "quality.water_marks_contradict")
def _water_marks(ground: Ground) -> Numbers:
    marks = ground.years.marks
    rows = ground.take(ground.poor & (ground.of_last(marks["water_safe_reported"]) == 1))
    marks["water_difficult_reported"][ground.last[rows]] = 1
    return rows


@kind("relation_sex_disagrees", 3, "quality.relation_sex")
def _relation(ground: Ground) -> Numbers:
    people, son, daughter = ground.people, _RELATION["son"], _RELATION["daughter"]
    rows = ground.take_persons((people.relation == son) | (people.relation == daughter))
    people.relation[rows] = son + daughter - people.relation[rows]
    return people.home[rows]


@kind("spouse_same_sex", 2, "quality.head_spouse_sex")
def _spouse(ground: Ground) -> Numbers:
    people = ground.people
    rows = ground.take_persons(people.relation == _RELATION["spouse"])
    people.male[rows] = ~people.male[rows]
    return people.home[rows]


@kind("id_check_digit_wrong", 3, "quality.id_check_digit")
def _id(ground: Ground) -> Numbers:
    rows = ground.take_persons(ground.people.id_kind == 0)
    ground.people.id_valid[rows] = False
    return ground.people.home[rows]


@kind("two_heads", 2, "quality.one_head")
def _two_heads(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.size > 1)
    ground.people.relation[ground.people.start[rows] + 1] = _RELATION["head"]
    return rows


@kind("no_head", 2, "quality.head_on_record")
def _no_head(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.helped)
    ground.people.relation[ground.people.start[rows]] = _RELATION["other"]
    return rows


@kind("insured_more_than_members", 2, "quality.insured_more_than_members")
def _insured(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.helped)
    ground.years.numbers["insured_persons"][ground.last[rows]] = ground.homes.size[rows] + 2
    return rows


@kind("arable_too_large", 1, "quality.arable_too_large")
def _arable(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.helped)
    ground.years.numbers["arable_mu"][ground.last[rows]] = 6_000 * ground.homes.size[rows]
    return rows


@kind("irrigated_more_than_arable", 1, "quality.irrigated_more_than_arable")
def _irrigated(ground: Ground) -> Numbers:
    rows = ground.take(ground.homes.helped)
    numbers, last = ground.years.numbers, ground.last[rows]
    numbers["irrigated_mu"][last] = numbers["arable_mu"][last] + 1_000
    return rows


@kind("reimbursed_more_than_paid", 1, "quality.reimbursed_more_than_paid")
def _reimbursed(ground: Ground) -> Numbers:
    spending = ground.years.spending
    rows = ground.take(ground.homes.helped & ground.of_last(ground.years.spending_known))
    last = ground.last[rows]
    spending["medical_reimbursed_fen"][last] = spending["medical_paid_fen"][last] + 10_000
    return rows


@kind("young_in_senior_school", 1, "quality.young_in_senior_school")
def _senior(ground: Ground) -> Numbers:
    people = ground.people
    rows = ground.take_persons((people.age >= 8) & (people.age <= 13) & people.studies)
    people.student[rows] = _STUDENT["senior"]
    return people.home[rows]


@kind("health_empty", 2, "quality.health_empty")
def _health(ground: Ground) -> Numbers:
    rows = ground.take_persons(_grown(ground) & (ground.homes.size > 1)[ground.people.home])
    ground.people.health[rows] = -1
    return ground.people.home[rows]
