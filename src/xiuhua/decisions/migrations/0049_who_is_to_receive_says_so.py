"""Within a county, too, whoever is to receive says yes or no first: a change of people that leads into another township is offered to that
township's own office, and the county carries out only what it accepted. Into another village of the same township: the village is told."""

from django.db import migrations, models

import xiuhua.decisions.terms

# The household of its own county that somebody goes into, and the village of its county that a case leads to; null for one that
# leads nowhere else. Asked anew at each step: a household may have moved since, a village have another code.
GOES_TO = """
create function decisions_goes_into(c decisions_case) returns bigint language sql stable set search_path = public, pg_temp as $$
  select case c.kind when 'merge' then (c.payload ->> 'into')::bigint when 'taken_move' then (c.payload ->> 'to_household')::bigint end
$$;
create function decisions_goes_to(c decisions_case) returns text language sql stable set search_path = public, pg_temp as $$
  select case when c.kind in ('move', 'taken_household_move') then coalesce(c.payload ->> 'village', '')
    when c.kind in ('merge', 'taken_move') then coalesce((select h.village_code from registry_household h where h.id = decisions_goes_into(c)), '') end
$$;
-- As the owner: the household that somebody goes into may lie elsewhere. Tells of a case of one's area the township that is to receive.
create function decisions_receiving(wanted bigint) returns text language sql stable security definer set search_path = public, pg_temp as $$
  select nullif(left(decisions_goes_to(c), 9), left(c.place_code, 9)) from decisions_case c
  where c.id = wanted and c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()
$$;
"""

