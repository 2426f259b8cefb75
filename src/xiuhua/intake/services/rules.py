"""The rulebook over what the register would be: staged rows laid over the rows kept, households held back included.

The same rules, in the same engine, that later run over the register itself; so a file is judged before it is merged.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from xiuhua.engine import Library, Result, load
from xiuhua.engine.door import Grain
from xiuhua.facts.reader import read_records
from xiuhua.intake import books
from xiuhua.intake.models import Batch
from xiuhua.intake.services import foreseen
from xiuhua.intake.services.merge import as_kept, status_to_be
from xiuhua.intake.services.outcomes import Outcomes
from xiuhua.intake.services.sightings import Seen, write_sightings
from xiuhua.registry.queries.counting import EXITED_ON
from xiuhua.registry.queries.rules import OF_A_LIST, mark_of, of_the_pool

# What intake itself has refused (no head, two heads) is not said a second time.
SAID_ALREADY = frozenset({"quality.one_head", "quality.head_on_record"})


def judged_of_a_file(rule: str) -> bool:
    """Whether a file is judged by a rule. What other departments' lists say is told to handlers alone, and a marked workbook
    goes from hand to hand."""
    return of_the_pool(rule) and not rule.startswith(OF_A_LIST) and rule not in SAID_ALREADY


# What an ID number tells, where the sheet has no column of its own for it.
READ_FROM = dict.fromkeys(
    ("sex", "birth_date", "id_kind", "id_valid", "disability_category", "disability_grade"), "id_number"
)

IDENTITY = "{id_sealed,id_blind,id_kind,id_valid,sex,birth_date,disability_category,disability_grade}"

# Whose number it is is not known: nothing may be concluded from it until somebody has looked. Whoever looks is shown it.
FORGET_SHARED_IDS = """
update {table} r set person = (r.person - %(identity)s::text[]) || jsonb_build_object('shared',
  (select jsonb_object_agg(e.key, e.value) from jsonb_each(r.person) e where e.key = any(%(identity)s::text[])))
from intake_sighting x where x.batch_id = %(batch)s and x.rule in ('id_used_twice', 'number_to_correct') and x.sheet_id = r.sheet_id and x."row" = r."row"
  and jsonb_exists(r.person, 'id_kind')
"""

REFUSED_CELLS = 'select sheet_id, "row", "column" from intake_sighting where batch_id = %s and kind = \'refused\' and "column" is not null'

# What departments' lists say is no matter of a file: no file is judged by it, and none of it is marked in one.
LISTED_OF_NOBODY = {
    column.name: f"null::{column.type}"
    for column in read_records()["person"].columns
    if "_listed" in column.name
}

# A person is entered without a number where the file has none, so that is how they are judged; a number that was refused
# or is shared with another may still be right.
SPECIAL = {
    "household": {"household_key": "coalesce(k.id, -s.id)", "village_code": "coalesce(k.village_code, s.village_code, %(place)s)", "status": f"coalesce(st.status, {status_to_be('n')})",
                  "exited_on": f"case st.status when 'exited' then {EXITED_ON.format(household='k.id')} end", "applied_on": "null::date", "watch_mode": "null::text", "help_recorded": "null::boolean", "members_changed_on": "null::date", "watch_class": "wt.watch_class", "watched_since": "wt.since",
                  "phone_known": "n.phone_blind is not null", "bank_known": "n.bank_blind is not null"},
    "person": {"person_key": "coalesce(k.id, -r.id)", "household_key": "h.household_key", "village_code": "h.village_code",
               "id_kind": "coalesce(n.id_kind, case when r.id_blind is null and not r.refused then 'none' end)",
               "phone_known": "n.phone_blind is not null", **LISTED_OF_NOBODY},
    "period": {"household_key": "h.household_key", "village_code": "h.village_code", "year": "y.year", "basis": "'registration_year'",
               "period_start": "make_date(y.year - 1, 10, 1)", "period_end": "make_date(y.year, 9, 30)"},
}  # fmt: skip

FROM = {
    "household": f"""
from batched s left join kept_household k on k.id = s.known
left join lateral (select x.status from registry_statusentry x where x.household_id = k.id order by x.id desc limit 1) st on true
left join lateral (select x.watch_class, x.since from registry_watchentry x where x.household_id = k.id order by x.id desc limit 1) wt on true
cross join lateral jsonb_populate_record(k, {books.taken("household", "s.household")}) n where k.ended_on is null""",
    "person": f"""
from (select distinct on (person_number) * from staged
  where person_number is not null order by person_number, sheet_id, "row") r
join would_number h on h.number = r.household_number
left join kept_person k on k.number = r.person_number
cross join lateral (select {as_kept("k")} as said) a
cross join lateral jsonb_populate_record(k, {books.taken("person", "a.said")}) n
where k.id is null or k.kept_in = h.household_key
  or (k.kept_in is null and not exists (select 1 from registry_membership g where g.person_id = k.id))""",
    "period": f"""
