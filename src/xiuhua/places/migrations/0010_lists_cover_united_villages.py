"""A list covers a united village only where it covered both: nobody is told not to be on a list that never asked about their village."""

from django.db import migrations

# Before everything goes along: what only one of the two had goes; of what both had, that of the village that stays is kept.
COVERS = """
alter function places_carry(bigint) rename to places_carry_all;
create function places_carry(change bigint) returns table (table_name text, moved bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from registry_listingcover c using places_placechange p
  where p.id = change and p.kind = 'merged' and p.granted and p.carried = '{}'
    and p.county_code >= places_scope_lo() and p.county_code < places_scope_hi() and c.village_code in (p.old_code, p.codes ->> p.old_code)
    and (c.village_code = p.old_code or not exists (select from registry_listingcover o
      where o.village_code = p.old_code and o.listing_id = c.listing_id and o.kind = c.kind));
  return query select * from places_carry_all(change);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0009_history_goes_along"), ("registry", "0015_lists_of_departments")]
    operations = [
        migrations.RunSQL(
            COVERS, "drop function places_carry(bigint); alter function places_carry_all(bigint) rename to places_carry;"
        )
    ]
