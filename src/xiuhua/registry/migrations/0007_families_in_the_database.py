"""What publishes, guards and carries families that change: ended households leave the records, statuses follow a household
but are never written anew, and what lies beyond the scope is reached through doors that tell no more than they must."""

from django.db import migrations

# create or replace keeps the columns: only households that are there, and the years of those.
VIEWS = """
create or replace view rec_household with (security_invoker = true) as
  select
    h.id as household_key, h.village_code, h.kind, h.attribute, h.main_cause, h.other_causes,
    s.status, h.status_reported, h.exit_year, h.members_reported, (h.phone_blind is not null) as phone_known, (h.bank_blind is not null) as bank_known,
    h.military_martyr, h.one_child, h.two_daughter, h.seen, h.seen_on
  from registry_household h
  left join lateral (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) s on true
  where h.ended_on is null;
create or replace view rec_period with (security_invoker = true) as
  select
    household_id as household_key, village_code, year, period_start, period_end, basis,
    wage_fen, business_fen, property_fen, transfer_fen, dibao_fen, wubao_fen,
    pension_fen, business_cost_fen, net_income_reported_fen, net_income_per_head_reported_fen, income_seen, income_seen_on,
    medical_paid_fen, medical_reimbursed_fen, education_paid_fen, education_aid_fen, disaster_loss_fen, disaster_relief_fen,
    spending_seen, spending_seen_on, house_area_m2, house_structure, house_built_year, house_grade,
    house_dangerous_reported, house_seen, house_seen_on, road_type, road_distance_km, has_life_power,
    has_production_power, fuel, toilet, cooperative, arable_mu, irrigated_mu,
    forest_mu, converted_mu, pasture_mu, living_seen, living_seen_on, water_quality_ok,
    water_litres_per_day, water_minutes, water_reliability_percent, water_seen, water_seen_on, water_safe_reported,
    water_difficult_reported, water_reported_seen, water_reported_seen_on, insured_persons, insurance_seen, insurance_seen_on,
    food_clothing_ok, food_clothing_seen, food_clothing_seen_on
  from registry_periodrecord
  where not exists (select 1 from registry_household e where e.id = household_id and e.ended_on is not null);
"""

# Whoever left is free to be taken in elsewhere: only somebody who belongs to a household is in use.
ELSEWHERE = """
create or replace function registry_id_elsewhere(wanted bytea[]) returns table (id_blind bytea, county_code text)
language sql stable security definer set search_path = public as $$
  select distinct p.id_blind, p.county_code::text from registry_person p
  where p.id_blind = any (wanted) and not (p.village_code >= places_scope_lo() and p.village_code < places_scope_hi())
    and exists (select 1 from registry_membership m where m.person_id = p.id and m.until is null)
$$;
-- Somebody of the same county who left their household comes into one of the acting area: the same person, by the number
-- that the caller has before them. Null where there is nobody, or they still belong somewhere.
create function registry_take_in_person(wanted bytea, village text) returns bigint
language plpgsql security definer set search_path = public as $$
declare found bigint;
begin
  if not (village >= places_scope_lo() and village < places_scope_hi()) then
    raise exception 'outside the acting area' using errcode = 'insufficient_privilege';
  end if;
  select p.id into found from registry_person p
  where p.id_blind = wanted and p.county_code = left(village, 6) and p.died_on is null
    and not exists (select 1 from registry_membership m where m.person_id = p.id and m.until is null)
  order by p.id limit 1 for update;
  update registry_person set village_code = village where id = found and village_code <> village;
  return found;
end $$;
"""

