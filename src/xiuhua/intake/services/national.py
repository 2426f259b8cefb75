"""A national export against the register, as sets: who is only there, who is only here, and every cell that differs.

Nothing here touches the register. Both sides are in the reader's form: another spelling of a code, another width, another
way to write a day are no differences. A cell that could not be read says nothing, so it differs from nothing.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.intake import books
from xiuhua.intake.models import Batch
from xiuhua.intake.services import by_cases
from xiuhua.intake.services.at_hand import take_up
from xiuhua.intake.services.read import CannotTake
from xiuhua.registry.books import PERSON_EXPORT
from xiuhua.registry.queries import national

BOOK = PERSON_EXPORT.id
# Fields of the export, with the column of the register that holds each: what is compared cell by cell. The number of
# members follows from the members, who are compared one by one.
HOUSEHOLD = {
    "group": "group_name", "attribute": "attribute", "main_cause": "main_cause", "other_causes": "other_causes",
    "status_reported": "status_reported", "exit_year": "exit_year", "military_martyr": "military_martyr",
    "one_child": "one_child", "two_daughter": "two_daughter", "phone": "phone_blind", "bank_account": "bank_blind",
}  # fmt: skip
PERIOD = {column: column for column in national.OF_THE_YEAR}
PERSON = {
    "name": "name", "id_number": "id_blind", "relation": "relation", "sex": "sex", "birth_date": "birth_date",
    "ethnicity": "ethnicity", "education": "education", "student_status": "student_status", "school_grade": "school_grade",
    "health": "health", "labour": "labour", "work_place": "work_place", "work_months": "work_months",
    "basic_insured": "basic_insured", "serious_illness_insured": "serious_illness_insured",
    "pension_insured": "pension_insured", "dibao": "dibao",
}  # fmt: skip
SEALED = ("id_number", "phone", "bank_account")
# Free words, in which a space or another width means nothing.
WORDS = ("group", "name", "school_grade")
# A file does not decide these: another person's number, another place, another household, another status, another key.
NOT_FROM_A_FILE = ("status_reported", "village", "number", "household_number", "person_number", "kind")

THEIRS = """
create temp table their_household on commit drop as
  select r.household_number as number, r.household_number as ours, min(r.village_code) as village_code, max(r.year) as year,
    count(distinct coalesce(r.person_number, r.sheet_id::text || ' ' || r."row"::text)) as people,
    intake_merge(r.household || r.period order by r.sheet_id, r."row") as said,
    (array_agg(r.sheet_id order by r.sheet_id, r."row"))[1] as sheet_id, (array_agg(r."row" order by r.sheet_id, r."row"))[1] as "row",
    (array_agg(r.person ->> 'name' order by (r.person ->> 'relation' = 'head') desc nulls last, r.sheet_id, r."row"))[1] as name
  from staged r where r.book = %(book)s and r.household_number is not null group by r.household_number;
create index on their_household (number); analyze their_household;
create temp table their_person on commit drop as
  select distinct on (r.person_number) r.person_number as number, r.household_number, r.household_number as ours, r.person as said, r.person ->> 'name' as name,
    r.id_blind, r.sheet_id, r."row"
  from staged r where r.book = %(book)s and r.household_number is not null and r.person_number is not null
  order by r.person_number, r.sheet_id, r."row";
create index on their_person (number); create index on their_person (household_number); analyze their_person;
create temp table unread on commit drop as
  select distinct x.household_number, x.sheet_id, x."row", x.field from intake_sighting x
  where x.batch_id = %(batch)s and x.kind <> 'mended' and not x.comparing and x.field <> '';
