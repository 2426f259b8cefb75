"""A meeting says no as it says yes, with its minutes and its count; a forgery that was found stops what rests on it; what is taken has grounds."""

from django.db import migrations

# Each a function of its own, so that a test can take one away and see that it is missed.
ASKED = """
create or replace function decisions_may_sign(wanted jsonb, role text, office text, place text) returns boolean language sql immutable as $$
  select coalesce(bool_or(case one
    when 'village_worker' then role = 'village_worker' when 'work_team' then role = 'village_worker' and office = 'work_team'
    when 'village_committee' then role = 'village_worker' and office = 'village_committee'
    when 'township_office' then role = 'township_office' when 'county_office' then role = 'county_office'
    when 'county_leader' then role = 'leader' and length(place) = 6 when 'city_office' then role = 'higher_office' and length(place) = 4
    when 'province_office' then role = 'higher_office' and length(place) = 2 and place <> 'CN' when 'outside' then role = 'auditor' and length(place) <= 4
    else false end), false)
  from jsonb_array_elements_text(wanted) one
$$;
-- The step asks for one of each side, and with this signature one of them has nobody yet.
create function decisions_side_missing(c decisions_proceeding, s jsonb, appointment bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select coalesce((s ->> 'of_each')::boolean, false) and exists (select 1 from jsonb_array_elements_text(s -> 'who') side where not exists (
    select 1 from accounts_appointment a join accounts_post p on p.id = a.post_id
    where decisions_may_sign(jsonb_build_array(side), p.role, p.office, p.place_code) and (a.id = appointment or exists (
      select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'signed' and x.appointment_id = a.id))))
$$;
create function decisions_papers_lack(c decisions_proceeding, s jsonb) returns text language sql stable set search_path = public, pg_temp as $$
  select 'evidence is missing: ' || (one ->> 'code') from jsonb_array_elements(s -> 'evidence') one
  where (s ->> 'does') not in ('notice', 'announcement') and not exists (
    select 1 from decisions_paper p where p.proceeding_id = c.id and p.step = c.at_step and p.round = c.round
      and p.what in (one ->> 'code', one ->> 'or_else') and (p.expires_on is null or p.expires_on >= notices_today()))
  limit 1
$$;
create function decisions_vote_lacks(s jsonb, detail jsonb) returns text language plpgsql immutable set search_path = public, pg_temp as $$
declare v jsonb := detail -> 'vote';
begin
  if jsonb_typeof(s -> 'vote') is distinct from 'object' then
    return null;
  elsif jsonb_typeof(v) is distinct from 'object' or (v ->> 'yes')::int + (v ->> 'no')::int + (v ->> 'abstained')::int is distinct from (v ->> 'present')::int
     or (v ->> 'present')::int is null or (v ->> 'entitled')::int is null
     or (v ->> 'present')::int > (v ->> 'entitled')::int or least((v ->> 'yes')::int, (v ->> 'no')::int, (v ->> 'abstained')::int) < 0 then
    return 'the votes do not add up';
  elsif (v ->> 'present')::int * 100 < (s #>> '{vote,quorum_percent}')::int * (v ->> 'entitled')::int then
    return 'too few were at the meeting';
  elsif (v ->> 'yes')::int * 100 <= (s #>> '{vote,passes_percent}')::int * (v ->> 'present')::int then
    return 'the meeting did not agree';
  end if;
  return null;
end $$;
-- A meeting that nobody held refuses nobody: its no has the minutes and the count of a yes, and the count did not carry it.
create function decisions_no_lacks(c decisions_proceeding, s jsonb, detail jsonb) returns text language sql stable set search_path = public, pg_temp as $$
  select nullif(coalesce(decisions_papers_lack(c, s), decisions_vote_lacks(s, detail), 'the meeting agreed'), 'the meeting did not agree')
  where jsonb_typeof(s -> 'vote') = 'object'
$$;
-- What is taken from a household against its will has one ground at least that was found true and checked; a lead alone is none.
create function decisions_grounds_lack(c decisions_proceeding, s jsonb) returns text language sql stable set search_path = public, pg_temp as $$
  select 'nothing that was checked speaks for it' where coalesce(jsonb_array_length(s -> 'grounds'), 0) > 0 and not exists (
    select 1 from (select x.outcomes from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.at = decisions_now()
        order by x.id desc limit 1) shot, jsonb_array_elements_text(s -> 'grounds') one
      where shot.outcomes #>> array[one, 'result'] = 'fails' and shot.outcomes #>> array[one, 'evidence'] = 'checked')
$$;
"""

