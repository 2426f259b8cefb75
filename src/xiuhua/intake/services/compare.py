"""Comparing staged rows with each other and with the register, as sets. Everything here is done again from the start
when a check is repeated; nothing here touches the register."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from xiuhua.findings.terms import beside
from xiuhua.intake import books
from xiuhua.intake.models import Batch
from xiuhua.intake.services.at_hand import take_up_kept
from xiuhua.intake.services.evidence import against_checked, two_villages
from xiuhua.intake.services.families import against_cases
from xiuhua.intake.services.pairing import leave_settled
from xiuhua.intake.services.sightings import Seen, write_sightings
from xiuhua.intake.services.taken import numbers_elsewhere
from xiuhua.intake.terms import IntakeRule as Rule
from xiuhua.registry.queries.bearers import LIVING

# Households of the batch, each once: what its books together say of it, and its row in the register.
HOUSEHOLDS = """
insert into intake_stagedhousehold (batch_id, place_code, number, village_code, known, household, change, differences)
select %(batch)s, %(place)s, r.household_number, coalesce(r.village_code, h.village_code), h.id, r.household, 'new', '[]'
from (
  select household_number, min(village_code) as village_code,
    intake_merge(household order by array_position(%(order)s::text[], book::text), row) as household
  from staged where batch_id = %(batch)s and household_number is not null group by household_number) r
left join registry_household h on h.number = r.household_number and h.county_code = %(county)s
"""

UNKNOWN_HOUSEHOLDS = """
select distinct on (r.household_number) r.sheet_id, r.row, s.columns ->> 'household_number', r.household_number
from staged r
join intake_stagedhousehold sh on sh.batch_id = r.batch_id and sh.number = r.household_number and sh.village_code is null
join intake_sheet s on s.id = r.sheet_id
where r.batch_id = %(batch)s
  and not exists (select 1 from intake_sighting x where x.batch_id = r.batch_id
    and x.household_number = r.household_number and x.rule = 'village_unknown')
order by r.household_number, r.sheet_id, r.row
"""

# A person whose row stands twice is one person.
_WHO = "coalesce(r.person_number, r.sheet_id::text || ' ' || r.row::text)"

# Heads and numbers of members, household by household, within the person export.
MEMBERS = f"""
select r.household_number, (array_agg(r.sheet_id order by r.row))[1], min(r.row), count(distinct {_WHO}),
  count(distinct {_WHO}) filter (where r.person ->> 'relation' = 'head'), count(*) filter (where r.person ->> 'relation' is null),
  max((r.household ->> 'members_reported')::int), min(r.village_code),
  array_agg(r.row order by r.row) filter (where r.person ->> 'relation' = 'head'),
  case when min(r.village_code) is not distinct from max(r.village_code)
    then array_agg(r.person ->> 'name' order by r.row) filter (where r.person ->> 'relation' = 'head') else '{{}}' end
from staged r where r.batch_id = %(batch)s and r.book = 'person_export' and r.household_number is not null
group by r.household_number
having count(distinct {_WHO}) filter (where r.person ->> 'relation' = 'head') <> 1
  or max((r.household ->> 'members_reported')::int) <> count(distinct {_WHO})
"""

# Few rows are given twice: those alone are looked at closely.
REPEATED = """
with twice as materialized (
  select book, household_number, coalesce(person_number, '') as person, case when book = 'yearly_record' then year end as year
  from staged where coalesce(person_number, household_number) is not null
  group by 1, 2, 3, 4 having count(*) > 1)
select * from (
  select r.sheet_id, r.row, r.book, r.household_number, r.person_number, r.year, r.village_code,
    lag(r.row) over w as before, lag(r.sheet_id) over w as before_sheet,
    lag(md5(r.person::text || r.period::text || coalesce(r.household_number, ''))) over w
      = md5(r.person::text || r.period::text || coalesce(r.household_number, '')) as same
  from staged r join twice t on t.book = r.book and t.household_number is not distinct from r.household_number
    and t.person = coalesce(r.person_number, '') and t.year is not distinct from case when r.book = 'yearly_record' then r.year end
  window w as (partition by r.book, r.household_number, coalesce(r.person_number, ''), case when r.book = 'yearly_record' then r.year end
    order by r.sheet_id, r.row)) x
