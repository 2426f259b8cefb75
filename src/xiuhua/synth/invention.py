"""Invents a county of registered households, other households and villages, all in agreement with each other."""

from __future__ import annotations

from math import ceil
from random import Random

from .chance import Odds, between
from .family import birth_date, people, send_to_work, sketch, sketch_special_hardship
from .identity import Numbers
from .living import set_years
from .names import city_name, county_name, given_name, province_name, surname, township_names, village_names
from .shapes import DATA_DATE, County, Household, Person, RollHousehold, Sex, Village

ROLL_PER_REGISTERED = 4.4
_CAUSES = {
    "illness": 48, "disability": 12, "skill": 15, "labour": 8, "capital": 7, "disaster": 3, "study": 3, "transport": 1.5,
    "motivation": 1.5, "land": 1,
}  # fmt: skip
_CAUSE = Odds(_CAUSES)
# As a county published it, that counts illness as the main cause of 56.92 in a hundred; with those in hardship that is this weight.
PUBLISHED_CAUSE = Odds({**_CAUSES, "illness": 70.5})
_CAUSE_HARDSHIP = Odds({"illness": 45, "disability": 25, "labour": 30})
_ATTRIBUTE = Odds({"general": 71, "dibao_poor": 24, "wubao_poor": 5})
_ROLL_SIZE = Odds({1: 5, 2: 14, 3: 22, 4: 27, 5: 19, 6: 10, 7: 3})


def invent(
    seed: int, households: int, *, code: str = "990521", name: str | None = None, causes: Odds[str] = _CAUSE
) -> County:
    """A county of so many registered households and about 4.4 times as many others, without any fault. causes: of poverty, by weight.

    `code` is the six-digit place code; it must begin with 99 (never assigned), because ID numbers carry it. ValueError
    otherwise. Counties with different codes share no person, number or name of county.
    """
    if len(code) != 6 or not code.isdigit() or not code.startswith("99"):
        raise ValueError(
            f"县代码为 99 开头的六位数字，不是 {code!r} / a county's code has six digits and begins with 99, not {code!r}"
        )
    rng = Random(f"{code}/{seed}/{households}")
    numbers = Numbers(code, rng)
    villages = _villages(rng, code, households)
    weights = Odds({i: 0.6 + rng.random() for i in range(len(villages))})
    registered = [
        invent_household(rng, numbers, f"{code}{i:07d}", villages[weights.draw(rng)], causes)
        for i in range(1, households + 1)
    ]
    county = County(
        code=code,
        name=name or county_name(code),
        city=city_name(code),
        province=province_name(code),
        seed=seed,
        data_date=DATA_DATE,
        villages=villages,
        households=registered,
        roll=_roll(rng, numbers, code, villages, registered),
    )
    count_villages(county)
    return county


def count_villages(county: County) -> None:
    """Sets each village's rural households and persons to what the registered households and the roll hold."""
    for village in county.villages:
        village.rural_households = village.rural_persons = 0
    for household in county.households:
        household.village.rural_households += 1
        household.village.rural_persons += len(household.members)
    for other in county.roll:
        other.village.rural_households += 1
        other.village.rural_persons += other.persons


def _villages(rng: Random, code: str, households: int) -> list[Village]:
    """Three townships of four villages up to 600 households; then a village for every 50, at most 450."""
    count = max(12, min(450, households // 50))
    townships = max(3, ceil(count / 15))
    longitude, latitude = 95 + rng.random() * 15, 28 + rng.random() * 10
    out: list[Village] = []
    for t, township in enumerate(township_names(rng, townships)):
        here = count // townships + (t < count % townships)
        for v, name in enumerate(village_names(rng, here)):
            poor = rng.random() < 0.65
            out.append(
                Village(
                    code=f"{code}{101 + t}{201 + v}",
                    name=name,
                    township_code=f"{code}{101 + t}",
                    township=township,
                    poor=poor,
                    deep_poor=poor and rng.random() < 0.3,
                    longitude=round(longitude + t % 6 * 0.13 + v % 4 * 0.03, 2),
                    latitude=round(latitude + t // 6 * 0.11 + t % 6 * 0.02 - v // 4 * 0.03 - v % 4 * 0.02, 2),
                )
            )
    return out


def invent_household(
    rng: Random, numbers: Numbers, number: str, village: Village, causes: Odds[str] = _CAUSE
) -> Household:
    """A registered household of that number, with members, phone and yearly records."""
    attribute = _ATTRIBUTE.draw(rng)
    members, cause = _members(rng, numbers, number, attribute, causes)
    household = Household(
        number=number,
        village=village,
        group=between(rng, 1, 6),
        status="exited" if rng.random() < 0.55 else "poor",
        attribute=attribute,
        main_cause=cause,
        phone=numbers.phone() if rng.random() >= 0.02 or any(p.works_away for p in members) else None,
        house_dangerous=False,
        water_safe=True,
        water_difficult=False,
        members=members,
    )
    set_years(rng, household)
    if household.status == "poor" and cause not in ("illness", "disability"):
        for person in members:
            person.serious_illness_insured = person.health != "healthy" or rng.random() >= 0.02
    return household


def _members(
    rng: Random, numbers: Numbers, number: str, attribute: str, causes: Odds[str]
) -> tuple[list[Person], str]:
    """Members that agree with the main cause, and the cause."""
    hardship = attribute == "wubao_poor"
    cause = (_CAUSE_HARDSHIP if hardship else causes).draw(rng)
    for _ in range(200):
        shape = sketch_special_hardship(rng) if hardship else sketch(rng)
        if cause == "study" and not any(7 <= s.age <= 20 for s in shape):
            continue
        forced: dict[int, str] = {}
        if cause in ("illness", "disability"):
            grown = [i for i, s in enumerate(shape) if s.age >= 16]
            who = grown[int(rng.random() * len(grown))]
            forced[who] = (
                "disabled" if cause == "disability" else "chronic" if rng.random() < 0.72 else "serious"
            )
        members = people(rng, numbers, number, shape, forced)
        if cause_agrees(cause, members):
            send_to_work(rng, members)
            return members, cause
    raise AssertionError(f"no family found for cause {cause}")


def cause_agrees(cause: str, members: list[Person]) -> bool:
    """Whether a main cause can be true of these members."""
    able = sum(p.can_work for p in members)
    if cause == "illness":
        return any(p.health in ("chronic", "serious") for p in members)
    if cause == "disability":
        return any(p.health == "disabled" for p in members)
    if cause == "study":
        return any(p.is_student for p in members)
    return able <= 1 if cause == "labour" else able >= 1


def _roll(
    rng: Random, numbers: Numbers, code: str, villages: list[Village], registered: list[Household]
) -> list[RollHousehold]:
    """Other rural households, village by village."""
    poor: dict[str, int] = dict.fromkeys((v.code for v in villages), 0)
    for household in registered:
        poor[household.village.code] += 1
    mean = sum(poor.values()) / len(villages)
    out: list[RollHousehold] = []
    for village in villages:
        for _ in range(round(ROLL_PER_REGISTERED * (0.6 * poor[village.code] + 0.4 * mean))):
            sex: Sex = "male" if rng.random() < 0.84 else "female"
            birth = birth_date(rng, between(rng, 27, 80))
            out.append(
                RollHousehold(
                    number=f"NC{code}{len(out) + 1:07d}",
                    village=village,
                    head_name=surname(rng) + given_name(rng, sex),
                    head_id=numbers.id_number(birth, sex),
                    persons=_ROLL_SIZE.draw(rng),
                )
            )
    return out