create index on unread (household_number); analyze unread
"""

# Of the townships that the export covers: one township's export says nothing of the others.
OURS = f"""
create temp table our_household on commit drop as
  {
    national.households('''
join (select id from registry_household k where k.county_code = %(county)s and k.kind = 'registered' and k.ended_on is null
    and left(k.village_code, 9) in (select distinct left(village_code, 9) from their_household where village_code is not null)
  union select k.id from their_household t join registry_household k on k.county_code = %(county)s and k.number = t.number) w
  on w.id = h.id''')
};
create index on our_household (number); create index on our_household (id); analyze our_household;
create temp table our_person on commit drop as
  select p.id, coalesce(p.number, '#' || p.id) as number, m.household_id, m.id as membership_id, p.village_code, p.seen, p.seen_on,
    m.relation, {", ".join(f"p.{column}" for column in PERSON.values() if column != "relation")}
  from (select m.person_id from our_household h join registry_membership m on m.household_id = h.id
      and (m.until is null or m.ended_by_case is not null and m.ended_because not in ('same_person', 'undone'))
    union select k.id from their_person t join registry_person k on k.county_code = %(county)s and k.number = t.number) w
  join registry_person p on p.id = w.person_id left join registry_membership m on m.person_id = p.id and m.until is null;
create index on our_person (number); create index on our_person (id); create index on our_person (household_id); analyze our_person
"""

# The same household under another number: its head by ID number and name, and everybody else by name, with nothing known
# that speaks against it; each only where there is but one. `ours` is the number by which the register has it.
RENUMBERED = """
create temp table renumbered on commit drop as
with candidate as (
  select t.household_number as theirs, h.number as ours, h.id
  from their_person t join our_person p on p.id_blind = t.id_blind and p.name = t.name and p.relation = 'head'
  join our_household h on h.id = p.household_id and h.kind = 'registered'
  where t.said ->> 'relation' = 'head' and not exists (select 1 from our_household k where k.number = t.household_number)
    and not exists (select 1 from their_household k where k.number = h.number)
), alike as (
  select c.* from candidate c join their_household k on k.number = c.theirs
  where (select array_agg(t.name::text order by t.name) from their_person t where t.household_number = c.theirs)
      = (select array_agg(p.name::text order by p.name) from our_person p where p.household_id = c.id)
    and k.people = (select count(t.name) from their_person t where t.household_number = c.theirs)
    and not exists (select 1 from their_person t join our_person p on p.household_id = c.id and p.name = t.name
      where t.household_number = c.theirs and (t.id_blind <> p.id_blind or t.said ->> 'birth_date' <> p.birth_date::text))
)
select a.theirs, a.ours from alike a where (select count(*) from candidate c where c.ours = a.ours or c.theirs = a.theirs) = 1;
update their_household t set ours = r.ours from renumbered r where r.theirs = t.number;
update their_person t set ours = r.ours from renumbered r where r.theirs = t.household_number;
create index on their_household (ours); analyze their_household; analyze their_person
"""

# The same person: by number; else by ID number; else by name within the same household. Each only where there is but one.
PAIRS = """
create temp table pair on commit drop as
  select t.number as theirs, p.id as ours from their_person t join our_person p on p.number = t.number;
insert into pair select min(t.number), min(p.id)
  from their_person t join our_person p on p.id_blind = t.id_blind
  where t.id_blind is not null and not exists (select 1 from pair x where x.theirs = t.number)
    and not exists (select 1 from pair x where x.ours = p.id)
  group by t.id_blind having count(*) = 1;
insert into pair select min(t.number), min(p.id)
  from their_person t join our_household h on h.number = t.ours join our_person p on p.household_id = h.id and p.name = t.name
  where not exists (select 1 from pair x where x.theirs = t.number) and not exists (select 1 from pair x where x.ours = p.id)
  group by h.id, t.name having count(*) = 1;
create index on pair (theirs); create index on pair (ours); analyze pair
"""

FOUND = """
create temp table found_now (found text, grain text, household_number text, person_number text, name text, household_id bigint,
  person_id bigint, village_code text, field text, theirs jsonb, ours jsonb, theirs_known boolean, ours_known boolean, year int, people int,
  sheet_id bigint, "row" int, seen text, seen_on date, change text, because text, changed_on date, by_case bigint) on commit drop
