"""Who a row of a file is: people whom a case brought, or a file without such numbers, have no number of the national system until a file
gives it, and a roll names the head alone, whoever that is by now. Another name is the same person's where a number says so, and nobody's else.

Whoever came only by a case that was undone never belonged: nobody is recognised in them, and a number that they took is given back.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from xiuhua.intake.models import Batch, Purpose
from xiuhua.intake.services.staging import MOST_NUMBER


def never_came(person: str) -> str:
    """SQL condition: only undone cases ever made this person a member. Whom no household ever had is another matter."""
    # Few were ever undone: they have an index of their own.
    return (
        f"(exists (select 1 from registry_membership g where g.person_id = {person}.id and g.ended_because = 'undone')"
        f" and not exists (select 1 from registry_membership g where g.person_id = {person}.id and g.ended_because <> 'undone'))"
    )


# The head whom a roll names (name, id_blind, born) and a member: by name where one of the two has no ID number; by name too where the
# numbers differ and the member is the head, which is asked about then.
_NAMED = """(p.name = {name} and case when num_nulls(p.id_blind, {blind}) = 0 then m.relation = 'head'
    else coalesce(p.birth_date = {born}, true) end)"""


# The number that staging made of a household and what it knew of somebody, where a file gives none; the national system's has no such mark.
def _made(number: str) -> str:
    return f"strpos({number}, '#') > 0"


# The same ID number in the same household, or the same name and birth date where one of the two has no ID number, is the same person.
# A number goes to one person, who lives there rather than once did; whom it leaves without one is told as missing from the file. A number
# that was made gives way to the national one.
RECOGNISED = f"""
select distinct on (x.person_id) x.person_id, x.number, x.before from (
  select distinct on (r.person_number) p.id as person_id, r.person_number as number, p.number as before
  from {{rows}} r join registry_household h on h.number = r.household_number and h.county_code = %(county)s
  join registry_membership m on m.household_id = h.id and m.ended_because <> 'undone'
  join registry_person p on p.id = m.person_id and (p.number is null or {_made("p.number")} and not {_made("r.person_number")})
  where r.person_number is not null and (p.id_blind = r.id_blind
    or ((p.id_blind is null or r.id_blind is null) and p.name = r.person ->> 'name'
      and coalesce(p.birth_date = (r.person ->> 'birth_date')::date, p.number is not null))
    or (r.book = 'household_roll' and {_NAMED.format(name="r.person ->> 'name'", blind="r.id_blind", born="(r.person ->> 'birth_date')::date")}))
    and not exists (select 1 from registry_person q where q.county_code = %(county)s and q.number = r.person_number
      and not {never_came("q")})
  order by r.person_number, m.until is null desc, coalesce(p.id_blind = r.id_blind, false) desc, m.until desc, p.id) x
order by x.person_id, x.number
"""

_CHUNK = "(select g.* from chunk s join intake_stagedrow g on g.batch_id = %(batch)s and g.household_number = s.number)"

GIVEN_BACK = f"""
update registry_person p set number = null, changed_by = %(batch)s
from (select distinct r.person_number as number from {_CHUNK} r where r.person_number is not null) x
where p.county_code = %(county)s and p.number = x.number and {never_came("p")}
"""
NUMBERED = f"""
update registry_person t set number = x.number, changed_by = %(batch)s
from ({RECOGNISED.format(rows=_CHUNK)}) x
where t.id = x.person_id returning t.id, coalesce(x.before, '')
"""

# Whether a row of the batch's export is of the same household, and of whom a row of the roll names.
_EXPORTED = "e.household_number = r.household_number and e.book = 'person_export'"
_SAME = f"""{_EXPORTED} and e.person_number is not null
    and (e.id_blind = r.id_blind or num_nulls(e.id_blind, r.id_blind) > 0 and e.person ->> 'name' = r.person ->> 'name')"""
# The rows of a roll whose household the register has, or an export of the same batch (`beside`; `named`: that names the same head), and
# who lives there. The number made for a head is whose it was first, whoever is head now.
ROLL = f"""
create temp table roll on commit drop as
  select r.id, h.id as household_id, r.household_number as household, r.household_number || '#1' as first, r.id_blind,
    r.person ->> 'name' as name, (r.person ->> 'birth_date')::date as born, e.household_number is not null as beside,
    e.household_number is not null and exists (select 1 from staged e where {_SAME}) as named
  from staged r left join registry_household h on h.number = r.household_number and h.county_code = %(county)s
  left join (select distinct household_number from staged where book = 'person_export') e on e.household_number = r.household_number
  where r.book = 'household_roll' and (h.id is not null or e.household_number is not null);
