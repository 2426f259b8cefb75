"""Merging: sound households of a batch into the register, some thousands at a time, each time in one transaction.

What was merged is marked in the same transaction, so a killed job goes on where it stood and nothing is done twice.
Blank cells take nothing away; a row that is missing changes nothing; what was checked is not overwritten by what is only
reported (`books.taken`); a status is never changed, only taken over once under the county's open opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from xiuhua.intake import books
from xiuhua.intake.models import Batch
from xiuhua.intake.services.foreseen import take_over
from xiuhua.intake.services.recognising import GIVEN_BACK, NUMBERED
from xiuhua.intake.services.renumbered import findings_follow
from xiuhua.registry.models import Household, PeriodRecord, Person

# Sealed values are written anew at each reading; they count as changed only when the blind index differs.
SEALED = ("id_sealed", "phone_sealed", "bank_sealed")
# What cases write; no file has a say in it.
CASE_COLUMNS = (
    "begun_on", "begun_by_case", "split_from_id", "ended_on", "ended_because", "ended_by_case", "merged_into_id", "moved_from_code",
    "moved_to_code", "head_by_case", "died_on",
)  # fmt: skip


def _settable(model: type) -> list[str]:
    fixed = {
        "id",
        "brought_by",
        "changed_by",
        "number",
        "county_code",
        "village_code",
        "household_id",
        "year",
        "basis",
        "period_start",
        "period_end",
        *CASE_COLUMNS,
    }
    return [field.column for field in model._meta.concrete_fields if field.column not in fixed]  # type: ignore[attr-defined]


def _names(columns: list[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)


def _assign(columns: list[str]) -> str:
    """SET list that keeps a sealed value whose plain text did not change."""
    parts = []
    for column in columns:
        blind = column.replace("_sealed", "_blind")
        if column in SEALED:
            parts.append(
                f'"{column}" = case when c.n_{blind} is not distinct from t."{blind}" then t."{column}" else c.n_{column} end'
            )
        else:
            parts.append(f'"{column}" = c.n_{column}')
    return ", ".join(parts)


def _differs(columns: list[str]) -> str:
    """Condition: the row read says something else than the row kept (`k` against `n`)."""
    compared = [column for column in columns if column not in SEALED and column not in {"seen", "seen_on"}]
    new, kept = (", ".join(_compared(column, row) for column in compared) for row in "nk")
    return f"({new}) is distinct from ({kept})"


def _compared(column: str, row: str) -> str:
    """A column as it is compared: that a form says the same again a month later is no change, a new check is one."""
    if column.endswith("_seen_on"):
        return f'case when n."{column.removesuffix("_on")}" = \'checked\' then {row}."{column}" end'
    return f'{row}."{column}"'


_H, _P, _Y = _settable(Household), _settable(Person), _settable(PeriodRecord)

# What is new gets its number in the register at once, so that members and years need not look it up. `fresh`: not in the
# register; nothing of what is only then put there is compared with itself.
CHUNK_OF = """
create temp table chunk on commit drop as
  select s.*, coalesce(h.id, nextval('registry_household_id_seq')) as household_id, h.id is null as fresh
  from (select g.id, g.number, g.village_code, g.household from intake_stagedhousehold g
    where g.batch_id = %(batch)s and g.merged_at is null and g.change not in ('held', 'left') and not exists (
      select 1 from registry_household e where e.county_code = %(county)s and e.number = g.number and e.ended_on is not null)
    order by g.id limit %(chunk)s) s
  left join registry_household h on h.county_code = %(county)s and h.number = s.number
"""

NEW_HOUSEHOLDS = f"""
insert into registry_household (id, number, county_code, village_code, brought_by, {_names(_H)})
select s.household_id, s.number, %(county)s, s.village_code, %(batch)s, {_names(_H, "n.")}
from chunk s cross join lateral jsonb_populate_record(null::registry_household, '{{"kind": "other"}}' || s.household) n
where s.fresh
"""

# A roll of other households never takes a registered household's kind away; a head whom a case named stays the head.
_KIND = (
    "case when k.kind in ('registered', 'watched') and s.household ->> 'kind' = 'other' then s.household - 'kind' else s.household end"
    " - case when k.head_by_case is not null then 'head_name' else '' end"
)
_HOUSEHOLD = books.taken("household", "a.said")

CHANGED_HOUSEHOLDS = f"""
update registry_household t set {_assign(_H)}, changed_by = %(batch)s
from (select k.id, {", ".join(f'n."{c}" as n_{c}' for c in _H)}
  from chunk s join registry_household k on k.id = s.household_id and not s.fresh
  cross join lateral (select {_KIND} as said) a cross join lateral jsonb_populate_record(k, {_HOUSEHOLD}) n
  where {_differs(_H)}) c