# As in 0002, and besides: what leads into another township is offered when it is proposed, and waits until that township's own office
# has answered; who answered decides nothing else of it; what touches two townships is carried out and undone by a post over both.
STEPS = """
create or replace function decisions_step_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c decisions_case; who bigint; place text; role text; after text; needs text; goes text; crosses boolean;
  day date := (new.at at time zone 'Asia/Shanghai')::date;
  offices text[] := array['township_office', 'county_office'];
begin
  select * into c from decisions_case where id = new.case_id for update;
  if c.id is null or c.place_code <> new.place_code then
    raise exception 'no such case here' using errcode = 'check_violation';
  end if;
  goes := decisions_goes_to(c);
  crosses := coalesce(left(goes, 9) <> left(c.place_code, 9), false);
  if left(goes, 6) <> left(c.place_code, 6) then
    raise exception 'where it goes is no village of this county' using errcode = 'check_violation';
  end if;
  select a.official_id, p.place_code, p.role into who, place, role
  from accounts_appointment a join accounts_post p on p.id = a.post_id left join accounts_appointment d on d.id = a.deputy_for_id
  where a.id = new.appointment_id and a.since <= day and (a.until is null or a.until >= day)
    and (d.id is null or (d.since <= day and (d.until is null or d.until >= day)));
  if who is null then
    raise exception 'not in this post today' using errcode = 'check_violation';
  end if;
  select r.after, r.needs into after, needs from (values
    ('proposed', 'drafted', case when crosses then 'sent' else 'pending' end, 'propose'),
    ('resubmitted', 'returned', case when crosses then 'sent' else 'pending' end, 'propose'),
    ('withdrawn', 'pending', 'withdrawn', 'own'), ('withdrawn', 'returned', 'withdrawn', 'own'), ('withdrawn', 'sent', 'withdrawn', 'own'),
    ('returned', 'pending', 'returned', 'decide'), ('refused', 'pending', 'refused', 'decide'),
    ('returned', 'sent', 'returned', 'decide'), ('refused', 'sent', 'refused', 'decide'),
    ('accepted', 'pending', 'accepted', 'decide'), ('agreed', 'pending', 'sent', 'decide'),
    ('received', 'sent', case when c.to_code = '' then 'pending' else 'accepted' end, 'receive'), ('declined', 'sent', 'refused', 'receive'),
    ('declined', 'pending', 'refused', 'receive'),
    ('undo_asked', 'accepted', 'undo_asked', 'propose'),
    ('undone', 'undo_asked', 'undone', 'decide'), ('undo_refused', 'undo_asked', 'accepted', 'decide')
  ) as r(act, before, after, needs) where r.act = new.act and r.before = c.state;
  if needs is null or (new.act = 'accepted' and c.to_code <> '') or (new.act = 'agreed' and c.to_code = '')
     or (new.act in ('returned', 'refused') and c.state = 'sent' and c.to_code <> '') or (new.act = 'declined' and c.state = 'pending' and not crosses) then
    raise exception 'a case in state % takes no step %', c.state, new.act using errcode = 'check_violation';
  end if;
  if needs = 'own' then
    if not exists (select 1 from decisions_casestep s where s.case_id = c.id and s.act in ('proposed', 'resubmitted') and s.official_id = who) then
      raise exception 'only who proposed takes back' using errcode = 'check_violation';
    end if;
  elsif needs = 'receive' and c.to_code = '' then
    if place <> left(goes, 9) or role <> 'township_office' then
      raise exception 'only the township that it goes to receives' using errcode = 'check_violation';
    end if;
  elsif left(case needs when 'receive' then c.to_code else c.place_code end, length(place)) <> place
     or not (role = any (case needs when 'propose' then offices || 'village_worker'::text else offices end)) then
    raise exception 'this post does not % here', needs using errcode = 'check_violation';
  elsif crosses and new.act in ('accepted', 'undone', 'undo_refused') and left(goes, length(place)) <> place then
    raise exception 'it touches two townships' using errcode = 'check_violation';
  end if;
  if needs in ('decide', 'receive') and exists (
    select 1 from decisions_casestep s where s.case_id = c.id and s.official_id = who
      and case needs when 'receive' then s.act <> 'received'
        else (c.state = 'undo_asked') = (s.act = 'undo_asked') and s.act in ('proposed', 'resubmitted', 'received', 'undo_asked') end
  ) then
    raise exception 'nobody decides what they proposed' using errcode = 'check_violation';
  end if;
  if new.act = 'accepted' and crosses and not exists (
    select 1 from decisions_transfer t where t.case_number = c.id and t.answer = 'received' and left(t.place_code, 9) = left(goes, 9)
  ) then
    raise exception 'the township that it goes to has not received it' using errcode = 'check_violation';
  end if;
  new.official_id := who;
  select coalesce(max(s.number), 0) + 1 into new.number from decisions_casestep s where s.case_id = c.id;
  update decisions_case set state = after where id = c.id;
  update decisions_transfer set
    -- Corrected so that it goes nowhere else any more, it is over for whom it was offered to.
    state = case when goes = c.place_code then 'withdrawn' else after end,
    answer = case when new.act in ('received', 'declined') or new.act = 'withdrawn' and c.state = 'sent' then new.act else answer end,
    answered_by = case when new.act in ('received', 'declined') then new.post else answered_by end,
    answered_at = case when new.act in ('received', 'declined') or new.act = 'withdrawn' and c.state = 'sent' then new.at else answered_at end,
    answer_reason = case when new.act in ('received', 'declined') then new.reason else answer_reason end
  where case_number = c.id;
  if new.act = 'agreed' or (new.act in ('proposed', 'resubmitted') and goes <> c.place_code) then
    -- `household`: where somebody comes into, or what comes; never empty but of another county's, where its own door fills it in.
    insert into decisions_transfer (case_number, kind, place_code, from_code, head_name, about, people, registered, effective_on, reason, offered_by,
      offered_at, state, answer, answered_by, answer_reason, household)
    select c.id, c.kind, coalesce(goes, c.to_code), c.place_code, case when c.kind = 'taken_move' then '' else coalesce(h.head_name, '') end,
      coalesce((select p.name from registry_person p where c.kind = 'taken_move' and p.id = (c.payload ->> 'person')::bigint), ''),
      case when c.kind = 'taken_move' then 1 else (select count(*) from registry_membership m where m.household_id = h.id and m.until is null) end,
      h.kind = 'registered', c.effective_on, c.reason, new.post, new.at, after, '', '', '',
      case when goes is not null then coalesce(decisions_goes_into(c), h.id) end
    from registry_household h where h.id = c.households[1]
    on conflict (case_number) do update set (place_code, head_name, about, people, registered, effective_on, reason, offered_by, offered_at, state, answer,
      answered_by, answered_at, answer_reason, household) = (excluded.place_code, excluded.head_name, excluded.about, excluded.people, excluded.registered,
      excluded.effective_on, excluded.reason, excluded.offered_by, excluded.offered_at, excluded.state, '', '', null, '', excluded.household);
  end if;
  return new;
end $$;
"""

