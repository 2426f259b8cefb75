"""Whom the rules pointed at stays with its year's adjustment, also when it is put right or the next round begins: the closing report adds up."""

from django.db import migrations, models

DATED = """
update decisions_candidate c set first_on = (c.found_at at time zone 'Asia/Shanghai')::date, year = coalesce(
  (select w.year from decisions_window w join decisions_sheetanswer a on a.sheet_id = w.sheet_id and a.verdict = 'approved'
    where w.place_code = left(c.place_code, 6) order by a.id desc limit 1), extract(year from c.as_of));
"""
ROUNDS = """
-- The rounds of a place's county, the newest first: of each year the window that was approved last.
create function decisions_windows_of(code text) returns table (year smallint, opens_on date, closes_on date) language sql stable security definer set search_path = public, pg_temp as $$
  select x.year, x.opens_on, x.closes_on from (
    select distinct on (w.year) w.year::smallint as year, w.opens_on, w.closes_on, a.id from decisions_window w
    join decisions_sheetanswer a on a.sheet_id = w.sheet_id and a.verdict = 'approved'
    where w.place_code = left(code, 6) and left(code, 6) >= left(places_scope_lo(), 6) and code < places_scope_hi()
    order by w.year, a.id desc) x order by x.id desc
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0043_appeals_are_heard_in_time")]
    operations = [
        migrations.AddField("candidate", "year", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("candidate", "first_on", models.DateField(null=True)),
        migrations.AddField("candidate", "stands", models.BooleanField(default=True, db_default=True)),
        migrations.RemoveConstraint("candidate", "one_candidate_a_rule"),
        migrations.RunSQL(DATED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "candidate",
            models.UniqueConstraint(fields=["household", "rule", "year"], name="one_candidate_a_rule_and_year"),
        ),
        migrations.RunSQL(ROUNDS, migrations.RunSQL.noop),
    ]