"""

_INTO = "insert into found_now (found, grain, household_number, person_number, name, household_id, person_id, village_code, field,"

ONE_SIDED = f"""
{_INTO} people, theirs_known, ours_known, sheet_id, "row")
  select 'only_there', 'household', t.number, '', coalesce(t.name, ''), null, null, t.village_code, '', t.people, true, false, t.sheet_id, t."row"
  from their_household t where not exists (select 1 from our_household h where h.number = t.ours);
{_INTO} people, theirs_known, ours_known, seen, seen_on)
  select 'only_here', 'household', h.number, '', coalesce(h.head_name, ''), h.id, null::bigint, h.village_code, '',
    (select count(*) from our_person p where p.household_id = h.id), false, true, h.seen, h.seen_on
  from our_household h where h.kind = 'registered' and not exists (select 1 from their_household t where t.ours = h.number);
{_INTO} theirs_known, ours_known, sheet_id, "row")
  select 'only_there', 'person', t.household_number, t.number, coalesce(t.name, ''), h.id, null::bigint, h.village_code, '', true, false, t.sheet_id, t."row"
  from their_person t join our_household h on h.number = t.ours and h.kind = 'registered'
  where not exists (select 1 from pair x where x.theirs = t.number);
{_INTO} theirs_known, ours_known, seen, seen_on)
  select 'only_here', 'person', h.number, p.number, coalesce(p.name, ''), h.id, p.id, h.village_code, '', false, true, p.seen, p.seen_on
  from our_person p join our_household h on h.id = p.household_id and h.kind = 'registered' join their_household t on t.ours = h.number
  where not exists (select 1 from pair x where x.ours = p.id)
    and not exists (select 1 from staged r where r.person_number = p.number)
"""

# Where a person or household is: told apart from the cells, since a file moves nobody. Of a household with another number its
# people's are not told once more where they are no more than that number with their own last digits.
WHERE = f"""
{_INTO} theirs, ours, theirs_known, ours_known, sheet_id, "row", seen, seen_on)
  select 'differs', 'household', h.number, '', coalesce(h.head_name, ''), h.id, null::bigint, h.village_code, 'kind', '"registered"', to_jsonb(h.kind),
    true, true, t.sheet_id, t."row", h.seen, h.seen_on
  from their_household t join our_household h on h.number = t.number where h.kind <> 'registered'
  union all
  select 'differs', 'household', h.number, '', coalesce(h.head_name, ''), h.id, null::bigint, h.village_code, 'number', to_jsonb(t.number), to_jsonb(h.number),
    true, true, t.sheet_id, t."row", h.seen, h.seen_on
  from their_household t join our_household h on h.number = t.ours where t.number <> t.ours
  union all
  select 'differs', 'household', h.number, '', coalesce(h.head_name, ''), h.id, null::bigint, h.village_code, 'village', to_jsonb(t.village_code), to_jsonb(h.village_code),
    true, true, t.sheet_id, t."row", h.seen, h.seen_on
  from their_household t join our_household h on h.number = t.ours where t.village_code <> h.village_code and h.kind = 'registered'
  union all
  select 'differs', 'person', coalesce(h.number, ''), p.number, coalesce(p.name, ''), h.id, p.id, p.village_code, 'household_number', to_jsonb(t.household_number), to_jsonb(h.number),
    true, h.number is not null, t.sheet_id, t."row", p.seen, p.seen_on
  from pair x join their_person t on t.number = x.theirs join our_person p on p.id = x.ours left join registry_household h on h.id = p.household_id
  where h.number is distinct from t.ours
  union all
  select 'differs', 'person', coalesce(h.number, ''), p.number, coalesce(p.name, ''), h.id, p.id, p.village_code, 'person_number', to_jsonb(t.number),
    case when strpos(p.number, '#') = 0 then to_jsonb(p.number) end, true, strpos(p.number, '#') = 0, t.sheet_id, t."row", p.seen, p.seen_on
  from pair x join their_person t on t.number = x.theirs join our_person p on p.id = x.ours left join registry_household h on h.id = p.household_id
  where p.number <> t.number and strpos(t.number, '#') = 0
    and (t.ours = t.household_number or p.number is distinct from t.ours || substr(t.number, length(t.household_number) + 1))
"""

CELLS = f"""
{_INTO} theirs, ours, theirs_known, ours_known, year, sheet_id, "row", seen, seen_on)
select 'differs', '{{grain}}', c.household_number, c.person_number, c.name, c.household_id, c.person_id, c.village_code, f.field,
  case when f.field <> all(%(sealed)s) then v.theirs end, case when f.field <> all(%(sealed)s) then v.ours end,
  v.theirs is not null, v.ours is not null, case when f.field = any(%(of_year)s) then c.year end, c.sheet_id, c."row",
  c.seens ->> f.seen, (c.seens ->> (f.seen || '_on'))::date