where x.before is not null
"""

# IDs of the batch, in a table that has statistics: staged rows have none yet, and a join by guess takes the square of them.
IDS = """
create temp table ids on commit drop as
select r.id_blind, r.sheet_id, r.row, r.book, r.household_number, r.person_number, r.village_code, r.person ->> 'name' as name,
  coalesce(r.village_code, b.village_code, %(place)s) as lies
from staged r left join batched b on b.number = r.household_number where r.batch_id = %(batch)s and r.id_blind is not null
"""

# One ID, several people: within the batch, and against the register.
SHARED_IDS = f"""
with there as ({LIVING} where p.id_blind in (select id_blind from ids))
select a.sheet_id, a.row, a.book, a.household_number, a.person_number, a.village_code, a.name, b.name, b.household_number,
  a.lies, b.lies
from ids a join ids b on b.id_blind = a.id_blind and (b.household_number, b.person_number) is distinct from (a.household_number, a.person_number)
union all
select a.sheet_id, a.row, a.book, a.household_number, a.person_number, a.village_code, a.name, t.name, t.household_number,
  a.lies, t.village_code
from ids a join there t on t.id_blind = a.id_blind and t.person_number is distinct from a.person_number
where not exists (select 1 from ids b where b.person_number = t.person_number)
  and not exists (select 1 from recognised x where x.person_id = t.person and x.number = a.person_number)
"""

ELSEWHERE = """
select a.sheet_id, a.row, a.book, a.household_number, a.person_number, a.village_code, a.person ->> 'name', e.county_code
from registry_id_elsewhere(array(select id_blind from ids)) e
join staged a on a.id_blind = e.id_blind and a.batch_id = %(batch)s
"""

# Where the finding lies, and where the register has whom it names.
_LIES = "coalesce(r.village_code, (select b.village_code from batched b where b.number = r.household_number), %(place)s)"
AGAINST_REGISTER = f"""
select 'person_moved', r.sheet_id, r.row, r.household_number, r.person_number, r.village_code, p.name, h.number, '', s.columns ->> 'household_number',
  {_LIES}, h.village_code, r.person ->> 'name'
from staged r join intake_sheet s on s.id = r.sheet_id
join kept_person p on p.number = r.person_number join registry_household h on h.id = p.kept_in
where h.number <> r.household_number
union all
select 'id_changed', r.sheet_id, r.row, r.household_number, r.person_number, r.village_code, p.name, '', '', s.columns ->> 'id_number',
  {_LIES}, coalesce(h.village_code, %(place)s), r.person ->> 'name'
from staged r join intake_sheet s on s.id = r.sheet_id join kept_person p on p.number = r.person_number
left join registry_household h on h.id = p.kept_in
where r.id_blind is not null and p.id_blind is not null and r.id_blind <> p.id_blind
union all
select 'household_moved', r.sheet_id, min(r.row), r.household_number, '', min(r.village_code), h.head_name, h.village_code, min(r.village_code), s.columns ->> 'village',
  min(r.village_code), h.village_code, null
from staged r join intake_sheet s on s.id = r.sheet_id join kept_household h on h.number = r.household_number
where r.village_code <> h.village_code
group by r.sheet_id, r.household_number, h.head_name, h.village_code, s.columns
union all
select 'status_differs', r.sheet_id, r.row, r.household_number, '', r.village_code, h.head_name, st.status, r.household ->> 'status_reported', s.columns ->> 'status_reported',
  {_LIES}, h.village_code, null
from staged r join intake_sheet s on s.id = r.sheet_id join kept_household h on h.number = r.household_number
join (select distinct on (x.household_id) x.household_id, x.status from registry_statusentry x
  where x.household_id in (select id from kept_household) order by x.household_id, x.id desc) st on st.household_id = h.id
where r.household ? 'status_reported'
  and st.status <> case r.household ->> 'status_reported' when 'pre_exit' then 'poor' else r.household ->> 'status_reported' end
