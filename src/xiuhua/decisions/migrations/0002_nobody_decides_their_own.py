"""Cases are seen within their area; steps are only added, in order, by whoever may, and never by one person on both sides."""

from django.db import migrations

from xiuhua.places.scope import protect

TABLES = ("case", "casestep", "caseevidence", "transfer")

# Functions that write run as the owner (security definer); a guard knows them by that. A page is never the owner.
KEPT = """
create function decisions_only_added() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger decisions_step_kept before update or delete on decisions_casestep for each row execute function decisions_only_added();
create trigger decisions_step_kept_whole before truncate on decisions_casestep for each statement execute function decisions_only_added();
create trigger decisions_evidence_kept before update or delete on decisions_caseevidence for each row execute function decisions_only_added();
create trigger decisions_evidence_kept_whole before truncate on decisions_caseevidence for each statement execute function decisions_only_added();
create function decisions_case_guard() returns trigger language plpgsql as $$
declare owner text;
begin
  select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
  if tg_op = 'DELETE' then
    raise exception 'a case is never removed' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new.state <> 'drafted' then
      raise exception 'a case begins as a draft' using errcode = 'check_violation';
    end if;
  else
    if new.state <> old.state and current_user <> owner then
      raise exception 'the state of a case follows from its steps' using errcode = 'check_violation';
    end if;
    if (new.kind, new.place_code, new.begun_at, new.to_code) is distinct from (old.kind, old.place_code, old.begun_at, old.to_code)
       -- A number sealed anew under a new key is the same number: its blind index stays, and is asked when it is used.
       or (old.state not in ('drafted', 'returned') and to_jsonb(new) - 'state' - 'id_sealed' <> to_jsonb(old) - 'state' - 'id_sealed') then
      raise exception 'what was proposed is corrected only after it was returned' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger decisions_case_guard before insert or update or delete on decisions_case for each row execute function decisions_case_guard();
create trigger decisions_case_kept before truncate on decisions_case for each statement execute function decisions_only_added();
create function decisions_transfer_guard() returns trigger language plpgsql as $$
declare owner text;
begin
  select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
  if tg_op = 'DELETE' or current_user <> owner then
    raise exception 'a transfer is offered and answered through its case' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger decisions_transfer_guard before insert or update or delete on decisions_transfer for each row execute function decisions_transfer_guard();
create trigger decisions_transfer_kept before truncate on decisions_transfer for each statement execute function decisions_only_added();
"""

