"""Standings that the check has computed already: for a new household that is merged as it was checked, the rules need not
run a second time over the same values."""

from __future__ import annotations

from typing import Any

from xiuhua.intake.models import Batch
from xiuhua.intake.services.outcomes import Outcomes
from xiuhua.intake.services.sightings import copy_rows
from xiuhua.registry.services import listed_outcomes

BLOCK = 8192

# Merged as checked: new, all its people new and as many as were seen, and with the status that the rules saw. By guess the
# planner would look through the people of the piece once for each household: so it is told how many there are. Statuses of
# new households stand behind the first of their numbers.
FORESEEN = f"""
analyze chunk (id, household_id, fresh);
create temp table foreseen on commit drop as
  select u.id, f.status, f.members, f.exit_fails, f.exit_unknown, f.doubts, f.quality_fails
  from intake_foreseenstanding f cross join lateral unnest(f.households) u(id)
  where f.batch_id = %(batch)s
    and f.block >= (select min(id) / {BLOCK} from chunk) and f.block <= (select max(id) / {BLOCK} from chunk);
create temp table placed on commit drop as
  select s.id, s.household_id, s.village_code, p.members, coalesce(p.known, 0) as known, t.status
  from chunk s
  left join (select household_id, count(*) as members, count(known) as known from people group by household_id) p
    on p.household_id = s.household_id
  left join (select household_id, status from registry_statusentry
    where household_id >= (select min(household_id) from chunk where fresh)) t on t.household_id = s.household_id
  where s.fresh;
analyze foreseen (id); analyze placed (id)
"""
TAKE_OVER = """
insert into registry_standing (household_id, village_code, as_of, computed_at, members, exit_fails, exit_unknown, doubts, quality_fails)
select p.household_id, p.village_code, %(day)s, now(), f.members, f.exit_fails, f.exit_unknown, f.doubts, f.quality_fails
from foreseen f join placed p on p.id = f.id
where p.known = 0 and p.members is not distinct from f.members and p.status is not distinct from f.status
"""

UNFORESEEN = """
select household_id from chunk s where not exists (
  select 1 from registry_standing d where d.household_id = s.household_id and s.fresh)
"""


def keep(cursor: Any, batch: Batch, outcomes: Outcomes) -> None:
    """Writes down what the rules say of the batch's new households, in place of what an earlier check wrote."""
    cursor.execute("delete from intake_foreseenstanding where batch_id = %s", [batch.pk])
    lists = listed_outcomes()
    columns = ("batch_id", "place_code", "block", "households", "status", "members", *lists)
    rows = outcomes.standings(lists, BLOCK)
    copy_rows(
        cursor, "intake_foreseenstanding", columns, ((batch.pk, batch.place_code, *row) for row in rows)
    )


def take_over(cursor: Any, values: dict[str, Any]) -> list[int]:
    """Standings of the households in `chunk` (merge.py) as they were foreseen; returns those for which that cannot be."""
    for statement in FORESEEN.split(";"):
        cursor.execute(statement, values)
    cursor.execute(TAKE_OVER, values)
    cursor.execute(UNFORESEEN)
    unforeseen = [row[0] for row in cursor.fetchall()]
    cursor.execute("drop table foreseen, placed")
    return unforeseen