"""

# Known to the register, in a village the file covers, and not in the file: said, and nothing else happens.
LEFT_OUT = """
with covered as (select distinct village_code from staged where book = 'person_export' and village_code is not null)
select h.number, '', h.village_code, coalesce(h.head_name, h.number)
from registry_household h join covered c on c.village_code = h.village_code
where h.kind = 'registered' and h.ended_on is null and not exists (select 1 from staged r where r.household_number = h.number)
union all
select h.number, p.number, h.village_code, coalesce(p.name, p.number)
from kept_household h join registry_membership m on m.household_id = h.id and m.until is null
join registry_person p on p.id = m.person_id
where h.number in (select household_number from staged where book = 'person_export')
  and not exists (select 1 from staged r where r.book = 'person_export' and r.person_number = p.number)
  and not exists (select 1 from recognised x where x.person_id = p.id)
"""

# As sets: of a batch just compared the planner knows nothing, and a look for each household takes the square of a county.
HOLD = """
update intake_stagedhousehold s set change = 'held' where batch_id = %(batch)s and (
  s.number in (select x.household_number from intake_sighting x where x.batch_id = %(batch)s and x.kind = 'refused')
  or s.known in (select k.id from kept_household k where k.ended_on is not null))
"""

# A number that is in use outside of a township may be in use in another one of its own county.
NEAR = {"near_zh": "其他乡镇", "near_en": "another township"}


def compare(batch: Batch) -> None:
    """Fills the batch's households and its findings from comparing. One transaction, in the caller's scope."""
    with connection.cursor() as cursor:
        cursor.execute("delete from intake_sighting where batch_id = %s and comparing", [batch.pk])
        cursor.execute("delete from intake_stagedhousehold where batch_id = %s", [batch.pk])
        values: dict[str, Any] = {
            "batch": batch.pk,
            "place": batch.place_code,
            "county": batch.place_code[:6],
            "order": list(books.ORDER),
        }
        cursor.execute(HOUSEHOLDS, values)
        take_up_kept(cursor, values)
        cursor.execute(IDS, values)
        cursor.execute("analyze ids")
        columns = _columns_of(cursor, batch)
        seen = numbers_elsewhere(cursor, batch, columns)
        taken = {one.household for one in seen if one.rule == Rule.HOUSEHOLD_NUMBER_ELSEWHERE}
        # Of a household elsewhere enough is said: it is not unknown.
        seen += [one for one in _unknown(cursor, values) if one.household not in taken]
        seen += _left_out(cursor, values) + _against_register(cursor, values)
        for look in (_members, _repeated, _shared_ids, two_villages, against_checked, against_cases):
            seen += look(cursor, values, columns)
        write_sightings(cursor, batch.pk, batch.place_code, seen, comparing=True)
        leave_settled(batch)
        cursor.execute(HOLD, values)
        cursor.execute("drop table ids")


def _columns_of(cursor: Any, batch: Batch) -> dict[int, dict[str, int]]:
    cursor.execute("select id, columns from intake_sheet where batch_id = %s", [batch.pk])
    return {pk: json.loads(said) for pk, said in cursor.fetchall()}


def _at(columns: dict[int, dict[str, int]], sheet: int | None, *keys: str) -> int | None:
    found = next((columns[sheet][key] for key in keys if key in columns[sheet]), None) if sheet else None
    return None if found is None else found + 1


def _rows(cursor: Any, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(sql, values)
    return cursor.fetchall()


def _unknown(cursor: Any, values: dict[str, Any]) -> list[Seen]:
    return [
        Seen(
            Rule.HOUSEHOLD_UNKNOWN,
            Rule.HOUSEHOLD_UNKNOWN.kind,
            sheet,
            row,
            int(column) + 1,
            "household_number",
            number,
            params={"household": number},
        )
        for sheet, row, column, number in _rows(cursor, UNKNOWN_HOUSEHOLDS, values)
    ]


def _members(cursor: Any, values: dict[str, Any], columns: dict[int, dict[str, int]]) -> list[Seen]:
    seen = []
    for number, sheet, row, count, heads, unknown, reported, village, head_rows, names in _rows(
        cursor, MEMBERS, values
    ):
        about: dict[str, Any] = {"sheet": sheet, "household": number, "village": village or ""}
        # With a relation refused or empty the missing head may be that one: the refusal says enough.
        if heads == 0 and not unknown:
            seen.append(
                Seen(
                    Rule.NO_HEAD,
                    Rule.NO_HEAD.kind,
                    row=row,
                    column=_at(columns, sheet, "relation"),
                    field="relation",
                    params={"household": number},
                    **about,
                )
            )
        if heads > 1:
            params = {"household": number, "count": heads, "names": "、".join(filter(None, names))}
            seen.append(
                Seen(
                    Rule.TWO_HEADS,
                    Rule.TWO_HEADS.kind,
                    row=head_rows[1],
                    column=_at(columns, sheet, "relation"),
                    field="relation",
                    params=params,
                    **about,
                )
            )
        if reported is not None and reported != count:
            seen.append(
                Seen(Rule.MEMBER_COUNT_DISAGREES, Rule.MEMBER_COUNT_DISAGREES.kind, row=row, column=_at(columns, sheet, "members_reported"),
                     field="members_reported", params={"value": reported, "count": count}, **about)
            )  # fmt: skip
    return seen


def _repeated(cursor: Any, values: dict[str, Any], columns: dict[int, dict[str, int]]) -> list[Seen]:
    seen = []
    for sheet, row, book, household, person, year, village, before, _before_sheet, same in _rows(
        cursor, REPEATED, values
    ):
        keys = ("person_number", "household_number") if book == "person_export" else ("household_number",)
        kind = "mended" if same else Rule.DUPLICATE_ROW.kind
        params = {"other": before} | ({"year": year} if book == "yearly_record" else {})
        seen.append(
            Seen(
                Rule.DUPLICATE_ROW,
                kind,
                sheet,
                row,
                _at(columns, sheet, *keys),
                keys[0],
                household or "",
                person or "",
                village or "",
                params,
            )
        )
    return seen


def _shared_ids(cursor: Any, values: dict[str, Any], columns: dict[int, dict[str, int]]) -> list[Seen]:
    """Another name under the same number: one of the two is wrong. The same name in two households: one person, asked."""
    found: dict[tuple[int, int], Seen] = {}
    for sheet, row, book, household, person, village, name, other_name, other, lies, there in _rows(
        cursor, SHARED_IDS, values
    ):
        same = name is not None and name == other_name
        rule = Rule.SAME_PERSON_TWO_HOUSEHOLDS if same else Rule.ID_USED_TWICE
        if same and other == household:
            continue  # the row itself given twice
        key = "head_id_number" if book == "household_roll" else "id_number"
        one = Seen(rule, rule.kind, sheet, row, _at(columns, sheet, key), key, household or "", person or "", village or "",
                   {"name": name or "", "household": household or "", **beside(lies, there, other=(other if same else other_name) or "")})  # fmt: skip
        if (sheet, row) not in found or found[sheet, row].kind == "asked":
            found[sheet, row] = one
    for sheet, row, book, household, person, village, name, county in _rows(cursor, ELSEWHERE, values):
        key = "head_id_number" if book == "household_roll" else "id_number"
        found.setdefault(
            (sheet, row),
            Seen(Rule.ID_ELSEWHERE, Rule.ID_ELSEWHERE.kind, sheet, row, _at(columns, sheet, key), key, household or "", person or "", village or "",
                 {"name": name or "", "other": county, **(NEAR if county == values["county"] else {})}),
        )  # fmt: skip
    return list(found.values())


def _against_register(cursor: Any, values: dict[str, Any]) -> list[Seen]:
    seen = []
    for code, sheet, row, household, person, village, name, before, after, column, lies, there, own in _rows(
        cursor, AGAINST_REGISTER, values
    ):
        rule = Rule.of(code)
        assert rule is not None
        field = {
            "person_moved": "household_number",
            "id_changed": "id_number",
            "household_moved": "village",
            "status_differs": "status_reported",
        }[code]
        told = {"other": before, "before": before}
        if code == Rule.PERSON_MOVED:
            told = beside(lies, there, **told)
        # Of whom another village has, the finding names what its own file says.
        name = name if there.startswith(lies) else own
        params = {"name": name or "", **told, "after": after, "value": after}
        seen.append(
            Seen(
                rule,
                rule.kind,
                sheet,
                row,
                int(column) + 1 if column else None,
                field,
                household,
                person or "",
                village or "",
                params,
            )
        )
    return seen


def _left_out(cursor: Any, values: dict[str, Any]) -> list[Seen]:
    rule = Rule.NOT_IN_LATER_FILE
    return [
        Seen(rule, rule.kind, household=number, person=person or "", village=village, params={"name": name})
        for number, person, village, name in _rows(cursor, LEFT_OUT, values)
    ]