from (select household_number, year, intake_merge(period order by array_position(%(order)s::text[], book::text), "row") as data
  from staged where year is not null and period <> '{{}}' group by household_number, year) y
join would_number h on h.number = y.household_number
left join kept_period k on k.household_id = h.household_key and k.year = y.year
cross join lateral jsonb_populate_record(k, {books.taken("period", "y.data")}) n""",
}

# What the register has of these households and no file says anything of.
_REST = """
insert into would_{grain} select {columns} from rec_{grain} p join kept_household k on k.id = p.household_key
where not exists (select 1 from would_{grain} w where {same})
"""
SAME = {
    "person": "w.person_key = p.person_key",
    "period": "w.household_key = p.household_key and w.year = p.year",
}
# People first: by what is true of them, findings about their household point to one of them.
GRAINS: tuple[Grain, ...] = ("person", "household", "period")
RELATIONS = {f"rec_{grain}": f"would_{grain}" for grain in FROM}


@lru_cache(maxsize=1)
def _tables() -> dict[str, list[str]]:
    """For each grain the statements that make what its records would be, in the columns of facts/records.yaml."""
    built = {}
    for grain, source in FROM.items():
        columns = [column.name for column in read_records()[grain].columns]
        selected = ", ".join(f"{_expression(grain, name)} as {name}" for name in columns)
        built[grain] = [f"create temp table would_{grain} on commit drop as select {selected} {source}"]
        if grain in SAME:
            kept = ", ".join(f"p.{name}" for name in columns)
            built[grain].append(_REST.format(grain=grain, columns=kept, same=SAME[grain]))
    return built


def _expression(grain: str, name: str) -> str:
    if name in SPECIAL[grain]:
        return SPECIAL[grain][name]
    if grain == "period" and name in (topics := books.seen_topics()):
        return f"case when num_nonnulls({', '.join('n.' + column for column in topics[name])}) > 0 then coalesce(n.{name}, 'reported') end"
    return f"n.{name}"


def build(batch: Batch) -> None:
    """Makes would_household, would_person and would_period for the rest of the transaction."""
    values: dict[str, Any] = {
        "batch": batch.pk,
        "county": batch.place_code[:6],
        "place": batch.place_code,
        "order": list(books.ORDER),
        "identity": IDENTITY,
    }
    with connection.cursor() as cursor:
        for table in ("intake_stagedrow", "staged"):
            cursor.execute(FORGET_SHARED_IDS.format(table=table), values)
        cursor.execute(
            "create temp table would_number on commit drop as select number, coalesce(known, -id) as household_key, coalesce(village_code, %(place)s) as village_code"
            " from batched", values
        )  # fmt: skip
        cursor.execute("analyze would_number")
        for statements in _tables().values():
            for statement in statements:
                cursor.execute(statement, values)


@dataclass(frozen=True)
class Place:
    """Where a rule's finding stands in the files."""

    sheet: int
    row: int
    column: int | None
    field: str


def judge(batch: Batch) -> dict[str, Any]:
    """Runs every rule over what would be, writes a finding for each that fails, and counts what is not known.

    Returns {"unknown": {rule: households}} for households that left poverty or are to leave it.
    """
    library = load()
    assert batch.data_date is not None
    seen: list[Seen] = []
    unknown: dict[str, int] = {}
    with connection.cursor() as cursor:
        numbers = _numbers(cursor, batch)
        outcomes = Outcomes(cursor, library, batch.data_date, RELATIONS)
        places = _Places(cursor, batch, library, outcomes)
        judged: dict[Grain, list[str]] = {}
        for grain in GRAINS:
            wanted = [r.id for r in library.rules.values() if r.grain == grain and r.kind != "candidate"]
            news = [rule for rule in wanted if rule not in SAID_ALREADY]
            judged[grain] = [rule for rule in wanted if judged_of_a_file(rule)]
            facts = sorted(_picking(library)) if grain == "person" else []
            outcomes.judge(grain, wanted, judged[grain], facts)
            if grain == "household":
                unknown = outcomes.not_known(news)
                foreseen.keep(cursor, batch, outcomes)
        places.load([numbers[key][0] for key in outcomes.failing()])
        for grain in GRAINS:
            for opened, row in outcomes.failed(grain, judged[grain]):
                seen += _failed(library, opened, row, numbers, places)
        outcomes.close()
        write_sightings(cursor, batch.pk, batch.place_code, seen, comparing=True)
    return {"unknown": unknown}


def _picking(library: Library) -> set[str]:
    """Facts of a person by which rules of a household pick the member concerned."""
    return {rule.member for rule in library.rules.values() if rule.member}


