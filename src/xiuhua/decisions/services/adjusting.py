"""动态调整: a county's window, who the rules point at, and what was looked at without anything to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import CandidateAnswer, Window
from xiuhua.decisions.queries.adjustment import rules_in_force, this_round
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.planning import Filed, file, in_words, said_by
from xiuhua.decisions.terms import Category, SheetKind
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.queries.rules import data_day
from xiuhua.registry.services import Refused

HOMES = "select h.id as household_key from registry_household h where h.village_code = %(village)s and h.ended_on is null"
FOUND = """
insert into decisions_candidate (place_code, household_id, category, rule, year, as_of, found_at, first_on, stands)
select %(village)s, o.household_key, x.category, x.rule, %(year)s, %(as_of)s, now(), %(today)s, true from ({select}) o
cross join lateral (values {values}) x(category, rule, code) where x.code = 2
on conflict (household_id, rule, year) do update set place_code = excluded.place_code, as_of = excluded.as_of, found_at = excluded.found_at, stands = true
"""
# Under row-level security the planner expects a row or two of every table.
PLANNED = "select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"


@recorded("decisions.window_filed")
def file_window(
    *, by: Appointment, year: int, opens_on: date | None, closes_on: date | None, reason: str
) -> Filed:
    """Files the window of the acting county's adjustment, for another to approve; without days it is always open."""
    needs(by, "decisions.window")
    if (opens_on is None) != (closes_on is None) or (opens_on and closes_on and closes_on < opens_on):
        raise Refused("开始和结束日期要一起填，结束不早于开始；都不填就是常年开放", "Give both days, the end not before the beginning; neither: always open")  # fmt: skip
    if not reason.strip():
        raise Refused("请写明理由", "Say why")
    with in_words():
        sheet = file(by, SheetKind.WINDOW, by.place_code, reason)
        Window.objects.create(
            sheet=sheet, place_code=by.place_code, year=year, opens_on=opens_on, closes_on=closes_on
        )
    return Filed(sheet, 1)


@dataclass(frozen=True)
class Looked:
    """What somebody said of a candidate."""

    answer: CandidateAnswer

    @property
    def audit_subject(self) -> str:
        return f"household:{self.answer.household_id}"

    @property
    def audit_place(self) -> str:
        return self.answer.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"category": self.answer.category, "year": self.answer.year}


@recorded("decisions.candidate_looked_at")
def looked_at(*, by: Appointment, household: Household, category: Category, reason: str) -> Looked:
    """Somebody looked, and nothing is to be done about this household in this year's adjustment."""
    needs(by, "decisions.adjust")
    if not reason.strip():
        raise Refused("请写明核查的情况", "Say what was found")
    with in_words():
        made = CandidateAnswer.objects.create(
            place_code=household.village_code, household=household, category=category, reason=reason.strip()[:400],
            year=this_round(household.village_code).year, **said_by(by),
        )  # fmt: skip
    return Looked(made)


@dataclass(frozen=True)
class Asked:
    """A look for candidates that was asked for."""

    place_code: str

    @property
    def audit_place(self) -> str:
        return self.place_code


@recorded("decisions.candidates_wanted")
def want_candidates(*, by: Appointment, place: Place) -> Asked:
    """Records who asked for a look; a village is looked at at once, larger places by a job that the caller enqueues."""
    needs(by, "decisions.adjust")
    if len(place.code) == 12:
        find_in(place.code)
    return Asked(place.code)


def find_candidates(place_code: str) -> int:
    """Looks for candidates in every village of a place, a transaction a village; how many there are. Safe to run again."""
    with within(scope_of(place_code)):
        area = scope_of(place_code)
        found = Household.objects.filter(village_code__gte=area.lo, village_code__lt=area.hi)
        villages = list(found.order_by("village_code").values_list("village_code", flat=True).distinct())
    told = 0
    for code in villages:
        with within(scope_of(code), who={"account": ""}):
            told += find_in(code)
    return told


def find_in(village_code: str) -> int:
    """Runs the rules of the adjustment over the households of a village and keeps whom they point at with the year of its round; whom
    they point at no more stays there as such."""
    as_of, year = data_day(village_code), this_round(village_code).year
    with connection.cursor() as cursor:
        cursor.execute(
            "update decisions_candidate set stands = false where place_code = %s and year = %s and stands",
            [village_code, year],
        )
        sql = _sql(as_of)
        if not sql:
            return 0
        cursor.execute(PLANNED)
        cursor.execute(sql, {"village": village_code, "as_of": as_of, "year": year, "today": beijing_today()})
        found: int = cursor.rowcount
        return found


@lru_cache(maxsize=16)
def _sql(as_of: date) -> str:
    """The query is the same for every village of a day; writing it takes longer than running it."""
    rules = rules_in_force(as_of)
    if not rules:
        return ""
    library = load()
    selection = library.select("postgres", "household", as_of, wanted=HOMES, rules=list(rules), bare=True)
    values = ", ".join(f"('{category.value}', '{rule}', o.{'r__' + library.rules[rule].column})" for rule, category in rules.items())  # fmt: skip
    return FOUND.replace("{select}", selection.sql).replace("{values}", values)