analyze roll;
create temp table lives on commit drop as
  select w.id, p.id as person_id, p.number, coalesce(m.relation = 'head', false) as heads, coalesce(p.number = w.first, false) as first,
    coalesce(p.id_blind = w.id_blind, false) as by_number,
    coalesce({_NAMED.format(name="w.name", blind="w.id_blind", born="w.born")}, false) as by_name
  from roll w join registry_membership m on m.household_id = w.household_id and m.until is null join registry_person p on p.id = m.person_id;
analyze lives
"""
_TOLD = """
update {table} r set person_number = x.who, household = case when x.who is null or x.name is null then r.household - 'head_name'
  else r.household || jsonb_build_object('head_name', x.name) end
from whose x where r.id = x.id"""
# Another name, and no number that is the same: a row without a number proves nothing of whom it calls otherwise.
_ANOTHER = "coalesce(f.name <> w.name and (f.id_blind <> w.id_blind) is not false, false)"
# Held against who lives there, then against whose the number is. Where that is nobody of the household, the row is nobody's, and what it
# calls the household is not taken. Of a household of the export, that one says who lives there: the roll's row of the same person would
# make a second one.
WHOSE = f"""
create temp table whose on commit drop as with meant as (
  select distinct on (id) id, number from lives where by_number or by_name order by id, by_number desc, first desc, heads desc, person_id),
home as (select id, bool_or(heads) as head, bool_or(first) as first, bool_or(first and heads) as first_heads from lives group by id),
said as (
  select w.id, w.name, case
    when w.beside then case when not w.named and f.id is not null and not {_ANOTHER} and not exists (select 1 from staged e
      where e.household_number = w.household and e.book = 'person_export' and (e.id_blind = f.id_blind
        or num_nulls(e.id_blind, f.id_blind) > 0 and e.person ->> 'name' = f.name)) then w.first end
    when t.id is not null then coalesce(t.number, left(w.household || '#' || coalesce(left(encode(w.id_blind, 'hex'), 8), w.name), 40))
    when f.id is null then case when not coalesce(l.head, false) then w.first end
    when not coalesce(l.first, false) then case when f.id_blind = w.id_blind or f.name = w.name then w.first end
    when (l.first_heads or not l.head) and not {_ANOTHER} then w.first end as who
  from roll w left join meant t on t.id = w.id left join home l on l.id = w.id
  left join registry_person f on f.county_code = %(county)s and f.number = w.first and not {never_came("f")})
select x.* from said x join staged r on r.id = x.id where r.person_number is distinct from x.who;
{_TOLD.format(table="intake_stagedrow")};
{_TOLD.format(table="staged")};
drop table roll, lives, whose
"""

# The number that staging makes of a name (staging.py), and what the export's rows call the household.
_MADE = f"left(r.household_number || '#' || (r.person ->> 'name'), {MOST_NUMBER})"
_CALLED = """
update {table} g set household = case when x.who is null then g.household - 'head_name'
  else g.household || jsonb_build_object('head_name', x.name) end
from whose x join staged s on s.household_number = x.household_number and s.book = 'person_export' and s.household <> '{{}}'
where g.id = s.id"""
# An export's row without any number that calls somebody the head whom the household does not have, while its head is missing from the
# file: the number made of that name would make a second head and give the household another name. `who`: whose the row is, null for nobody's.
BY_NAME = f"""
create temp table whose on commit drop as select x.* from (
  select r.id, r.household_number, r.person_number, r.person ->> 'name' as name, case when
    exists (select 1 from registry_membership m join registry_person p on p.id = m.person_id
      where m.household_id = h.id and m.until is null and m.relation = 'head' and p.name <> r.person ->> 'name' and not exists (
        select 1 from staged e where e.household_number = r.household_number and e.book = 'person_export'
          and (e.person_number = p.number or e.id_blind = p.id_blind or e.person ->> 'name' = p.name)))
    and not exists (select 1 from registry_membership m join registry_person p on p.id = m.person_id
      where m.household_id = h.id and m.until is null and p.name = r.person ->> 'name')
    and not exists (select 1 from registry_person q where q.county_code = %(county)s and q.number = {_MADE} and not {never_came("q")})
    then null else {_MADE} end as who
  from staged r join registry_household h on h.number = r.household_number and h.county_code = %(county)s and h.ended_on is null
  where r.book = 'person_export' and r.id_blind is null and r.person ->> 'relation' = 'head' and r.person ->> 'name' is not null
    and (r.person_number is null or r.person_number = {_MADE})) x
