"""Days that run from the first step run from what it answers to, a clue; and an appeal against the end of watching gives it back."""

from importlib import import_module

from django.db import migrations

watching = import_module("xiuhua.decisions.migrations.0008_watching_takes_effect")
following = import_module("xiuhua.decisions.migrations.0009_nothing_is_left_lying")

DUE = """
create or replace function decisions_due_on(c decisions_proceeding, was text) returns date language plpgsql stable security definer set search_path = public as $$
declare days jsonb; first text; n int; start date;
begin
  select x -> 'days', p.definition #>> '{steps,0,id}' into days, first
  from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') x where p.id = c.procedure_id and x ->> 'id' = c.at_step;
  n := decisions_days(days, c.place_code);
  if n is null or c.course <> 'open' then
    return null;
  end if;
  start := c.step_since;
  if c.counts_from is not null and (c.at_step = first or days ->> 'since' = first) then
    start := c.counts_from;
  elsif days ->> 'since' is not null and days ->> 'since' <> was then
    select coalesce(max((x.at at time zone 'Asia/Shanghai')::date), start) into start
    from decisions_signature x where x.proceeding_id = c.id and x.step = days ->> 'since' and x.sign = 'signed';
  end if;
  return notices_due(start, n, days ->> 'count');
end $$;
"""

BACK = """  elsif c.household_id is not null and c.effect_status = '' and exists (
      select 1 from registry_watchentry w where w.case_number = 'P' || c.id and w.household_id = c.household_id) then
    -- Watched again, in the class that was taken, while nothing newer stands on it.
    if (select w.case_number from registry_watchentry w where w.household_id = c.household_id order by w.id desc limit 1) <> 'P' || c.id then
      raise exception 'its status has changed since' using errcode = 'check_violation';
    end if;
    select w.watch_class into before from registry_watchentry w where w.household_id = c.household_id order by w.id desc offset 1 limit 1;
    if before is not null and before <> 'none' then
      insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at, recorded_by)
      values (c.household_id, c.place_code, before, '', notices_today(), 'case', 'A' || new.id, now(), new.answered_by);
    end if;
    update decisions_proceeding set course = 'ended' where id = c.id and course = 'open';
  end if;
  return null;
end $$;
create trigger decisions_appeal_follows"""
START, END = "create function decisions_appeal_follows()", "create trigger decisions_appeal_follows"
_follows = following.APPEALED[following.APPEALED.index(START) :]
_follows = _follows[: _follows.index(END)].replace("create function", "create or replace function")
_tail = _follows.rindex("  end if;\n  return null;")
FOLLOWS = _follows[:_tail] + BACK.removesuffix(END)

_guard = watching.EFFECT[watching.EFFECT.index("create or replace function registry_watch_guard") :]
ACCEPTS = """       and not exists (select 1 from decisions_appeal a join decisions_proceeding p on p.id = a.proceeding_id
         join registry_watchentry e on e.case_number = 'P' || p.id and e.household_id = p.household_id
         where 'A' || a.id = new.case_number and a.upheld and p.household_id = new.household_id and new.since = notices_today()
           and new.watch_class = (select b.watch_class from registry_watchentry b where b.household_id = p.household_id and b.id < e.id order by b.id desc limit 1))
       or exists (select 1 from registry_watchentry e where e.case_number = new.case_number"""
GUARD = _guard.replace("       or exists (select 1 from registry_watchentry e where e.case_number = new.case_number", ACCEPTS)
assert ACCEPTS in GUARD


class Migration(migrations.Migration):
    dependencies = [("decisions", "0008_watching_takes_effect"), ("decisions", "0012_exits_are_looked_through")]

    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (DUE, FOLLOWS, GUARD)]