# The step whose outcomes did not come out of their own records when they were computed again; empty where none. Of each step before
# the one it is at the newest counts: done anew, it is whole again. One no counts for ever. What took effect is put right otherwise.
FOUND = """
create function decisions_comes_out_otherwise(asked bigint) returns text language sql stable set search_path = public, pg_temp as $$
  select coalesce((select x.one ->> 'id' from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id,
      jsonb_array_elements(p.definition -> 'steps') with ordinality x(one, at),
      lateral (select t.id from decisions_snapshot t where t.proceeding_id = c.id and t.step = x.one ->> 'id' order by t.id desc limit 1) shot
    where c.id = asked and c.course = 'open' and c.effect_on is null
      and x.at < (select y.at from jsonb_array_elements(p.definition -> 'steps') with ordinality y(one, at) where y.one ->> 'id' = c.at_step)
      and exists (select 1 from decisions_recheck r where r.snapshot_id = shot.id and not r.agrees)
    order by x.at limit 1), '')
$$;
"""

LACKS = """
create or replace function decisions_step_lacks(c decisions_proceeding, s jsonb, detail jsonb, leaving boolean) returns text language plpgsql set search_path = public, pg_temp as $$
declare name text; wrong text; n notices_notice; shot decisions_snapshot;
begin
  wrong := coalesce(decisions_papers_lack(c, s), decisions_vote_lacks(s, detail), decisions_grounds_lack(c, s));
  if wrong is not null then
    return wrong;
  end if;
  if (s ->> 'does') in ('notice', 'announcement') then
    select * into n from notices_notice where reference = format('proceeding:%s:%s:%s', c.id, c.at_step, c.round) and place_code = c.place_code;
    if n.id is null then
      return 'the notice was not hung';
    elsif n.days < decisions_least(s -> 'days', c.place_code) or n.count <> (s #>> '{days,count}') then
      return 'the notice hung too short';
    elsif n.taken_down_on is null then
      return 'the notice still hangs';
    elsif n.taken_down_on <= n.due_on then
      return 'the notice hung too short';
    elsif exists (select 1 from notices_objection o where o.notice_id = n.id and (o.answered_at is null or o.upheld and s ->> 'does' = 'notice')) then
      return 'an objection stands';
    end if;
  end if;
  if jsonb_array_length(s -> 'rules') > 0 then
    select * into shot from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round order by x.id desc limit 1;
    if shot.id is null or shot.at <> decisions_now() then
      return 'what it is decided on was not kept';
    end if;
    for name in select * from jsonb_array_elements_text(s -> 'rules') loop
      if leaving and (shot.outcomes #>> array[name, 'result'] is distinct from 'holds'
          or c.household_id is not null and shot.outcomes #>> array[name, 'evidence'] is distinct from 'checked') then
        return 'a standard does not hold, or nobody checked it: ' || name;
      end if;
    end loop;
  end if;
  return null;
end $$;
"""

