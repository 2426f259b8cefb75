"""Invents the members of a household so that age, relation, schooling, health and labour agree with each other.

Ages are full years on the data date, 30 September 2017. School age is counted on 31 August, as schools do: a child who
turns six in September may still be in kindergarten, and that is no fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .chance import Odds, between
from .identity import Numbers
from .names import given_name, surname
from .shapes import DATA_DATE, Person, Sex

_SIZE = Odds({1: 10, 2: 25, 3: 30, 4: 22, 5: 9, 6: 4})
_ETHNICITY = Odds({"han": 50, "tibetan": 22, "hui": 18, "tu": 10})
_HEALTH = Odds({"healthy": 80, "chronic": 12, "serious": 3, "disabled": 5})
_HEALTH_OLD = Odds({"healthy": 60, "chronic": 26, "serious": 5, "disabled": 9})
_EDUCATION_OLD = Odds({"illiterate": 55, "primary": 32, "junior": 11, "senior": 2})
_EDUCATION_MIDDLE = Odds({"illiterate": 18, "primary": 37, "junior": 36, "senior": 8, "college": 1})
_EDUCATION_YOUNG = Odds({"illiterate": 2, "primary": 15, "junior": 52, "senior": 22, "college": 9})
_EDUCATION_LEAVER = Odds({"junior": 70, "senior": 30})
_PLACE = Odds({"outside": 40, "county": 33, "province": 27})


@dataclass(slots=True)
class Sketch:
    """A member before names and numbers: age in years, sex and relation to the head."""

    age: int
    sex: Sex
    relation: str


def _sex(rng: Random) -> Sex:
    return "male" if rng.random() < 0.51 else "female"


def sketch(rng: Random) -> list[Sketch]:
    """Who lives in an ordinary household: one to six people, the head first."""
    size = _SIZE.draw(rng)
    if size == 1:
        return [Sketch(between(rng, 32, 84), _sex(rng), "head")]
    head = Sketch(between(rng, 26, 70), "male" if rng.random() < 0.8 else "female", "head")
    members = [head]
    youngest_parent = head.age
    if rng.random() < 0.82:
        spouse = Sketch(
            max(22, head.age + between(rng, -6, 5)), "female" if head.sex == "male" else "male", "spouse"
        )
        members.append(spouse)
        youngest_parent = min(head.age, spouse.age)
    if head.age <= 55 and len(members) < size and rng.random() < 0.35:
        _add_parents(rng, members, size)
    if len(members) < size:
        _add_descendants(rng, members, size, youngest_parent)
    return members


def _add_parents(rng: Random, members: list[Sketch], size: int) -> None:
    head = members[0]
    older = Sketch(min(92, head.age + between(rng, 20, 36)), "female" if rng.random() < 0.65 else "male", "")
    older.relation = "mother" if older.sex == "female" else "father"
    members.append(older)
    if len(members) + 1 < size and rng.random() < 0.3:
        sex: Sex = "male" if older.sex == "female" else "female"
        age = min(93, max(head.age + 19, older.age + between(rng, -4, 4)))
        members.append(Sketch(age, sex, "father" if sex == "male" else "mother"))


def _add_descendants(rng: Random, members: list[Sketch], size: int, youngest_parent: int) -> None:
    """Children, and for grown sons a wife and children of their own."""
    ages: list[int] = []
    while len(members) < size:
        top = youngest_parent - 21
        low = max(0, youngest_parent - 41)
        choices = [a for a in range(low, top + 1) if all(abs(a - other) > 1 for other in ages)]
        if not choices:
            return
        age = choices[int(rng.random() * len(choices))]
        ages.append(age)
        child = Sketch(age, _sex(rng), "son")
        if child.sex == "female":
            child.relation = "daughter"
        members.append(child)
        if child.relation == "son" and age >= 23 and len(members) < size and rng.random() < 0.6:
            wife = Sketch(max(21, age + between(rng, -4, 2)), "female", "daughter_in_law")
            members.append(wife)
            oldest = min(age, wife.age) - 21
            if len(members) < size and oldest >= 0:
                grandchild = Sketch(between(rng, 0, min(oldest, 18)), _sex(rng), "grandson")
                if grandchild.sex == "female":
                    grandchild.relation = "granddaughter"
                members.append(grandchild)
            return


def sketch_special_hardship(rng: Random) -> list[Sketch]:
    """One or two old people without anyone who could work: a 特困供养 household."""
    head = Sketch(between(rng, 67, 88), "male" if rng.random() < 0.75 else "female", "head")
    if rng.random() < 0.8:
        return [head]
    sex: Sex = "female" if head.sex == "male" else "male"
    return [head, Sketch(max(67, head.age + between(rng, -5, 4)), sex, "spouse")]


def birth_date(rng: Random, age: int) -> date:
    """A day of birth that makes a person exactly `age` full years old on the data date."""
    return date(DATA_DATE.year - age, DATA_DATE.month, DATA_DATE.day) - timedelta(
        days=int(rng.random() * 365)
    )


def school_age(birth: date) -> int:
    """Full years on 31 August before the school year of the data date."""
    return DATA_DATE.year - birth.year - ((birth.month, birth.day) > (8, 31))


def schooling(rng: Random, birth: date, health: str) -> str:
    """Student status that agrees with the age; compulsory years are always in school."""
    age = school_age(birth)
    if age < 6:
        return "preschool"
    if age <= 14:
        if health == "disabled" and rng.random() < 0.3:
            return "special"
        return "primary" if age <= 11 else "junior"
    if age <= 17:
        if age >= 16 and rng.random() < 0.12:
            return "none"
        return "senior" if rng.random() < 0.66 else "vocational_senior"
    if age <= 21 and rng.random() < 0.35:
        return "vocational_college" if rng.random() < 0.5 else "college"
    return "none"


def education_of(rng: Random, age: int, student_status: str) -> str | None:
    """Highest schooling finished; empty for those still in school, as the export leaves it."""
    if student_status != "none":
        return None
    if age <= 17:
        return "junior"
    if age <= 22:
        return _EDUCATION_LEAVER.draw(rng)
    odds = _EDUCATION_YOUNG if age < 40 else _EDUCATION_MIDDLE if age < 60 else _EDUCATION_OLD
    return odds.draw(rng)


def labour_of(rng: Random, age: int, student_status: str, health: str) -> str:
    """Working ability: healthy people of 16-65 who are not in school can always work."""
    if age < 16 or age > 65 or student_status != "none":
        return "none"
    weak = {"healthy": 0.0, "chronic": 0.15, "serious": 0.6, "disabled": 0.55}[health]
    if rng.random() < weak:
        return "lost"
    return "skilled" if rng.random() < 0.13 else "ordinary"


def people(
    rng: Random, numbers: Numbers, household: str, sketches: list[Sketch], forced: dict[int, str]
) -> list[Person]:
    """Members with names and numbers; `forced` gives the health of some of them by position."""
    family, other = surname(rng), surname(rng)
    # A woman who heads a household with her husband has children of his name.
    children = (
        other
        if sketches[0].sex == "female" and len(sketches) > 1 and sketches[1].relation == "spouse"
        else family
    )
    ethnicity = _ETHNICITY.draw(rng)
    cards = rng.random() < 0.25  # whether the clerk wrote disability cards in place of IDs
    names: set[str] = set()
    out: list[Person] = []
    for i, s in enumerate(sketches):
        if s.relation in ("head", "father"):
            last = family
        elif s.relation == "spouse":
            last = other
        elif s.relation in ("mother", "daughter_in_law"):
            last = surname(rng)
        else:
            last = children
        name = last + given_name(rng, s.sex)
        while name in names:
            name = last + given_name(rng, s.sex)
        names.add(name)
        birth = birth_date(rng, s.age)
        health = forced.get(i) or (_HEALTH if s.age < 55 else _HEALTH_OLD).draw(rng)
        status = schooling(rng, birth, health)
        number = numbers.id_number(birth, s.sex)
        if health == "disabled" and cards:
            number = numbers.disability_card(number)
        out.append(
            Person(
                number=f"{household}{i + 1:02d}",
                name=name,
                id_number=number,
                sex=s.sex,
                birth_date=birth,
                relation=s.relation,
                ethnicity=ethnicity if rng.random() < 0.97 else _ETHNICITY.draw(rng),
                education=education_of(rng, s.age, status),
                student_status=status,
                health=health,
                labour=labour_of(rng, s.age, status, health),
            )
        )
    return out


def send_to_work(rng: Random, members: list[Person], share: float = 0.26) -> None:
    """Lets some of those who can work earn wages away from the farm, three to twelve months of the year."""
    for person in members:
        if person.can_work and person.health in ("healthy", "chronic") and rng.random() < share:
            person.work_months = between(rng, 3, 12)
            person.work_place = _PLACE.draw(rng)
