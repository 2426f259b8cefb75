"""The records say when somebody's joining or leaving was last decided: a number of members that was reported before that is of another
family, and no lead."""

from django.db import migrations

# Another head changes no number, nor does what was undone. By what lies in the acting area.
CHANGED = """(select max((s.at at time zone 'Asia/Shanghai')::date) from registry_membership m
  cross join lateral (values (case when m.begun_because <> 'new_head' and m.ended_because <> 'undone' then m.begun_by_case end),
    (case when m.ended_because not in ('new_head', 'undone') then m.ended_by_case end)) c(id)
  join decisions_casestep s on s.case_id = c.id and s.act = 'accepted'
  where m.household_id = x.household_key and (m.begun_by_case is not null or m.ended_by_case is not null))"""


def forward(apps, schema_editor):
    """The view with a column more, read from the database so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select rtrim(pg_get_viewdef('rec_household'::regclass), '; ' || chr(10))")
        (was,) = cursor.fetchone()
    schema_editor.execute(
        f"create or replace view rec_household with (security_invoker = true) as select x.*, {CHANGED} as members_changed_on from ({was}) x",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0014_a_no_is_answered_for"),
        ("decisions", "0053_two_thirds_are_enough"),
        ("registry", "0032_who_came_or_left_by_a_case"),
    ]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
