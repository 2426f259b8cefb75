"""What stands about a place inside of a question or a proposal follows too: the two sides of a pair, the village that a household
is to move to. Else nobody of today's places would decide it, and a page would name a place that ended."""

from django.db import migrations

# `codes`: a jsonb of every code that ended -> the one that holds. What was signed (a step of a case) stays as it was signed.
FOLLOWS = """
  update decisions_pair set "left" = places_told("left", {codes}), "right" = places_told("right", {codes})
  where {codes} ? coalesce("left" ->> 'village', '') or {codes} ? coalesce("right" ->> 'village', '');
  update decisions_case set payload = places_told(payload, {codes}) where {codes} ? coalesce(payload ->> 'village', '');
"""
TOLD = """
create function places_told(said jsonb, codes jsonb) returns jsonb language sql immutable as $$
  select case when codes ? coalesce(said ->> 'village', '') then jsonb_set(said, '{village}', codes -> (said ->> 'village')) else said end
$$;
"""
CARRY = f"""
alter function places_carry(bigint) rename to places_carry_rows;
create function places_carry(change bigint) returns table (table_name text, moved bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare codes jsonb;
begin
  -- Looks that the change was settled, and within the acting area.
  return query select * from places_carry_rows(change);
  select p.codes into codes from places_placechange p where p.id = change;
  alter table decisions_case disable trigger decisions_case_guard;
{FOLLOWS.format(codes="codes")}
  alter table decisions_case enable trigger decisions_case_guard;
end $$;
"""
# What was carried before this: over several changes, to the code that holds now.
BEFORE = f"""
do $$
declare codes jsonb;
begin
  with recursive chain as (
    select code as old, successor_id as new from places_place where successor_id is not null
    union select c.old, p.successor_id from chain c join places_place p on p.code = c.new where p.successor_id is not null)
  select jsonb_object_agg(c.old, c.new) into codes from chain c join places_place p on p.code = c.new and p.successor_id is null;
  if codes is null then
    return;
  end if;
  alter table decisions_case disable trigger decisions_case_guard;
{FOLLOWS.format(codes="codes")}
  alter table decisions_case enable trigger decisions_case_guard;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0010_lists_cover_united_villages"),
        ("decisions", "0029_the_whole_has_its_day"),
    ]
    operations = [
        migrations.RunSQL(TOLD, "drop function places_told(jsonb, jsonb)"),
        migrations.RunSQL(
            CARRY,
            "drop function places_carry(bigint); alter function places_carry_rows(bigint) rename to places_carry;",
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
