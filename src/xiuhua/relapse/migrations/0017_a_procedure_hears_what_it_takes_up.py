"""A clue goes only into a procedure that will still visit; that visit hears what was said; a visit from before counts for no clock; a clue goes on with who splits off."""

from importlib import import_module

from django.db import migrations, models
from django.db.models.functions import Now

days = import_module("xiuhua.relapse.migrations.0006_days_run_from_the_application")

# When the newest of a clue was said, kept with it: every list asks whether a visit heard that.
SAID = """
alter table relapse_clue disable trigger user;
update relapse_clue c set said_on = greatest(c.came_on, (select max(s.came_on) from relapse_cluesource s where s.clue_id = c.id));
alter table relapse_clue enable trigger user;
-- Said after a visit that had heard everything before: the next visit has its own days from there. Where none had, its day stays.
create function relapse_said_on() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update relapse_clue c set said_on = new.came_on, check_due_on = case
      when exists (select 1 from relapse_sheet s where s.clue_id = c.id and s.visited_on >= c.said_on)
      then greatest(c.check_due_on, notices_due(new.came_on, c.check_days, 'calendar')) else c.check_due_on end
  where c.id = new.clue_id and c."end" = '' and c.said_on < new.came_on;
  return null;
end $$;
create trigger relapse_said_on after insert on relapse_cluesource for each row execute function relapse_said_on();
"""
BEGINS_WAS = "    new.due_on := notices_due(new.came_on, new.whole_days, 'working');\n"
BEGINS = "    new.said_on := new.came_on;\n"
CHANGES_WAS = """  if to_jsonb(new) - may_change <> to_jsonb(old) - may_change then
    raise exception 'what a clue says is not changed'"""
CHANGES = """  if old."end" = '' and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    may_change := may_change || array['said_on', 'check_due_on'];
  end if;
"""

# Whether a step rests on the sheet of a visit; whether a proceeding will still make that visit, or has nobody's word on it yet. A procedure
# that has no such step takes a clue up as it did. What went into a proceeding: since when its visit hears all of it, and who is kept from it.
HEARS = """
create function relapse_rests(definition jsonb, step text) returns boolean language sql immutable set search_path = public, pg_temp as $$
  select exists (select 1 from jsonb_array_elements(definition -> 'steps') s, jsonb_array_elements(s -> 'evidence') e
    where s ->> 'id' = step and e ->> 'code' = 'judgement')
$$;
create function relapse_hears_yet(p decisions_proceeding) returns boolean language sql stable set search_path = public, pg_temp as $$
  select coalesce(bool_or(case when s.step ->> 'id' = p.at_step then not exists (select 1 from decisions_signature g
      where g.proceeding_id = p.id and g.step = p.at_step and g.round = p.round and g.sign = 'signed') else s.n > at.n end), true)
  from decisions_procedure d cross join lateral jsonb_array_elements(d.definition -> 'steps') with ordinality s (step, n)
  cross join lateral (select x.n from jsonb_array_elements(d.definition -> 'steps') with ordinality x (step, n) where x.step ->> 'id' = p.at_step) at
  where d.id = p.procedure_id and relapse_rests(d.definition, s.step ->> 'id')
$$;
create function relapse_heard_from(proceeding bigint) returns date language sql stable set search_path = public, pg_temp as $$
  select max(c.said_on) from relapse_clue c where c.proceeding_id = proceeding and c."end" = 'proceeding'
$$;
create function relapse_kept_from(proceeding bigint) returns bigint[] language sql stable set search_path = public, pg_temp as $$
  select array_agg(w.who) from relapse_clue c cross join lateral unnest(relapse_had_part(c.contests_id)) w (who)
  where c.proceeding_id = proceeding and c."end" = 'proceeding' and c.contests_id is not null
$$;
create function relapse_unheard(proceeding bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select relapse_heard_from(proceeding) is not null and not exists (
    select 1 from (select * from relapse_sheet x where x.proceeding_id = proceeding order by x.id desc limit 1) s
    where s.visited_on >= relapse_heard_from(proceeding) and not coalesce(array[s.official_id, s.deputises_id] && relapse_kept_from(proceeding), false)
      and not exists (select 1 from relapse_cluesource x join relapse_clue c on c.id = x.clue_id
        where c.proceeding_id = proceeding and c."end" = 'proceeding' and x.at > s.at))
$$;
"""
GOES_WAS = """      raise exception 'no such proceeding of this household' using errcode = 'check_violation';
    end if;
"""
# Held until it is decided: whoever signs that step at the same moment waits for the clue, or it for them.
GOES = """    perform 1 from decisions_proceeding p where p.id = new.proceeding_id for share;
    if not (select relapse_hears_yet(p) from decisions_proceeding p where p.id = new.proceeding_id) then
      raise exception 'the procedure is past its visit' using errcode = 'check_violation';
    end if;
"""
SEEN_WAS = "  new.marks := coalesce(array_to_string(relapse_marks(new), ','), '');\n"
SEEN = """  if new.visited_on < relapse_heard_from(new.proceeding_id) then
    raise exception 'the visit was before the last was said' using errcode = 'check_violation';
  end if;
  if acts.both_of && relapse_kept_from(new.proceeding_id) then
    raise exception 'others go there after a no' using errcode = 'check_violation';
  end if;
"""
SIGNED_WAS = "  return new;\nend"
SIGNED = """  if new.sign = 'signed' and exists (
      select 1 from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
      where p.id = new.proceeding_id and relapse_rests(d.definition, new.step)) and relapse_unheard(new.proceeding_id) then
    raise exception 'the sheet has not heard what was said' using errcode = 'check_violation';
  end if;
"""
# Who asked is told of a visit since they asked, whatever was said by others.
STANDING_WAS = "stands := case when exists (select 1 from relapse_sheet x where x.clue_id = c.id) then"
STANDING = "stands := case when exists (select 1 from relapse_sheet x where x.clue_id = c.id and x.visited_on >= a.came_on) then"

