"""When a place is united with another or gets another code, every row that lies in it follows, whatever room it is of."""

from django.db import migrations

from xiuhua.places.scope import protect

# Runs as the owner, because rows of two areas are touched; therefore only for a change that two people settled, within
# the acting area. The audit keeps its codes: its hashes cover them. History goes last: moving a row writes it.
CARRY = """
create function places_carry(change bigint) returns table (table_name text, moved bigint)
language plpgsql security definer set search_path = public as $$
declare
  settled places_placechange;
  one record;
  guard name;
  guards name[];
  n bigint;
begin
  select * into settled from places_placechange where id = change;
  if settled.granted is not true or settled.carried <> '{}' or not (settled.county_code >= places_scope_lo() and settled.county_code < places_scope_hi()) then
    raise exception 'no settled change of a place' using errcode = 'insufficient_privilege';
  end if;
  -- No batch of the county is merged meanwhile.
  perform pg_advisory_xact_lock(hashtextextended('intake ' || settled.county_code, 0));
  set constraints all immediate;
  create temp table places_moved on commit drop as select key as old, value as new from jsonb_each_text(settled.codes);
  for one in
    select c.table_name::text as name, c.column_name::text as col from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
    where c.table_schema = 'public' and c.column_name in ('village_code', 'place_code') and c.table_name not like 'places\\_%' and c.table_name <> 'audit_entry'
    order by (c.table_name like '%event'), c.table_name, c.column_name
  loop
    -- What keeps rows from being changed (only_added, guard) steps aside: nothing but the place changes, and all of it.
    select coalesce(array_agg(g.tgname), '{}') into guards from pg_trigger g join pg_proc p on p.oid = g.tgfoid
    where g.tgrelid = format('public.%I', one.name)::regclass and not g.tgisinternal and (g.tgtype & 16) > 0 and p.proname ~ '(only_added|guard)$';
    foreach guard in array guards loop
      execute format('alter table %I disable trigger %I', one.name, guard);
    end loop;
    begin
      execute format('update %1$I t set %2$I = m.new from places_moved m where t.%2$I = m.old', one.name, one.col);
      get diagnostics n = row_count;
    exception when unique_violation then
      -- The place that stays has the same thing already: that one counts, the other row stays with the place that ended.
      n := places_carry_singly(one.name, one.col);
    end;
    foreach guard in array guards loop
      execute format('alter table %I enable trigger %I', one.name, guard);
    end loop;
    table_name := one.name; moved := n;
    return next;
  end loop;
  drop table places_moved;
end $$;
create function places_carry_singly(name text, col text) returns bigint language plpgsql set search_path = public as $$
declare n bigint := 0; at tid; code text;
begin
  for at, code in execute format('select t.ctid, m.new from %1$I t join places_moved m on t.%2$I = m.old', name, col) loop
    begin
      execute format('update %1$I set %2$I = $1 where ctid = $2', name, col) using code, at;
      n := n + 1;
    exception when unique_violation then null;
    end;
  end loop;
  return n;
end $$;
create or replace view rec_village with (security_invoker = true) as
  select v.code as village_code, v.name, left(v.code, 9) as township_code, left(v.code, 6) as county_code,
    r.poor_village, r.deep_poor_village, r.rural_households, r.rural_persons
  from places_place v
  left join lateral (select * from places_villagerecord x where x.village_code = v.code order by x.as_of desc limit 1) r on true
  where v.level = 'village' and v.until is null;
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0003_places_change"), ("registry", "0004_records")]
    operations = [
        migrations.RunSQL(*protect("places_placechange", "county_code")),
        migrations.RunSQL(
            CARRY, "drop function places_carry(bigint); drop function places_carry_singly(text, text);"
        ),
    ]