STATUSES = """
-- A status lies where its household lives; when that moves, its entries follow. Their content is never changed.
create or replace function registry_only_added() returns trigger language plpgsql as $$
declare owner text;
begin
  if tg_op = 'UPDATE' and tg_table_name = 'registry_statusentry' then
    select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
    if current_user = owner and to_jsonb(old) - 'village_code' = to_jsonb(new) - 'village_code' then
      return new;
    end if;
  end if;
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create function registry_statuses_follow(household bigint) returns void
language sql security definer set search_path = public as $$
  update registry_statusentry s set village_code = h.village_code from registry_household h
  where h.id = household and s.household_id = h.id and s.village_code <> h.village_code
    and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi()
    and s.village_code >= places_scope_lo() and s.village_code < places_scope_hi()
$$;
-- Entries that came with a household from another county are written by the move itself and by nobody else.
create function registry_status_moved_guard() returns trigger language plpgsql as $$
declare owner text;
begin
  select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
  if new.basis = 'moved' and current_user <> owner then
    raise exception 'a status comes with a household only when the household moves' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger registry_status_moved_guard before insert on registry_statusentry for each row execute function registry_status_moved_guard();
create or replace function registry_status_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a status lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'moved' then
    return new;
  end if;
  if new.basis = 'case' then
    -- A change of a family changes no status; the procedures that do come with their own issue.
    raise exception 'no approved case: a status changes only through a procedure' using errcode = 'check_violation';
  end if;
  select * into opened from registry_opening where id = new.opening_id for share;
  if opened.closed_at is not null then
    raise exception 'the opening is closed: statuses change only through a procedure' using errcode = 'check_violation';
  end if;
  if left(new.village_code, 6) <> opened.county_code then
    raise exception 'the opening is another county''s' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_statusentry where household_id = new.household_id) then
    raise exception 'the household has a status already' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# A household that goes to another county: a linked one begins there with its people, years and statuses as they stand;
# here everything ends and stays readable. It runs with the rights of whoever calls it: the move's own door (decisions)
# is the owner's, and a page that called it by itself would fail at the border of its area.
CARRY = """
create function registry_carry_household(wanted bigint, village text, new_number text, day date, by_case bigint, by_name text) returns bigint
language plpgsql set search_path = public as $$
declare
  old registry_household; home bigint; m registry_membership; p registry_person; who bigint; county text := left(village, 6);
begin
  select * into old from registry_household where id = wanted for update;
  if old.id is null or old.ended_on is not null then
    raise exception 'household_gone' using errcode = 'P0001';
  end if;
  if exists (select 1 from registry_household where county_code = county and number = new_number) then
    raise exception 'number_taken' using errcode = 'P0001';
  end if;
  insert into registry_household select (jsonb_populate_record(null::registry_household, to_jsonb(old) || jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('registry_household', 'id')), 'county_code', county, 'village_code', village, 'number', new_number,
    'group_name', null, 'brought_by', null, 'changed_by', null, 'begun_on', day, 'begun_by_case', by_case, 'split_from_id', null,
    'moved_from_code', old.village_code, 'head_by_case', by_case))).* returning id into home;
  for m in select * from registry_membership where household_id = wanted and until is null order by id for update loop
    select * into p from registry_person where id = m.person_id;
    who := null;
    if p.id_blind is not null then
      if exists (select 1 from registry_person q join registry_membership n on n.person_id = q.id and n.until is null
                 where q.id_blind = p.id_blind and q.county_code = county) then
        raise exception 'person_there' using errcode = 'P0001';
      end if;
      -- Somebody who lived there before is the same person.
      select id into who from registry_person where id_blind = p.id_blind and county_code = county and died_on is null order by id limit 1;
      update registry_person set village_code = village where id = who;
    end if;
    if who is null then
      insert into registry_person select (jsonb_populate_record(null::registry_person, to_jsonb(p) || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('registry_person', 'id')), 'county_code', county, 'village_code', village,
        'number', case when exists (select 1 from registry_person q where q.county_code = county and q.number = p.number) then null else p.number end,
        'brought_by', null, 'changed_by', null, 'begun_by_case', by_case))).* returning id into who;
    end if;
    update registry_membership set until = day, ended_because = 'move', ended_by_case = by_case where id = m.id;
    insert into registry_membership (person_id, household_id, village_code, relation, since, begun_because, begun_by_case)
    values (who, home, village, m.relation, day, 'move', by_case);
  end loop;
  insert into registry_periodrecord select (jsonb_populate_record(null::registry_periodrecord, to_jsonb(y) || jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('registry_periodrecord', 'id')), 'household_id', home, 'village_code', village,
    'brought_by', null, 'changed_by', null))).* from registry_periodrecord y where y.household_id = wanted;
  insert into registry_statusentry (household_id, village_code, status, since, basis, opening_id, case_number, recorded_at, recorded_by)
  select home, village, s.status, s.since, 'moved', null, by_case::text, now(), by_name
  from registry_statusentry s where s.household_id = wanted order by s.id;
  update registry_household set ended_on = day, ended_because = 'moved', ended_by_case = by_case, moved_to_code = village where id = wanted;
  delete from registry_standing where household_id = wanted;
  return home;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_changes_of_people"), ("places", "0002_scope_in_the_database")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (VIEWS, ELSEWHERE, STATUSES, CARRY)]
