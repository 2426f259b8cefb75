"""A file that is being merged tells which kind a household is; taken back with its batch. Nothing else of a file does."""

from django.db import migrations

TOLD = """
create or replace function registry_kind_is_told(was registry_household, said registry_household) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select 1 from intake_batch b join intake_stagedhousehold s on s.batch_id = b.id
    where b.id = said.changed_by and b.step = 'merging' and left(b.place_code, 6) = said.county_code
      and s.number = said.number and s.merged_at is null and s.household ->> 'kind' = said.kind)
  or exists (
    select 1 from intake_batch b join registry_householdevent e on e.pgh_obj_id = was.id
    where b.id = was.changed_by and b.step = 'taking_back' and e.pgh_label = 'changed' and (e.pgh_context ->> 'batch')::bigint = b.id
      and e.kind = said.kind)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0010_basis_of_lists"), ("registry", "0020_watching_goes_along")]
    operations = [migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
