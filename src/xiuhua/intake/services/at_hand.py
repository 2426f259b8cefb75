"""What a check reads, in temporary tables with statistics: of a batch just staged and a register just merged into, the
planner knows nothing, and a join that goes by guess takes the square of a county."""

from __future__ import annotations

from typing import Any

from django.db import connection

from xiuhua.intake.models import Batch
from xiuhua.intake.services.recognising import RECOGNISED, never_came, tell_whose

# Other departments' lists are no rows of the register: nothing is compared, judged or merged by them.
STAGED = """
create temp table staged on commit drop as select * from intake_stagedrow where batch_id = %(batch)s and left(book, 5) <> 'list_';
create index on staged (household_number); create index on staged (person_number); create index on staged (id_blind);
create index on staged (id);
analyze staged (id, sheet_id, book, "row", household_number, person_number, year, village_code, id_blind)
"""

# The batch's households, and what the register holds of them and of the people that the batch names, wherever those live. Who never
# came gives the number back when the batch is merged.
KEPT = """
create temp table batched on commit drop as
  select id, number, village_code, known, household from intake_stagedhousehold where batch_id = %(batch)s;
create index on batched (number); analyze batched (id, number, village_code, known);
create temp table kept_household on commit drop as
  select h.* from batched b join registry_household h on h.id = b.known;
create index on kept_household (number); create index on kept_household (id); analyze kept_household;
create temp table kept_person on commit drop as
  select p.*, m.relation, m.household_id as kept_in, m.begun_by_case as told_by_case from (select distinct person_number from staged) r
  join registry_person p on p.number = r.person_number and p.county_code = %(county)s
  left join registry_membership m on m.person_id = p.id and m.until is null where m.id is not null or not {never_came};
create temp table recognised on commit drop as {recognised};
insert into kept_person select p.*, m.relation, m.household_id, m.begun_by_case from recognised x join registry_person p on p.id = x.person_id
  left join registry_membership m on m.person_id = p.id and m.until is null;
update kept_person k set number = x.number from recognised x where k.id = x.person_id;
create index on kept_person (number); analyze kept_person;
create temp table kept_period on commit drop as
  select y.* from batched b join registry_periodrecord y on y.household_id = b.known and y.basis = 'registration_year';
create index on kept_period (household_id, year); analyze kept_period
""".replace("{recognised}", RECOGNISED.format(rows="staged")).replace("{never_came}", never_came("p"))


def take_up(batch: Batch) -> None:
    """Makes `staged`, which comparing, rules and classifying read, for the rest of the transaction."""
    with connection.cursor() as cursor:
        _each(cursor, STAGED, {"batch": batch.pk})
        tell_whose(cursor, batch)


def take_up_kept(cursor: Any, values: dict[str, Any]) -> None:
    """Makes `batched`, `kept_household`, `kept_person` (with relation, household and whether a case told
    them; somebody whom a case brought, too, under the number that the file gives), `recognised` and `kept_period` beside it."""
    _each(cursor, KEPT, values)


def _each(cursor: Any, statements: str, values: dict[str, Any]) -> None:
    for statement in statements.split(";"):
        cursor.execute(statement, values)
