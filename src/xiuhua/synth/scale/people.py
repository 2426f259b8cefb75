"""Persons of all households of a county: birth, schooling, health, labour, work, insurance, in agreement with each other."""

from __future__ import annotations

import numpy as np

from . import shares
from .drawing import Codes, Draw, Flags, Numbers, mixed
from .families import MOST, Members
from .planning import CountyPlan, Plan
from .shapes import Homes, People

_ILLNESS, _DISABILITY = shares.CAUSE.index("illness"), shares.CAUSE.index("disability")
_SICK, _SERIOUS, _DISABLED = 1, 2, 3
_STUDENT = {name: i for i, name in enumerate(shares.STUDENT)}


def people_of(draw: Draw, plan: Plan, county: CountyPlan, homes: Homes, members: Members) -> People:
    """Everybody of the county. School age is counted on 31 August, age on 30 September."""
    size = homes.size
    there = np.arange(MOST) < size[:, None]
    home = np.repeat(np.arange(len(size)), size)
    start = np.cumsum(size) - size
    age, male, relation = members.age[there], members.male[there], members.relation[there]
    n = len(home)
    birth = _day(plan.year - age, 9, 30) - draw.below(n, 365)
    school_age = age - (birth > _day(plan.year - age, 8, 31))
    helped = homes.helped[home]
    health = _health(draw, homes, age, start)
    student = _schooling(draw, homes, home, school_age, health)
    labour = _labour(draw, age, student, health)
    works = helped & ((labour == 2) | (labour == 3)) & (health <= _SICK) & draw.chance(n, shares.WORKS_AWAY)
    insured, serious, pension = _insurance(draw, homes, home, age, health)
    key = mixed((county.first + home) * 8 + _place(home, start), 2)
    people = People(
        home=home,
        start=start,
        key=key[np.lexsort((key, home))],
        relation=relation,
        male=male,
        age=age,
        birth=birth,
        school_age=school_age,
        ethnicity=_ethnicity(draw, homes, home),
        education=_education(draw, age, student),
        student=student,
        health=health,
        labour=labour,
        work_place=np.where(works, draw.choose(n, shares.WORK_PLACES), -1).astype(np.int8),
        work_months=np.where(works, draw.between(n, 3, 12), 0),
        insured=insured,
        serious_insured=serious,
        pension=pension,
        dibao=(homes.attribute == 1)[home],
        id_kind=np.zeros(n, np.int8),
        id_valid=np.ones(n, bool),
        disability=np.where(
            helped & (health == _DISABLED), draw.choose(n, (10, 10, 5, 45, 10, 15, 5)), -1
        ).astype(np.int8),
        grade=np.where(helped & (health == _DISABLED), draw.choose(n, (10, 30, 35, 25)), -1).astype(np.int8),
    )
    cards = draw.chance(len(size), 0.25)  # whether the clerk wrote disability cards in place of IDs
    people.id_kind[(people.disability >= 0) & cards[home]] = 1
    # A small child may have no number yet; only of others, where a birth date is enough, nothing is asked for.
    people.id_kind[(age == 0) & helped & draw.chance(n, 0.05)] = 2
    return people


def _place(home: Numbers, start: Numbers) -> Numbers:
    return np.arange(len(home)) - start[home]


def _day(year: Numbers, month: int, day: int) -> Numbers:
    """Days since 1970 of a date in each of these years."""
    table = np.array(
        [
            np.datetime64(f"{y}-{month:02d}-{day:02d}", "D").astype(int)
            for y in range(int(year.min()), int(year.max()) + 1)
        ],
        np.int64,
    )
    return table[year - int(year.min())]


def _health(draw: Draw, homes: Homes, age: Numbers, start: Numbers) -> Codes:
    """Health by age; where illness or disability is the main cause, one grown member has it."""
    n = len(age)
    health = np.where(
        age < 55, draw.choose(n, shares.HEALTH_YOUNG), draw.choose(n, shares.HEALTH_OLD)
    ).astype(np.int8)
    chosen = start + draw.below(len(homes.size), homes.size)
    chosen = np.where(age[chosen] >= 16, chosen, start)
    sick = np.where(draw.chance(len(homes.size), 0.72), _SICK, _SERIOUS)
    for cause, what in ((_ILLNESS, sick), (_DISABILITY, np.full(len(sick), _DISABLED))):
        which = homes.cause == cause
        health[chosen[which]] = what[which]
    return health