# As in 0016, and over the household that one split off from, for what was answered before it did.
CONTESTED_WAS = """  with recursive homes (id) as (select home union select o.id from registry_household o join homes h on o.merged_into_id = h.id)
"""
CONTESTED = """  with recursive homes (id, until) as (
    select home, 'infinity'::date
    union
    select o.id, least(h.until, o.until) from homes h cross join lateral (
      select m.id, 'infinity'::date as until from registry_household m where m.merged_into_id = h.id
      union all
      select n.split_from_id, coalesce((select max((s.at at time zone 'Asia/Shanghai')::date) from decisions_casestep s where s.case_id = n.begun_by_case and s.act = 'accepted'), 'infinity')
      from registry_household n where n.id = h.id and n.split_from_id is not null) o)
"""
WITHIN_WAS = "where x.household_id in (select h.id from homes h) and"
WITHIN = "where exists (select 1 from homes h where h.id = x.household_id and (x.ended_on is null or x.ended_on <= h.until)) and"

# Whom of a household it is about nobody knows before a visit: what is open of it, or in a procedure that has not decided, is open of who split
# off too. Were they visited while they still lived there, they are visited again within its days. Undone, it goes back.
DIVIDES = """
create function relapse_divides() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare n registry_household; c relapse_clue;
begin
  for n in select h.* from registry_household h join decisions_case k on k.id = h.begun_by_case
      where k.id = new.case_id and k.kind = 'split' and h.split_from_id = any (k.households) and h.ended_on is null loop
    for c in select x.* from relapse_clue x left join decisions_proceeding p on p.id = x.proceeding_id
        where x.household_id = n.split_from_id and (x."end" = '' or x."end" = 'proceeding' and p.course = 'open') order by x.id loop
      perform relapse_continues(c, n);
      update relapse_clue set check_due_on = greatest(check_due_on, notices_due(notices_today(), check_days, 'calendar'))
      where household_id = n.id and "end" = '' and exists (select 1 from relapse_sheet s
        where (s.clue_id = c.id or s.proceeding_id = c.proceeding_id) and s.visited_on >= c.said_on);
    end loop;
  end loop;
  return null;
end $$;
create trigger relapse_divides after insert on decisions_casestep for each row when (new.act = 'accepted') execute function relapse_divides();
create function relapse_divided_not() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare there registry_household; c relapse_clue; open bigint;
begin
  select * into there from registry_household h where h.id = new.split_from_id and h.ended_on is null;
  select * into c from relapse_clue x where x.household_id = new.id and x."end" = '' for update;
  if c.id is null or there.id is null then
    return null;
  end if;
  select x.id into open from relapse_clue x where x.household_id = there.id and x."end" = '' for update;
  if open is null then
    perform relapse_continues(c, there);
  else
    update relapse_clue set contests_id = c.contests_id where id = open and contests_id is null and c.contests_id is not null;
    insert into relapse_cluesource (clue_id, household_id, village_code, origin, channel, risk, said, told_by, rule, list_kind, hit, mark, came_on, by, post, at)
    select open, there.id, there.village_code, s.origin, s.channel, s.risk, s.said, s.told_by, s.rule, s.list_kind, s.hit, s.mark, s.came_on, s.by, s.post, notices_now()
    from relapse_cluesource s where s.clue_id = c.id and not exists (select 1 from relapse_cluesource y where y.clue_id = open
      and (y.origin, y.risk, y.said, y.mark, y.came_on) = (s.origin, s.risk, s.said, s.mark, s.came_on)) order by s.id on conflict do nothing;
  end if;
  update relapse_clue set "end" = 'moved', ended_on = notices_today(), end_reason = '分户已撤销，回到原户' where id = c.id;
  return null;
end $$;
create trigger relapse_divided_not after update of ended_on on registry_household for each row
  when (old.ended_on is null and new.ended_on is not null and new.ended_because = 'undone' and new.split_from_id is not null)
  execute function relapse_divided_not();
"""


def altered(schema_editor, name, *pairs):
    """A function with places altered, read from the database so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef(%s::regproc)", [name])
        (text,) = cursor.fetchone()
    for was, now in pairs:
        assert text.count(was) == 1, f"{name} reads otherwise than it did: {was}"
        text = text.replace(was, now)
    schema_editor.execute(text, params=None)


def forward(apps, schema_editor):
    days.guarded(schema_editor, BEGINS_WAS, BEGINS_WAS + BEGINS)
    days.guarded(schema_editor, CHANGES_WAS, CHANGES + CHANGES_WAS)
    days.guarded(schema_editor, GOES_WAS, GOES_WAS + GOES)
    altered(schema_editor, "relapse_sheet_guard", (SEEN_WAS, SEEN + SEEN_WAS))
    altered(schema_editor, "relapse_hears_first", (SIGNED_WAS, SIGNED + SIGNED_WAS))
    altered(schema_editor, "relapse_standing", (STANDING_WAS, STANDING))
    altered(schema_editor, "relapse_contested", (CONTESTED_WAS, CONTESTED), (WITHIN_WAS, WITHIN))


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0016_what_a_visit_says_stands"),
        ("decisions", "0054_another_county_takes_the_place"),
    ]

    operations = [
        migrations.AddField("clue", "said_on", models.DateField(db_default=Now())),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (SAID, HEARS, DIVIDES)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
