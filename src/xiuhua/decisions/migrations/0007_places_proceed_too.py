"""Villages and counties proceed too. The guard of signatures in its parts, and a deputy is held to whatever the one they stand in for is."""

import django.db.models.deletion
from django.db import migrations, models

STANDS = """
-- Where a household stands: its status, and whether it is watched.
create function decisions_states_of(home bigint) returns text[] language sql stable set search_path = public as $$
  select array[decisions_status_of(h.id), case when h.kind = 'watched' then 'watched' else 'unwatched' end] from registry_household h where h.id = home
$$;
-- Where a village or county stands: poor while its list says so and nothing was decided; nothing where the list says nothing.
create function decisions_place_states(code text) returns text[] language sql stable set search_path = public as $$
  select array_remove(array[coalesce(
    (select s.status from places_placestatus s where s.place_code = code order by s.id desc limit 1),
    case (select coalesce((select r.poor_village from places_villagerecord r where r.village_code = code order by r.as_of desc limit 1),
                          (select r.poor_county from places_countyrecord r where r.county_code = code order by r.as_of desc limit 1)))
      when true then 'poor' when false then 'none' end)], null)
$$;
"""

BEGUN = """
create or replace function decisions_proceeding_guard() returns trigger language plpgsql as $$
declare p decisions_procedure; h registry_household; stands text[]; subject text;
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
  subject := p.definition ->> 'subject';
  if p.id is null or p.id <> (select max(q.id) from decisions_procedure q where q.name = p.name) or new.kind <> p.kind
     or subject not in ('household', 'village', 'county') then
    raise exception 'no such procedure' using errcode = 'check_violation';
  end if;
  if subject = 'household' then
    select * into h from registry_household where id = new.household_id;
    if h.id is null or h.village_code <> new.place_code or h.ended_on is not null then
      raise exception 'no such household here' using errcode = 'check_violation';
    end if;
    stands := decisions_states_of(h.id);
  else
    if new.household_id is not null or not exists (
        select 1 from places_place x where x.code = new.place_code and x.level = subject and x.until is null) then
      raise exception 'no such place here' using errcode = 'check_violation';
    end if;
    stands := decisions_place_states(new.place_code);
  end if;
  if new.as_of > notices_today() or new.as_of < p.since or (p.until is not null and new.as_of > p.until) then
    raise exception 'the procedure is not in force on this day' using errcode = 'check_violation';
  end if;
  if jsonb_array_length(p.definition -> 'begins_with') > 0 and not exists (
    select 1 from jsonb_array_elements_text(p.definition -> 'begins_with') one where one = any (stands)) then
    raise exception 'the procedure does not begin from where it stands' using errcode = 'check_violation';
  end if;
  if new.course <> 'open' or new.round <> 1 or new.at_step <> (p.definition #>> '{steps,0,id}') or new.effect_on is not null or new.effect_status <> '' then
    raise exception 'a proceeding begins at its first step' using errcode = 'check_violation';
  end if;
  new.begun_at := now();
  new.step_since := notices_today();
  return new;
end $$;
"""