# What may follow what, and who may do it. `propose` and `decide`: a post whose place covers the case's; `own`: whoever
# proposed; `receive`: a post that covers where the household goes to.
STEPS = """
create function decisions_step_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  c decisions_case; who bigint; place text; role text; after text; needs text;
  day date := (new.at at time zone 'Asia/Shanghai')::date;
  offices text[] := array['township_office', 'county_office'];
begin
  select * into c from decisions_case where id = new.case_id for update;
  if c.id is null or c.place_code <> new.place_code then
    raise exception 'no such case here' using errcode = 'check_violation';
  end if;
  select a.official_id, p.place_code, p.role into who, place, role
  from accounts_appointment a join accounts_post p on p.id = a.post_id left join accounts_appointment d on d.id = a.deputy_for_id
  where a.id = new.appointment_id and a.since <= day and (a.until is null or a.until >= day)
    and (d.id is null or (d.since <= day and (d.until is null or d.until >= day)));
  if who is null then
    raise exception 'not in this post today' using errcode = 'check_violation';
  end if;
  select r.after, r.needs into after, needs from (values
    ('proposed', 'drafted', 'pending', 'propose'), ('resubmitted', 'returned', 'pending', 'propose'),
    ('withdrawn', 'pending', 'withdrawn', 'own'), ('withdrawn', 'returned', 'withdrawn', 'own'), ('withdrawn', 'sent', 'withdrawn', 'own'),
    ('returned', 'pending', 'returned', 'decide'), ('refused', 'pending', 'refused', 'decide'),
    ('accepted', 'pending', 'accepted', 'decide'), ('agreed', 'pending', 'sent', 'decide'),
    ('received', 'sent', 'accepted', 'receive'), ('declined', 'sent', 'refused', 'receive'),
    ('undo_asked', 'accepted', 'undo_asked', 'propose'),
    ('undone', 'undo_asked', 'undone', 'decide'), ('undo_refused', 'undo_asked', 'accepted', 'decide')
  ) as r(act, before, after, needs) where r.act = new.act and r.before = c.state;
  if needs is null or (new.act = 'accepted' and c.to_code <> '') or (new.act = 'agreed' and c.to_code = '') then
    raise exception 'a case in state % takes no step %', c.state, new.act using errcode = 'check_violation';
  end if;
  if needs = 'own' then
    if not exists (select 1 from decisions_casestep s where s.case_id = c.id and s.act in ('proposed', 'resubmitted') and s.official_id = who) then
      raise exception 'only who proposed takes back' using errcode = 'check_violation';
    end if;
  elsif left(case needs when 'receive' then c.to_code else c.place_code end, length(place)) <> place
     or not (role = any (case needs when 'propose' then offices || 'village_worker'::text else offices end)) then
    raise exception 'this post does not % here', needs using errcode = 'check_violation';
  end if;
  if needs in ('decide', 'receive') and exists (
    select 1 from decisions_casestep s where s.case_id = c.id and s.official_id = who
      and (needs = 'receive' or (c.state = 'undo_asked') = (s.act = 'undo_asked') and s.act in ('proposed', 'resubmitted', 'undo_asked'))
  ) then
    raise exception 'nobody decides what they proposed' using errcode = 'check_violation';
  end if;
  new.official_id := who;
  select coalesce(max(s.number), 0) + 1 into new.number from decisions_casestep s where s.case_id = c.id;
  update decisions_case set state = after where id = c.id;
  if new.act = 'agreed' then
    insert into decisions_transfer (case_number, place_code, from_code, head_name, people, registered, effective_on, reason, offered_by, offered_at,
      answer, answered_by, answer_reason)
    select c.id, c.to_code, c.place_code, coalesce(h.head_name, ''), (select count(*) from registry_membership m where m.household_id = h.id and m.until is null),
      h.kind = 'registered', c.effective_on, c.reason, new.post, new.at, '', '', ''
    from registry_household h where h.id = c.households[1];
  elsif new.act = 'withdrawn' and c.state = 'sent' then
    update decisions_transfer set answer = 'withdrawn', answered_at = new.at where case_number = c.id;
  end if;
  return new;
end $$;
create trigger decisions_step_guard before insert on decisions_casestep for each row execute function decisions_step_guard();
"""

# The receiving office's door: it answers one transfer of its own area. Only with the answer the household comes over.
ANSWER = """
create function decisions_answer(wanted bigint, said text, village text, new_number text, appointment bigint, by_name text, by_post text,
  why text, moment timestamptz) returns bigint
language plpgsql security definer set search_path = public as $$
declare t decisions_transfer; c decisions_case; home bigint;
begin
  select * into t from decisions_transfer where id = wanted for update;
  if t.id is null or not (t.place_code >= places_scope_lo() and t.place_code < places_scope_hi()) or t.answer <> ''
     or said not in ('received', 'declined') then
    raise exception 'no such transfer waits here' using errcode = 'check_violation';
  end if;
  select * into c from decisions_case where id = t.case_number for update;
  insert into decisions_casestep (case_id, place_code, number, act, appointment_id, official_id, actor, post, reason, detail, at)
  values (c.id, c.place_code, 0, said, appointment, null, by_name, by_post, why, '{}', moment);
  if said = 'received' then
    if left(village, length(t.place_code)) <> t.place_code or length(village) <> 12
       or not (village >= places_scope_lo() and village < places_scope_hi()) then
      raise exception 'the village lies elsewhere' using errcode = 'check_violation';
    end if;
    if new_number = '' then
      select number into new_number from registry_household where id = c.households[1];
    end if;
    home := registry_carry_household(c.households[1], village, new_number, c.effective_on, c.id, by_name);
  end if;
  update decisions_transfer set answer = said, answered_by = by_post, answered_at = moment, answer_reason = why, household = home where id = t.id;
  return home;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0001_cases"),
        ("registry", "0007_families_in_the_database"),
        ("places", "0002_scope_in_the_database"),
    ]
    operations = [
        *(migrations.RunSQL(*protect(f"decisions_{table}", "place_code")) for table in TABLES),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (KEPT, STEPS, ANSWER)),
    ]