# As in 0027; whoever received it for the township does not decide it as the county, not through a deputy either.
APART = """
create or replace function decisions_step_kept_apart() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare both_of bigint[];
begin
  if new.act not in ('returned', 'refused', 'accepted', 'agreed', 'received', 'declined', 'undone', 'undo_refused') then
    return new;
  end if;
  select array_remove(array[new.official_id, d.official_id], null) into both_of
  from accounts_appointment a left join accounts_appointment d on d.id = a.deputy_for_id where a.id = new.appointment_id;
  if exists (select from decisions_case c, unnest(c.households) home where c.id = new.case_id and decisions_are_kin(both_of, home)) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  if exists (
    select from decisions_casestep s join accounts_appointment a on a.id = s.appointment_id left join accounts_appointment d on d.id = a.deputy_for_id
    where s.case_id = new.case_id and (s.official_id = any (both_of) or d.official_id = any (both_of))
      and case when new.act in ('undone', 'undo_refused') then s.act = 'undo_asked'
        else s.act in ('proposed', 'resubmitted') or s.act = 'received' and new.act not in ('received', 'declined') end
  ) then
    raise exception 'nobody decides what they proposed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# The receiving office's door, as in 0002. Within a county nothing is carried over by it: the county does that, with both sides before it.
# The case is held before its transfer, as by every step.
ANSWER = """
create or replace function decisions_answer(wanted bigint, said text, village text, new_number text, appointment bigint, by_name text, by_post text,
  why text, moment timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare t decisions_transfer; c decisions_case; home bigint;
begin
  select k.* into c from decisions_case k join decisions_transfer x on x.case_number = k.id where x.id = wanted for update of k;
  select * into t from decisions_transfer where id = wanted for update;
  if t.id is null or not (t.place_code >= places_scope_lo() and t.place_code < places_scope_hi()) or said not in ('received', 'declined')
     or not (t.answer = '' or c.to_code = '' and t.answer = 'received' and said = 'declined') then
    raise exception 'no such transfer waits here' using errcode = 'check_violation';
  end if;
  if said = 'declined' and btrim(why) = '' then
    raise exception 'a no has its reason' using errcode = 'check_violation';
  end if;
  insert into decisions_casestep (case_id, place_code, number, act, appointment_id, official_id, actor, post, reason, detail, at)
  values (c.id, c.place_code, 0, said, appointment, null, by_name, by_post, why, '{}', moment);
  if said = 'received' and c.to_code <> '' then
    if left(village, length(t.place_code)) <> t.place_code or length(village) <> 12
       or not (village >= places_scope_lo() and village < places_scope_hi()) then
      raise exception 'the village lies elsewhere' using errcode = 'check_violation';
    end if;
    if new_number = '' then
      select number into new_number from registry_household where id = c.households[1];
    end if;
    home := registry_carry_household(c.households[1], village, new_number, c.effective_on, c.id, by_name);
    update decisions_transfer set household = home where id = t.id;
  end if;
  return home;
end $$;
"""

# What was offered before this stands where its case does. A change between two townships that waits for the county, offered to nobody, is
# given back by it and proposed again: then the township is asked.
BEFORE = "update decisions_transfer t set state = c.state from decisions_case c where c.id = t.case_number;"


class Migration(migrations.Migration):
    dependencies = [("decisions", "0048_who_is_entered_and_who_is_told")]
    operations = [
        migrations.AddField("transfer", "kind", models.CharField(default="move_away", max_length=40)),
        migrations.AddField("transfer", "about", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField(
            "transfer",
            "state",
            models.CharField(
                choices=xiuhua.decisions.terms.State.choices(),
                default=xiuhua.decisions.terms.State["SENT"],
                max_length=12,
            ),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (GOES_TO, STEPS, APART, ANSWER, BEFORE)),
    ]