# Of a household, what was only reported does not let it leave. Of a village or county, figures are counted from its
# households and lists, which nobody checks one by one: there the step's own people check, and what fails or is not known stops.
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
      if leaving and (shot.outcomes #>> array[name, 'result'] is distinct from 'holds'
          or c.household_id is not null and shot.outcomes #>> array[name, 'evidence'] is distinct from 'checked') then
        return 'a standard does not hold, or nobody checked it: ' || name;
      end if;
    end loop;
  end if;
  return null;
end $$;
"""

# What a procedure does when it takes effect, each kind of effect for itself. All run inside the guard, as the owner.
EFFECTS = """
-- Whoever has a status is a registered household; whoever was wrongly listed is one like any other, and may apply again.
create function decisions_kind_follows(home bigint, said text) returns void language sql set search_path = public as $$
  update registry_household set kind = case said when 'removed' then 'other' else 'registered' end
  where id = home and kind <> case said when 'removed' then 'other' else 'registered' end
$$;
create function decisions_effect_status(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
begin
  if c.household_id is not null and d #>> '{effect,status}' is not null then
    insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
    values (c.household_id, c.place_code, d #>> '{effect,status}', notices_today(), 'case', 'P' || c.id, decisions_now(), sig.actor);
    perform decisions_kind_follows(c.household_id, d #>> '{effect,status}');
  end if;
end $$;
create function decisions_effect_watch(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
begin
  return;
end $$;
create function decisions_effect_place(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
declare said text := d #>> array['effect', d ->> 'subject'];
begin
  if c.household_id is null and said is not null then
    insert into places_placestatus (place_code, status, since, case_number, recorded_at, recorded_by)
    values (c.place_code, said, notices_today(), 'P' || c.id, decisions_now(), sig.actor);
  end if;
end $$;
create function decisions_take_effect(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
begin
  -- Said before the rows are written: their own guards ask for it.
  update decisions_proceeding set effect_on = notices_today(),
    effect_status = coalesce(d #>> '{effect,status}', d #>> array['effect', d ->> 'subject'], '') where id = c.id;
  perform decisions_effect_status(c, d, sig);
  perform decisions_effect_watch(c, d, sig);
  perform decisions_effect_place(c, d, sig);
end $$;
create function places_status_guard() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if not exists (select 1 from decisions_proceeding p where 'P' || p.id = new.case_number and p.subject_code = new.place_code
      and p.effect_status = new.status and p.effect_on = new.since) then
    raise exception 'no approved case: a place leaves only through a procedure' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger places_status_guard before insert on places_placestatus for each row execute function places_status_guard();
create trigger places_status_kept before update or delete on places_placestatus for each row execute function decisions_only_added();
create trigger places_status_kept_whole before truncate on places_placestatus for each statement execute function decisions_only_added();
"""

# One clock: moments follow the database's day, which a demonstration or a test moves.
CLOCK = """
create function decisions_now() returns timestamptz language sql stable security definer set search_path = public as $$
  select now() + make_interval(days => coalesce((select days_ahead from notices_clock), 0))
$$;
"""

WITHDRAWN = """
-- Who may take a proceeding back: the office where the procedure says so; the household, which an office of any level records,
-- and for what it applied for only with its own paper; what nobody signed yet was begun by mistake.
create function decisions_may_withdraw(c decisions_proceeding, d jsonb, role text) returns boolean language sql stable set search_path = public as $$
  select case
    when c.effect_on is not null then false
    when d ->> 'withdrawn_by' = 'office' then role = any (array['township_office', 'county_office', 'higher_office'])
    when not (role = any (array['village_worker', 'township_office', 'county_office'])) then false
    when d ->> 'withdrawn_by' = 'household' and d ->> 'direction' = 'entering' then
      not exists (select 1 from decisions_signature x where x.proceeding_id = c.id)
      or exists (select 1 from decisions_paper p where p.proceeding_id = c.id and p.step = c.at_step and p.round = c.round and p.what = 'withdrawal')
    else true end
$$;
-- Whether somebody's no at this step was overruled: then others do it anew. Appeals come in a later migration.
create function decisions_overruled(c decisions_proceeding, people bigint[]) returns boolean language sql stable set search_path = public as $$
  select false
$$;
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
  select a.official_id, x.official_id, p.place_code, p.role, p.office into who, behind, place, role, office
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
  new.deputises_id := behind;
  both_of := array_remove(array[who, behind], null);
  new.round := c.round;
  select coalesce(max(x.number), 0) + 1 into new.number from decisions_signature x where x.proceeding_id = c.id;
  if exists (select 1 from decisions_kin k where k.official_id = any (both_of) and k.household_id = c.household_id and (k.until is null or k.until >= notices_today())) then
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
    if not exists (select 1 from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round) then
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
-- Whoever stands in for somebody who had a part in it had one too.
create or replace function decisions_objection_apart() returns trigger language plpgsql security definer set search_path = public as $$
declare both_of bigint[];
begin
  if new.answered_at is not null and old.answered_at is null then
    select array_agg(x.official_id) || new.answered_official_id into both_of
    from accounts_appointment a join accounts_appointment x on x.id = a.deputy_for_id
    where a.official_id = new.answered_official_id and a.since <= notices_today() and (a.until is null or a.until >= notices_today());
    both_of := coalesce(both_of, array[new.answered_official_id]);
    if exists (select 1 from decisions_signature x join notices_notice n on n.id = new.notice_id
      where n.reference like 'proceeding:' || x.proceeding_id || ':%' and (x.official_id = any (both_of) or x.deputises_id = any (both_of))) then
      raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_tokens_for_programs"),
        ("decisions", "0006_procedures_hold"),
        ("places", "0007_places_leave_poverty"),
        ("registry", "0016_exits_are_tallied"),
    ]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="deputises",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.official"
            ),
        ),
        migrations.AlterField(
            model_name="proceeding",
            name="household",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.household"
            ),
        ),
        migrations.AddField(
            model_name="proceeding",
            name="subject_code",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(household__isnull=True, then=models.F("place_code")), default=models.Value("")
                ),
                output_field=models.CharField(db_collation="C", max_length=12),
            ),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("course", "open"), ("household__isnull", True)),
                fields=("kind", "subject_code"),
                name="one_open_proceeding_of_a_kind_and_place",
            ),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (STANDS, BEGUN, LACKS, CLOCK, EFFECTS, WITHDRAWN, SIGNED)),
    ]
