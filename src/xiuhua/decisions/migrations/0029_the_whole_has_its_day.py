"""Where the last step's days run from the first, no step before it is due later, nor without a day: what lies anywhere is overdue."""

from django.db import migrations

DUE = """
create or replace function decisions_due_on(c decisions_proceeding, was text) returns date language plpgsql stable security definer set search_path = public, pg_temp as $$
declare d jsonb; days jsonb; whole jsonb; first text; n int; start date; due date;
begin
  if c.course <> 'open' then
    return null;
  end if;
  select p.definition, p.definition #>> '{steps,0,id}' into d, first from decisions_procedure p where p.id = c.procedure_id;
  select x -> 'days' into days from jsonb_array_elements(d -> 'steps') x where x ->> 'id' = c.at_step;
  n := decisions_days(days, c.place_code);
  if n is not null then
    start := c.step_since;
    if c.counts_from is not null and (c.at_step = first or days ->> 'since' = first) then
      start := c.counts_from;
    elsif days ->> 'since' is not null and days ->> 'since' <> was then
      select coalesce(max((x.at at time zone 'Asia/Shanghai')::date), start) into start
      from decisions_signature x where x.proceeding_id = c.id and x.step = days ->> 'since' and x.sign = 'signed';
    end if;
    due := notices_due(start, n, days ->> 'count');
  end if;
  select x -> 'days' into whole from jsonb_array_elements(d -> 'steps') x where x ->> 'id' = d ->> 'effect_at';
  n := decisions_days(whole, c.place_code);
  if n is not null and whole ->> 'since' = first and c.effect_on is null then
    -- From what was said where a clue began it; else from the end of the first step, and until then from the beginning.
    start := c.counts_from;
    if start is null and was = first then
      start := c.step_since;
    elsif start is null then
      select coalesce(max((x.at at time zone 'Asia/Shanghai')::date), (c.begun_at at time zone 'Asia/Shanghai')::date) into start
      from decisions_signature x where x.proceeding_id = c.id and x.step = first and x.sign = 'signed';
    end if;
    due := least(due, notices_due(start, n, whole ->> 'count'));
  end if;
  return due;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0028_off_the_plan_is_no_way_forward")]
    operations = [migrations.RunSQL(DUE, migrations.RunSQL.noop)]
