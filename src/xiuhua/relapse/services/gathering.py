"""Clues that nobody had to say: what a department's list says of people, and what the rules find in the records. As sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.models import Listing
from xiuhua.registry.queries.rules import mark_of
from xiuhua.registry.terms import ListKind
from xiuhua.relapse.queries.figures import whole_number
from xiuhua.relapse.queries.known import clue_rules
from xiuhua.relapse.terms import Risk

# Lists that tell of a burden. What tells of means (a car, a company) is a lead of another kind and begins nothing here.
LISTS = {
    ListKind.DEATH: Risk.DEATH, ListKind.DISABILITY: Risk.DISABILITY, ListKind.DIBAO: Risk.POVERTY, ListKind.MEDICAL: Risk.ILLNESS,
    ListKind.DROPOUT: Risk.SCHOOLING, ListKind.DISASTER: Risk.DISASTER,
}  # fmt: skip
RISKS = {
    "medical": Risk.ILLNESS, "serious_illness": Risk.ILLNESS, "disability": Risk.DISABILITY, "education": Risk.SCHOOLING,
    "disaster": Risk.DISASTER, "wage": Risk.WORK, "income": Risk.INCOME,
}  # fmt: skip
# Whose clue it can be: households that are there and not poor by our own status, watched or not: what befalls a watched one is heard
# before its risk is said to be gone.
MAY = """o.ended_on is null
  and coalesce((select s.status from registry_statusentry s where s.household_id = o.id order by s.id desc limit 1), o.status_reported, '')
    not in ('poor', 'returned', 'pre_exit')"""
HITS = f"""
insert into saying (household_id, village_code, origin, risk, rule, list_kind, hit, mark, came_on)
select distinct on (h.id) o.id, o.village_code, 'list', %(risk)s, '', h.kind, h.id, 'hit:' || h.id, %(day)s::date
from registry_listinghit h join registry_membership m on m.person_id = h.person_id and m.until is null
join registry_household o on o.id = m.household_id
where h.listing_id = %(listing)s and h.state <> 'not_so' and {MAY}
  and (h.kind <> 'medical' or coalesce(h.amount_fen >= case when o.kind = 'registered' then %(ours)s else %(others)s end, true))
"""
SAYING = """create temp table saying (household_id bigint, village_code text, origin text, risk text, rule text, list_kind text, hit bigint,
  mark text, came_on date) on commit drop"""
FOUND = """insert into saying (household_id, village_code, origin, risk, rule, list_kind, mark, came_on)
  values (%s, %s, 'rule', %s, %s, '', %s, %s)"""
# What ended with help although somebody was at risk, or as no risk although its sheet reached a measure: after the term somebody asks
# again, whoever said it first, unless something was heard of the household, or of the one it went into, since.
AGAIN = f"""insert into saying (household_id, village_code, origin, risk, rule, list_kind, mark, came_on)
select o.id, o.village_code, 'again', (select x.risk from relapse_cluesource x where x.clue_id = c.id order by x.id limit 1), '', '', 'again:' || c.id, %(today)s::date
from relapse_clue c join registry_household h on h.id = c.household_id join registry_household o on o.id = coalesce(h.merged_into_id, h.id)
join lateral (select x.judgement, x.marks from relapse_sheet x where x.clue_id = c.id order by x.id desc limit 1) s on true
where c.village_code >= %(lo)s and c.village_code < %(hi)s and c."end" in ('helped', 'no_risk') and c.ended_on + %(again)s <= %(today)s
  and (s.marks <> '' or s.judgement <> 'no_risk') and not exists (select 1 from relapse_clue n where n.household_id in (c.household_id, o.id) and n.id > c.id) and {MAY}"""
# The same said again begins nothing anew; but what was helped once and still stands after its days is asked again.
CLUES = """
delete from saying s using relapse_cluesource x join relapse_clue c on c.id = x.clue_id where x.household_id = s.household_id and x.mark = s.mark
  and not (c."end" = 'helped' and c.ended_on + %(again)s <= %(today)s);
insert into relapse_clue (household_id, village_code, came_on, check_days, whole_days, check_due_on, due_on, owner_id, recorded_at, "end", end_reason, ended_by)
select s.household_id, min(s.village_code), min(s.came_on), %(check)s, %(whole)s, current_date, current_date,
  relapse_owner(min(s.village_code)), now(), '', '', ''
