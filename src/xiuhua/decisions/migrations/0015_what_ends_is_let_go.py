"""What ends is let go of: an objection that is right ends the matter, a notice of an ended matter comes down, a household under way stays where it is."""

from django.db import migrations

DAYS = """
-- So many days as the nation has it, or as the nearest place that set its own, which may ask for more and never for less.
create function decisions_placed(nation int, at jsonb, place text) returns int language sql immutable as $$
  select greatest(nation, (select x.value::int from jsonb_each_text(case jsonb_typeof(at) when 'object' then at else '{}' end) x
    where left(place, length(x.key)) = x.key order by length(x.key) desc limit 1))
$$;
create function decisions_least(days jsonb, place text) returns int language sql immutable as $$
  select decisions_placed((days ->> 'least')::int, days -> 'least_at', place)
$$;
"""

PEOPLE = """
-- Whoever acts, whom they stand in for in this post, and whom they stand in for in any other today: what one of them did, all did.
create function decisions_all_of(who bigint, stands bigint) returns bigint[] language sql stable set search_path = public, pg_temp as $$
  select array_remove(array[who, stands] || array(select x.official_id from accounts_appointment a join accounts_appointment x on x.id = a.deputy_for_id
    where a.official_id = who and a.since <= notices_today() and (a.until is null or a.until >= notices_today())), null)
$$;
create function decisions_are_kin(people bigint[], home bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_kin k where k.household_id = home and k.official_id = any (people) and (k.until is null or k.until >= notices_today()))
$$;
-- Signed anything of it, or was stood in for.
create function decisions_had_a_part(people bigint[], proceeding bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_signature x where x.proceeding_id = proceeding and (x.official_id = any (people) or x.deputises_id = any (people)))
$$;
"""

# A step rests on what the records say at the moment it is signed, not on what they said another day; an announcement comes after the
# effect: an objection against it that is right is answered and stays on record, and what is wrong is put right by its own procedure.
LACKS = """
create or replace function decisions_step_lacks(c decisions_proceeding, s jsonb, detail jsonb, leaving boolean) returns text language plpgsql set search_path = public as $$
declare one jsonb; name text; v jsonb := detail -> 'vote'; n notices_notice; shot decisions_snapshot;
begin
  for one in select * from jsonb_array_elements(s -> 'evidence') loop
    if not exists (select 1 from decisions_paper p where p.proceeding_id = c.id and p.step = c.at_step and p.round = c.round
      and p.what in (one ->> 'code', one ->> 'or_else') and (p.expires_on is null or p.expires_on >= notices_today()))
      and (s ->> 'does') not in ('notice', 'announcement') then
      return 'evidence is missing: ' || (one ->> 'code');
    end if;
  end loop;
  if jsonb_typeof(s -> 'vote') = 'object' then
    if v is null or (v ->> 'yes')::int + (v ->> 'no')::int + (v ->> 'abstained')::int <> (v ->> 'present')::int
       or (v ->> 'present')::int > (v ->> 'entitled')::int or least((v ->> 'yes')::int, (v ->> 'no')::int, (v ->> 'abstained')::int) < 0 then
      return 'the votes do not add up';
    elsif (v ->> 'present')::int * 100 < (s #>> '{vote,quorum_percent}')::int * (v ->> 'entitled')::int then
      return 'too few were at the meeting';
    elsif (v ->> 'yes')::int * 100 <= (s #>> '{vote,passes_percent}')::int * (v ->> 'present')::int then
      return 'the meeting did not agree';
    end if;
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
create or replace function decisions_signature_guard() returns trigger language plpgsql security definer set search_path = public as $$
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
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'signed'
      and (x.official_id = any (both_of) or x.deputises_id = any (both_of))) then
    raise exception 'this person has signed the step' using errcode = 'check_violation';
  end if;
  if (select count(distinct x.official_id) from decisions_signature x
      where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'signed') + 1 < (s ->> 'people')::int then
    return new;
  end if;
  lacks := decisions_step_lacks(c, s, new.detail, leaving);
  if lacks is not null then
    raise exception '%', lacks using errcode = 'check_violation';
  end if;
  if d ->> 'effect_at' = c.at_step then
    if leaving and jsonb_array_length(d -> 'rules') > 0 and jsonb_array_length(s -> 'rules') = 0 then
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

WITHDRAWN = """
-- What nobody signed and for which no paper of the household was laid down was begun by mistake; anything else it takes back itself.
create or replace function decisions_may_withdraw(c decisions_proceeding, d jsonb, role text) returns boolean language sql stable set search_path = public as $$
  select case
    when c.effect_on is not null then false
    when d ->> 'withdrawn_by' = 'office' then role = any (array['township_office', 'county_office', 'higher_office'])
    when not (role = any (array['village_worker', 'township_office', 'county_office'])) then false
    when d ->> 'withdrawn_by' = 'household' and d ->> 'direction' = 'entering' then
      not exists (select 1 from decisions_signature x where x.proceeding_id = c.id)
        and not exists (select 1 from decisions_paper p where p.proceeding_id = c.id and p.what <> 'withdrawal')
      or exists (select 1 from decisions_paper p where p.proceeding_id = c.id and p.step = c.at_step and p.round = c.round and p.what = 'withdrawal')
    else true end
