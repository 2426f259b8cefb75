"""A notice hangs its days, comes down after them and never over an open objection; nothing of it is removed."""

from django.db import migrations

from xiuhua.places.scope import protect

# One clock for the database too. A demonstration or a test may live some days ahead; only the owner of the tables can say so.
CLOCK = """
create table notices_clock (only_one boolean primary key default true check (only_one), days_ahead integer not null);
create function notices_today() returns date language sql stable security definer set search_path = public as $$
  select (now() at time zone 'Asia/Shanghai')::date + coalesce((select days_ahead from notices_clock), 0)
$$;
create function notices_works(asked date) returns boolean language sql stable set search_path = public as $$
  select coalesce((select works from notices_holiday where day = asked), extract(isodow from asked) < 6)
$$;
-- The last day of hanging: so many days after the day it was hung, moved to a working day.
create function notices_due(hung date, days integer, counted text) returns date language plpgsql stable set search_path = public as $$
declare d date := hung; n integer := 0;
begin
  if counted = 'calendar' then
    d := hung + days;
  else
    while n < days loop
      d := d + 1;
      n := n + notices_works(d)::int;
    end loop;
  end if;
  while not notices_works(d) loop
    d := d + 1;
  end loop;
  return d;
end $$;
create function notices_owner_only() returns trigger language plpgsql as $$
begin
  if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    raise exception '% is the owner''s', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return coalesce(new, old);
end $$;
create trigger notices_holiday_owner_only before insert or update or delete on notices_holiday for each row execute function notices_owner_only();
create trigger notices_clock_owner_only before insert or update or delete on notices_clock for each row execute function notices_owner_only();
"""

HELD = """
create function notices_notice_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a notice stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new.hung_on > notices_today() or new.hung_on < notices_today() - 3 or new.days < 1 or new.taken_down_on is not null then
      raise exception 'a notice is recorded when it is hung' using errcode = 'check_violation';
    end if;
    new.due_on := notices_due(new.hung_on, new.days, new.count);
    new.recorded_at := now();
  else
    if to_jsonb(new) - 'taken_down_on' - 'taken_down_by' - 'taken_down_proof_id' <> to_jsonb(old) - 'taken_down_on' - 'taken_down_by' - 'taken_down_proof_id'
       or old.taken_down_on is not null then
      raise exception 'what hangs is not changed' using errcode = 'insufficient_privilege';
    end if;
    if new.taken_down_on is null or new.taken_down_on > notices_today() or new.taken_down_on <= old.due_on then
      raise exception 'the days of the notice have not run' using errcode = 'check_violation';
    end if;
    if exists (select 1 from notices_objection o where o.notice_id = new.id and o.answered_at is null) then
      raise exception 'an objection is open' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger notices_notice_guard before insert or update or delete on notices_notice for each row execute function notices_notice_guard();
create function notices_objection_guard() returns trigger language plpgsql as $$
declare n notices_notice;
begin
  if tg_op = 'DELETE' then
    raise exception 'an objection stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    select * into n from notices_notice where id = new.notice_id for update;
    if n.id is null or n.place_code <> new.place_code or n.taken_down_on is not null or new.answered_at is not null or new.came_on > notices_today() then
      raise exception 'no such notice hangs here' using errcode = 'check_violation';
    end if;
  else
    if to_jsonb(new) - 'answer' - 'upheld' - 'answered_by' - 'answered_official_id' - 'answered_at' - 'who_sealed' - 'said_sealed'
         <> to_jsonb(old) - 'answer' - 'upheld' - 'answered_by' - 'answered_official_id' - 'answered_at' - 'who_sealed' - 'said_sealed'
       or old.answered_at is not null then
      raise exception 'an objection is answered once' using errcode = 'insufficient_privilege';
    end if;
    if new.answered_at is not null and (new.answer = '' or new.upheld is null or new.answered_official_id is null) then
      raise exception 'an answer says what it comes to, and who gives it' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger notices_objection_guard before insert or update or delete on notices_objection for each row execute function notices_objection_guard();
create function notices_kept_whole() returns trigger language plpgsql as $$
begin
  raise exception '% is never emptied', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger notices_notice_kept_whole before truncate on notices_notice for each statement execute function notices_kept_whole();
create trigger notices_objection_kept_whole before truncate on notices_objection for each statement execute function notices_kept_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_notices_and_objections"), ("places", "0002_scope_in_the_database")]
    operations = [
        *(migrations.RunSQL(*protect(f"notices_{table}", "place_code")) for table in ("notice", "objection")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CLOCK, HELD)),
    ]
