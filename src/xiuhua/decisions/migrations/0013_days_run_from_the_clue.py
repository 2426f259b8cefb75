"""Days that run from the first step run from what it answers to, a clue; and what an appeal gives back may be watched again."""

from django.db import migrations

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

# An appeal against the end of watching gives back what was taken (0015 does it, with statuses).
GUARD = """
create or replace function registry_watch_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a watch lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'moved' then
    if not exists (select 1 from decisions_transfer t join decisions_casestep s on s.case_id = t.case_number and s.act = 'received'
        where t.case_number::text = new.case_number and left(new.village_code, length(t.place_code)) = t.place_code and t.household is null) then
      raise exception 'no move was received: a household is watched only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.basis = 'case' then
    -- Its proceeding has just taken effect and said so before this row was written; one proceeding writes one row.
    if not exists (select 1 from decisions_proceeding p join decisions_procedure q on q.id = p.procedure_id
        where 'P' || p.id = new.case_number and p.household_id = new.household_id and p.effect_on = new.since
          and case when (q.definition #>> '{effect,asks_class}')::boolean then new.watch_class <> 'none'
            else q.definition #>> '{effect,watched}' = new.watch_class end)
       and not exists (select 1 from decisions_appeal a join decisions_proceeding p on p.id = a.proceeding_id
         join registry_watchentry e on e.case_number = 'P' || p.id and e.household_id = p.household_id
         where 'A' || a.id = new.case_number and a.upheld and p.household_id = new.household_id and new.since = notices_today()
           and new.watch_class = (select b.watch_class from registry_watchentry b where b.household_id = p.household_id and b.id < e.id order by b.id desc limit 1))
       or exists (select 1 from registry_watchentry e where e.case_number = new.case_number and e.household_id = new.household_id) then
      raise exception 'no proceeding took effect: a household is watched only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  select * into opened from registry_opening where id = new.opening_id for share;
  if opened.closed_at is not null then
    raise exception 'the opening is closed: a household is watched only through a procedure' using errcode = 'check_violation';
  end if;
  if left(new.village_code, 6) <> opened.county_code or new.watch_class = 'none' then
    raise exception 'the opening takes over who is watched in its county' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_watchentry where household_id = new.household_id) then
    raise exception 'the household has been watched already' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0008_watching_takes_effect"), ("decisions", "0012_exits_are_looked_through")]

    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (DUE, GUARD)]
