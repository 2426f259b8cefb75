"""An exit that rests on what only a workbook calls checked is told apart: a column of a file is nobody who was there."""

from django.db import migrations

# Matters of the latest year, of those on which a standard of exit rests, that a file brought as checked and nobody has since put down as
# checked by name (`registry_correction`: who, on what day, with which paper). Whoever does so afterwards answers the lead.
CHECKED = """
create function decisions_checked_by_file(home bigint, decided date) returns integer language sql stable set search_path = public, pg_temp as $$
  select count(*)::integer
  from (select * from registry_periodrecord r where r.household_id = home and r.year <= extract(year from decided)
    order by r.year desc limit 1) y,
  lateral (values
    (y.income_seen, y.income_seen_on, array['wage_fen', 'business_fen', 'property_fen', 'transfer_fen', 'dibao_fen', 'wubao_fen', 'pension_fen',
      'business_cost_fen', 'net_income_reported_fen', 'net_income_per_head_reported_fen']),
    (y.house_seen, y.house_seen_on, array['house_area_m2', 'house_structure', 'house_built_year', 'house_grade', 'house_dangerous_reported']),
    (y.water_seen, y.water_seen_on, array['water_quality_ok', 'water_litres_per_day', 'water_minutes', 'water_reliability_percent']),
    (y.water_reported_seen, y.water_reported_seen_on, array['water_safe_reported', 'water_difficult_reported']),
    (y.insurance_seen, y.insurance_seen_on, array['insured_persons']),
    (y.food_clothing_seen, y.food_clothing_seen_on, array['food_clothing_ok'])) m(seen, seen_on, columns)
  where (y.brought_by is not null or y.changed_by is not null) and m.seen = 'checked' and not exists (
    select 1 from registry_correction x where x.household_id = home and x.grain = 'period' and x."row" = y.id and x.seen = 'checked'
      and x.seen_on = m.seen_on and (x."column" = 'year' or x."column" = any (m.columns)))
$$;
"""


def forward(apps, schema_editor):
    """The view with one column more: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select rtrim(pg_get_viewdef('rec_exit'::regclass), '; ' || chr(10))")
        (was,) = cursor.fetchone()
    schema_editor.execute(
        "create or replace view rec_exit with (security_invoker = true) as"
        f" select x.*, decisions_checked_by_file(x.household_key, x.decided_on) as checked_by_file from ({was}) x",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0035_the_open_ones_get_their_day"),
        ("registry", "0021_numbers_in_use_elsewhere"),
    ]
    operations = [
        migrations.RunSQL(CHECKED, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
