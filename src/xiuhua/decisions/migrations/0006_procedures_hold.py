"""A proceeding goes as its procedure says: in order, by different people, on evidence, in its days. A status follows from it alone."""

from django.db import migrations

from xiuhua.places.scope import protect

TABLES = ("proceeding", "signature", "paper", "snapshot", "kin")

KEPT = """
create trigger decisions_procedure_owner_only before insert or update or delete on decisions_procedure for each row execute function notices_owner_only();
create trigger decisions_procedure_kept_whole before truncate on decisions_procedure for each statement execute function decisions_only_added();
create trigger decisions_signature_kept before update or delete on decisions_signature for each row execute function decisions_only_added();
create trigger decisions_signature_kept_whole before truncate on decisions_signature for each statement execute function decisions_only_added();
create trigger decisions_paper_kept before update or delete on decisions_paper for each row execute function decisions_only_added();
create trigger decisions_paper_kept_whole before truncate on decisions_paper for each statement execute function decisions_only_added();
create trigger decisions_snapshot_kept before update or delete on decisions_snapshot for each row execute function decisions_only_added();
create trigger decisions_snapshot_kept_whole before truncate on decisions_snapshot for each statement execute function decisions_only_added();
create trigger decisions_proceeding_kept_whole before truncate on decisions_proceeding for each statement execute function decisions_only_added();
create trigger decisions_kin_kept_whole before truncate on decisions_kin for each statement execute function decisions_only_added();
create function decisions_kin_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or to_jsonb(new) - 'until' <> to_jsonb(old) - 'until' or old.until is not null then
    raise exception 'kinship is ended, not changed' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger decisions_kin_guard before update or delete on decisions_kin for each row execute function decisions_kin_guard();
"""

BEGUN = """
create function decisions_status_of(home bigint) returns text language sql stable as $$
  select coalesce((select s.status from registry_statusentry s where s.household_id = home order by s.id desc limit 1), 'none')
$$;
create function decisions_proceeding_guard() returns trigger language plpgsql as $$
declare p decisions_procedure; h registry_household; kinds text[];
begin
  if tg_op = 'DELETE' then
    raise exception 'a proceeding is never removed' using errcode = 'insufficient_privilege';
  elsif tg_op = 'UPDATE' then
    if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      raise exception 'where a proceeding is follows from its signatures' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  select * into p from decisions_procedure where id = new.procedure_id;
  select * into h from registry_household where id = new.household_id;
  if h.id is null or h.village_code <> new.place_code or h.ended_on is not null then
    raise exception 'no such household here' using errcode = 'check_violation';
  end if;
  if p.id <> (select max(q.id) from decisions_procedure q where q.name = p.name) or new.kind <> p.kind or p.definition ->> 'subject' <> 'household' then
    raise exception 'no such procedure' using errcode = 'check_violation';
  end if;
  if new.as_of > notices_today() or new.as_of < p.since or (p.until is not null and new.as_of > p.until) then
    raise exception 'the procedure is not in force on this day' using errcode = 'check_violation';
  end if;
  kinds := array[decisions_status_of(h.id), case when h.kind = 'watched' then 'watched' else 'unwatched' end];
  if jsonb_array_length(p.definition -> 'begins_with') > 0 and not exists (
    select 1 from jsonb_array_elements_text(p.definition -> 'begins_with') one where one = any (kinds)) then
    raise exception 'the procedure does not begin from where the household stands' using errcode = 'check_violation';
  end if;
  if new.course <> 'open' or new.round <> 1 or new.at_step <> (p.definition #>> '{steps,0,id}') or new.effect_on is not null or new.effect_status <> '' then
    raise exception 'a proceeding begins at its first step' using errcode = 'check_violation';
  end if;
  new.begun_at := now();
  new.step_since := notices_today();
  return new;
end $$;
create trigger decisions_proceeding_guard before insert or update or delete on decisions_proceeding for each row execute function decisions_proceeding_guard();
"""

# Evidence and snapshots belong to the step that a proceeding is at, in this round: none is laid down for later or for before.
BROUGHT = """
create function decisions_brought_guard() returns trigger language plpgsql as $$
declare c decisions_proceeding;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or c.course <> 'open' or new.step <> c.at_step then
    raise exception 'this belongs to the step that the proceeding is at' using errcode = 'check_violation';
  end if;
  new.round := c.round;
  new.at := now();
  return new;
end $$;
create trigger decisions_paper_brought before insert on decisions_paper for each row execute function decisions_brought_guard();
create trigger decisions_snapshot_brought before insert on decisions_snapshot for each row execute function decisions_brought_guard();
"""

