"""What a batch did to the register, row for row, and back: rows it brought go, rows it changed are as they were before it.

How a row was before stands in its history: the first event of the batch holds the row as the batch found it. How the batch
left it stands in the next event, or in the row itself. A row that says something else by now carries what came later, and
then nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from xiuhua.intake.models import Batch
from xiuhua.intake.services.renumbered import findings_follow
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person

CHUNK = 2000

# Households that the batch merged, all or a piece of them; their rows, by table.
OF_BATCH = """
select s.id, s.number, s.merged_at, h.id as household_id from intake_stagedhousehold s
left join registry_household h on h.county_code = %(county)s and h.number = s.number
where s.batch_id = %(batch)s and s.merged_at is not null and (%(piece)s::bigint[] is null or s.id = any(%(piece)s))
"""
MINE: dict[type[Model], str] = {
    Membership: "select m.id from registry_membership m join done d on d.household_id = m.household_id",
    PeriodRecord: "select y.id from registry_periodrecord y join done d on d.household_id = y.household_id",
    Person: "select m.person_id as id from registry_membership m join done d on d.household_id = m.household_id",
    Household: "select household_id as id from done where household_id is not null",
}

# Rows that the batch left in one state and that are in another now, with who is said to have changed them last.
CHANGED_SINCE = """
with done as ({done}), mine as (select distinct id from ({rows}) x),
left_at as (
  select t.id, coalesce((select max(e.pgh_id) from {table}event e
    where e.pgh_obj_id = t.id and e.pgh_label = 'changed' and (e.pgh_context ->> 'batch')::bigint = %(batch)s), 0) as event, t.brought_by
  from {table} t join mine on mine.id = t.id)
select t.id, t.changed_by from left_at l join {table} t on t.id = l.id
join lateral (select * from {table}event e where e.pgh_obj_id = l.id and e.pgh_id > l.event order by e.pgh_id limit 1) n on true
where (l.event > 0 or l.brought_by = %(batch)s) and ({kept}) is distinct from ({now})
"""

RESTORE = """
with done as ({done}), mine as (select distinct id from ({rows}) x),
was as (
  select distinct on (e.pgh_obj_id) e.* from {table}event e join mine on mine.id = e.pgh_obj_id
  where e.pgh_label = 'changed' and (e.pgh_context ->> 'batch')::bigint = %(batch)s order by e.pgh_obj_id, e.pgh_id)
update {table} t set ({columns}) = ({was}) from was where t.id = was.pgh_obj_id {which}
"""
# A number that went from one person to another is put down by one before the other takes it up.
IN_TURN: dict[type[Model], tuple[str, ...]] = {
    Person: ("and was.number is null", "and was.number is not null")
}

# People whom the batch changed, with the numbers that they have before it is taken back.
NUMBERS = """
with done as ({done}), mine as (select distinct id from ({rows}) x)
select p.id, coalesce(p.number, '') from mine join registry_person p on p.id = mine.id where p.changed_by = %(batch)s
"""

GONE = """
create temp table gone_household on commit drop as
  select h.id from registry_household h where h.brought_by = %(batch)s and h.id in (select household_id from ({done}) d);
create temp table gone_person on commit drop as
  select distinct p.id from registry_person p join registry_membership m on m.person_id = p.id
  where p.brought_by = %(batch)s and m.household_id in (select household_id from ({done}) d);
delete from registry_standing where household_id in (select id from gone_household);
delete from registry_membership where brought_by = %(batch)s and household_id in (select household_id from ({done}) d);
delete from registry_periodrecord where brought_by = %(batch)s and household_id in (select household_id from ({done}) d);
delete from registry_person where id in (select id from gone_person);
delete from registry_household where id in (select id from gone_household);
drop table gone_household; drop table gone_person
"""

# Households that stay, with the day the rules were last asked of before this batch.
ASKED_BEFORE = """
select household_id, coalesce((
    select b.data_date from intake_stagedhousehold o join intake_batch b on b.id = o.batch_id
    where o.number = d.number and o.merged_at is not null and o.batch_id <> %(batch)s and left(b.place_code, 6) = %(county)s
    order by o.merged_at desc limit 1), (select as_of from registry_standing where household_id = d.household_id)) as as_of
from ({done}) d where household_id in (select id from registry_household)
"""

LEFT_OVER = "select (select count(*) from {table} where brought_by = %(batch)s) + (select count(*) from {table} where changed_by = %(batch)s)"


def values_of(batch: Batch, piece: Sequence[int] | None = None) -> dict[str, Any]:
    """What the statements here are asked with."""
    return {
        "batch": batch.pk,
        "county": batch.place_code[:6],
        "piece": None if piece is None else list(piece),
    }


def changed_since(
    batch: Batch, piece: Sequence[int] | None = None
) -> Iterator[tuple[type[Model], int, int | None]]:
    """Rows that carry something later than the batch: table, row, and the batch that is said to have changed it last."""
    with connection.cursor() as cursor:
        for model, rows in MINE.items():
            names = [column for column in _columns(model) if column != "id"]
            sql = CHANGED_SINCE.format(
                done=OF_BATCH,
                rows=rows,
                table=model._meta.db_table,
                kept=_named(names, "n."),
                now=_named(names, "t."),
            )
            cursor.execute(sql, values_of(batch, piece))
            for row, changed_by in cursor.fetchall():
                yield model, row, changed_by


def take_back_piece(batch: Batch, piece: Sequence[int]) -> dict[str, list[int]]:
    """Puts back what the batch did to some of its households (ids of staged ones); in the caller's transaction.

    Returns the households that stay, by the ISO day the rules are to be asked of again for them.
    """
    values = values_of(batch, piece)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(NUMBERS.format(done=OF_BATCH, rows=MINE[Person]), values)
        numbers = dict(cursor.fetchall())
        for model, rows in MINE.items():
            names = [column for column in _columns(model) if column != "id"]
            for which in IN_TURN.get(model, ("",)):
                sql = RESTORE.format(
                    done=OF_BATCH, rows=rows, table=model._meta.db_table, columns=_named(names), was=_named(names, "was."), which=which
                )  # fmt: skip
                cursor.execute(sql, values)
        for statement in GONE.format(done=OF_BATCH).split(";"):
            cursor.execute(statement, values)
        findings_follow(cursor, batch, numbers)
        cursor.execute(ASKED_BEFORE.format(done=OF_BATCH), values)
        again: dict[str, list[int]] = {}
        for household, day in cursor.fetchall():
            if day is not None:
                again.setdefault(day.isoformat(), []).append(household)
        cursor.execute(
            "update intake_stagedhousehold set merged_at = null where batch_id = %(batch)s and id = any(%(piece)s)",
            values,
        )
        return again


def left_over(batch: Batch) -> int:
    """Rows of the register that still name the batch; zero when it is taken back whole."""
    total = 0
    with connection.cursor() as cursor:
        for model in MINE:
            cursor.execute(LEFT_OVER.format(table=model._meta.db_table), values_of(batch))
            total += cursor.fetchone()[0]
    return total


def _columns(model: type[Model]) -> list[str]:
    """The columns that the table and its history share."""
    event = apps.get_model("registry", f"{model.__name__}Event")
    kept = {field.column for field in event._meta.concrete_fields}
    return [field.column for field in model._meta.concrete_fields if field.column and field.column in kept]


def _named(columns: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)