SIGNED = """
create or replace function decisions_signature_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c decisions_proceeding; d jsonb; s jsonb; i int; who bigint; behind bigint; both_of bigint[]; place text; role text; office text; lacks text;
  to_step text; leaving boolean;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or not (c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()) then
    raise exception 'no such proceeding here' using errcode = 'check_violation';
  end if;
  new.at := decisions_now();
  select h.who, h.stands, h.place, h.role, h.office into who, behind, place, role, office from decisions_holder(new.appointment_id, c.place_code) h;
  if who is null then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  end if;
  if c.course <> 'open' or new.step <> c.at_step then
    raise exception 'the proceeding is not at this step' using errcode = 'check_violation';
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  leaving := d ->> 'direction' = 'leaving';
  select x.at::int - 1, x.one into i, s from jsonb_array_elements(d -> 'steps') with ordinality x(one, at) where x.one ->> 'id' = c.at_step;
  new.official_id := who;
  new.deputises_id := behind;
  both_of := array_remove(array[who, behind], null);
  new.round := c.round;
  select coalesce(max(x.number), 0) + 1 into new.number from decisions_signature x where x.proceeding_id = c.id;
  if decisions_are_kin(both_of, c.household_id) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  if new.sign = 'withdrawn' then
    if new.reason = '' or not decisions_may_withdraw(c, d, role) then
      raise exception 'it cannot be taken back' using errcode = 'check_violation';
    end if;
    update decisions_proceeding set course = 'withdrawn' where id = c.id;
    return new;
  end if;
  -- A verdict from outside is the level's that the step names: of a county, never the county's own.
  if not decisions_may_sign(s -> 'who', role, office, place) or (s ->> 'does' = 'outside' and s ->> 'level' <>
      case when place = 'CN' then 'nation' when length(place) = 2 then 'province' when length(place) = 4 then 'city' else '' end) then
    raise exception 'this post does not sign this step' using errcode = 'check_violation';
  end if;
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and (x.official_id = any (both_of) or x.deputises_id = any (both_of))
      and x.step <> c.at_step and (s -> 'apart_from' @> '["all"]' or s -> 'apart_from' @> to_jsonb(x.step)))
      or decisions_overruled(c, both_of) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  end if;
  if new.sign in ('no', 'returned') then
    to_step := case new.sign when 'no' then s ->> 'if_no' else new.detail ->> 'to' end;
    if new.reason = '' or (new.sign = 'no' and to_step is null) or (new.sign = 'returned' and (s ->> 'does') not in ('review', 'decision')) then
      raise exception 'a no is said with its reasons, where one can be said' using errcode = 'check_violation';
    end if;
    lacks := case when new.sign = 'no' then decisions_no_lacks(c, s, new.detail) end;
    if lacks is not null then
      raise exception '%', lacks using errcode = 'check_violation';
    end if;
    if to_step in ('refused', 'ended') and new.sign = 'no' then
      update decisions_proceeding set course = to_step where id = c.id;
    elsif exists (select 1 from jsonb_array_elements(d -> 'steps') with ordinality x(one, at) where one ->> 'id' = to_step and at <= i) then
      update decisions_proceeding set at_step = to_step, round = round + 1, step_since = notices_today() where id = c.id;
    else
      raise exception 'it is sent back to a step before this one' using errcode = 'check_violation';
    end if;
    return new;
  elsif new.sign <> 'signed' then
    raise exception 'no such signature' using errcode = 'check_violation';
  end if;
  lacks := decisions_comes_out_otherwise(c.id);
  if lacks <> '' then
    raise exception 'what was kept does not come out again: %', lacks using errcode = 'check_violation';
  end if;
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'signed'
      and (x.official_id = any (both_of) or x.deputises_id = any (both_of))) then
    raise exception 'this person has signed the step' using errcode = 'check_violation';
  end if;
  if (select count(distinct x.official_id) from decisions_signature x
      where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'signed') + 1 < (s ->> 'people')::int then
    return new;
  end if;
  if decisions_side_missing(c, s, new.appointment_id) then
    raise exception 'one of each side signs this step' using errcode = 'check_violation';
  end if;
  lacks := decisions_step_lacks(c, s, new.detail, leaving);
  if lacks is not null then
    raise exception '%', lacks using errcode = 'check_violation';
  end if;
  if d ->> 'effect_at' = c.at_step then
    if leaving and coalesce(jsonb_array_length(s -> 'rules'), 0) + coalesce(jsonb_array_length(s -> 'grounds'), 0) = 0 then
      raise exception 'nobody leaves but by the standards' using errcode = 'check_violation';
    end if;
    if not exists (select 1 from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.at = decisions_now()) then
      raise exception 'what it is decided on was not kept' using errcode = 'check_violation';
    end if;
    perform decisions_take_effect(c, d, new);
  end if;
  if i = jsonb_array_length(d -> 'steps') - 1 then
    update decisions_proceeding set course = 'decided' where id = c.id;
  else
    update decisions_proceeding set at_step = d #>> array['steps', (i + 1)::text, 'id'], step_since = notices_today() where id = c.id;
  end if;
  return new;
end $$;
"""

BASIS = """
create or replace function decisions_basis_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; shot decisions_snapshot;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if new.sign <> 'signed' or c.id is null or c.course <> 'open' or new.step <> c.at_step or not exists (
      select 1 from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') s where p.id = c.procedure_id and s ->> 'id' = c.at_step
        and (p.definition ->> 'effect_at' = c.at_step or jsonb_array_length(s -> 'rules') + coalesce(jsonb_array_length(s -> 'grounds'), 0) > 0)) then
    return new;
  end if;
  select * into shot from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round order by x.id desc limit 1;
  if shot.id is null or shot.at <> decisions_now() then
    raise exception 'what it is decided on was not kept' using errcode = 'check_violation';
  elsif not decisions_records_stand(c, shot.records) then
    raise exception 'the records are not as they stand' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0018_signed_on_what_stands")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ASKED, FOUND, LACKS, SIGNED, BASIS)]