from ({{source}} offset 0) c join intake_sheet s on s.id = c.sheet_id
cross join (values {{fields}}) f(field, said, seen)
cross join lateral (select nullif(c.theirs -> f.said, 'null') as theirs, nullif(c.ours -> f.said, 'null') as ours) v
where v.theirs is distinct from v.ours and s.columns ? f.field
  and not (f.field = any(%(words)s) and {{plain_theirs}} = {{plain_ours}})
  and not (f.field = 'other_causes' and {{sorted_theirs}} = {{sorted_ours}})
  and not (f.field in ('sex', 'birth_date') and c.theirs ? 'id_blind')
  and not (v.theirs is null and exists (select 1 from unread u where u.household_number = c.household_number_theirs and u.field = f.field
    and (c.person_number = '' or (u.sheet_id = c.sheet_id and u."row" = c."row"))))
"""


def _plain(value: str) -> str:
    return f"regexp_replace(normalize({value} #>> '{{}}', NFKC), '\\s', '', 'g')"


def _sorted(value: str) -> str:
    return f"(select array_agg(x order by x) from unnest(string_to_array({value} #>> '{{}}', ',')) x)"


def _object(alias: str, columns: list[str]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{one}', {alias}.{one}" for one in columns) + ")"


def _cells(grain: str, source: str, fields: dict[str, str], seen_of: dict[str, str]) -> str:
    values = ", ".join(
        f"('{field}', '{said}', '{seen_of.get(field, 'seen')}')" for field, said in fields.items()
    )
    return CELLS.format(
        grain=grain, source=source, fields=values, plain_theirs=_plain("v.theirs"), plain_ours=_plain("v.ours"),
        sorted_theirs=_sorted("v.theirs"), sorted_ours=_sorted("v.ours"),
    )  # fmt: skip


def _household_cells() -> str:
    fields = {**HOUSEHOLD, **PERIOD}
    seen_of = {column: books.seen_of()[column] for column in PERIOD}
    seens = sorted({f"{seen}{on}" for seen in (*seen_of.values(), "seen") for on in ("", "_on")})
    source = f"""select h.number as household_number, t.number as household_number_theirs, ''::text as person_number,
  coalesce(h.head_name, '') as name, h.id as household_id, null::bigint as person_id, h.village_code, h.year, t.sheet_id, t."row",
  t.said as theirs, {_object("h", list(fields.values()))} as ours, {_object("h", seens)} as seens
  from their_household t join our_household h on h.number = t.ours and h.kind = 'registered'"""
    return _cells("household", source, fields, seen_of)


def _person_cells() -> str:
    source = f"""select coalesce(h.number, '') as household_number, t.household_number as household_number_theirs, p.number as person_number,
  coalesce(p.name, t.name, '') as name, h.id as household_id, p.id as person_id, p.village_code, null::int as year, t.sheet_id, t."row",
  t.said as theirs, {_object("p", list(PERSON.values()))} as ours, {_object("p", ["seen", "seen_on"])} as seens
  from pair x join their_person t on t.number = x.theirs join our_person p on p.id = x.ours
  left join registry_household h on h.id = p.household_id where h.kind is null or h.kind = 'registered'"""
    return _cells("person", source, PERSON, {})


# What was found again keeps what somebody decided on it; what was not is settled.
KEEP = """
update intake_difference d set taken_in = null from intake_batch b
  where d.batch_id = %(batch)s and d.settled_at is null and b.id = d.taken_in and b.step in ('done', 'taken_back');
update intake_difference set settled_at = now() where batch_id = %(batch)s and settled_at is null;
insert into intake_difference (batch_id, place_code, as_of, found, grain, household_number, person_number, name, household_id, person_id, field,
  theirs, ours, theirs_known, ours_known, year, people, sheet_id, "row", ours_seen, ours_seen_on, ours_changed_by, takeable, suggested,
  decided, decided_by, decided_post, change, because, changed_on, by_case)
