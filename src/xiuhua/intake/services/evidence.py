"""What the files say against what is known better: a village that differs from file to file, a value that was checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xiuhua.intake import books
from xiuhua.intake.services.merge import as_kept
from xiuhua.intake.services.sightings import Seen
from xiuhua.intake.terms import IntakeRule as Rule

Columns = Mapping[int, Mapping[str, int]]

# One household, several villages in the files of one batch: it cannot be placed, so it is held back whole.
TWO_VILLAGES = """
with several as materialized (
  select household_number from staged where household_number is not null and village_code is not null
  group by household_number having min(village_code) <> max(village_code)),
said as materialized (
  select household_number, sheet_id, "row", village_code, first_value(sheet_id) over w as other_sheet,
    first_value("row") over w as other_row, first_value(village_code) over w as other_village
  from staged join several using (household_number) where village_code is not null
  window w as (partition by household_number order by sheet_id, "row")),
named as (
  select distinct on (village_code) village_code as code, village ->> 'village' as name from staged
  where book = 'village_list' and village_code is not null order by village_code)
select x.household_number, x.sheet_id, x."row", x.village_code, x.other_row,
  coalesce(v.name, p.name, x.village_code), coalesce(w.name, q.name, x.other_village),
  case when t.file_name = s.file_name then s.name else s.file_name || ' ' || s.name end, x.sheet_id = x.other_sheet
from (select distinct on (household_number) * from said where village_code <> other_village
  order by household_number, sheet_id, "row") x
join intake_sheet s on s.id = x.other_sheet join intake_sheet t on t.id = x.sheet_id
left join named v on v.code = x.village_code left join places_place p on p.code = x.village_code
left join named w on w.code = x.other_village left join places_place q on q.code = x.other_village
"""

_ROWS = 'order by array_position(%(order)s::text[], book::text) desc, "row" desc'

# For each record of the register that holds something checked: what the files say of it, and their rows, the one that
# counts first.
_HOUSEHOLDS = f"""
select s.number as household, '' as person, null::int as year, k.village_code, s.household as said, {books.taken("household", "s.household")} as taken,
  to_jsonb(k) as kept, r.sheets, r."rows"
from batched s join kept_household k on k.id = s.known and {books.any_checked("household")}
cross join lateral (select array_agg(sheet_id {_ROWS}) as sheets, array_agg("row" {_ROWS}) as "rows"
  from staged where household_number = s.number and household <> '{{}}') r"""
_PEOPLE = f"""
select r.household_number as household, r.person_number as person, null::int as year, k.village_code, d.said, {books.taken("person", "d.said")} as taken,
  to_jsonb(k) as kept, array[r.sheet_id] as sheets, array[r."row"] as "rows"
from staged r join kept_person k on k.number = r.person_number and k.kept_in is not null and {books.any_checked("person")}
cross join lateral (select {as_kept("k")} as said) d"""
_YEARS = f"""
select y.household, '' as person, y.year, k.village_code, y.said, {books.taken("period", "y.said")} as taken, to_jsonb(k) as kept, y.sheets, y."rows"
from (select r.household_number as household, r.year, intake_merge(r.period order by array_position(%(order)s::text[], book::text), "row") as said,
    array_agg(sheet_id {_ROWS}) as sheets, array_agg("row" {_ROWS}) as "rows"
  from (select s.number, k.year from batched s join kept_period k on k.household_id = s.known and {books.any_checked("period")}) c
  join staged r on r.household_number = c.number and r.year = c.year where r.period <> '{{}}'
  group by r.household_number, r.year) y
join batched s on s.number = y.household join kept_period k on k.household_id = s.known and k.year = y.year"""
# Values that the register keeps as they were checked, though the files say otherwise, with the day of the check.
LEFT = """
select b.household, b.person, b.year, b.village_code, d.key, d.value, b.kept -> d.key,
  b.kept ->> ((%(topic_of)s::jsonb ->> d.key) || '_on'), b.sheets, b."rows"
from ({source} offset 0) b cross join lateral jsonb_each(b.said - array(select jsonb_object_keys(b.taken))) d
where b.taken <> b.said and d.value is distinct from b.kept -> d.key and d.key !~ '(^|_)seen(_on)?$'
order by b.household, b.person, b.year, d.key
"""
# Where the register calls a matter otherwise than the books; sealed bytes differ at each reading and say nothing.
FIELD = {"group_name": "group", "phone_blind": "phone", "bank_blind": "bank_account"}
HIDDEN = frozenset({"phone_blind", "bank_blind"})
SEALED = frozenset({"phone_sealed", "bank_sealed"})


def two_villages(cursor: Any, values: dict[str, Any], columns: Columns) -> list[Seen]:
    """Households that the files place in more than one village."""
    cursor.execute(TWO_VILLAGES, values)
    seen = []
    for household, sheet, row, code, other_row, name, other_name, other_sheet, same in cursor.fetchall():
        params = {"value_zh": name, "value_en": name, "before_zh": other_name, "before_en": other_name}
        params["where_zh"] = f"第 {other_row} 行" if same else f"《{other_sheet}》第 {other_row} 行"
        params["where_en"] = f"in row {other_row}" if same else f"in row {other_row} of {other_sheet}"
        column = _column(columns[sheet], "village", "village_code")
        # Nobody can place the household: held back whole, unlike other values that are merely not taken.
        seen.append(
            Seen(Rule.ROWS_DISAGREE, "refused", sheet, row, column, "village", household, "", code, params)
        )
    return seen


def against_checked(cursor: Any, values: dict[str, Any], sheets: Columns) -> list[Seen]:
    """Reported values that differ from checked ones: asked, each at its cell, with both."""
    told = []
    for grain, source in (("household", _HOUSEHOLDS), ("person", _PEOPLE), ("period", _YEARS)):
        topic_of = {column: seen for seen, columns in books.topics_of()[grain].items() for column in columns}
        cursor.execute(LEFT.format(source=source), {**values, "topic_of": json.dumps(topic_of)})
        for household, person, year, village, name, value, before, day, among, rows in cursor.fetchall():
            if name in SEALED:
                continue
            field = FIELD.get(name, name)
            params: dict[str, Any] = {"year": year, "day": day}
            if name not in HIDDEN:
                params["value_zh"], params["value_en"] = _words(name, value)
                params["before_zh"], params["before_en"] = _words(name, before)
            sheet, row, column = _cell(sheets, field, among, rows)
            told.append(
                Seen(Rule.CHECKED_DIFFERS, Rule.CHECKED_DIFFERS.kind, sheet, row, column, field, household, person, village, params)
            )  # fmt: skip
    return told


def _words(name: str, value: str) -> tuple[str, str]:
    """A JSON value in words."""
    plain = json.loads(value, parse_float=Decimal)
    return ("没有填", "empty") if plain is None else books.words(name, plain)


def _cell(
    columns: Columns, field: str, sheets: list[int], rows: list[int]
) -> tuple[int | None, int | None, int | None]:
    """The row whose sheet has the column, the one that counts first; else the first row."""
    for sheet, row in zip(sheets, rows, strict=True):
        if (column := _column(columns[sheet], field)) is not None:
            return sheet, row, column
    return sheets[0], rows[0], None


def _column(columns: Mapping[str, int], *keys: str) -> int | None:
    at = next((columns[key] for key in keys if key in columns), None)
    return None if at is None else at + 1
