"""A household that left by a case of ours has the year of that case as its year of exit, where no file told another, as pages count it."""

from django.db import migrations

VIEW = """
create or replace view rec_household with (security_invoker = true) as
  select
    h.id as household_key, h.village_code, h.kind, h.attribute, h.main_cause, h.other_causes,
    s.status, h.status_reported, {exit_year} as exit_year, h.members_reported, (h.phone_blind is not null) as phone_known, (h.bank_blind is not null) as bank_known,
    h.military_martyr, h.one_child, h.two_daughter, h.seen, h.seen_on, w.watch_class, w.since as watched_since
  from registry_household h
  left join lateral (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) s on true
  left join lateral (select x.watch_class, x.since from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1) w on true
  where h.ended_on is null
"""
OF_THE_CASE = """coalesce(h.exit_year, (select extract(year from x.since)::smallint from registry_statusentry x
      where x.household_id = h.id and x.status = 'exited' and x.basis = 'case' order by x.id desc limit 1))"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0021_numbers_in_use_elsewhere")]
    operations = [migrations.RunSQL(VIEW.format(exit_year=OF_THE_CASE), VIEW.format(exit_year="h.exit_year"))]
