"""What the register knows of a household already, of this year or the last: shown on the sheet, and not asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.terms import Course
from xiuhua.engine import Outcome, Seen, load

ONE = "select %s::bigint as household_key"
# Fields of the sheet, the fact that says it, and whether yes in the fact is no on the sheet.
FACTS = {
    "medical_own_fen": ("medical_own_fen", False),
    "education_own_fen": ("education_own_fen", False),
    "disaster_own_fen": ("disaster_own_fen", False),
    "food_clothing": ("food_clothing_secured", False),
    "schooling": ("someone_out_of_school", True),
    "medical": ("everyone_insured", False),
    "house": ("house_safe", False),
    "water": ("water_safe", False),
}
LOW, HIGH = "net_income_low_fen", "net_income_high_fen"


@dataclass(frozen=True)
class Known:
    """values: field of the sheet -> what the register says. seen: the same with words and evidence. outcomes: what the rules say."""

    year: int | None
    values: dict[str, Any]
    seen: dict[str, Seen]
    outcomes: list[Outcome]


def clue_rules() -> list[str]:
    """Rules of households whose failing is a clue: candidates of the three classes, warnings by departments' measure."""
    return [
        rule.id
        for rule in load().rules.values()
        if rule.grain == "household" and rule.id.startswith(("monitor.", "risk."))
    ]


def known_of(household: int, today: date) -> Known:
    """Reads facts and rules of one household. A record older than last year's is history: it is asked anew."""
    rules = [one for one in clue_rules() if load().rules[one].in_force(today)]
    facts = [*(fact for fact, _turned in FACTS.values()), LOW, HIGH]
    selection = load().select("postgres", "household", today, wanted=ONE, rules=rules, facts=facts)
    with connection.cursor() as cursor:
        cursor.execute(selection.sql, [household])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        return Known(None, {}, {}, [])
    row = rows[0]
    year = row.get("year")
    outcomes = load().outcomes(row, selection)
    if year is None or year < today.year - 1:
        return Known(year, {}, {}, outcomes)
    by_fact = {one.fact: one for one in load().facts_seen(row, selection)}
    seen = {
        field: by_fact[fact] for field, (fact, _turned) in FACTS.items() if by_fact[fact].value is not None
    }
    values = {field: (not one.value if FACTS[field][1] else one.value) for field, one in seen.items()}
    if row[f"f__{LOW}"] is not None and row[f"f__{LOW}"] == row[f"f__{HIGH}"]:
        values["net_income_fen"], seen["net_income_fen"] = row[f"f__{LOW}"], by_fact[LOW]
    return Known(year, values, seen, outcomes)


def identified(household: int) -> Proceeding | None:
    """The open proceeding that decides whether, or in which class, a household is watched."""
    kinds = ("watch", "watch_class")
    return Proceeding.objects.filter(household=household, kind__in=kinds, course=Course.OPEN).first()