from saying s where not exists (select 1 from relapse_clue c where c.household_id = s.household_id and c."end" = '') group by s.household_id;
"""
SOURCES = """
insert into relapse_cluesource (clue_id, household_id, village_code, origin, channel, risk, said, told_by, rule, list_kind, hit, mark, came_on, by, post, at)
select c.id, s.household_id, s.village_code, s.origin, '', s.risk, '', '', s.rule, s.list_kind, s.hit, s.mark, s.came_on, %(by)s, %(post)s, now()
from saying s join relapse_clue c on c.household_id = s.household_id and c."end" = '' on conflict do nothing
returning household_id
"""


@dataclass(frozen=True)
class Gathered:
    """How many households a list or the rules gave a clue of."""

    place_code: str
    origin: str
    households: int
    sayings: int

    @property
    def audit_subject(self) -> str:
        return f"clues:{self.place_code}"

    @property
    def audit_place(self) -> str:
        return self.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"origin": self.origin, "households": self.households, "sayings": self.sayings}


@recorded("relapse.clues_from_list")
def gather_from_list(*, by: Actor, listing: Listing) -> Gathered:
    """Every household that a list of burdens points at gets a clue, or what it says joins the open one. A lead: nothing follows
    from it before the household was heard. Lists of before the regular monitoring, and of means, give none.
    """
    kind, today = ListKind(listing.kind), beijing_today()
    if kind not in LISTS or listing.listed_on.year < whole_number(
        "regular_first_year", today, listing.county_code
    ):
        return Gathered(listing.place_code, "list", 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(SAYING)
        given: dict[str, Any] = {
            "listing": listing.pk, "risk": LISTS[kind].value, "day": today,
            "ours": 100 * whole_number("medical_own_registered_yuan", today, listing.county_code),
            "others": 100 * whole_number("medical_own_other_yuan", today, listing.county_code),
        }  # fmt: skip
        cursor.execute(HITS, given)
    return _kept(by, listing.place_code, "list")


@recorded("relapse.clues_by_rules")
def gather_by_rules(*, by: Actor, place_code: str) -> Gathered:
    """The rules of relapse risk over every household of an area that is not poor, watched ones too; what fails is a clue. So is what was
    helped, or ended against its sheet, when its term is over.

    What is not known fails nothing here: it is the yearly visit's. The same values seen again begin nothing anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(SAYING)
        for village in Place.objects.filter(
            level=Level.VILLAGE, until__isnull=True, code__startswith=place_code
        ).order_by("code"):
            if rows := list(_failing(village.code)):
                cursor.executemany(FOUND, rows)
        area, today = scope_of(place_code), beijing_today()
        again = whole_number("helped_clue_returns_days", today, place_code)
        cursor.execute(AGAIN, {"lo": area.lo, "hi": area.hi, "today": today, "again": again})
    return _kept(by, place_code, "rule")


def _failing(village: str) -> Iterator[tuple[Any, ...]]:
    today = beijing_today()
    rules = [one for one in clue_rules() if load().rules[one].in_force(today)]
    wanted = (
        f"select o.id as household_key from registry_household o where o.village_code = %(village)s and {MAY}"
    )
    selection = load().select("postgres", "household", today, wanted=wanted, rules=rules)
    with connection.cursor() as cursor:
        cursor.execute(selection.sql, {"village": village})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for one in load().outcomes(row, selection):
            if one.fails:
                risk = next((risk for word, risk in RISKS.items() if word in one.rule.id), Risk.POVERTY)
                yield (
                    row["household_key"],
                    village,
                    risk.value,
                    one.rule.id,
                    f"{one.rule.id}:{mark_of(one)}"[:120],
                    today,
                )


def _kept(by: Actor, place_code: str, origin: str) -> Gathered:
    today, area = beijing_today(), scope_of(place_code)
    given: dict[str, Any] = {
        "check": whole_number("household_check_days", today, place_code), "whole": whole_number("identification_working_days", today, place_code),
        "by": by.actor_name, "post": by.post_name, "again": whole_number("helped_clue_returns_days", today, place_code), "today": today,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in CLUES.split(";\n"):
            if statement.strip():
                cursor.execute(statement, given)
        cursor.execute(SOURCES, given)
        homes = [row[0] for row in cursor.fetchall()]
        cursor.execute("drop table saying")
    return Gathered(area.place_code, origin, len(set(homes)), len(homes))