select %(batch)s, coalesce(village_code, %(place)s), %(as_of)s, found, grain, household_number, person_number, left(name, 60), household_id, person_id,
  field, theirs, ours, theirs_known, ours_known, year, people, sheet_id, "row", coalesce(seen, ''), seen_on, '', false, 'verify', '', '', '',
  coalesce(change, ''), coalesce(because, ''), changed_on, by_case
from found_now
on conflict (batch_id, found, household_number, person_number, field) do update set place_code = excluded.place_code, name = excluded.name,
  theirs = excluded.theirs, ours = excluded.ours, theirs_known = excluded.theirs_known, ours_known = excluded.ours_known, year = excluded.year,
  people = excluded.people, household_id = excluded.household_id, person_id = excluded.person_id, ours_seen = excluded.ours_seen,
  ours_seen_on = excluded.ours_seen_on, change = excluded.change, because = excluded.because, changed_on = excluded.changed_on,
  by_case = excluded.by_case, settled_at = null
"""

# Whoever changed ours last: the newest kept row that said otherwise; where there is none, the batch that brought it.
CHANGED = """
update intake_difference d set ours_changed_at = c.at, ours_changed_by = c.who, ours_batch = c.batch
from (
  select d.id, e.at, coalesce(e.account, '') as who, case when e.at is null then k.brought_by else e.batch end as batch
  from intake_difference d join {table} k on {row}
  left join lateral (
    select x.pgh_created_at as at, x.pgh_context ->> 'account' as account, (x.pgh_context ->> 'batch')::bigint as batch
    from {table}event x where x.pgh_obj_id = k.id
      and (d.field = '' or to_jsonb(x) -> (%(columns)s::jsonb ->> d.field) is distinct from to_jsonb(k) -> (%(columns)s::jsonb ->> d.field))
    order by x.pgh_id desc limit 1) e on true
  where d.batch_id = %(batch)s and d.settled_at is null and d.found <> 'only_there' and d.grain = '{grain}' and d.field = any(%(fields)s)) c
where d.id = c.id
"""

BY_BATCH = """
update intake_difference d set ours_changed_by = coalesce(nullif(b.merge_wanted_by, ''), b.started_by),
  ours_changed_at = coalesce(d.ours_changed_at, b.finished_at)
from intake_batch b where d.batch_id = %(batch)s and d.settled_at is null and d.ours_changed_by = '' and b.id = d.ours_batch
"""

STATUS_BY = """
update intake_difference d set ours_changed_at = s.recorded_at, ours_changed_by = s.recorded_by
from (select distinct on (x.household_id) x.household_id, x.recorded_at, x.recorded_by from registry_statusentry x
  where x.household_id in (select household_id from found_now where field = 'status_reported') order by x.household_id, x.id desc) s
where d.batch_id = %(batch)s and d.settled_at is null and d.field = 'status_reported' and d.household_id = s.household_id
"""

# A value of ours is of the day it was seen; one that somebody typed here, of the day they did. A form never overrules a check, and
# no export a case: what was decided to be taken over and is not to be taken any more is decided anew.
SUGGEST = """
update intake_difference d set
  takeable = n.takeable,
  decided = case when d.decided = 'take' and not n.takeable and d.taken_in is null then '' else d.decided end,
  suggested = case
    when d.change <> '' then 'fill'
    when d.found = 'only_there' then case when n.takeable then 'take' else 'verify' end
    when d.field = 'number' then 'verify'
    when d.found = 'only_here' then case when n.day > d.as_of then 'fill' else 'verify' end
    when not d.theirs_known then 'fill'
    when d.field = 'status_reported' then case when n.by_case then 'fill' else 'verify' end
    when d.ours_seen = 'checked' and d.ours_known and n.day >= d.as_of then 'fill'
    when not n.takeable then 'verify'
    when d.ours_known and n.day > d.as_of then 'fill'
    else 'take' end
