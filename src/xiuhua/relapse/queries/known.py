"""What the register, or the visit before, knows of a household already: filled in on the sheet, where the visit says otherwise if it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.terms import Course
from xiuhua.engine import Evidence, Outcome, Seen, load
from xiuhua.relapse.models import Clue, Sheet

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
MONEY = ("net_income_fen", "medical_own_fen", "education_own_fen", "disaster_own_fen", "other_spending_fen")
SECURED = ("food_clothing", "schooling", "medical", "house", "water")
ASKED = (*MONEY, *SECURED)
LOW, HIGH = "net_income_low_fen", "net_income_high_fen"
# How old a record and its checks may be, as for leaving (record 35).
RECENT, ENDS = "rests_on_recent", "record_ends_on"
# As long as a visit may be recorded after it was made: the sheet of a step takes its words from it.
LATELY = timedelta(days=60)


@dataclass(frozen=True)
class Known:
    """values: field of the sheet -> what the register says. seen: the same with words and evidence. outcomes: what the rules say.

    ends_on: the last day of its record. recent: whether that, and its checks, are as recent as leaving wants them.
    """

    year: int | None
    values: dict[str, Any]
    seen: dict[str, Seen]
    outcomes: list[Outcome]
    ends_on: date | None = None
    recent: bool = False


@dataclass(frozen=True)
class Filled:
    """A value that a sheet begins with. source: `register` or `sheet` (of the visit before). on: the last day of the record, or of the
    visit. recent: checked lately, so that it may stand without being asked."""

    value: Any
    source: str
    evidence: str
    on: date | None
    recent: bool

    @property
    def told(self) -> dict[str, Any]:
        """As a sheet keeps it."""
        on = f"{self.on:%Y-%m-%d}" if self.on else ""
        return {"from": self.source, "value": self.value, "evidence": self.evidence, "on": on, "recent": self.recent}  # fmt: skip


def clue_rules() -> list[str]:
    """Rules of households whose failing is a clue: candidates of the three classes, warnings by departments' measure."""
    return [
        rule.id
        for rule in load().rules.values()
        if rule.grain == "household" and rule.id.startswith(("monitor.", "risk."))
    ]


def known_of(household: int, today: date) -> Known:
    """Reads facts and rules of one household. A record older than last year's is history: nothing of it is filled in."""
    rules = [one for one in clue_rules() if load().rules[one].in_force(today)]
    facts = [*(fact for fact, _turned in FACTS.values()), LOW, HIGH, RECENT, ENDS]
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
    return Known(year, values, seen, outcomes, row[f"f__{ENDS}"], row[f"f__{RECENT}"] is True)


def last_sheet(*, clue: Clue | None = None, household: int | None = None) -> Sheet | None:
    """The sheet of the visit before: of a clue; or, for a step, of a household within the days in which a visit is recorded. Its figures are
    filled in; whether it heard what went into the step's proceeding is another question (`taken_up.hears`)."""
    if clue is not None:
        return Sheet.objects.filter(clue=clue).order_by("-pk").first()
    found = Sheet.objects.filter(household=household).order_by("-pk").first()
    return found if found and beijing_today() - found.visited_on <= LATELY else None


def filled_in(known: Known, last: Sheet | None) -> dict[str, Filled]:
    """What a sheet begins with: what was asked on the visit before, else what the register says."""
    found = {
        name: Filled(
            value if isinstance(value, bool) else int(value), "register", known.seen[name].evidence.name.lower(), known.ends_on,
            known.recent and known.seen[name].evidence == Evidence.CHECKED,
        )
        for name, value in known.values.items()
    }  # fmt: skip
    for name in ASKED if last is not None else ():
        assert last is not None
        value, day = getattr(last, name), asked_on(last, name)
        if value is not None and day is not None:
            found[name] = Filled(value, "sheet", "", day, False)
    return found


def asked_on(sheet: Sheet, name: str) -> date | None:
    """On which visit a sheet's value was asked; None for one of the register that nobody asked. A sheet of before names what it took over."""
    if isinstance(sheet.known, list):
        return None if name in sheet.known else sheet.visited_on
    told = sheet.known.get(name)
    if told is None or told["asked"]:
        return sheet.visited_on
    return date.fromisoformat(told["on"]) if told["from"] == "sheet" else None


def identified(household: int) -> Proceeding | None:
    """The open proceeding that decides whether, or in which class, a household is watched."""
    kinds = ("watch", "watch_class")
    return Proceeding.objects.filter(household=household, kind__in=kinds, course=Course.OPEN).first()
