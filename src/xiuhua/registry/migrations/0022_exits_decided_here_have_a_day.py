"""Of an exit that a case of ours decided, the records tell the day; the year that files report stays theirs. Villages are counted again."""

from django.db import migrations

VIEW = """
create or replace view rec_household with (security_invoker = true) as
  select
    h.id as household_key, h.village_code, h.kind, h.attribute, h.main_cause, h.other_causes,
    s.status, h.status_reported, h.exit_year, h.members_reported, (h.phone_blind is not null) as phone_known, (h.bank_blind is not null) as bank_known,
    h.military_martyr, h.one_child, h.two_daughter, h.seen, h.seen_on, w.watch_class, w.since as watched_since,
    (select case x.basis when 'case' then x.since end from registry_statusentry x where x.household_id = h.id and s.status = 'exited'
      and x.status = 'exited' and left(x.case_number, 1) <> 'A' order by x.id desc limit 1) as exited_on
  from registry_household h
  left join lateral (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) s on true
  left join lateral (select x.watch_class, x.since from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1) w on true
  where h.ended_on is null
"""
AGAIN = "insert into registry_tallymark (village_code) select village_code from registry_tally"


class Migration(migrations.Migration):
    dependencies = [("registry", "0021_numbers_in_use_elsewhere")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (VIEW, AGAIN)]
