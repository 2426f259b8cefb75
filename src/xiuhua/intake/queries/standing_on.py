"""What stands on a batch, so that it cannot be taken back as a whole: each in one plain sentence, with what to do first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import ManyToOneRel, Model

from xiuhua.intake.models import Batch, Step
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person, Standing, StatusEntry

# Tables of the register that are taken back with their household, or are asked about by name.
OWN: tuple[type[Model], ...] = (Household, Membership, PeriodRecord, Person, Standing, StatusEntry)

LATER = """
select o.batch_id, count(*), min(o.number) from intake_stagedhousehold s
join intake_stagedhousehold o on o.number = s.number and o.batch_id <> s.batch_id and o.merged_at > s.merged_at
join intake_batch b on b.id = o.batch_id and left(b.place_code, 6) = %(county)s
where s.batch_id = %(batch)s and s.merged_at is not null group by o.batch_id order by o.batch_id desc
"""

# What was taken over in the very transaction that merged the household, or stands on a household that the batch brought.
STATUSES = """
select count(distinct h.id) from intake_stagedhousehold s
join registry_household h on h.county_code = %(county)s and h.number = s.number
join registry_statusentry x on x.household_id = h.id
where s.batch_id = %(batch)s and s.merged_at is not null and (h.brought_by = %(batch)s or x.recorded_at = s.merged_at)
"""

# Rows that others hung on what the batch brought.
HUNG = """
select count(*), min(h.number) from {table} t join registry_household h on h.id = t.household_id
where h.brought_by = %(batch)s and t.brought_by is distinct from %(batch)s
"""
# Members that left their household on another batch's or a case's word hang on persons too.
HUNG_PERSON = """
select count(*), min(p.name) from registry_membership t join registry_person p on p.id = t.person_id
where p.brought_by = %(batch)s and t.brought_by is distinct from %(batch)s
"""


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands on the batch, and what to do about it first."""

    zh: str
    en: str
    next_zh: str
    next_en: str
    batch: int | None = None


def later_batches(batch: Batch) -> list[Obstacle]:
    """Batches merged later that speak of the same households: the last in is the first out."""
    found = []
    for pk, count, number in _rows(LATER, batch):
        found.append(
            Obstacle(
                f"第 {pk} 批导入在它之后，也有其中的 {count:,} 户（如 {number}）",
                f"Batch {pk} came later and speaks of {count:,} of its households too ({number}, for one)",
                f"先撤回第 {pk} 批",
                f"Take back batch {pk} first",
                pk,
            )
        )
    return found


def busy(batch: Batch) -> list[Obstacle]:
    """Another batch of the county that is being merged or taken back at this moment."""
    others = Batch.objects.filter(place_code__startswith=batch.place_code[:6]).exclude(pk=batch.pk)
    at_work = others.filter(step__in=(Step.MERGING, Step.TAKING_BACK)) | others.filter(
        stopped_in__in=(Step.MERGING, Step.TAKING_BACK), step__in=(Step.STOPPED, Step.FAILED)
    )
    return [
        Obstacle(
            f"第 {one.pk} 批正在并入或撤回，还没有完",
            f"Batch {one.pk} is being merged or taken back and is not finished",
            "等它办完",
            "Wait until it is done",
            one.pk,
        )
        for one in at_work.order_by("pk")
    ]


def statuses(batch: Batch) -> list[Obstacle]:
    """Statuses taken over with it: they are added to and never removed, so the batch that brought them stays."""
    [(count,)] = _rows(STATUSES, batch)
    if not count:
        return []
    return [
        Obstacle(
            f"这一批按建库承接为 {count:,} 户承接了脱贫属性；属性只增不减，谁也不能抹掉，所以这一批不能整批撤回",
            f"Statuses of {count:,} households were taken over with this batch under the county's opening; a status is never removed, so the batch cannot be taken back as a whole",
            "更正文件后再导入一次；不该有的户在户页“人口变更”先逐人办理“家里少人”，再办“整户销户”",
            "Correct the files and take them in again; for a household that should not be there, propose under “Changes of people” how each member left, then “End of a household”",
        )
    ]


def changed(batch: Batch, rows: Counter[tuple[str, int | None]]) -> list[Obstacle]:
    """Rows that were changed since by something other than a later batch. rows: how many, by table and later batch."""
    n = sum(rows.values())
    if not n:
        return []
    return [
        Obstacle(
            f"这一批并入之后，其中 {n:,} 条记录又有改动（变更办理、逐对判断或更正）",
            f"{n:,} of its rows were changed after it (a case, a pair decided, a correction)",
            "先撤销那些办理，再撤回这一批",
            "Undo those first, then take this batch back",
        )
    ]


def hung(batch: Batch) -> list[Obstacle]:
    """Rows of others that hang on households or people that the batch brought."""
    found = []
    asked = [
        HUNG.format(table="registry_membership"),
        HUNG.format(table="registry_periodrecord"),
        HUNG_PERSON,
    ]
    counted = [row for sql in asked for row in _rows(sql, batch) if row[0]]
    if counted:
        n, first = sum(row[0] for row in counted), counted[0][1]
        found.append(
            Obstacle(
                f"这一批带来的户或人上，后来又登记了 {n:,} 条别的记录（如 {first}）",
                f"{n:,} rows of others hang on households or people that it brought ({first}, for one)",
                "先撤销后来的登记",
                "Undo what was recorded later first",
            )
        )
    found += _cases(batch)
    for model, field, name in _pointing():
        brought = field.related_model.objects.filter(brought_by=batch.pk).values("pk")
        count = model._default_manager.filter(**{f"{field.name}__in": brought}).count()
        if count:
            found.append(
                Obstacle(
                    f"{count:,} 条“{name}”的记录建立在这一批带来的户或人上",
                    f"{count:,} rows of “{name}” stand on households or people that it brought",
                    "先撤销那些办理",
                    "Undo those first",
                )
            )
    return found


CASES = """
select count(*), min(c.id) from decisions_case c
where c.state in ('pending', 'returned', 'sent', 'accepted', 'undo_asked') and c.households && array(
  select h.id from registry_household h where h.brought_by = %(batch)s)
"""


def _cases(batch: Batch) -> list[Obstacle]:
    """Cases about households that the batch brought, on their way or carried out."""
    [(count, first)] = _rows(CASES, batch)
    if not count:
        return []
    return [
        Obstacle(
            f"这一批带来的户上有 {count:,} 项变更正在办或已办结（如事项 {first}）",
            f"{count:,} cases are about households that it brought (case {first}, for one)",
            "先撤回或撤销这些事项",
            "Withdraw or undo those cases first",
        )
    ]


def _pointing() -> list[tuple[type[Model], Any, str]]:
    """Tables of other rooms that name a household, a person, a membership or a year."""
    found = []
    for target in (Household, Person, Membership, PeriodRecord):
        for relation in target._meta.related_objects:
            model = relation.related_model
            if not isinstance(relation, ManyToOneRel) or model in OWN or not isinstance(model, type):
                continue
            if any(one.name == "pgh_id" for one in model._meta.fields):
                continue
            found.append((model, relation.field, str(model._meta.app_config.verbose_name)))
    return found


def _rows(sql: str, batch: Batch) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"batch": batch.pk, "county": batch.place_code[:6]})
        return list(cursor.fetchall())