$$;
"""

RECOMPUTED = """
-- One no counts for ever: whoever writes a yes beside it later does not make it come out the same.
create or replace function decisions_recomputed(asked bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case when bool_or(n.no) then false when count(*) > 0 and count(n.agrees) = count(*) then true end
  from decisions_snapshot t left join lateral (
    select (array_agg(r.agrees order by r.id desc))[1] as agrees, bool_or(not r.agrees) as no from decisions_recheck r where r.snapshot_id = t.id) n on true
  where t.proceeding_id = asked
$$;
"""

WATCHED = """
create or replace function decisions_effect_watch(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
declare said text; how text := ''; status text; h registry_household; entry registry_watchentry;
begin
  if c.household_id is null or ((d #>> '{effect,asks_class}')::boolean is not true and d #>> '{effect,watched}' is null) then
    return;
  end if;
  select * into h from registry_household where id = c.household_id;
  select * into entry from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1;
  status := decisions_status_of(h.id);
  if (d #>> '{effect,asks_class}')::boolean then
    said := sig.detail ->> 'watch_class';
    if said is null or said not in ('unstable', 'marginal', 'sudden') then
      raise exception 'the class of watching is not said' using errcode = 'check_violation';
    elsif said = 'unstable' and status <> 'exited' then
      raise exception 'only a household that left poverty is watched as unstable' using errcode = 'check_violation';
    elsif said = 'marginal' and (status <> 'none' or h.kind = 'registered') then
      raise exception 'a registered household is not watched as one at the border' using errcode = 'check_violation';
    elsif jsonb_typeof(sig.detail -> 'measures') is distinct from 'array' or jsonb_array_length(sig.detail -> 'measures') = 0 then
      raise exception 'what help is needed is not said' using errcode = 'check_violation';
    end if;
  else
    said := d #>> '{effect,watched}';
    if said = 'none' then
      how := coalesce(sig.detail ->> 'mode', '');
      if how not in ('helped', 'natural') then
        raise exception 'how the risk was removed is not said' using errcode = 'check_violation';
      elsif entry.id is null or entry.watch_class = 'none' then
        raise exception 'since when it is watched is not known' using errcode = 'check_violation';
      elsif notices_today() - entry.since < coalesce(decisions_placed((d #>> '{effect,watched_days}')::int, d #> '{effect,watched_days_at}', c.place_code), 0) then
        raise exception 'it was not watched long enough' using errcode = 'check_violation';
      end if;
    end if;
  end if;
  insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at, recorded_by)
  values (c.household_id, c.place_code, said, how, notices_today(), 'case', 'P' || c.id, decisions_now(), sig.actor);
end $$;
-- A household is watched, or let go of, from where it stands now: as with its status, nothing is written over what is newer.
create function decisions_watch_begins() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare begins jsonb;
begin
  perform 1 from registry_household h where h.id = new.household_id for no key update;
  if new.basis <> 'case' then
    return new;
  end if;
  select d.definition -> 'begins_with' into begins from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
  where 'P' || p.id = new.case_number;
  if jsonb_array_length(begins) > 0 and not exists (
    select 1 from jsonb_array_elements_text(begins) one where one = any (decisions_states_of(new.household_id))) then
    raise exception 'the household does not stand where the procedure begins any more' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_household h where h.id = new.household_id and h.ended_on is not null) then
    raise exception 'the household has ended' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_watch_begins before insert on registry_watchentry for each row execute function decisions_watch_begins();
"""

# An appeal goes to where the procedure says, and in any case above whoever decided: nobody's office hears what it decided itself.
APPEALED = """
create function decisions_appeal_length(c decisions_proceeding, d jsonb) returns int language sql stable security definer set search_path = public, pg_temp as $$
  select least(case d #>> '{appeal,level}' when 'township' then 9 when 'county' then 6 when 'city' then 4 when 'province' then 2 end,
    (select case when length(p.place_code) >= 12 then 9 when length(p.place_code) = 9 then 6 when length(p.place_code) = 6 then 4 else 2 end
      from decisions_signature x join accounts_appointment a on a.id = x.appointment_id join accounts_post p on p.id = a.post_id
      where x.proceeding_id = c.id and (c.course = 'refused' and x.sign = 'no' and x.round = c.round
        or c.course <> 'refused' and x.sign = 'signed' and x.step = d ->> 'effect_at')
      order by x.number desc limit 1),
    (select case when length(o.goes_to) >= 12 then 9 when length(o.goes_to) = 9 then 6 when length(o.goes_to) = 6 then 4 else 2 end
      from notices_notice n join notices_objection o on o.notice_id = n.id
      where c.course = 'refused' and n.reference = format('proceeding:%s:%s:%s', c.id, c.at_step, c.round) and o.upheld order by o.id limit 1))
$$;
create or replace function decisions_appeal_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  c decisions_proceeding; d jsonb; n int; base date; who bigint; behind bigint; both_of bigint[]; place text; role text;
begin
  if tg_op = 'DELETE' then
    raise exception 'an appeal stays on record' using errcode = 'insufficient_privilege';
  end if;
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or not (c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()) then
    raise exception 'no such proceeding here' using errcode = 'check_violation';
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  if tg_op = 'INSERT' then
    n := decisions_days(d -> 'appeal', c.place_code);
    base := case when c.course = 'refused' then c.closed_on when d ->> 'direction' = 'leaving' then c.effect_on end;
    if n is null or base is null or new.answered_at is not null or new.upheld is not null or btrim(new.said) = '' then
      raise exception 'nothing here is appealed against' using errcode = 'check_violation';
    elsif new.came_on > notices_today() or new.came_on < base or new.came_on > notices_due(base, n, 'calendar') then
      raise exception 'the days of an appeal are over' using errcode = 'check_violation';
    end if;
    new.round := c.round;
    new.taken_at := decisions_now();
    return new;
  end if;
  if to_jsonb(new) - 'upheld' - 'answer' - 'answered_by' - 'answered_appointment_id' - 'answered_at'
       <> to_jsonb(old) - 'upheld' - 'answer' - 'answered_by' - 'answered_appointment_id' - 'answered_at' or old.answered_at is not null then
    raise exception 'an appeal is decided once' using errcode = 'insufficient_privilege';
  elsif new.upheld is null or btrim(new.answer) = '' then
    raise exception 'an appeal is decided with its reasons' using errcode = 'check_violation';
  end if;
  select h.who, h.stands, h.place, h.role into who, behind, place, role from decisions_holder(new.answered_appointment_id, c.place_code) h;
  both_of := array_remove(array[who, behind], null);
  if who is null or place = 'CN' or not (case decisions_appeal_length(c, d)
      when 9 then role = 'township_office' and length(place) = 9 when 6 then role = 'county_office' and length(place) = 6
      when 4 then role = 'higher_office' and length(place) = 4 when 2 then role = 'higher_office' and length(place) = 2 else false end) then
    raise exception 'this appeal is decided elsewhere' using errcode = 'check_violation';
  elsif new.taken_official_id = any (both_of) or decisions_had_a_part(both_of, c.id) or exists (select 1 from notices_objection o join notices_notice n on n.id = o.notice_id
        where decisions_of_notice(n.reference) = c.id and o.answered_official_id = any (both_of)) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  elsif decisions_are_kin(both_of, c.household_id) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  new.answered_at := decisions_now();
  return new;
end $$;
create or replace function decisions_appeal_follows() returns trigger language plpgsql security definer set search_path = public as $$
declare c decisions_proceeding; before text;
begin
  if not new.upheld then
    return null;
  end if;
  select * into c from decisions_proceeding where id = new.proceeding_id;
  if c.course = 'refused' then
    -- Done anew from where it was refused, unless the household has begun again meanwhile.
    if not exists (select 1 from decisions_proceeding x where x.kind = c.kind and x.household_id = c.household_id and x.course = 'open') then
      update decisions_proceeding set course = 'open', round = round + 1, step_since = notices_today() where id = c.id;
    end if;
  elsif c.household_id is not null and c.effect_status <> '' then
    -- What this proceeding took is given back, while nothing newer stands on it.
    if (select s.case_number from registry_statusentry s where s.household_id = c.household_id order by s.id desc limit 1) <> 'P' || c.id then
      raise exception 'its status has changed since' using errcode = 'check_violation';
    end if;
    select s.status into before from registry_statusentry s where s.household_id = c.household_id order by s.id desc offset 1 limit 1;
    if before is not null then
      insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
      values (c.household_id, c.place_code, before, notices_today(), 'case', 'A' || new.id, decisions_now(), new.answered_by);
      perform decisions_kind_follows(c.household_id, before);
    end if;
    update decisions_proceeding set course = 'ended' where id = c.id and course = 'open';
  elsif c.household_id is not null and c.effect_status = '' and exists (
      select 1 from registry_watchentry w where w.case_number = 'P' || c.id and w.household_id = c.household_id) then
    -- Watched again, in the class that was taken, while nothing newer stands on it.
    if (select w.case_number from registry_watchentry w where w.household_id = c.household_id order by w.id desc limit 1) <> 'P' || c.id then
      raise exception 'its status has changed since' using errcode = 'check_violation';
    end if;
    select w.watch_class into before from registry_watchentry w where w.household_id = c.household_id order by w.id desc offset 1 limit 1;
    if before is not null and before <> 'none' then
      insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at, recorded_by)
      values (c.household_id, c.place_code, before, '', notices_today(), 'case', 'A' || new.id, decisions_now(), new.answered_by);
    end if;
    update decisions_proceeding set course = 'ended' where id = c.id and course = 'open';
  end if;
  return null;
end $$;
"""

# An objection that is right, against what is not decided yet, ends the matter as refused with its answer as the reason: it can be
# appealed against and asked for again. Where the procedure names a step (if_no), it goes back there instead.
OBJECTED = """
create function decisions_objection_ends(wanted bigint) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_proceeding; s jsonb; d jsonb; to_step text; told text;
begin
  select n.reference into told from notices_objection o join notices_notice n on n.id = o.notice_id
  where o.id = wanted and o.upheld and o.answered_at is not null;
  select * into c from decisions_proceeding where id = decisions_of_notice(told) for update;
  if c.id is null or c.course <> 'open' or told <> format('proceeding:%s:%s:%s', c.id, c.at_step, c.round) then
    return;
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  select x into s from jsonb_array_elements(d -> 'steps') x where x ->> 'id' = c.at_step;
  if s ->> 'does' <> 'notice' or c.effect_on is not null then
    return;
  end if;
  to_step := coalesce(s ->> 'if_no', 'refused');
  if to_step in ('refused', 'ended') then
    update decisions_proceeding set course = to_step where id = c.id;
  else
    update decisions_proceeding set at_step = to_step, round = round + 1, step_since = notices_today() where id = c.id;
  end if;
end $$;
create function decisions_objection_follows() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform decisions_objection_ends(new.id);
  return null;
end $$;
create trigger decisions_objection_follows after update on notices_objection for each row when (old.upheld is null and new.upheld) execute function decisions_objection_follows();
select decisions_objection_ends(o.id) from notices_objection o where o.upheld;
-- Why these people answer no objection to it: they had a part in the matter, or answered what an appeal overruled, or are kin; empty where they may.
create function decisions_kept_from_answer(objection bigint, people bigint[]) returns text language sql stable set search_path = public, pg_temp as $$
  select coalesce((select case
    when decisions_had_a_part(people, c.id) or exists (
      select 1 from decisions_appeal a join notices_notice n on decisions_of_notice(n.reference) = a.proceeding_id join notices_objection o on o.notice_id = n.id
      where a.proceeding_id = c.id and a.upheld and o.upheld and o.id <> objection and o.answered_official_id = any (people)) then 'part'
    when decisions_are_kin(people, c.household_id) then 'kin' end
  from notices_objection x join notices_notice m on m.id = x.notice_id join decisions_proceeding c on c.id = decisions_of_notice(m.reference)
  where x.id = objection), '')
$$;
create or replace function decisions_objection_apart() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.answered_at is null or old.answered_at is not null then
    return new;
  end if;
  case decisions_kept_from_answer(new.id, decisions_all_of(new.answered_official_id, null))
    when 'part' then raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
    when 'kin' then raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
    else return new;
  end case;
end $$;
-- What a notice was of is over at that step: nothing is waited for any more, and a family's name does not stay on the board.
create or replace function notices_is_over(reference text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_proceeding c where c.id = decisions_of_notice(reference)
    and (c.course <> 'open' or reference <> format('proceeding:%s:%s:%s', c.id, c.at_step, c.round)))
$$;
"""

# The page of a notice on the web goes with its matter, at once; what hangs on the board is taken down by people.
UNPUBLISHED = """
create function decisions_notice_is_over() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update notices_publication p set down_on = notices_today() from notices_notice n
  where n.id = p.notice_id and p.down_on is null and n.reference = format('proceeding:%s:%s:%s', old.id, old.at_step, old.round);
  return null;
end $$;
create trigger decisions_notice_is_over after update on decisions_proceeding for each row
  when (old.course = 'open' and (new.course <> 'open' or new.at_step <> old.at_step or new.round <> old.round))
  execute function decisions_notice_is_over();
"""

# While something about a household is under way it stays where it is: its papers and signatures lie in its village.
STAYS = """
-- Named as a guard: where places themselves change, everything follows, and guards step aside (places_carry).
create function decisions_household_stays_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from decisions_proceeding c where c.household_id = new.id and c.course = 'open') then
    raise exception 'a proceeding of the household is under way' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_household_stays before update of village_code, ended_on on registry_household for each row
  when (old.village_code is distinct from new.village_code or old.ended_on is null and new.ended_on is not null)
  execute function decisions_household_stays_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0014_where_it_is_handled_and_what_the_web_may_show"),
        ("notices", "0005_what_is_over_comes_down"),
        ("registry", "0019_causes_and_incomes_not_known_are_tallied"),
    ]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (DAYS, PEOPLE, LACKS, SIGNED, WITHDRAWN, RECOMPUTED, WATCHED, APPEALED, OBJECTED, UNPUBLISHED, STAYS)
    ]