SIGNED = """
create function decisions_may_sign(wanted jsonb, role text, office text, place text) returns boolean language sql immutable as $$
  select coalesce(bool_or(case one
    when 'village_worker' then role = 'village_worker' when 'work_team' then role = 'village_worker' and office = 'work_team'
    when 'township_office' then role = 'township_office' when 'county_office' then role = 'county_office'
    when 'county_leader' then role = 'leader' and length(place) = 6 when 'city_office' then role = 'higher_office' and length(place) = 4
    when 'province_office' then role = 'higher_office' and length(place) = 2 and place <> 'CN' when 'outside' then role = 'auditor' and length(place) <= 4
    else false end), false)
  from jsonb_array_elements_text(wanted) one
$$;
-- Whether what a step rests on is there; the reason why not, or null. Runs inside the guard, as the owner.
create function decisions_step_lacks(c decisions_proceeding, s jsonb, detail jsonb, leaving boolean) returns text language plpgsql set search_path = public as $$
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
    elsif n.days < (s #>> '{days,least}')::int or n.count <> (s #>> '{days,count}') then
      return 'the notice hung too short';
    elsif n.taken_down_on is null then
      return 'the notice still hangs';
    elsif exists (select 1 from notices_objection o where o.notice_id = n.id and (o.answered_at is null or o.upheld)) then
      return 'an objection stands';
    end if;
  end if;
  if jsonb_array_length(s -> 'rules') > 0 then
    select * into shot from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round order by x.id desc limit 1;
    if shot.id is null then
      return 'what it is decided on was not kept';
    end if;
    for name in select * from jsonb_array_elements_text(s -> 'rules') loop
      if leaving and (shot.outcomes #>> array[name, 'result'] is distinct from 'holds' or shot.outcomes #>> array[name, 'evidence'] is distinct from 'checked') then
        return 'a standard does not hold, or nobody checked it: ' || name;
      end if;
    end loop;
  end if;
  return null;
end $$;
create function decisions_signature_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  c decisions_proceeding; d jsonb; s jsonb; i int; who bigint; place text; role text; office text; lacks text; to_step text;
  status text; leaving boolean;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or not (c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()) then
    raise exception 'no such proceeding here' using errcode = 'check_violation';
  end if;
  new.at := now();
  select a.official_id, p.place_code, p.role, p.office into who, place, role, office
  from accounts_appointment a join accounts_post p on p.id = a.post_id left join accounts_appointment x on x.id = a.deputy_for_id
  where a.id = new.appointment_id and a.since <= notices_today() and (a.until is null or a.until >= notices_today())
    and (x.id is null or (x.since <= notices_today() and (x.until is null or x.until >= notices_today())));
  if who is null or left(c.place_code, length(place)) <> place and place <> 'CN' then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  end if;
  if c.course <> 'open' or new.step <> c.at_step then
    raise exception 'the proceeding is not at this step' using errcode = 'check_violation';
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  leaving := d ->> 'direction' = 'leaving';
  select x.at::int - 1, x.one into i, s from jsonb_array_elements(d -> 'steps') with ordinality x(one, at) where x.one ->> 'id' = c.at_step;
  new.official_id := who;
  new.round := c.round;
  select coalesce(max(x.number), 0) + 1 into new.number from decisions_signature x where x.proceeding_id = c.id;
  if exists (select 1 from decisions_kin k where k.official_id = who and k.household_id = c.household_id and (k.until is null or k.until >= notices_today())) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  if new.sign = 'withdrawn' then
    if c.effect_on is not null or not (role = any (array['village_worker', 'township_office', 'county_office'])) or new.reason = '' then
      raise exception 'it cannot be taken back' using errcode = 'check_violation';
    end if;
    update decisions_proceeding set course = 'withdrawn' where id = c.id;
    return new;
  end if;
  if not decisions_may_sign(s -> 'who', role, office, place) then
    raise exception 'this post does not sign this step' using errcode = 'check_violation';
  end if;
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.official_id = who and x.step <> c.at_step
      and (s -> 'apart_from' @> '["all"]' or s -> 'apart_from' @> to_jsonb(x.step))) then
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
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'signed' and x.official_id = who) then
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
    status := d #>> '{effect,status}';
    if leaving and jsonb_array_length(d -> 'rules') > 0 and jsonb_array_length(s -> 'rules') = 0 then
      raise exception 'nobody leaves but by the standards' using errcode = 'check_violation';
    end if;
    if not exists (select 1 from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round) then
      raise exception 'what it is decided on was not kept' using errcode = 'check_violation';
    end if;
    update decisions_proceeding set effect_on = notices_today(), effect_status = coalesce(status, '') where id = c.id;
    if status is not null then
      insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
      values (c.household_id, c.place_code, status, notices_today(), 'case', 'P' || c.id, now(), new.actor);
    end if;
  end if;
  if i = jsonb_array_length(d -> 'steps') - 1 then
    update decisions_proceeding set course = 'decided' where id = c.id;
  else
    update decisions_proceeding set at_step = d #>> array['steps', (i + 1)::text, 'id'], step_since = notices_today() where id = c.id;
  end if;
  return new;
end $$;
create trigger decisions_signature_guard before insert on decisions_signature for each row execute function decisions_signature_guard();
create function decisions_objection_apart() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.answered_at is not null and old.answered_at is null and exists (
    select 1 from decisions_signature x join notices_notice n on n.id = new.notice_id
    where n.reference like 'proceeding:' || x.proceeding_id || ':%' and x.official_id = new.answered_official_id) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_objection_apart before update on notices_objection for each row execute function decisions_objection_apart();
"""

STATUS = """
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
    -- The move's own door answers its transfer after it wrote these rows; before and afterwards nobody else can.
    if not exists (select 1 from decisions_transfer t join decisions_casestep s on s.case_id = t.case_number and s.act = 'received'
        where t.case_number::text = new.case_number and left(new.village_code, length(t.place_code)) = t.place_code and t.household is null) then
      raise exception 'no move was received: a status changes only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.basis = 'case' then
    -- Its proceeding has just taken effect and said so before it wrote this row; where it is, only its signatures say.
    if not exists (select 1 from decisions_proceeding p where 'P' || p.id = new.case_number and p.household_id = new.household_id
        and p.effect_status = new.status and p.effect_on = new.since)
       or exists (select 1 from registry_statusentry e where e.case_number = new.case_number and e.household_id = new.household_id) then
      raise exception 'no approved case: a status changes only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
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


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0005_proceedings"),
        ("notices", "0002_days_run_and_objections_are_answered"),
        ("registry", "0013_history_is_only_added_to"),
    ]
    operations = [
        *(migrations.RunSQL(*protect(f"decisions_{table}", "place_code")) for table in TABLES),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (KEPT, BEGUN, BROUGHT, SIGNED, STATUS)),
    ]
