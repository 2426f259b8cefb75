"""An objection goes one level above and comes with a receipt; the web shows what hangs today; a sheet is kept as it was made."""

from django.db import migrations

from xiuhua.places.scope import protect

# What was hung and objected to before is told where it is handled, past the guards that keep it as it is.
TOLD = """
create function notices_above(code text) returns text language sql immutable as $$
  select case length(code) when 12 then left(code, 9) when 9 then left(code, 6) when 6 then left(code, 4) when 4 then left(code, 2) else 'CN' end
$$;
alter table notices_notice disable trigger notices_notice_guard;
update notices_notice set handled_at = place_code;
alter table notices_notice enable trigger notices_notice_guard;
alter table notices_objection disable trigger notices_objection_guard;
update notices_objection o set goes_to = notices_above(o.place_code), due_on = o.came_on + 15;
alter table notices_objection enable trigger notices_objection_guard;
"""

# The allow-list once more, where nobody can leave it out: these keys, a head count that is a number, and no number that may be somebody's.
FIT = r"""
create function notices_fit_to_hang(lines jsonb) returns boolean language sql immutable as $$
  select jsonb_typeof(lines) = 'array' and jsonb_array_length(lines) > 0 and not exists (
    select 1 from jsonb_array_elements(lines) one, jsonb_each(one) said
    where said.key not in ('village', 'head', 'people', 'matter')
      or (said.key = 'people' and jsonb_typeof(said.value) not in ('number', 'null'))
      or (said.key <> 'people' and said.value #>> '{}' ~ '[0-9０-９]{6}'))
$$;
create or replace function notices_notice_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a notice stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new.hung_on > notices_today() or new.hung_on < notices_today() - 3 or new.days < 1 or new.taken_down_on is not null then
      raise exception 'a notice is recorded when it is hung' using errcode = 'check_violation';
    end if;
    if not notices_fit_to_hang(new.lines) then
      raise exception 'a notice says more than it may' using errcode = 'check_violation';
    end if;
    new.due_on := notices_due(new.hung_on, new.days, new.count);
    new.recorded_at := now();
    if new.handled_at = '' then
      new.handled_at := new.place_code;
    end if;
    if new.sheet_id is not null and not exists (
      select 1 from notices_sheet s, jsonb_array_elements(s.entries) one
      where s.id = new.sheet_id and s.place_code = new.place_code and s.hung_on = new.hung_on and s.days = new.days and s.count = new.count
        and one ->> 'reference' = new.reference and one -> 'line' = new.lines -> 0 and jsonb_array_length(new.lines) = 1) then
      raise exception 'the sheet says something else' using errcode = 'check_violation';
    end if;
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
create function notices_next_number(asked_place text, asked_year integer) returns integer language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('sheet ' || asked_place, 0));
  return coalesce((select max(s.number) from notices_sheet s where s.place_code = asked_place and s.year = asked_year), 0) + 1;
end $$;
create function notices_sheet_guard() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    raise exception 'a sheet is kept as it was made' using errcode = 'insufficient_privilege';
  end if;
  if jsonb_array_length(new.entries) < 1 or not notices_fit_to_hang((select jsonb_agg(one -> 'line') from jsonb_array_elements(new.entries) one)) then
    raise exception 'a notice says more than it may' using errcode = 'check_violation';
  end if;
  if new.number <> notices_next_number(new.place_code, new.year) then
    raise exception 'no such number: another sheet has it' using errcode = 'check_violation';
  end if;
  new.due_on := notices_due(new.hung_on, new.days, new.count);
  new.made_at := now();
  return new;
end $$;
create trigger notices_sheet_guard before insert or update or delete on notices_sheet for each row execute function notices_sheet_guard();
create trigger notices_sheet_kept_whole before truncate on notices_sheet for each statement execute function notices_kept_whole();
"""

ABOVE = """
create or replace function notices_objection_guard() returns trigger language plpgsql as $$
declare n notices_notice;
begin
  if tg_op = 'DELETE' then
    raise exception 'an objection stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    select * into n from notices_notice where id = new.notice_id for update;
    if n.id is null or n.place_code <> new.place_code or n.taken_down_on is not null or new.answered_at is not null or new.came_on > notices_today() then
      raise exception 'no such notice hangs here' using errcode = 'check_violation';
    end if;
    new.goes_to := notices_above(n.handled_at);
  else
    if to_jsonb(new) - 'answer' - 'upheld' - 'answered_by' - 'answered_official_id' - 'answered_at' - 'who_sealed' - 'said_sealed'
         <> to_jsonb(old) - 'answer' - 'upheld' - 'answered_by' - 'answered_official_id' - 'answered_at' - 'who_sealed' - 'said_sealed'
       or old.answered_at is not null then
      raise exception 'an objection is answered once' using errcode = 'insufficient_privilege';
    end if;
    if new.answered_at is not null and (new.answer = '' or new.upheld is null or new.answered_official_id is null) then
      raise exception 'an answer says what it comes to, and who gives it' using errcode = 'check_violation';
    end if;
    if new.answered_at is not null and not exists (
      select 1 from accounts_appointment a join accounts_post p on p.id = a.post_id
      where a.official_id = new.answered_official_id and a.since <= notices_today() and (a.until is null or a.until >= notices_today())
        and p.role in ('township_office', 'county_office', 'higher_office') and (p.place_code = 'CN' or left(old.goes_to, length(p.place_code)) = p.place_code)) then
      raise exception 'an objection is answered one level above' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
"""

