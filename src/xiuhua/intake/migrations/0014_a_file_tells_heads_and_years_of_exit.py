"""A file that is being merged tells who is head and when a household left poverty; taken back with its batch, as a kind is (0011)."""

from django.db import migrations

RELATION = """
create or replace function registry_relation_is_told(was registry_membership, said registry_membership) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select 1 from intake_batch b join intake_stagedrow r on r.batch_id = b.id
      join registry_household h on h.id = said.household_id and h.number = r.household_number and h.county_code = left(b.place_code, 6)
      join registry_person p on p.id = said.person_id and p.number = r.person_number
    where b.id = said.changed_by and b.step = 'merging' and r.person ->> 'relation' = said.relation)
  or exists (
    select 1 from intake_batch b join registry_membershipevent e on e.pgh_obj_id = was.id
    where b.id = was.changed_by and b.step = 'taking_back' and e.pgh_label = 'changed' and (e.pgh_context ->> 'batch')::bigint = b.id
      and e.relation is not distinct from said.relation)
$$;
"""
YEAR = """
create or replace function registry_exit_year_is_told(was registry_household, said registry_household) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select 1 from intake_batch b join intake_stagedhousehold s on s.batch_id = b.id
    where b.id = said.changed_by and b.step = 'merging' and left(b.place_code, 6) = said.county_code
      and s.number = said.number and s.merged_at is null and s.household ->> 'exit_year' = said.exit_year::text)
  or exists (
    select 1 from intake_batch b join registry_householdevent e on e.pgh_obj_id = was.id
    where b.id = was.changed_by and b.step = 'taking_back' and e.pgh_label = 'changed' and (e.pgh_context ->> 'batch')::bigint = b.id
      and e.exit_year is not distinct from said.exit_year)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0013_what_a_case_decided_is_entered_there"),
        ("registry", "0028_heads_and_years_of_exit_take_two"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (RELATION, YEAR)]
