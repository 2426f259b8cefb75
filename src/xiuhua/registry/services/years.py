"""A household's year entered by hand, once: the twelve months that no file has brought yet, with who knows it how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.findings.services import wake_changed
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Correction, Household, PeriodRecord, Person
from xiuhua.registry.queries.correctable import Value, columns, rules_on, seen_of
from xiuhua.registry.queries.rules import data_day
from xiuhua.registry.services.correcting import Evidence, allowed
from xiuhua.registry.services.looking import look_again
from xiuhua.registry.services.refusal import Refused, in_words
from xiuhua.registry.terms import Seen

# Twelve months, with a few days more where an office counts from one visit to the next.
LEAST_DAYS, MOST_DAYS = 360, 372


@dataclass(frozen=True)
class Entered:
    """A year that was entered, and how many members were looked at with it. Its values are in the row, not here."""

    record: PeriodRecord
    members: int
    closed: int

    @property
    def audit_subject(self) -> str:
        return f"household:{self.record.household_id}"

    @property
    def audit_place(self) -> str:
        return self.record.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.record
        return {"year": one.year, "row": one.pk, "members": self.members, "closed": self.closed}


@recorded("registry.year_entered")
def enter_year(
    *,
    by: Appointment,
    household: Household,
    period_start: date,
    period_end: date,
    values: Mapping[str, Any],
    members_seen: bool = False,
    evidence: Evidence,
) -> Entered:
    """Records the twelve months to `period_end`, as that day's calendar year. values: column -> value, money in fen; what is not
    known is left out. members_seen: how many they are, their schooling, health, labour and insurance
    were looked at too and are as recorded.

    Refused: a year that is there already, a period that is not over or not of twelve months, a value its book does not allow, a
    check without its paper, whoever is of the household or kin of it.
    """
    held = Household.objects.select_for_update().get(pk=household.pk)
    told = {name: value for name, value in values.items() if value is not None and value != ""}
    _makes_sense(held, period_start, period_end, told, members_seen, evidence)
    known = columns()["period"]
    row = {name: allowed(Value("period", 0, known[name], None), value) for name, value in told.items()}
    for name in list(row):
        seen = seen_of("period", name)
        row |= {seen: evidence.seen.value, f"{seen}_on": evidence.on}
    made = PeriodRecord.objects.create(
        household=held, village_code=held.village_code, year=period_end.year, period_start=period_start, period_end=period_end, **row,
    )  # fmt: skip
    members = _members_seen(held, evidence) if members_seen else 0
    with in_words():
        Correction.objects.create(
            household=held, village_code=held.village_code, grain="period", row=made.pk, column="year", seen=evidence.seen,
            seen_on=evidence.on, evidence=evidence.file, appointment=by, by=by.actor_name, post=by.post_name, at=beijing_now(),
        )  # fmt: skip
    county = scope_of(held.county_code)
    wake_changed(
        household=held.number, rules=sorted({rule for name in row if name in known for rule in rules_on(name)}),
        lo=county.lo, hi=county.hi, by=by.actor_name, post=by.post_name,
    )  # fmt: skip
    looked = look_again(
        households=[held.pk], as_of=data_day(held.village_code), by=by.actor_name, post=by.post_name
    )
    return Entered(made, members, looked.closed)


def _makes_sense(
    household: Household, start: date, end: date, told: dict[str, Any], members_seen: bool, evidence: Evidence
) -> None:
    if household.ended_on is not None:
        raise Refused("这一户已经结束", "The household has ended")
    if end > beijing_today():
        raise Refused("这十二个月还没有过完，截止日期不能晚于今天", "The twelve months are not over yet")
    if not LEAST_DAYS <= (end - start).days + 1 <= MOST_DAYS:
        raise Refused("收入按十二个月核算，请核对起止日期", "Income is of twelve months: look at both days")
    if PeriodRecord.objects.filter(household=household, year=end.year).exists():
        raise Refused(
            f"{end.year} 年度已有记录，不能再登记一遍；有错的在问题里逐项更正",
            f"There is a record of {end.year} already; what is wrong in it is corrected value by value",
        )
    if unknown := set(told) - set(columns()["period"]):
        raise Refused("这一项不能在这里登记", f"Cannot be entered here: {', '.join(sorted(unknown))}")
    if not told:
        raise Refused("一项也没有填：知道的填，不清楚的留空", "Nothing is filled in: fill in what is known")
    if not start <= evidence.on <= beijing_today():
        raise Refused(
            "核实日期应在起始日期之后，不能晚于今天",
            "It was seen after the first day, and not later than today",
        )
    if evidence.seen == Seen.CHECKED and evidence.file is None:
        raise Refused(
            "当面核实的，附户主签字的收支核算表或入户照片",
            "What was checked at home comes with the sheet that the head signed, or a photo of the visit",
        )
    if members_seen and evidence.seen != Seen.CHECKED:
        raise Refused("成员情况当面核对过的，才能这样登记", "Members are looked at in a visit only")


def _members_seen(household: Household, evidence: Evidence) -> int:
    """The household and its members as they are recorded, looked at with them: how and when it is known, and nothing else of it."""
    household.seen, household.seen_on = evidence.seen.value, evidence.on
    household.save(update_fields=["seen", "seen_on"])
    here = Person.objects.filter(memberships__household=household, memberships__until__isnull=True)
    people = list(here.select_for_update(of=("self",)).order_by("pk"))
    for one in people:
        one.seen, one.seen_on = evidence.seen.value, evidence.on
        one.save(update_fields=["seen", "seen_on"])
    return len(people)