where t.id = c.id
"""

_IDENTITY = (
    "id_sealed",
    "id_blind",
    "id_kind",
    "id_valid",
    "sex",
    "birth_date",
    "disability_category",
    "disability_grade",
)


def with_kept_id(kept: str) -> str:
    """SQL of what a staged row `r` says of a person the register has: another ID number is asked about, never taken."""
    pairs = ", ".join(f"'{column}', {kept}.{column}" for column in _IDENTITY)
    return (
        f"(r.person || case when {kept}.id_blind is not null and r.id_blind is distinct from {kept}.id_blind"
        f" then jsonb_build_object({pairs}) else '{{}}' end)"
    )


def as_kept(kept: str) -> str:
    """The same for a person at hand (at_hand.py), whose relation stays too where a case has told it."""
    return (
        f"({with_kept_id(kept)} || case when {kept}.told_by_case is not null"
        f" then jsonb_build_object('relation', {kept}.relation) else '{{}}' end)"
    )


PEOPLE = f"""
create temp table people on commit drop as
select x.*, coalesce(x.known, nextval('registry_person_id_seq')) as person_id
from (select distinct on (r.person_number) r.person_number as number, h.id as household_id, h.village_code,
  {with_kept_id("p")} as data,
  p.id as known, p.id is not null and m.household_id is distinct from h.id as elsewhere
from chunk s
join intake_stagedrow r on r.batch_id = %(batch)s and r.household_number = s.number and r.person_number is not null
join registry_household h on h.id = s.household_id
left join registry_person p on p.county_code = %(county)s and p.number = r.person_number
left join registry_membership m on m.person_id = p.id and m.until is null
order by r.person_number, r.sheet_id, r.row) x
"""

NEW_PEOPLE = f"""
insert into registry_person (id, number, county_code, village_code, brought_by, {_names(_P)})
select x.person_id, x.number, %(county)s, x.village_code, %(batch)s, {_names(_P, "n.")}
from people x cross join lateral jsonb_populate_record(null::registry_person, '{{"id_kind": "none"}}' || x.data) n
where x.known is null
"""

# A person the register has in another household stays there until somebody decides.
CHANGED_PEOPLE = f"""
update registry_person t set {_assign(_P)}, changed_by = %(batch)s
from (select k.id, {", ".join(f'n."{c}" as n_{c}' for c in _P)}
  from people x join registry_person k on k.id = x.known cross join lateral jsonb_populate_record(k, {books.taken("person", "x.data")}) n
  where not x.elsewhere and {_differs(_P)}) c
where t.id = c.id
"""

NEW_MEMBERSHIPS = """
insert into registry_membership (person_id, household_id, village_code, relation, since, brought_by)
select x.person_id, x.household_id, x.village_code, x.data ->> 'relation', null::date, %(batch)s
from people x where x.known is null
union all
select x.known, x.household_id, x.village_code, x.data ->> 'relation', null::date, %(batch)s
from people x where x.known is not null and not exists (select 1 from registry_membership m where m.person_id = x.known)
"""

CHANGED_MEMBERSHIPS = """
update registry_membership m set relation = x.data ->> 'relation', changed_by = %(batch)s
from people x join registry_person k on k.id = x.known
where m.person_id = x.known and m.until is null and not x.elsewhere and m.begun_by_case is null
  and (k.seen is distinct from 'checked' or x.data ->> 'seen' = 'checked')
  and x.data ->> 'relation' is not null and m.relation is distinct from x.data ->> 'relation'
"""

YEARS = """
create temp table years on commit drop as
select h.id as household_id, h.village_code, r.year, s.fresh,
  intake_merge(r.period order by array_position(%(order)s::text[], r.book::text), r.row) as data
from chunk s join intake_stagedrow r on r.batch_id = %(batch)s and r.household_number = s.number
join registry_household h on h.id = s.household_id
where r.year is not null and r.period <> '{}' group by h.id, h.village_code, r.year, s.fresh
"""

# A known value without a word on how it was seen was reported.
_SEEN = ", ".join(
    (
        f"case when num_nonnulls({', '.join('n.' + c for c in books.seen_topics()[column])}) > 0 then coalesce(n.{column}, 'reported') end"
        if column in books.seen_topics()
        else f'n."{column}"'
    )
    for column in _Y
)

NEW_YEARS = f"""
insert into registry_periodrecord (household_id, village_code, year, basis, period_start, period_end, brought_by, {_names(_Y)})
select y.household_id, y.village_code, y.year, 'registration_year', make_date(y.year - 1, 10, 1), make_date(y.year, 9, 30), %(batch)s, {_SEEN}
from years y left join registry_periodrecord k on k.household_id = y.household_id and k.year = y.year and k.basis = 'registration_year'
cross join lateral jsonb_populate_record(null::registry_periodrecord, y.data) n
where k.id is null
"""

CHANGED_YEARS = f"""
update registry_periodrecord t set {_assign(_Y)}, changed_by = %(batch)s
from (select k.id, {", ".join(f'n."{c}" as n_{c}' for c in _Y)}
  from years y join registry_periodrecord k on k.household_id = y.household_id and k.year = y.year and k.basis = 'registration_year'
    and not y.fresh
  cross join lateral jsonb_populate_record(k, {books.taken("period", "y.data")}) n
  where {_differs(_Y)}) c
