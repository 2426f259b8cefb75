"""An application comes in by a door and its days run at once; tied to a household, its clue's days run from there too."""

from django.db import migrations

from xiuhua.places.scope import protect

# Whose a clue of a village is at first: who goes there.
OWNER = """
create function relapse_owner(village text) returns bigint language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    (select min(p.id) from accounts_post p join accounts_appointment a on a.post_id = p.id and a.until is null
      where p.role = 'village_worker' and p.place_code = village),
    (select min(p.id) from accounts_post p where p.role = 'village_worker' and p.place_code = village),
    (select min(p.id) from accounts_post p where p.role = 'township_office' and p.place_code = left(village, 9)),
    (select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left(village, 6)))
$$;
"""

HELD = """
create function relapse_application_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare s relapse_cluesource; may_change text[] := array['owner_id', 'source_id', 'tied_by', 'tied_at'];
begin
  if tg_op = 'DELETE' then
    raise exception 'an application stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      raise exception 'no such door: an application comes from the page' using errcode = 'insufficient_privilege';
    end if;
    new.came_on := notices_today();
    new.check_due_on := notices_due(new.came_on, new.check_days, 'calendar');
    new.due_on := notices_due(new.came_on, new.whole_days, 'working');
    new.recorded_at := decisions_now();
    return new;
  end if;
  if to_jsonb(new) - may_change <> to_jsonb(old) - may_change then
    raise exception 'what an application says is not changed' using errcode = 'insufficient_privilege';
  end if;
  if new.source_id is distinct from old.source_id then
    select * into s from relapse_cluesource x where x.id = new.source_id;
    if s.id is null or s.origin <> 'household' or s.channel <> 'page' or left(s.village_code, 6) <> left(new.village_code, 6)
       or s.came_on <> greatest(new.came_on, notices_today() - 366) then
      raise exception 'an application becomes a saying of its own day' using errcode = 'check_violation';
    end if;
    new.tied_at := decisions_now();
  end if;
  return new;
end $$;
create trigger relapse_application_guard before insert or update or delete on relapse_application for each row execute function relapse_application_guard();
create trigger relapse_application_kept_whole before truncate on relapse_application for each statement execute function relapse_only_added();
create function relapse_reply_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select 1 from relapse_application a where a.id = new.application_id and a.village_code = new.village_code and a.source_id is null) then
    raise exception 'no such open application here' using errcode = 'check_violation';
  end if;
  new.at := decisions_now();
  return new;
end $$;
create trigger relapse_reply_guard before insert on relapse_reply for each row execute function relapse_reply_guard();
create trigger relapse_reply_kept before update or delete on relapse_reply for each row execute function relapse_only_added();
create trigger relapse_reply_kept_whole before truncate on relapse_reply for each statement execute function relapse_only_added();
"""

# A stranger has no area: what they sealed goes in by one door, how it stands goes out by another, in words that tell of no household.
DOORS = """
create function relapse_apply(village text, about text, head bytea, said bytea, contact bytea, receipt bytea, check_days integer, whole_days integer)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare made bigint;
begin
  if not exists (select 1 from places_place p where p.code = village and p.level = 'village' and p.until is null)
     or octet_length(head) > 2000 or octet_length(said) > 20000 or octet_length(contact) > 2000 then
    raise exception 'no such village' using errcode = 'check_violation';
  end if;
  insert into relapse_application (village_code, risk, head_sealed, said_sealed, contact_sealed, came_on, check_days, whole_days, check_due_on, due_on,
    owner_id, recorded_at, receipt_blind, tied_by)
  values (village, about, head, said, contact, notices_today(), check_days, whole_days, notices_today(), notices_today(),
    relapse_owner(village), decisions_now(), receipt, '') returning id into made;
  insert into audit_entry (book, number, at, actor, post, place_code, action, subject, detail, previous, digest)
  values (left(village, 6), 0, now(), '公众', '网页', village, 'relapse.applied', 'application:' || made, '{}', '', '');
  return made;
end $$;
create function relapse_standing(asked bytea)
returns table (came_on date, check_due_on date, due_on date, stands text, answered_on date, reason text, ask_back text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare a relapse_application; c relapse_clue; n relapse_clue; r relapse_reply; ended date;
begin
  select * into a from relapse_application x where x.receipt_blind = asked;
  if a.id is null then
    return;
  end if;
  came_on := a.came_on;
  check_due_on := a.check_due_on;
  due_on := a.due_on;
  stands := 'received';
  select y.* into c from relapse_cluesource s join relapse_clue y on y.id = s.clue_id where s.id = a.source_id;
  if c.id is null then
    select * into r from relapse_reply x where x.application_id = a.id order by x.id desc limit 1;
    if r.id is not null then
      stands := 'asked_back';
      reason := r.reason;
      ask_back := r.ask_back;
    end if;
    return next;
    return;
  end if;
  -- Where a household moved or with whom it united, its clue goes on, and so does the answer; nobody moves that often.
  for hop in 1 .. 20 loop
    exit when c."end" <> 'moved';
    select y.* into n from registry_household o join registry_household h on h.id = o.merged_into_id
      or h.begun_by_case = o.ended_by_case and h.village_code = o.moved_to_code
    join relapse_clue y on y.household_id = h.id and y.id <> c.id and (y.ended_on is null or y.ended_on >= c.ended_on)
    where o.id = c.household_id order by y.id limit 1;
    exit when n.id is null;
    c := n;
  end loop;
  if c."end" = '' then
    stands := case when exists (select 1 from relapse_sheet x where x.clue_id = c.id) then 'handled' else 'visiting' end;
  else
    ended := case c."end" when 'proceeding' then (select p.closed_on from decisions_proceeding p where p.id = c.proceeding_id)
      when 'moved' then null else c.ended_on end;
    stands := case when ended is null then 'handled' else 'answered' end;
    answered_on := ended;
  end if;
  return next;
end $$;
"""

# What somebody said before the clue was begun moves its days forward; nobody can move them back.
EARLIER = """
create function relapse_runs_from() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update relapse_clue set came_on = new.came_on where id = new.clue_id and "end" = '' and came_on > new.came_on;
  return null;
end $$;
create trigger relapse_runs_from after insert on relapse_cluesource for each row when (new.origin in ('household', 'cadre')) execute function relapse_runs_from();
"""


def guarded(schema_editor, text, put):
    """The clue's guard, with one sentence put in: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('relapse_clue_guard'::regproc)")
        (was,) = cursor.fetchone()
        assert was.count(text) == 1, "the clue's guard reads otherwise than it did"
        schema_editor.execute(was.replace(text, put), params=None)


WAS = """  if to_jsonb(new) - may_change <> to_jsonb(old) - may_change then
    raise exception 'what a clue says is not changed'"""
NOW = """  if new.came_on < old.came_on and old."end" = '' and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    may_change := may_change || array['came_on', 'check_due_on', 'due_on'];
    new.check_due_on := least(old.check_due_on, notices_due(new.came_on, old.check_days, 'calendar'));
    new.due_on := least(old.due_on, notices_due(new.came_on, old.whole_days, 'working'));
  end if;
"""


def forward(apps, schema_editor):
    guarded(schema_editor, WAS, NOW + WAS)


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0005_a_household_applies_from_the_page"),
        ("audit", "0002_chain"),
        ("decisions", "0016_watching_goes_along"),
    ]
    operations = [
        *(migrations.RunSQL(*protect(table)) for table in ("relapse_application", "relapse_reply")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (OWNER, HELD, DOORS, EARLIER)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
