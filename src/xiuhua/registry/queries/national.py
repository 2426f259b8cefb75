"""The register as the national system's export shows it: what each column stands on. Export and comparison read it here,
so that what was exported and compared again differs in nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import keyring
from xiuhua.common.sheets import Cell
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.registry.books import PERSON_EXPORT, STANDARD, Layout
from xiuhua.registry.models import ExportLayout

# The export's household columns that the register keeps by year: the newest year that says anything of them counts.
OF_THE_YEAR = (
    "net_income_per_head_reported_fen",
    "house_dangerous_reported",
    "water_safe_reported",
    "water_difficult_reported",
)

# Our own status where it says otherwise than the export once did; the export's word for it where both mean the same.
STATUS = """case when st.status is null or st.status = case h.status_reported when 'pre_exit' then 'poor' else h.status_reported end
  then h.status_reported else st.status end"""


def households(which: str) -> str:
    """Query of households as the export shows them, `which` joining or cutting `registry_household h`.

    Needs the parameter `year` (int): years after it are not looked at. `basis` tells what our status rests on.
    """
    years = ", ".join(f"y.{column}" for column in OF_THE_YEAR)
    known = ", ".join(f"p.{column}" for column in OF_THE_YEAR)
    return f"""
select h.id, h.number, h.village_code, h.kind, h.head_name, h.group_name, h.attribute, h.main_cause, h.other_causes, h.exit_year,
  h.military_martyr, h.one_child, h.two_daughter, h.phone_sealed, h.phone_blind, h.bank_sealed, h.bank_blind, h.seen, h.seen_on,
  {STATUS} as status_reported, st.basis, y.id as period_id, y.year, {years},
  y.income_seen, y.income_seen_on, y.house_seen, y.house_seen_on, y.water_reported_seen, y.water_reported_seen_on
from registry_household h {which}
left join lateral (select x.status, x.basis from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) st on true
left join lateral (select * from registry_periodrecord p where p.household_id = h.id and p.basis = 'registration_year'
  and p.year <= %(year)s and num_nonnulls({known}) > 0 order by p.year desc limit 1) y on true"""


@dataclass(frozen=True)
class Choice:
    """Which registered households of the acting area are written.

    place: a place code within the area. status: poor, exited, returned, or '' for all. since: only those in which anything
    changed from then on; household: only this one, people: of it only these; batches: batches of intake merged from then on, which a lower room cannot know.
    """

    place: str
    status: str = ""
    since: datetime | None = None
    batches: tuple[int, ...] = ()
    household: int | None = None
    people: tuple[int, ...] = ()


_CHANGED = """
and h.id in (
  select e.pgh_obj_id from registry_householdevent e where e.pgh_created_at >= %(since)s
  union select m.household_id from registry_personevent e join registry_membership m on m.person_id = e.pgh_obj_id and m.until is null where e.pgh_created_at >= %(since)s
  union select e.household_id from registry_membershipevent e where e.pgh_created_at >= %(since)s
  union select m.household_id from registry_membershipevent e join registry_membership m on m.id = e.pgh_obj_id where e.pgh_created_at >= %(since)s
  union select e.household_id from registry_periodrecordevent e where e.pgh_created_at >= %(since)s
  union select x.household_id from registry_statusentry x where x.recorded_at >= %(since)s
  union select k.id from registry_household k where k.brought_by = any(%(batches)s)
  union select m.household_id from registry_membership m join registry_person p on p.id = m.person_id
    where p.brought_by = any(%(batches)s) or m.brought_by = any(%(batches)s) or m.since >= %(since_day)s
  union select p.household_id from registry_periodrecord p where p.brought_by = any(%(batches)s))"""
_STANDS = "and (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) = %(status)s"


def _where(choice: Choice) -> tuple[str, dict[str, Any]]:
    """Condition on `registry_household h`, and its parameters."""
    area = scope_of(choice.place)
    where = "where h.kind = 'registered' and h.village_code >= %(lo)s and h.village_code < %(hi)s"
    values: dict[str, Any] = {"lo": area.lo, "hi": area.hi, "year": beijing_today().year}
    if choice.household is not None:
        where, values["household"] = f"{where} and h.id = %(household)s", choice.household
    if choice.status:
        where, values["status"] = f"{where} {_STANDS}", choice.status
    if choice.since is not None:
        where += _CHANGED
        values |= {"since": choice.since, "since_day": choice.since.date(), "batches": list(choice.batches)}
    return where, values


def count(choice: Choice) -> tuple[int, int]:
    """Households and persons that an export would hold."""
    where, values = _where(choice)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(distinct h.id), count(*) from registry_household h join registry_membership m on m.household_id = h.id and m.until is null {where}",
            values,
        )
        households_, people = cursor.fetchone()
    return int(households_), int(people)


def layout_of(county_code: str, name: str) -> Layout:
    """A county's layout by name; the standard one for ''. ExportLayout.DoesNotExist when the county has none of that name."""
    if not name:
        return STANDARD
    kept = ExportLayout.objects.get(county_code=county_code, name=name)
    return Layout(tuple((key, heading) for key, heading in kept.columns), tuple(kept.title), kept.words)