where t.id = c.id
"""


def status_to_be(household: str) -> str:
    """SQL of the status that a household without one is given: what the files say, while the county's opening is open."""
    return (
        f"case when {household}.kind = 'registered' and {household}.status_reported in ('poor', 'exited', 'returned', 'pre_exit')"
        " and exists (select 1 from registry_opening o where o.county_code = %(county)s and o.closed_at is null)"
        f" then case {household}.status_reported when 'pre_exit' then 'poor' else {household}.status_reported end end"
    )


STATUSES = f"""
insert into registry_statusentry (household_id, village_code, status, since, basis, opening_id, case_number, recorded_at, recorded_by)
select h.id, h.village_code, {status_to_be("h")},
  %(day)s, 'opening', o.id, '', now(), o.signed_by
from chunk s join registry_household h on h.id = s.household_id
join registry_opening o on o.county_code = %(county)s and o.closed_at is null
where {status_to_be("h")} is not null
  and not exists (select 1 from registry_statusentry x where x.household_id = h.id)
"""

DONE = "update intake_stagedhousehold s set merged_at = now() from chunk c where s.id = c.id"


def household_differs() -> str:
    """Query of known households that a batch says something else of: id (staged), what, who, said, old, new.

    These three read what a check has at hand (at_hand.py).
    """
    return f"""
select s.id, 'household' as what, k.number as who, s.household as said, to_jsonb(k) as old, to_jsonb(n) as new
from batched s join kept_household k on k.id = s.known
cross join lateral (select {_KIND} as said) a cross join lateral jsonb_populate_record(k, {_HOUSEHOLD}) n
where {_differs(_H)}"""


def people_differ() -> str:
    """The same for people the register has in the same household."""
    return f"""
select s.id, 'person' as what, k.name as who, r.person as said, to_jsonb(k) as old, to_jsonb(n) as new
from batched s join staged r on r.household_number = s.number
join kept_person k on k.number = r.person_number and k.kept_in = s.known
cross join lateral (select {as_kept("k")} as said) a
cross join lateral jsonb_populate_record(k, {books.taken("person", "a.said")}) n
where {_differs([*_P, "relation"])}"""


def years_differ() -> str:
    """The same for yearly records."""
    return f"""
select s.id, 'year' as what, y.year::text as who, y.data as said, to_jsonb(k) as old, to_jsonb(n) as new
from (select household_number, year, intake_merge(period order by array_position(%(order)s::text[], book::text), "row") as data
  from staged where year is not null and period <> '{{}}' group by household_number, year) y
join batched s on s.number = y.household_number
join kept_period k on k.household_id = s.known and k.year = y.year
cross join lateral jsonb_populate_record(k, {books.taken("period", "y.data")}) n
where {_differs(_Y)}"""


@dataclass(frozen=True)
class Piece:
    """Households merged in one transaction (none: nothing is left), and those among them, by their id in the register, whose
    standing the check could not foresee."""

    households: int
    unforeseen: list[int]


def merge_chunk(batch: Batch) -> Piece:
    """Merges the next households. One transaction, in the caller's scope."""
    values: dict[str, Any] = {
        "batch": batch.pk, "county": batch.place_code[:6], "chunk": settings.MERGE_PIECE, "order": list(books.ORDER), "day": batch.data_date,
    }  # fmt: skip
    with connection.cursor() as cursor:
        # One batch of a county at a time: two intakes of the same household must not both find it missing.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('intake ' || %(county)s, 0))", values)
        # Households, people and years point at each other; checking each statement keeps the queue of checks short.
        cursor.execute("set constraints all immediate")
        cursor.execute(CHUNK_OF, values)
        cursor.execute("select count(*), count(*) filter (where not fresh) from chunk")
        households, known = cursor.fetchone()
        if households == 0:
            cursor.execute("drop table chunk")
            return Piece(0, [])
        if known:
            cursor.execute(CHANGED_HOUSEHOLDS, values)
            cursor.execute(GIVEN_BACK, values)
            cursor.execute(NUMBERED, values)
            findings_follow(cursor, batch, dict(cursor.fetchall()))
        for statement in (NEW_HOUSEHOLDS, PEOPLE, NEW_PEOPLE):
            cursor.execute(statement, values)
        cursor.execute("select exists (select 1 from people where known is not null)")
        if cursor.fetchone()[0]:
            cursor.execute(CHANGED_PEOPLE, values)
            cursor.execute(CHANGED_MEMBERSHIPS, values)
        cursor.execute(NEW_MEMBERSHIPS, values)
        cursor.execute(YEARS, values)
        if known:
            cursor.execute(CHANGED_YEARS, values)
        for statement in (NEW_YEARS, STATUSES, DONE):
            cursor.execute(statement, values)
        unforeseen = take_over(cursor, values)
        cursor.execute("drop table chunk; drop table people; drop table years")
        return Piece(households, unforeseen)
