"""An open clue is heard before a removal, and goes on with whom its household unites; a watched household's ends in its change of class."""

from importlib import import_module

from django.db import migrations

ended = import_module("xiuhua.relapse.migrations.0002_clues_end_in_something")
asked = import_module("xiuhua.relapse.migrations.0003_kin_and_posts_are_asked")
notices = import_module("xiuhua.notices.migrations.0007_the_web_says_its_step")

# As in 0003, but for the procedure that a clue may end in.
CLUE = """
create or replace function relapse_clue_guard() returns trigger language plpgsql as $$
declare s relapse_sheet; acts record; may_change text[] := array['village_code', 'owner_id', 'end', 'ended_on', 'end_reason', 'ended_by', 'ended_official_id', 'ended_appointment_id', 'proceeding_id'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a clue stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new."end" <> '' or new.came_on > notices_today() or new.came_on < notices_today() - 366 or new.check_days < 1 or new.whole_days < 1 then
      raise exception 'a clue begins open, on a day that was' using errcode = 'check_violation';
    end if;
    new.check_due_on := notices_due(new.came_on, new.check_days, 'calendar');
    new.due_on := notices_due(new.came_on, new.whole_days, 'working');
    new.recorded_at := notices_now();
    return new;
  end if;
  if to_jsonb(new) - may_change <> to_jsonb(old) - may_change then
    raise exception 'what a clue says is not changed' using errcode = 'insufficient_privilege';
  end if;
  if new.village_code <> old.village_code and current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    raise exception 'a clue lies where its household lives' using errcode = 'insufficient_privilege';
  end if;
  if old."end" <> '' then
    if to_jsonb(new) - 'village_code' <> to_jsonb(old) - 'village_code' then
      raise exception 'a clue ends once' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new."end" = '' then
    return new;
  end if;
  if new.ended_on <> notices_today() then
    raise exception 'a clue ends today' using errcode = 'check_violation';
  end if;
  if new."end" = 'moved' then
    -- Goes on where the household went: only the move itself says so.
    if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      raise exception 'a clue moves with its household' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  -- Who ends it follows from the post, not from what is written; a deputy is held with whoever they stand in for.
  select * into acts from relapse_acts(new.ended_appointment_id, new.village_code, new.household_id,
    case new."end" when 'proceeding' then array['village_worker', 'township_office', 'county_office'] else array['township_office', 'county_office'] end);
  new.ended_official_id := acts.who;
  if new."end" = 'proceeding' then
    if not exists (select 1 from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
        where p.id = new.proceeding_id and p.household_id = new.household_id and (d.definition ->> 'direction' = 'entering' or (d.definition #>> '{effect,asks_class}')::boolean)
          and (p.course = 'open' or (p.begun_at at time zone 'Asia/Shanghai')::date >= new.came_on)) then
      raise exception 'no such proceeding of this household' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new."end" = 'helped' and not exists (
      select 1 from relapse_relief r where r.household_id = new.household_id and r.given_on >= new.came_on) then
    raise exception 'no help was recorded' using errcode = 'check_violation';
  end if;
  -- Somebody was there and heard the household since the last saying; somebody else says what it comes to.
  select * into s from relapse_sheet x where x.clue_id = new.id order by x.id desc limit 1;
  if s.id is null then
    raise exception 'the household was not heard' using errcode = 'check_violation';
  elsif exists (select 1 from relapse_cluesource c where c.clue_id = new.id and c.at > s.at) then
    raise exception 'something was said since the visit' using errcode = 'check_violation';
  elsif acts.both_of && array[s.official_id, s.deputises_id] then
    raise exception 'whoever was there does not end it alone' using errcode = 'check_violation';
  end if;
  -- As no risk, everything asked is known.
  if new."end" = 'no_risk' and (s.judgement <> 'no_risk' or s.net_income_fen is null or s.medical_own_fen is null or s.education_own_fen is null
       or s.disaster_own_fen is null or s.other_spending_fen is null or s.food_clothing is null or s.schooling is null or s.medical is null
       or s.house is null or s.water is null) then
    raise exception 'not known is not no risk' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# Nobody is let go of while something that was said of them is not heard.
HEARD = """
create function relapse_hears_first() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.sign = 'signed' and exists (
      select 1 from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id join relapse_clue c on c.household_id = p.household_id
      where p.id = new.proceeding_id and d.definition #>> '{effect,watched}' = 'none' and d.definition ->> 'effect_at' = new.step and c."end" = '') then
    raise exception 'an open clue is heard first' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger relapse_hears_first before insert on decisions_signature for each row execute function relapse_hears_first();
"""

# A household that goes into another one takes what is open on it along: into the clue that is open there, or as one that goes on there.
UNITED = """
create function relapse_unites() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare there registry_household; c relapse_clue; made bigint;
begin
  select * into there from registry_household h where h.id = new.merged_into_id and h.ended_on is null;
  select * into c from relapse_clue x where x.household_id = new.id and x."end" = '' for update;
  if c.id is null or there.id is null then
    return null;
  end if;
  select x.id into made from relapse_clue x where x.household_id = there.id and x."end" = '' for update;
  if made is null then
    insert into relapse_clue (household_id, village_code, came_on, check_days, whole_days, check_due_on, due_on, owner_id, recorded_at, "end", end_reason, ended_by)
    values (there.id, there.village_code, greatest(c.came_on, notices_today() - 366), c.check_days, c.whole_days, c.check_due_on, c.due_on, c.owner_id,
      notices_now(), '', '', '')
    returning id into made;
  end if;
  insert into relapse_cluesource (clue_id, household_id, village_code, origin, channel, risk, said, told_by, rule, list_kind, hit, mark, came_on, by, post, at)
  select made, there.id, there.village_code, s.origin, s.channel, s.risk, s.said, s.told_by, s.rule, s.list_kind, s.hit, s.mark, s.came_on, s.by, s.post, notices_now()
  from relapse_cluesource s where s.clue_id = c.id order by s.id on conflict do nothing;
  update relapse_clue set "end" = 'moved', ended_on = notices_today(), end_reason = '随户并入' where id = c.id;
  return null;
end $$;
create trigger relapse_unites after update of ended_on on registry_household for each row
  when (old.ended_on is null and new.ended_on is not null and new.ended_because = 'merged' and new.merged_into_id is not null)
  execute function relapse_unites();
"""

MOMENTS = tuple(
    notices.clocked(sql, f"relapse_{name}_guard")
    for sql, name in ((ended.HELD, "source"), (ended.HELD, "relief"), (asked.OTHERS, "sheet"), (asked.OTHERS, "assessment"))
)


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0003_kin_and_posts_are_asked"),
        ("decisions", "0015_what_ends_is_let_go"),
        ("notices", "0007_the_web_says_its_step"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CLUE, HEARD, UNITED, *MOMENTS)]
