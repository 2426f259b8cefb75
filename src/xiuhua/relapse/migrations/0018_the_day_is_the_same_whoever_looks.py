"""On which day a case changed who is of a household does not depend on who looks: a case lies where it was proposed, and a household that
moved since is judged, and frozen, by people who do not see it."""

from django.db import migrations

# A day and nothing else: cases, and memberships that ended, stay where they were.
CHANGED = """
create function relapse_members_changed_on(home bigint) returns date language sql stable security definer set search_path = public, pg_temp as $$
  select max((s.at at time zone 'Asia/Shanghai')::date) from registry_membership m
  cross join lateral (values (case when m.begun_because <> 'new_head' and m.ended_because <> 'undone' then m.begun_by_case end),
    (case when m.ended_because not in ('new_head', 'undone') then m.ended_by_case end)) c(id)
  join decisions_casestep s on s.case_id = c.id and s.act = 'accepted'
  where m.household_id = home and (m.begun_by_case is not null or m.ended_by_case is not null)
$$;
"""
VIEW, COLUMN = "rec_household", "members_changed_on"


def forward(apps, schema_editor):
    """The view with this one column told otherwise; the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"select rtrim(pg_get_viewdef('{VIEW}'::regclass), '; ' || chr(10))")
        (was,) = cursor.fetchone()
        cursor.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 order by attnum",
            [VIEW],
        )
        columns = [name for (name,) in cursor.fetchall()]
    told = ", ".join(f"relapse_members_changed_on(x.household_key) as {COLUMN}" if name == COLUMN else f'x."{name}"' for name in columns)
    schema_editor.execute(CHANGED)
    schema_editor.execute(
        f"create or replace view {VIEW} with (security_invoker = true) as select {told} from ({was}) x",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [("relapse", "0017_a_procedure_hears_what_it_takes_up")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
