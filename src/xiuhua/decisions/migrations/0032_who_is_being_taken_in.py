"""The records say since when a household is being taken in: departments' lists are compared before it is, not only afterwards."""

from django.db import migrations

VIEW = """
create or replace view rec_household with (security_invoker = true) as
  select
    h.id as household_key, h.village_code, h.kind, h.attribute, h.main_cause, h.other_causes,
    s.status, h.status_reported, h.exit_year, h.members_reported, (h.phone_blind is not null) as phone_known, (h.bank_blind is not null) as bank_known,
    h.military_martyr, h.one_child, h.two_daughter, h.seen, h.seen_on, w.watch_class, w.since as watched_since,
    (select case x.basis when 'case' then x.since end from registry_statusentry x where x.household_id = h.id and s.status = 'exited'
      and x.status = 'exited' and left(x.case_number, 1) <> 'A' order by x.id desc limit 1) as exited_on,
    (select (p.begun_at at time zone 'Asia/Shanghai')::date from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
      where p.household_id = h.id and p.course = 'open' and p.effect_on is null and d.definition ->> 'direction' = 'entering'
      order by p.id desc limit 1) as applied_on
  from registry_household h
  left join lateral (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) s on true
  left join lateral (select x.watch_class, x.since from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1) w on true
  where h.ended_on is null
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0031_what_is_completed_counts_in_its_year"),
        ("registry", "0022_exits_decided_here_have_a_day"),
    ]
    operations = [migrations.RunSQL(VIEW, migrations.RunSQL.noop)]