from (
  select x.id, case when x.ours_batch is null and x.ours_changed_at is not null
      then (x.ours_changed_at at time zone 'Asia/Shanghai')::date else x.ours_seen_on end as day,
    coalesce(h.basis = 'case', false) as by_case,
    case when x.change <> '' or x.household_id in (select id from ended) then false
      when x.found = 'only_there' then x.grain = 'person' or exists (select 1 from their_household t where t.number = x.household_number and t.village_code is not null)
      when x.found = 'only_here' or not x.theirs_known or x.field = any(%(not_from_a_file)s) then false
      when x.field = 'id_number' then not x.ours_known
      else x.household_id is not null and strpos(x.person_number, '#') <> 1 and (not x.ours_known or x.ours_seen <> 'checked') end as takeable
  from intake_difference x left join our_household h on h.id = x.household_id
  where x.batch_id = %(batch)s and x.settled_at is null) n
where d.id = n.id
"""


def contrast(batch: Batch) -> dict[str, int]:
    """Fills the batch's differences; what was decided on them before stays. One transaction, in the caller's scope.

    Returns how many of each way, and `cells`: how many cells of the export could not be read.
    """
    sheets = list(batch.sheets.all())
    if not any(sheet.book == BOOK for sheet in sheets):
        raise CannotTake(
            f"没有认出《{PERSON_EXPORT.zh}》。比对要用国家系统导出的贫困人口信息表",
            "No export of the national system was recognised. It is the table of persons of registered households",
        )
    assert batch.data_date is not None
    take_up(batch)
    values = _values(batch, batch.data_date)
    with connection.cursor() as cursor:
        for statements in (
            THEIRS,
            OURS,
            RENUMBERED,
            PAIRS,
            by_cases.GONE,
            FOUND,
            ONE_SIDED,
            WHERE,
            _household_cells(),
            _person_cells(),
            by_cases.REMOVED,
            by_cases.TOLD,
            KEEP,
        ):
            for statement in statements.split(";\n"):
                cursor.execute(statement, values)
        _who_changed(cursor, values)
        cursor.execute(SUGGEST, values)
        return _counts(cursor, values)


def _values(batch: Batch, as_of: date) -> dict[str, Any]:
    return {
        "batch": batch.pk, "place": batch.place_code, "county": batch.place_code[:6], "book": BOOK, "as_of": as_of,
        "year": as_of.year, "sealed": list(SEALED), "words": list(WORDS), "of_year": list(PERIOD),
        "not_from_a_file": list(NOT_FROM_A_FILE),
    }  # fmt: skip


# Where each field's value lies: table, the row of a difference, the grain, field -> column; whether rows of one side too.
KEPT_IN: tuple[tuple[str, str, str, dict[str, str], bool], ...] = (
    ("registry_household", "k.id = d.household_id", "household", {**HOUSEHOLD, "number": "number", "village": "village_code", "kind": "kind"}, True),
    ("registry_periodrecord", "k.household_id = d.household_id and k.year = d.year and k.basis = 'registration_year'",
     "household", PERIOD, False),
    ("registry_person", "k.id = d.person_id", "person",
     {**{field: column for field, column in PERSON.items() if field != "relation"}, "person_number": "number"}, True),
    ("registry_membership", "k.person_id = d.person_id and k.until is null", "person",
     {"relation": "relation", "household_number": "household_id"}, False),
)  # fmt: skip


def _who_changed(cursor: Any, values: dict[str, Any]) -> None:
    for table, row, grain, columns, whole in KEPT_IN:
        fields = [*columns, ""] if whole else list(columns)
        statement = CHANGED.format(table=table, row=row, grain=grain)
        cursor.execute(statement, {**values, "columns": json.dumps(columns), "fields": fields})
    cursor.execute(STATUS_BY, values)
    cursor.execute(by_cases.DECIDED_BY, values)
    cursor.execute(BY_BATCH, values)


def _counts(cursor: Any, values: dict[str, Any]) -> dict[str, int]:
    cursor.execute(
        "select found, count(*) from intake_difference where batch_id = %(batch)s and settled_at is null group by found",
        values,
    )
    counts = dict.fromkeys(("only_there", "only_here", "differs"), 0) | dict(cursor.fetchall())
    cursor.execute("select count(*) from unread", values)
    counts["cells"] = cursor.fetchone()[0]
    cursor.execute("select count(*), coalesce(sum(people), 0) from their_household", values)
    counts["households"], counts["people"] = map(int, cursor.fetchone())
    return counts