where x.person_number is distinct from x.who;
{_CALLED.format(table="intake_stagedrow")};
{_CALLED.format(table="staged")};
update intake_stagedrow g set person_number = x.who from whose x where g.id = x.id;
update staged g set person_number = x.who from whose x where g.id = x.id;
drop table whose
"""

# An export's rows without the national system's number, of people whom their household has under another: theirs. `rows`: of one batch.
_HELD = f"""
select distinct on (x.person_id, x.household) x.household, x.made, x.number as who from (
  select distinct on (r.household_number, r.person_number) r.household_number as household, r.person_number as made, p.id as person_id, p.number,
    coalesce(p.id_blind = r.id_blind, false) as same
  from {{rows}} r join registry_household h on h.number = r.household_number and h.county_code = %(county)s
  join registry_membership m on m.household_id = h.id and m.ended_because <> 'undone'
  join registry_person p on p.id = m.person_id and p.number <> r.person_number
  where r.book = 'person_export' and {_made("r.person_number")} and (p.id_blind = r.id_blind or num_nulls(p.id_blind, r.id_blind) > 0
      and p.name = r.person ->> 'name' and coalesce(p.birth_date = (r.person ->> 'birth_date')::date, true))
    and not exists (select 1 from {{rows}} e where {_EXPORTED} and e.person_number = p.number)
    and not exists (select 1 from registry_person q where q.county_code = %(county)s and q.number = r.person_number and not {never_came("q")})
  order by r.household_number, r.person_number, same desc, m.until is null desc, p.id) x
order by x.person_id, x.household, x.same desc, x.made
"""
# Before that, those of whom the file itself gives the number in another row: a row given twice is told as such, and makes no second person.
_TWICE = f"""
select distinct on (r.household_number, r.person_number) r.household_number as household, r.person_number as made, e.person_number as who
from staged r join staged e on {_EXPORTED} and e.id_blind = r.id_blind and not {_made("e.person_number")}
where r.book = 'person_export' and {_made("r.person_number")} order by r.household_number, r.person_number, e.person_number
"""
HELD = ";".join(
    f"""
create temp table whose on commit drop as {found};
update intake_stagedrow g set person_number = x.who from whose x
where g.batch_id = %(batch)s and g.book = 'person_export' and g.household_number = x.household and g.person_number = x.made;
update staged g set person_number = x.who from whose x
where g.book = 'person_export' and g.household_number = x.household and g.person_number = x.made;
drop table whose"""
    for found in (_TWICE, _HELD.format(rows="staged"))
)
OF_BATCH = "(select g.* from intake_stagedrow g where g.batch_id = %(batch)s)"

# Rows that name as the head nobody of a household on record, or of the export beside them, with who is; a name of another village is not told.
NOBODY = f"""
select distinct on (r.household_number) r.sheet_id, r."row", r.household_number, r.village_code, r.person ->> 'name', r.book,
  case when k.id is null then (
    select string_agg(distinct e.person ->> 'name', '、') from staged e
    where {_EXPORTED} and e.person ->> 'relation' = 'head' and e.village_code is not distinct from r.village_code)
  when coalesce(r.village_code, k.village_code) = k.village_code then (
    select string_agg(p.name, '、' order by p.id) from registry_membership m join registry_person p on p.id = m.person_id
    where m.household_id = k.id and m.until is null and m.relation = 'head') end
from staged r left join kept_household k on k.number = r.household_number
where r.person_number is null and r.household_number is not null and k.ended_on is null
  and (r.book = 'household_roll' or k.id is not null and r.book = 'person_export' and r.person ->> 'relation' = 'head')
  and not exists (select 1 from staged e where {_SAME})
order by r.household_number, r.sheet_id, r."row"
"""


def tell_whose(cursor: Any, batch: Batch) -> None:
    """Gives the rows of a batch's roll, and of its export those without a number, in `staged` too, the numbers of whom they name, as sets;
    the same when a check is repeated."""
    books = set(batch.sheets.values_list("book", flat=True))
    if batch.purpose == Purpose.COMPARISON:  # told as it stands there, cell by cell
        books.discard("person_export")
    values = {"batch": batch.pk, "county": batch.place_code[:6]}
    for book, statements in (("person_export", BY_NAME + ";" + HELD), ("household_roll", ROLL + ";" + WHOSE)):
        for statement in statements.split(";") if book in books else ():
            cursor.execute(statement, values)


def numbered_since(batch: Batch) -> bool:
    """Whether the register has people of the batch under another number than when it was checked: another batch was merged meanwhile."""
    with connection.cursor() as cursor:
        asked = f"select exists ({_HELD.format(rows=OF_BATCH)})"
        cursor.execute(asked, {"batch": batch.pk, "county": batch.place_code[:6]})
        return bool(cursor.fetchone()[0])
