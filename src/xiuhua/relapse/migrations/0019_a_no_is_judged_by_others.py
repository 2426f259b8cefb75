"""Whoever had a part in a no that went into a procedure judges nothing there; what contests a no does not leave the county's desk."""

from importlib import import_module

from django.db import migrations

days = import_module("xiuhua.relapse.migrations.0006_days_run_from_the_application")

# In place of decisions 0056, which knows of nobody; of many at once.
KEPT = """
create or replace function decisions_kept_besides(asked bigint[]) returns table (proceeding bigint, who bigint) language sql stable set search_path = public, pg_temp as $$
  select c.proceeding_id, w.who from relapse_clue c cross join lateral unnest(relapse_had_part(c.contests_id)) w (who)
  where c.proceeding_id = any (asked) and c."end" = 'proceeding' and c.contests_id is not null
$$;
"""

# It lies with the county until it ends (0014); where it goes on with its household, that is said by the move.
GIVEN_WAS = """  if new."end" = '' then
    return new;
  end if;
"""
GIVEN = """  if old.contests_id is not null and new.owner_id is distinct from old.owner_id
      and current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
      and not exists (select 1 from accounts_post p where p.id = new.owner_id and p.role = 'county_office' and p.place_code = left(new.village_code, 6)) then
    raise exception 'what contests a no stays with the county' using errcode = 'check_violation';
  end if;
"""
# Those that were given away before this come back, where the county has an office.
BACK = """
update relapse_clue c set owner_id = p.id
from (select place_code, min(id) as id from accounts_post where role = 'county_office' group by place_code) p
where c."end" = '' and c.contests_id is not null and p.place_code = left(c.village_code, 6)
  and not exists (select 1 from accounts_post o where o.id = c.owner_id and o.role = 'county_office' and o.place_code = p.place_code);
"""


def forward(apps, schema_editor):
    days.guarded(schema_editor, GIVEN_WAS, GIVEN + GIVEN_WAS)


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0018_the_day_is_the_same_whoever_looks"),
        ("decisions", "0056_who_said_no_does_not_judge"),
    ]

    operations = [
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.RunSQL(BACK, migrations.RunSQL.noop),
    ]