def _schooling(draw: Draw, homes: Homes, home: Numbers, age: Numbers, health: Codes) -> Codes:
    """Student status by school age. In exited households all of school age study; in poor ones a few do not."""
    n = len(age)
    special = (health == _DISABLED) & draw.chance(n, 0.3)
    out = np.full(n, _STUDENT["none"], np.int8)
    out[age < 6] = _STUDENT["preschool"]
    compulsory = (age >= 6) & (age <= 14)
    out[compulsory] = np.where(age <= 11, _STUDENT["primary"], _STUDENT["junior"])[compulsory]
    out[compulsory & special] = _STUDENT["special"]
    senior = (age >= 15) & (age <= 17) & ~((age >= 16) & draw.chance(n, 0.12))
    kind = np.where(draw.chance(n, 0.66), _STUDENT["senior"], _STUDENT["vocational_senior"])
    out[senior] = kind[senior]
    college = (age >= 18) & (age <= 21) & draw.chance(n, 0.35)
    kind = np.where(draw.chance(n, 0.5), _STUDENT["vocational_college"], _STUDENT["college"])
    out[college] = kind[college]
    poor = homes.status == 0
    share = shares.OUT_OF_SCHOOL / max(float(poor.sum()) / max(1, int(homes.helped.sum())), 0.05)
    out[compulsory & poor[home] & draw.chance(n, min(share, 0.2))] = _STUDENT["none"]
    return out


def _education(draw: Draw, age: Numbers, student: Codes) -> Codes:
    """Highest schooling finished; nothing for those still in school, and for children who left it before its end."""
    n = len(age)
    out = np.where(
        age < 40,
        draw.choose(n, shares.EDUCATION_YOUNG),
        np.where(age < 60, draw.choose(n, shares.EDUCATION_MIDDLE), draw.choose(n, shares.EDUCATION_OLD)),
    )
    out = np.where(age <= 22, np.where(draw.chance(n, 0.7), 2, 3), out)
    out = np.where(age <= 17, 2, out)
    return np.where((student == _STUDENT["none"]) & (age >= 16), out, -1).astype(np.int8)


def _labour(draw: Draw, age: Numbers, student: Codes, health: Codes) -> Codes:
    """Working ability: healthy people of 16 to 65 who are not in school can always work."""
    n = len(age)
    weak = np.array([0.0, 0.15, 0.6, 0.55])[health]
    out = np.where(draw.chance(n, 0.13), 3, 2)
    out = np.where(draw.chance(n, weak), np.where(draw.chance(n, 0.7), 1, 4), out)
    return np.where((age < 16) | (age > 65) | (student != _STUDENT["none"]), 0, out).astype(np.int8)


def _ethnicity(draw: Draw, homes: Homes, home: Numbers) -> Codes:
    """Most of a village are of one ethnicity, and nearly everybody is of that of the household."""
    villages = int(homes.village[-1]) + 1
    of_village = draw.choose(villages, shares.ETHNICITIES)
    n = len(homes.size)
    of_home = np.where(draw.chance(n, 0.9), of_village[homes.village], draw.choose(n, shares.ETHNICITIES))
    m = len(home)
    return np.where(draw.chance(m, 0.97), of_home[home], draw.choose(m, shares.ETHNICITIES)).astype(np.int8)


def _insurance(
    draw: Draw, homes: Homes, home: Numbers, age: Numbers, health: Codes
) -> tuple[Flags, Flags, Codes]:
    """Basic, serious illness, pension. In exited households everybody is insured, of the poor some are not; pensions are known
    of all at home or of none."""
    n, secured = len(home), (homes.status != 0)[home]
    pension = np.where(draw.chance(n, 0.9), 1, 0)
    known = draw.chance(len(homes.size), 1 - shares.UNKNOWN)[home] & (age >= 16)
    insured = secured | ~draw.chance(n, shares.UNINSURED)
    serious = secured | (health != 0) | ~draw.chance(n, shares.UNINSURED)
    return insured, serious, np.where(known, pension, -1).astype(np.int8)
