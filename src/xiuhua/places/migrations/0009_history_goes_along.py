"""All of a place goes along when its code changes: what it left, what its lists said, who hears an objection. What would stay behind is refused."""

from django.db import migrations

# As 0004, and besides: further columns that name a place somebody acts from; a village's own history, where the village goes on
# under another code (one that is united ends, and the village that stays keeps what was said of itself); and no row that nobody
# asked about stays at a place that ended. A count left there would be believed, and added once more.
CARRY = r"""
create or replace function places_carry(change bigint) returns table (table_name text, moved bigint)
language plpgsql security definer set search_path = public as $$
declare
  settled places_placechange;
  one record;
  guard name;
  guards name[];
  n bigint;
  left_over bigint;
begin
  select * into settled from places_placechange where id = change;
  if settled.granted is not true or settled.carried <> '{}' or not (settled.county_code >= places_scope_lo() and settled.county_code < places_scope_hi()) then
    raise exception 'no settled change of a place' using errcode = 'insufficient_privilege';
  end if;
  -- No batch of the county is merged meanwhile.
  perform pg_advisory_xact_lock(hashtextextended('intake ' || settled.county_code, 0));
  set constraints all immediate;
  create temp table places_moved on commit drop as
    select key as old, value as new, not (settled.kind = 'merged' and key = settled.old_code) as goes_on from jsonb_each_text(settled.codes);
  for one in
    select c.table_name::text as name, c.column_name::text as col, c.table_name in ('places_placestatus', 'places_villagerecord') as own,
      c.column_name in ('village_code', 'place_code') as lies
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
    where c.table_schema = 'public' and c.column_name in ('village_code', 'place_code', 'handled_at', 'goes_to', 'from_place', 'from_code')
      and (c.table_name not like 'places\_%' or c.table_name in ('places_placestatus', 'places_villagerecord')) and c.table_name <> 'audit_entry'
    order by (c.table_name like '%event'), c.table_name, c.column_name
  loop
    -- What keeps rows from being changed (only_added, guard) steps aside: nothing but the place changes, and all of it.
    select coalesce(array_agg(g.tgname), '{}') into guards from pg_trigger g join pg_proc p on p.oid = g.tgfoid
    where g.tgrelid = format('public.%I', one.name)::regclass and not g.tgisinternal and (g.tgtype & 16) > 0 and p.proname ~ '(only_added|guard)$';
    foreach guard in array guards loop
      execute format('alter table %I disable trigger %I', one.name, guard);
    end loop;
    begin
      execute format('update %1$I t set %2$I = m.new from places_moved m where t.%2$I = m.old and (m.goes_on or not $1)', one.name, one.col) using one.own;
      get diagnostics n = row_count;
    exception when unique_violation then
      -- The place that stays has the same thing already: that one counts, the other row stays with the place that ended, where it may.
      n := places_carry_singly(one.name, one.col);
    end;
    foreach guard in array guards loop
      execute format('alter table %I enable trigger %I', one.name, guard);
    end loop;
    execute format('select count(*) from %1$I t join places_moved m on t.%2$I = m.old and (m.goes_on or not $1)', one.name, one.col)
      into left_over using one.own;
    if left_over > 0 and one.name not in ('intake_rememberedcolumn', 'registry_listingcover', 'registry_tally', 'registry_villageyear') then
      raise exception 'left behind: % of %', left_over, one.name using errcode = 'exclusion_violation';
    end if;
    if one.lies then
      table_name := one.name; moved := n;
      return next;
    end if;
  end loop;
  -- What was counted of a place that ended is not counted beside the place that has its households; and whatever moved marks it.
  delete from registry_tally t using places_moved m where t.village_code = m.old;
  update registry_tallymark t set village_code = m.new from places_moved m where t.village_code = m.old;
  drop table places_moved;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0008_outlines_are_kept"),
        ("registry", "0012_tallies_are_kept"),
        ("decisions", "0007_places_proceed_too"),
        ("notices", "0008_sheets_keep_the_series_of_their_place"),
    ]
    operations = [migrations.RunSQL(CARRY, migrations.RunSQL.noop)]
