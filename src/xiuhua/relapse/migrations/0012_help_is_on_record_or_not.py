"""The records say how the risk of a household was removed, and whether any help for it is on record since it is watched."""

from django.db import migrations

# Since the clue (help comes first, its paper later) that it is watched for without a break; of one let go of, up to that day. Who came in
# watched, taken over or with a move, may have been helped before there was a record here: of those without any nobody knows.
RECORDED = """
create function relapse_help_recorded(home bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case
    when exists (select 1 from relapse_relief r where r.household_id = home and (n.watch_class <> 'none' or r.given_on <= n.since)
      and r.given_on >= least(f.since, (select coalesce(p.counts_from, (p.begun_at at time zone 'Asia/Shanghai')::date)
        from decisions_proceeding p where 'P' || p.id = f.case_number and p.household_id = home))) then true
    when n.basis = 'case' and (n.watch_class = 'none' or f.basis = 'case') then false end
  from (select x.id, x.watch_class, x.since, x.basis from registry_watchentry x where x.household_id = home order by x.id desc limit 1) n
  join lateral (select x.since, x.basis, x.case_number from registry_watchentry x where x.household_id = home and x.watch_class <> 'none'
    and x.id > coalesce((select max(y.id) from registry_watchentry y where y.household_id = home and y.watch_class = 'none' and y.id < n.id), 0)
    order by x.id limit 1) f on true
$$;
"""


def forward(apps, schema_editor):
    """The view with two columns more, read from the database so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select rtrim(pg_get_viewdef('rec_household'::regclass), '; ' || chr(10))")
        (was,) = cursor.fetchone()
    schema_editor.execute(
        "create or replace view rec_household with (security_invoker = true) as select x.*,"
        " case x.watch_class when 'none' then (select nullif(e.mode, '') from registry_watchentry e where e.household_id = x.household_key"
        " order by e.id desc limit 1) end as watch_mode,"
        f" case when x.watch_class is not null then relapse_help_recorded(x.household_key) end as help_recorded from ({was}) x",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0011_not_in_the_register_yet"),
        ("decisions", "0040_who_split_off_left_poverty_too"),
    ]
    operations = [
        migrations.RunSQL(RECORDED, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
