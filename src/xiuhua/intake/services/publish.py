"""After merging: findings go into the pool with an owner and a day, and what was put right is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.findings import services as findings
from xiuhua.findings.terms import due_on
from xiuhua.intake.models import Batch
from xiuhua.intake.services.corrections import gone
from xiuhua.intake.services.pairing import open_for
from xiuhua.intake.services.rules import judged_of_a_file
from xiuhua.intake.services.takeback import corrected_by
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.scope import scope_of

SOURCE = """
select coalesce(nullif(x.village_code, ''), h.village_code, x.place_code) as place_code, x.kind, x.rule, x.field, x.household_number,
  x.person_number, x.params, coalesce(h.change = 'held', false) as held,
  exists (select 1 from registry_household k where k.county_code = left(x.place_code, 6) and k.number = x.household_number
    and k.kind = 'registered' and coalesce((select e.status from registry_statusentry e where e.household_id = k.id
      order by e.id desc limit 1), k.status_reported) = 'exited') as exited,
  coalesce(s.file_name, '') as file_name, coalesce(s.name, '') as sheet, x."row", x."column", x.fingerprint,
  coalesce(
    (select min(p.id) from accounts_post p where p.role = 'township_office'
      and p.place_code = left(coalesce(nullif(x.village_code, ''), h.village_code), 9)),
    (select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left(x.place_code, 6))) as owner_id
from intake_sighting x left join intake_sheet s on s.id = x.sheet_id
left join intake_stagedhousehold h on h.batch_id = x.batch_id and h.number = x.household_number
where x.batch_id = %(batch)s and h.change is distinct from 'left'
"""

ON_THE_ROLL = """
select s.number from intake_stagedhousehold s join registry_household h on h.county_code = %(county)s and h.number = s.number and h.kind = 'other'
where s.batch_id = %(batch)s and s.change <> 'left' and s.number in (select r.household_number from intake_stagedrow r
  where r.batch_id = %(batch)s and r.book = 'household_roll')
"""
OF_ROLLS = [
    rule.value
    for rule in (
        IntakeRule.HEAD_NOT_ON_RECORD, IntakeRule.PERSON_LEFT, IntakeRule.PERSON_LEFT_FOR, IntakeRule.ID_CHANGED,
        IntakeRule.PERSON_MOVED, IntakeRule.RELATION_DIFFERS,
    )
]  # fmt: skip


def publish(batch: Batch) -> None:
    """Takes the batch's findings into the pool and closes those of its households that were not seen again."""
    _note_moment(batch)
    county, who = batch.place_code[:6], batch.merge_wanted_by or batch.started_by
    findings.take(
        source=SOURCE, values={}, batch=batch.pk, due_on=due_on(beijing_today(), county), place_code=county,
        by=who, post=batch.started_post,
    )  # fmt: skip
    scope = scope_of(county)
    with connection.cursor() as cursor:
        cursor.execute(
            "select number from intake_stagedhousehold where batch_id = %s and change <> 'left'", [batch.pk]
        )
        households = [row[0] for row in cursor.fetchall()]
        cursor.execute("select distinct fingerprint from intake_sighting where batch_id = %s", [batch.pk])
        still = [row[0] for row in cursor.fetchall()]
        cursor.execute("delete from intake_foreseenstanding where batch_id = %s", [batch.pk])
    findings.close_what_holds(
        households=households, rules=looked_at(batch), still=still, lo=scope.lo, hi=scope.hi,
        by=who, post=batch.started_post, because=corrected_by(batch), because_en=f"Corrected in batch {batch.pk}",
    )  # fmt: skip
    # A roll without the export is looked at anew for what rolls ask about the heads of other rural households.
    findings.close_what_holds(
        households=_on_the_roll(batch), rules=OF_ROLLS, still=still, lo=scope.lo, hi=scope.hi,
        by=who, post=batch.started_post, because=corrected_by(batch), because_en=f"Corrected in batch {batch.pk}",
    )  # fmt: skip
    findings.close_what_is_gone(
        marks=gone(batch), lo=scope.lo, hi=scope.hi,
        by=who, post=batch.started_post, because=corrected_by(batch), because_en=f"Corrected in batch {batch.pk}",
    )  # fmt: skip
    open_for(batch)


def _on_the_roll(batch: Batch) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(ON_THE_ROLL, {"batch": batch.pk, "county": batch.place_code[:6]})
        return [number for (number,) in cursor.fetchall()]


def _note_moment(batch: Batch) -> None:
    """The moment that findings of this publishing carry, so that those the batch found first can be told from older ones."""
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        batch.counts["published_at"] = cursor.fetchone()[0].isoformat()
    batch.save(update_fields=["counts"])


def looked_at(batch: Batch) -> Sequence[str]:
    """Rules that this batch could have found again: the rulebook's that it judged, intake's for the books that it had."""
    books = set(batch.sheets.exclude(book="").values_list("book", flat=True))
    rules: list[Any] = [rule for rule in load().rules if judged_of_a_file(rule)]
    if "person_export" in books:
        # What was judged of a number of the register no file can find.
        others = {IntakeRule.NUMBER_WRONG_HERE}
        if "yearly_record" not in books:
            others |= {IntakeRule.NOT_A_NUMBER, IntakeRule.OUT_OF_RANGE, IntakeRule.NUMBER_WITH_UNIT}
        rules += [rule.value for rule in IntakeRule if rule not in others]
    return rules
