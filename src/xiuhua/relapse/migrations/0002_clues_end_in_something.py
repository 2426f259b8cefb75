"""A clue has its days and ends once, in something; help is given first and its paper stays owed; nothing of it is removed."""

from django.db import migrations

from xiuhua.places.scope import protect

TABLES = ("clue", "cluesource", "sheet", "relief", "assessment")

# The row as it may not change: what is left of it without the columns that may. A household that moves takes its rows along.
HELD = """
create function relapse_only_added() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
     and to_jsonb(new) - 'village_code' = to_jsonb(old) - 'village_code' then
    return new;
  end if;
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create function relapse_lives_there() returns trigger language plpgsql as $$
begin
  if new.village_code is distinct from (select h.village_code from registry_household h where h.id = new.household_id and h.ended_on is null) then
    raise exception 'no such household here' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create function relapse_clue_guard() returns trigger language plpgsql as $$
declare s relapse_sheet; may_change text[] := array['village_code', 'owner_id', 'end', 'ended_on', 'end_reason', 'ended_by', 'ended_official_id', 'proceeding_id'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a clue stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new."end" <> '' or new.came_on > notices_today() or new.came_on < notices_today() - 366 or new.check_days < 1 or new.whole_days < 1 then
      raise exception 'a clue begins open, on a day that was' using errcode = 'check_violation';
    end if;
    new.check_due_on := notices_due(new.came_on, new.check_days, 'calendar');
    new.due_on := notices_due(new.came_on, new.whole_days, 'working');
    new.recorded_at := now();
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
  if new."end" = 'proceeding' and not exists (select 1 from decisions_proceeding p where p.id = new.proceeding_id and p.household_id = new.household_id) then
    raise exception 'no such proceeding of this household' using errcode = 'check_violation';
  elsif new."end" = 'helped' and not exists (
      select 1 from relapse_relief r where r.household_id = new.household_id and r.given_on >= new.came_on) then
    raise exception 'no help was recorded' using errcode = 'check_violation';
  elsif new."end" = 'no_risk' then
    -- Somebody was there and heard the household; everything asked is known; somebody else says that it comes to nothing.
    select * into s from relapse_sheet x where x.clue_id = new.id order by x.id desc limit 1;
    if s.id is null then
      raise exception 'the household was not heard' using errcode = 'check_violation';
    elsif s.judgement <> 'no_risk' or s.net_income_fen is null or s.medical_own_fen is null or s.education_own_fen is null
       or s.disaster_own_fen is null or s.other_spending_fen is null or s.food_clothing is null or s.schooling is null or s.medical is null
       or s.house is null or s.water is null then
      raise exception 'not known is not no risk' using errcode = 'check_violation';
    elsif s.official_id = new.ended_official_id then
      raise exception 'whoever was there does not end it alone' using errcode = 'check_violation';
    end if;
    if exists (select 1 from relapse_cluesource c where c.clue_id = new.id and c.at > s.at) then
      raise exception 'something was said since the visit' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger relapse_clue_guard before insert or update or delete on relapse_clue for each row execute function relapse_clue_guard();
create function relapse_source_guard() returns trigger language plpgsql as $$
declare c relapse_clue;
begin
  select * into c from relapse_clue where id = new.clue_id for update;
  if c.id is null or c.household_id <> new.household_id or c."end" <> '' or new.came_on > notices_today() then
    raise exception 'no such open clue of this household' using errcode = 'check_violation';
  end if;
  new.at := clock_timestamp();
  return new;
end $$;
create trigger relapse_source_guard before insert on relapse_cluesource for each row execute function relapse_source_guard();
create function relapse_sheet_guard() returns trigger language plpgsql as $$
begin
  if new.visited_on > notices_today() or new.visited_on < notices_today() - 60 then
    raise exception 'a visit is recorded when it was made' using errcode = 'check_violation';
  end if;
  if new.clue_id is not null and not exists (select 1 from relapse_clue c where c.id = new.clue_id and c.household_id = new.household_id and c."end" = '') then
    raise exception 'no such open clue of this household' using errcode = 'check_violation';
  end if;
  if new.proceeding_id is not null and not exists (
      select 1 from decisions_proceeding p where p.id = new.proceeding_id and p.household_id = new.household_id and p.course = 'open') then
    raise exception 'no such open proceeding of this household' using errcode = 'check_violation';
  end if;
  new.at := clock_timestamp();
  return new;
end $$;
create trigger relapse_sheet_guard before insert on relapse_sheet for each row execute function relapse_sheet_guard();
create function relapse_relief_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.given_on > notices_today() or new.given_on < notices_today() - 366 or new.paper_id is not null or new.paper_days < 1 then
      raise exception 'help is recorded when it was given' using errcode = 'check_violation';
    end if;
    new.paper_due_on := notices_due(new.given_on, new.paper_days, 'working');
    new.at := now();
    return new;
  elsif tg_op = 'UPDATE' then
    if to_jsonb(new) - array['paper_id', 'paper_by', 'paper_at'] = to_jsonb(old) - array['paper_id', 'paper_by', 'paper_at']
       and old.paper_id is null and new.paper_id is not null then
      new.paper_at := now();
      return new;
    elsif current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
       and to_jsonb(new) - 'village_code' = to_jsonb(old) - 'village_code' then
      return new;
    end if;
  end if;
  raise exception 'help that was given stays on record' using errcode = 'insufficient_privilege';
end $$;
create trigger relapse_relief_guard before insert or update or delete on relapse_relief for each row execute function relapse_relief_guard();
create function relapse_assessment_guard() returns trigger language plpgsql as $$
begin
  if new.year not between extract(year from notices_today())::int - 1 and extract(year from notices_today())::int or new.assessed_on <> notices_today()
     or decisions_status_of(new.household_id) <> 'exited' then
    raise exception 'a household that left poverty is judged in its year' using errcode = 'check_violation';
  end if;
  new.at := now();
  return new;
end $$;
create trigger relapse_assessment_guard before insert on relapse_assessment for each row execute function relapse_assessment_guard();
"""
KEPT = """
create trigger relapse_{table}_kept before update or delete on relapse_{table} for each row execute function relapse_only_added();
"""
WHOLE = """
create trigger relapse_{table}_kept_whole before truncate on relapse_{table} for each statement execute function relapse_only_added();
create trigger relapse_{table}_at_home before insert on relapse_{table} for each row execute function relapse_lives_there();
"""
FOLLOW = """
create function relapse_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.village_code <> old.village_code then
    update relapse_clue set village_code = new.village_code where household_id = new.id;
    update relapse_cluesource set village_code = new.village_code where household_id = new.id;
    update relapse_sheet set village_code = new.village_code where household_id = new.id;
    update relapse_relief set village_code = new.village_code where household_id = new.id;
    update relapse_assessment set village_code = new.village_code where household_id = new.id;
  end if;
  return null;
end $$;
create trigger relapse_follow after update of village_code on registry_household for each row execute function relapse_follow();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0001_clues_and_visits"),
        ("decisions", "0008_watching_takes_effect"),
        ("notices", "0002_days_run_and_objections_are_answered"),
    ]

    operations = [
        *(migrations.RunSQL(*protect(f"relapse_{table}")) for table in TABLES),
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
        *(migrations.RunSQL(KEPT.format(table=table), migrations.RunSQL.noop) for table in ("cluesource", "sheet", "assessment")),
        *(migrations.RunSQL(WHOLE.format(table=table), migrations.RunSQL.noop) for table in TABLES),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