# A publication holds what a board may say and lives as long as the notice hangs. The application's role reads through the policy and
# writes nothing; what a stranger sends comes in through one door, what they may see of it goes out through another.
PUBLIC = """
alter table notices_publication enable row level security;
create policy hangs_today on notices_publication for select using (down_on is null and hung_on <= notices_today() and due_on >= notices_today());
create policy nobody_adds on notices_publication for insert with check (false);
create policy nobody_changes on notices_publication for update using (false);
create policy nobody_removes on notices_publication for delete using (false);
create trigger notices_publication_kept_whole before truncate on notices_publication for each statement execute function notices_kept_whole();
create function notices_publish(n notices_notice) returns void language sql set search_path = public as $$
  insert into notices_publication (notice_id, slug, place_code, place_name, handled_by, answered_by, matter, lines, board, hung_on, due_on)
  values (n.id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), n.place_code,
    coalesce((select name from places_place where code = n.place_code), n.place_code), coalesce((select name from places_place where code = n.handled_at), n.handled_at),
    coalesce((select name from places_place where code = notices_above(n.handled_at)), notices_above(n.handled_at)), n.matter, n.lines, n.board, n.hung_on, n.due_on)
$$;
create function notices_unpublish() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update notices_publication set down_on = new.taken_down_on where notice_id = new.id and new.taken_down_on is not null;
  return new;
end $$;
create trigger notices_unpublish after update on notices_notice for each row execute function notices_unpublish();
create table notices_knocks (caller bytea not null, what text not null, at timestamptz not null default now());
create index notices_knocks_caller on notices_knocks (caller, what, at);
alter table notices_knocks enable row level security;
-- Counts what one caller, known by a keyed hash for a day, does in an hour; false when it is too much.
create function notices_knock(asked_by bytea, asked text, most integer) returns boolean language plpgsql security definer set search_path = public as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('knock ' || encode(asked_by, 'hex'), 0));
  delete from notices_knocks where at < now() - interval '1 day';
  if (select count(*) from notices_knocks k where k.caller = asked_by and k.what = asked and k.at > now() - interval '1 hour') >= most then
    return false;
  end if;
  insert into notices_knocks (caller, what) values (asked_by, asked);
  return true;
end $$;
create function notices_object(asked text, said bytea, who bytea, receipt bytea, due date) returns bigint language plpgsql security definer set search_path = public as $$
declare p notices_publication; made bigint;
begin
  select * into p from notices_publication
  where slug = asked and down_on is null and hung_on <= notices_today() and due_on >= notices_today();
  if p.id is null or octet_length(said) > 20000 or octet_length(who) > 2000 then
    raise exception 'no such notice hangs here' using errcode = 'check_violation';
  end if;
  insert into notices_objection (notice_id, place_code, channel, who_sealed, said_sealed, came_on, taken_by, answer, answered_by, receipt_blind, due_on)
  values (p.notice_id, p.place_code, 'page', who, said, notices_today(), '网页', '', '', receipt, due) returning id into made;
  insert into audit_entry (book, number, at, actor, post, place_code, action, subject, detail, previous, digest)
  values (case when length(p.place_code) >= 6 then left(p.place_code, 6) else 'CN' end, 0, now(), '公众', '网页', p.place_code, 'notices.objected',
    'objection:' || made, jsonb_build_object('notice', p.notice_id, 'channel', 'page'), '', '');
  return made;
end $$;
create function notices_receipt(asked bytea) returns table (matter jsonb, came_on date, due_on date, answered_on date, upheld boolean, answer text)
language sql stable security definer set search_path = public as $$
  select n.matter, o.came_on, o.due_on, (o.answered_at at time zone 'Asia/Shanghai')::date, o.upheld, o.answer::text
  from notices_objection o join notices_notice n on n.id = o.notice_id where o.receipt_blind = asked
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0003_sheets_receipts_and_publications"),
        ("audit", "0002_chain"),
        ("accounts", "0002_tokens_for_programs"),
    ]
    operations = [
        migrations.RunSQL(*protect("notices_sheet", "place_code")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (TOLD, FIT, ABOVE, PUBLIC)),
    ]
