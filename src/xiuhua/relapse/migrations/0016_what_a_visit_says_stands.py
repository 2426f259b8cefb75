"""What a visit says stands; no risk rests on what somebody asked; the appeal against a no goes on with its clue; how each end is gone against."""

from importlib import import_module

from django.db import migrations, models

days = import_module("xiuhua.relapse.migrations.0006_days_run_from_the_application")

# As in 0014, as owner: the no may lie in another village. Over an end in a procedure that is under way, was taken back or lapsed it is looked
# past: nothing was decided there.
CONTESTED = """
create or replace function relapse_contested(home bigint, came date) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  with recursive homes (id) as (select home union select o.id from registry_household o join homes h on o.merged_into_id = h.id)
  select case when x."end" = 'no_risk' and came <= x.ended_on + relapse_figure('appeal_days', x.village_code, x.ended_on)::int then x.id end
  from relapse_clue x left join decisions_proceeding p on p.id = x.proceeding_id
  where x.household_id in (select h.id from homes h) and x."end" not in ('', 'moved', 'gone')
    and not (x."end" = 'proceeding' and p.course in ('open', 'withdrawn', 'lapsed'))
  order by x.ended_on desc, x.id desc limit 1
$$;
alter function relapse_had_part(bigint) security definer;
"""

# What the register or an earlier sheet filled in and nobody asked on the visit, unless the register has it checked lately. A sheet of before
# took over whatever the register had, and names it: it is asked again.
ASKED = """
create function relapse_unasked(s relapse_sheet) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case jsonb_typeof(s.known)
    when 'object' then exists (select 1 from jsonb_each(s.known) k
      where not coalesce((k.value ->> 'asked')::boolean, false) and not coalesce((k.value ->> 'recent')::boolean, false))
    else s.known <> '[]' end
$$;
create or replace function relapse_no_lacks(how text, contested bigint, appointment bigint, both_of bigint[], s relapse_sheet)
returns text language sql stable set search_path = public, pg_temp as $$
  select case
    when how = 'no_risk' and 'guarantee' = any (m.marks) then 'a guarantee is not held'
    when how = 'no_risk' and relapse_unasked(s) then 'no risk rests on what was asked'
    when contested is not null and both_of && relapse_had_part(contested) then 'others decide after a no'
    when contested is not null and not m.county then 'the county decides after a no'
    when how = 'no_risk' and m.marks <> '{}' and not m.county then 'the county answers for what reaches a measure' end
  from (select relapse_marks(s) as marks, exists (
    select 1 from accounts_appointment a join accounts_post p on p.id = a.post_id where a.id = appointment and p.role = 'county_office') as county) m
$$;
"""

# What is contested is the county's from the moment in which that is known, however late; asked again with each saying of a person.
TIED_WAS = """  if to_jsonb(new) - may_change <> to_jsonb(old) - may_change then
    raise exception 'what a clue says is not changed'"""
TIED = """  if old.contests_id is null and new.contests_id is not null and old."end" = '' and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    may_change := may_change || array['contests_id'];
    new.owner_id := coalesce((select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left(new.village_code, 6)), new.owner_id);
  end if;
"""
HEARD_WAS = "  elsif acts.both_of && array[s.official_id, s.deputises_id] then\n"
HEARD = """  elsif s.visited_on < greatest(new.came_on, (select max(c.came_on) from relapse_cluesource c where c.clue_id = new.id)) then
    raise exception 'the visit was before the last was said' using errcode = 'check_violation';
"""
# It ends in what decides today whether, or in which class, a household is watched; what completes the records of a past programme answers nothing.
KIND_WAS = "(d.definition ->> 'direction' = 'entering' or (d.definition #>> '{effect,asks_class}')::boolean)"
KIND = "p.kind in ('watch', 'watch_class')"