def _numbers(cursor: Any, batch: Batch) -> dict[int, tuple[str, str]]:
    cursor.execute(
        "select coalesce(known, -id), number, coalesce(village_code, '') from intake_stagedhousehold where batch_id = %s",
        [batch.pk],
    )
    return {key: (number, village) for key, number, village in cursor.fetchall()}


def _failed(
    library: Library,
    selection: Any,
    row: Mapping[str, Any],
    numbers: Mapping[int, tuple[str, str]],
    places: _Places,
) -> Iterable[Seen]:
    number, village = numbers[row["household_key"]]
    own = [places.person(row["person_key"]) if selection.grain == "person" else ""]
    year = row["year"] if selection.grain == "period" else None
    failing = (rule for rule in selection.rules if row[f"r__{library.rules[rule].column}"] == Result.FAILS)
    for outcome in (library.outcome(rule, row, selection) for rule in failing):
        picks = outcome.rule.member
        people = (places.members(row["household_key"], picks) if picks else own) or [""]
        found = ((person, places.of(outcome.rule.id, number, person, year)) for person in people)
        # A cell that is refused already is not said a second time to be empty or to disagree: the next member's is.
        person, place = next((one for one in found if not places.refused(one[1])), (None, None))
        if person is None:
            continue
        params: dict[str, Any] = {
            "zh": outcome.says("zh"),
            "en": outcome.says("en"),
            "mark": mark_of(outcome),
        }
        if year is not None:
            params["year"] = year
        yield Seen(
            outcome.rule.id, "warned", place.sheet if place else None, place.row if place else None, place.column if place else None,
            place.field if place else "", number, person, village, params,
        )  # fmt: skip


class _Places:
    """Finds the cell that a rule's finding is about: the household's row in a sheet that carries what the rule looked at."""

    def __init__(self, cursor: Any, batch: Batch, library: Library, outcomes: Outcomes) -> None:
        self.loaded, self.outcomes = library, outcomes
        self.columns = {sheet.pk: (sheet.book, sheet.columns) for sheet in batch.sheets.exclude(book="")}
        self.cursor = cursor
        self.rows: dict[str, list[tuple[int, int, str | None, int | None]]] = defaultdict(list)
        self.names: dict[int, str] = {}
        self.first: dict[str | None, tuple[int, int]] = {}
        self.picked: dict[tuple[int, str], list[int]] = {}
        cursor.execute(REFUSED_CELLS, [batch.pk])
        self.refusals = set(cursor.fetchall())

    def load(self, households: list[str]) -> None:
        """Takes up the rows of the households of which something is to be told, and of their people."""
        cursor = self.cursor
        cursor.execute(
            'create temp table told on commit drop as select r.* from (select id, household_number, sheet_id, "row", person_number, year'
            " from staged) r where household_number = any(%(households)s) or person_number in"
            " (select person_number from staged where household_number = any(%(households)s))",
            {"households": households},
        )
        cursor.execute(
            'select household_number, sheet_id, "row", person_number, year from told'
            ' where household_number is not null order by sheet_id, "row"'
        )
        for household, sheet, row, person, year in cursor.fetchall():
            self.rows[household].append((sheet, row, person, year))
            self.first.setdefault(person, (sheet, row))
        cursor.execute(
            "select coalesce(k.id, -r.id), r.person_number from told r"
            " left join kept_person k on k.number = r.person_number where r.person_number is not null"
        )
        self.names = dict(cursor.fetchall())

    def person(self, key: int) -> str:
        """The number of a person by key, as the file or the register gives it."""
        return self.names.get(key, "")

    def members(self, household: int, fact: str) -> list[str]:
        """Numbers of the members of whom a fact is true, first in the file first. People are judged before households."""
        if not self.picked:
            for name in sorted(_picking(self.loaded)):
                self.picked |= {(key, name): people for key, people in self.outcomes.members(name).items()}
        return sorted(
            (self.person(key) for key in self.picked.get((household, fact), [])), key=self._first_row
        )

    def _first_row(self, person: str) -> tuple[int, int]:
        return self.first.get(person, (sys.maxsize, 0))

    def refused(self, place: Place | None) -> bool:
        """Whether intake has refused that very cell."""
        return place is not None and (place.sheet, place.row, place.column) in self.refusals

    def of(self, rule: str, household: str, person: str, year: int | None) -> Place | None:
        """The best cell: the row of the person or year, else of the latest year, else the household's first row."""
        rows = self.rows.get(household, [])
        if person:
            rows = [row for row in rows if row[2] == person] or rows
        best: Place | None = None
        for column in self.loaded.columns_of(rule):
            for sheet, row, _, row_year in sorted(rows, key=lambda r: -(r[3] or 0)):
                if year is not None and row_year not in (None, year):
                    continue
                columns = self.columns[sheet][1]
                at = columns.get(column, columns.get(READ_FROM.get(column, "")))
                if at is not None:
                    return Place(sheet, row, at + 1, column)
                best = best or Place(sheet, row, None, "")
        return best
