"""Whoever came by a case that was undone never belonged anywhere: their record bears its number no more than one that was given up, so that
a new case under the right name makes the right person. Here and with a household from another county."""

from django.db import migrations

# The same as `registry.queries.bearers.bearer_of`. Whoever belongs to a household now is never one of them.
GIVEN_UP = """
create or replace function registry_given_up(person bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select coalesce((select m.ended_because = 'same_person' from registry_membership m where m.person_id = person and m.ended_because <> 'undone'
    order by m.until desc nulls first, m.id desc limit 1), exists (select 1 from registry_membership m where m.person_id = person))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0029_nobody_joins_before_they_left")]
    operations = [migrations.RunSQL(GIVEN_UP, migrations.RunSQL.noop)]