GOES_ON = """
create or replace function relapse_runs_from() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c relapse_clue; denied bigint;
begin
  select * into c from relapse_clue x where x.id = new.clue_id and x."end" = '';
  denied := coalesce(c.contests_id, relapse_contested(c.household_id, new.came_on));
  if c.came_on > new.came_on or denied is distinct from c.contests_id then
    update relapse_clue set came_on = least(came_on, new.came_on), contests_id = denied where id = c.id;
  end if;
  return null;
end $$;
-- As in 0008 and 0014. Who has it there: whoever had it, where that post reaches.
create function relapse_keeps(owner bigint, village text) returns bigint language sql stable set search_path = public, pg_temp as $$
  select case when exists (select 1 from accounts_post p where p.id = owner and left(village, length(p.place_code)) = p.place_code)
    then owner else relapse_owner(village) end
$$;
create or replace function relapse_continues(c relapse_clue, home registry_household) returns void language plpgsql set search_path = public, pg_temp as $$
declare made bigint;
begin
  select x.id into made from relapse_clue x where x.household_id = home.id and x."end" = '' for update;
  if made is null then
    insert into relapse_clue (household_id, village_code, came_on, check_days, whole_days, check_due_on, due_on, owner_id, recorded_at, "end", end_reason, ended_by, contests_id)
    values (home.id, home.village_code, greatest(c.came_on, notices_today() - 366), c.check_days, c.whole_days, c.check_due_on, c.due_on,
      relapse_keeps(c.owner_id, home.village_code), notices_now(), '', '', '', c.contests_id)
    returning id into made;
  else
    update relapse_clue set contests_id = c.contests_id where id = made and contests_id is null and c.contests_id is not null;
  end if;
  insert into relapse_cluesource (clue_id, household_id, village_code, origin, channel, risk, said, told_by, rule, list_kind, hit, mark, came_on, by, post, at)
  select made, home.id, home.village_code, s.origin, s.channel, s.risk, s.said, s.told_by, s.rule, s.list_kind, s.hit, s.mark, s.came_on, s.by, s.post, notices_now()
  from relapse_cluesource s where s.clue_id = c.id order by s.id on conflict do nothing;
end $$;
create or replace function relapse_follow() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.village_code <> old.village_code then
    update relapse_clue set village_code = new.village_code where household_id = new.id;
    update relapse_clue set owner_id = relapse_keeps(owner_id, new.village_code) where household_id = new.id and "end" = '';
    update relapse_cluesource set village_code = new.village_code where household_id = new.id;
    update relapse_sheet set village_code = new.village_code where household_id = new.id;
    update relapse_relief set village_code = new.village_code where household_id = new.id;
    update relapse_assessment set village_code = new.village_code where household_id = new.id;
  end if;
  return null;
end $$;
"""

# As in 0006 and 0013; what lapsed goes on and is no answer.
STANDING = """
create or replace function relapse_standing(asked bytea)
returns table (came_on date, check_due_on date, due_on date, stands text, answered_on date, reason text, ask_back text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare a relapse_application; c relapse_clue; n relapse_clue; p decisions_proceeding; r relapse_reply;
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
  for hop in 1 .. 20 loop
    select x.* into p from decisions_proceeding x where x.id = c.proceeding_id and c."end" = 'proceeding';
    exit when p.id is null or p.course not in ('withdrawn', 'lapsed');
    select y.* into n from relapse_clue y where y.household_id = c.household_id and y.id > c.id order by y.id limit 1;
    -- While nobody has done anything of the one that goes on, what there is to tell is that it was taken back.
    exit when n.id is null or p.course = 'withdrawn' and n."end" = '' and not exists (select 1 from relapse_sheet x where x.clue_id = n.id);
    c := n;
  end loop;
  if c."end" = '' then
    stands := case when exists (select 1 from relapse_sheet x where x.clue_id = c.id) then 'handled' else 'visiting' end;
    return next;
    return;
  end if;
  answered_on := case c."end" when 'proceeding' then p.closed_on when 'moved' then null else c.ended_on end;
  stands := case when answered_on is null then 'handled' when p.course = 'withdrawn' then 'taken_back' else 'answered' end;
  return next;
end $$;
"""


def forward(apps, schema_editor):
    """The clue's guard with three places altered, read from the database so that the rest of it stays what it is."""
    days.guarded(schema_editor, TIED_WAS, TIED + TIED_WAS)
    days.guarded(schema_editor, HEARD_WAS, HEARD + HEARD_WAS)
    days.guarded(schema_editor, KIND_WAS, KIND)


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0015_the_number_reported_may_be_of_before"),
        ("decisions", "0053_two_thirds_are_enough"),
    ]

    operations = [
        migrations.AlterField("sheet", "known", models.JSONField(default=dict)),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CONTESTED, ASKED, GOES_ON, STANDING)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
