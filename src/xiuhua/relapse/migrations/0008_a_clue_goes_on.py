"""A clue whose procedure was taken back or lapsed goes on with its old days; until such a procedure has ended nobody is let go of."""

from importlib import import_module

from django.db import migrations

days = import_module("xiuhua.relapse.migrations.0006_days_run_from_the_application")

# A clue's days, owner and all that was said go into the clue that is open at a home, or into one that goes on there.
CONTINUES = """
create function relapse_continues(c relapse_clue, home registry_household) returns void language plpgsql set search_path = public, pg_temp as $$
declare made bigint;
begin
  select x.id into made from relapse_clue x where x.household_id = home.id and x."end" = '' for update;
  if made is null then
    insert into relapse_clue (household_id, village_code, came_on, check_days, whole_days, check_due_on, due_on, owner_id, recorded_at, "end", end_reason, ended_by)
    values (home.id, home.village_code, greatest(c.came_on, notices_today() - 366), c.check_days, c.whole_days, c.check_due_on, c.due_on, c.owner_id,
      notices_now(), '', '', '')
    returning id into made;
  end if;
  insert into relapse_cluesource (clue_id, household_id, village_code, origin, channel, risk, said, told_by, rule, list_kind, hit, mark, came_on, by, post, at)
  select made, home.id, home.village_code, s.origin, s.channel, s.risk, s.said, s.told_by, s.rule, s.list_kind, s.hit, s.mark, s.came_on, s.by, s.post, notices_now()
  from relapse_cluesource s where s.clue_id = c.id order by s.id on conflict do nothing;
end $$;
"""
UNITED = """
create or replace function relapse_unites() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare there registry_household; c relapse_clue;
begin
  select * into there from registry_household h where h.id = new.merged_into_id and h.ended_on is null;
  select * into c from relapse_clue x where x.household_id = new.id and x."end" = '' for update;
  if c.id is null or there.id is null then
    return null;
  end if;
  perform relapse_continues(c, there);
  update relapse_clue set "end" = 'moved', ended_on = notices_today(), end_reason = '随户并入' where id = c.id;
  return null;
end $$;
"""
GOES_ON = """
create function relapse_goes_on() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare home registry_household; c relapse_clue;
begin
  select * into home from registry_household h where h.id = new.household_id and h.ended_on is null;
  if home.id is null then
    return null;
  end if;
  for c in select * from relapse_clue x where x.proceeding_id = new.id and x."end" = 'proceeding' order by x.id loop
    perform relapse_continues(c, home);
  end loop;
  return null;
end $$;
create trigger relapse_goes_on after update of course on decisions_proceeding for each row
  when (old.course = 'open' and new.course in ('withdrawn', 'lapsed') and new.household_id is not null) execute function relapse_goes_on();
"""

# As in 0004, and while what was said is in a procedure that has not come to its end.
HEARD = """
create or replace function relapse_hears_first() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.sign = 'signed' and exists (
      select 1 from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id join relapse_clue c on c.household_id = p.household_id
      left join decisions_proceeding q on q.id = c.proceeding_id and q.id <> p.id
      where p.id = new.proceeding_id and d.definition #>> '{effect,watched}' = 'none' and d.definition ->> 'effect_at' = new.step
        and (c."end" = '' or c."end" = 'proceeding' and q.course = 'open')) then
    raise exception 'an open clue is heard first' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# What was taken back or lapsed is no end, however late it began.
WAS = "and (p.course = 'open' or"
NOW = "and p.course not in ('withdrawn', 'lapsed') and (p.course = 'open' or"


def forward(apps, schema_editor):
    days.guarded(schema_editor, WAS, NOW)


class Migration(migrations.Migration):
    dependencies = [("relapse", "0007_clues_rest_on_what_stands"), ("decisions", "0028_off_the_plan_is_no_way_forward")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CONTINUES, UNITED, GOES_ON, HEARD)]
    operations += [migrations.RunPython(forward, migrations.RunPython.noop)]
