"""What merging would do to each household: new, changed (with before and after), unchanged, held back."""

from __future__ import annotations

from typing import Any

from django.db import connection

from xiuhua.intake import books
from xiuhua.intake.models import Batch, Change
from xiuhua.intake.services.merge import household_differs, people_differ, years_differ

# Sealed values are told as changed, never shown.
HIDDEN = {"id_blind": "id_number", "phone_blind": "phone", "bank_blind": "bank_account"}

FIELDS = """
select d.id, d.what, d.who, f.key, case when f.key = any(%(hidden)s) then null else d.old -> f.key end,
  case when f.key = any(%(hidden)s) then null else d.new -> f.key end
from ({source}) d cross join lateral jsonb_object_keys(d.said) f(key)
where d.old -> f.key is distinct from d.new -> f.key and not (f.key = any(%(passed)s))
  and (right(f.key, 8) <> '_seen_on' or d.new ->> left(f.key, -3) = 'checked')
"""

ADDED = """
select s.id, 'person', r.person ->> 'name', '', null::jsonb, null::jsonb
from batched s join staged r on r.household_number = s.number
left join kept_person p on p.number = r.person_number
where s.known is not null and r.person_number is not null and p.id is null
union all
select s.id, 'year', r.year::text, '', null::jsonb, null::jsonb
from batched s join staged r on r.household_number = s.number
left join kept_period y on y.household_id = s.known and y.year = r.year
where s.known is not null and r.year is not null and r.period <> '{}' and y.id is null
group by s.id, r.year
"""


def classify(batch: Batch) -> None:
    """Writes each household's kind of change with its differences."""
    values: dict[str, Any] = {
        "batch": batch.pk, "county": batch.place_code[:6], "order": list(books.ORDER), "hidden": list(HIDDEN),
        "passed": ["id_sealed", "phone_sealed", "bank_sealed", "seen", "seen_on"],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table difference (id bigint, what text, who text, field text, before jsonb, after jsonb) on commit drop"
        )
        for source in (household_differs(), people_differ(), years_differ()):
            cursor.execute("insert into difference " + FIELDS.replace("{source}", source), values)
        cursor.execute("insert into difference " + ADDED, values)
        cursor.execute(
            """
            update intake_stagedhousehold s set differences = d.list, change = case when s.change = 'held' then 'held' else 'changed' end
            from (select id, jsonb_agg(jsonb_build_object('what', what, 'who', who, 'field', field, 'before', before, 'after', after)
                    order by what, who, field) as list from difference group by id) d
            where s.id = d.id
            """
        )
        cursor.execute(
            "update intake_stagedhousehold set change = 'unchanged'"
            " where batch_id = %(batch)s and known is not null and change = 'new'", values
        )  # fmt: skip


def count(batch: Batch) -> dict[str, int]:
    """How many households there are of each kind of change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select change, count(*) from intake_stagedhousehold where batch_id = %s group by change",
            [batch.pk],
        )
        counts = dict(cursor.fetchall())
    return {change.value: counts.get(change.value, 0) for change in Change}