# A row a person: the head first. Keys that a book of our own made up are none of the national system's.
PEOPLE = """
select k.*, p.id as person_id, p.name, p.id_sealed, p.sex, p.birth_date, p.ethnicity, p.education, p.student_status, p.school_grade, p.health, p.labour,
  p.work_place, p.work_months, p.basic_insured, p.serious_illness_insured, p.pension_insured, p.dibao, m.relation,
  k.number as household_number, case when strpos(p.number, '#') = 0 then p.number end as person_number,
  count(*) over (partition by k.id) as members_reported
from ({households}) k join registry_membership m on m.household_id = k.id and m.until is null join registry_person p on p.id = m.person_id
order by k.village_code, k.number, (m.relation = 'head') desc nulls last, p.number, p.id
"""


def rows(layout: Layout, choice: Choice) -> Iterator[list[Cell]]:
    """The rows of people by a layout, numbers in the clear, without title and headings; read as they are asked for."""
    where, values = _where(choice)
    sql = PEOPLE.replace("{households}", households("") + f"\n{where}")
    names = dict(Place.objects.filter(code__startswith=choice.place[:6]).values_list("code", "name"))
    words = _words(layout)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        columns: dict[str, int] = {}
        ring = keyring()
        while batch := cursor.fetchmany(2000):
            columns = columns or {one.name: at for at, one in enumerate(cursor.description)}
            for row in batch:
                kept = {name: row[at] for name, at in columns.items()}
                if choice.people and kept["person_id"] not in choice.people:
                    continue
                yield [_cell(key, kept, names, words, ring) for key, _heading in layout.columns]


def _words(layout: Layout) -> dict[str, Mapping[Any, str]]:
    """For each field with words: value -> the word that is written."""
    codes = load().codes
    found: dict[str, Mapping[Any, str]] = {}
    for key, _heading in layout.columns:
        field = PERSON_EXPORT.field(key) if key else None
        if field is None:
            continue
        if field.kind == "yesno":
            said = layout.words.get("yesno", {})
            found[key] = {True: said.get("yes") or "是", False: said.get("no") or "否"}
        elif field.codes:
            own = layout.words.get(field.codes, {})
            found[key] = {one.code: own.get(one.code) or one.zh for one in codes[field.codes].codes}
    return found


def _cell(
    key: str,
    kept: Mapping[str, Any],
    names: Mapping[str, str],
    words: Mapping[str, Mapping[Any, str]],
    ring: Any,
) -> Cell:
    """One cell: text, or a number where it is one; None where nothing is known."""
    if not key:
        return None
    village = kept["village_code"]
    if key in _PLACES:
        code = village[: _PLACES[key]]
        return code if key == "village_code" else names.get(code, code)
    if key in _SEALED:
        sealed = kept[_SEALED[key]]
        return None if sealed is None else ring.unseal(bytes(sealed))
    value = kept[_COLUMNS.get(key, key)]
    if value is None:
        return None
    if key == "other_causes":
        return "、".join(words[key].get(one, one) for one in str(value).split(","))
    if key in words:
        return words[key].get(value, str(value))
    if key.endswith("_fen"):
        return value // 100 if value % 100 == 0 else value / 100
    if isinstance(value, date | Decimal):
        return str(value)
    return value if isinstance(value, int) else str(value)


_PLACES = {"county": 6, "township": 9, "village": 12, "village_code": 12}
_SEALED = {"id_number": "id_sealed", "phone": "phone_sealed", "bank_account": "bank_sealed"}
_COLUMNS = {"group": "group_name"}
