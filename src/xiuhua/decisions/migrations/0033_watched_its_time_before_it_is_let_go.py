"""A watched household is looked at for its removal only after it was watched its time: a visit and a meeting before that say nothing of it."""

from django.db import migrations

FROM = """
-- The first day on which a procedure may begin to let a household go; null where since when it is watched was never decided.
create function decisions_let_go_from(home bigint, asked bigint, place text) returns date language sql stable set search_path = public, pg_temp as $$
  select w.since + coalesce(decisions_placed((d.definition #>> '{effect,watched_days}')::int, d.definition #> '{effect,watched_days_at}', place), 0)
  from decisions_procedure d, (
    select x.watch_class, x.since from registry_watchentry x where x.household_id = home order by x.id desc limit 1) w
  where d.id = asked and w.watch_class <> 'none'
$$;
create function decisions_lets_go(asked bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_procedure d where d.id = asked and d.definition #>> '{effect,watched}' = 'none')
$$;
"""

BEGINS = """
create function decisions_begins_in_time() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare first date;
begin
  if new.household_id is null or not decisions_lets_go(new.procedure_id) then
    return new;
  end if;
  first := decisions_let_go_from(new.household_id, new.procedure_id, new.place_code);
  if first is null then
    raise exception 'since when it is watched is not known' using errcode = 'check_violation';
  elsif notices_today() < first then
    raise exception 'it was not watched long enough: from %', first using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_proceeding_watched before insert on decisions_proceeding for each row execute function decisions_begins_in_time();
"""

# Its class may have been changed since it was begun, and the time runs anew; and what was begun before this held goes no further either.
# Its name comes before the guard's, which moves the proceeding on.
SIGNED = """
create function decisions_looked_at_in_time() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_proceeding; visit text; first date; looked date;
begin
  if new.sign <> 'signed' then
    return new;
  end if;
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.household_id is null or c.course <> 'open' or new.step <> c.at_step or not decisions_lets_go(c.procedure_id) then
    return new;
  end if;
  perform 1 from registry_household h where h.id = c.household_id for no key update;
  first := decisions_let_go_from(c.household_id, c.procedure_id, c.place_code);
  select definition #>> '{steps,0,id}' into visit from decisions_procedure where id = c.procedure_id;
  if first is null then
    raise exception 'since when it is watched is not known' using errcode = 'check_violation';
  elsif notices_today() < first then
    raise exception 'it was not watched long enough: from %', first using errcode = 'check_violation';
  elsif c.at_step <> visit then
    select min((x.at at time zone 'Asia/Shanghai')::date) into looked from decisions_signature x
    where x.proceeding_id = c.id and x.step = visit and x.sign = 'signed' and x.round = (
      select max(y.round) from decisions_signature y where y.proceeding_id = c.id and y.step = visit and y.sign = 'signed');
    if looked is null or looked < first then
      raise exception 'it was looked at before it was watched its time' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger decisions_signature_after_watching before insert on decisions_signature for each row execute function decisions_looked_at_in_time();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0032_who_is_being_taken_in"), ("registry", "0018_households_are_watched")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FROM, BEGINS, SIGNED)]
