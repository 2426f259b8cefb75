"""A clue has no more days than the procedure it goes into gives: whoever writes the row may say fewer, never more."""

from django.db import migrations

# A figure of days as the procedures were learned with it, that of the place. They are the owner's to write (decisions 0006), so nobody who
# works with the application can lengthen it. Where no procedure counts by it, what was said stands.
MOST = """
create function relapse_at_most(figure text, place text, said int) returns int language sql stable set search_path = public, pg_temp as $$
  select least(said, (
    select decisions_days(s -> 'days', place)
    from (select q.definition from decisions_procedure q where q.kind = 'watch' order by q.id desc limit 1) d, jsonb_array_elements(d.definition -> 'steps') s
    where s #>> '{days,at_most}' = figure limit 1))
$$;
"""
WAS = "    new.check_due_on := notices_due(new.came_on, new.check_days, 'calendar');"
NOW = """    new.check_days := relapse_at_most('household_check_days', new.village_code, new.check_days);
    new.whole_days := relapse_at_most('identification_working_days', new.village_code, new.whole_days);
"""


def forward(apps, schema_editor):
    """Of a clue, and of an application, which a stranger's door writes with the days it is told: both guards, read from the database."""
    with schema_editor.connection.cursor() as cursor:
        for guard in ("relapse_clue_guard", "relapse_application_guard"):
            cursor.execute("select pg_get_functiondef(%s::regproc)", [guard])
            (was,) = cursor.fetchone()
            assert was.count(WAS) == 1, f"{guard} reads otherwise than it did"
            schema_editor.execute(was.replace(WAS, NOW + WAS), params=None)


class Migration(migrations.Migration):
    dependencies = [("relapse", "0008_a_clue_goes_on"), ("decisions", "0029_the_whole_has_its_day")]
    operations = [
        migrations.RunSQL(MOST, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
