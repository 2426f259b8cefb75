"""A township's file may bring a number that its county already uses where the township does not see: told is that it is in use."""

from django.db import migrations

# Only for the county in which the acting area lies; nothing of whose number it is.
ELSEWHERE = """
create function registry_numbers_elsewhere(households text[], persons text[]) returns table (household text, person text)
language sql stable security definer set search_path = public, pg_temp as $$
  select h.number::text, null from unnest(households) w(number)
  join registry_household h on h.number = w.number and h.county_code = left(places_scope_lo(), 6)
  where not (h.village_code >= places_scope_lo() and h.village_code < places_scope_hi())
  union
  select null, p.number::text from unnest(persons) w(number)
  join registry_person p on p.number = w.number and p.county_code = left(places_scope_lo(), 6)
  where not (p.village_code >= places_scope_lo() and p.village_code < places_scope_hi())
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_watching_goes_along")]
    operations = [migrations.RunSQL(ELSEWHERE, "drop function registry_numbers_elsewhere(text[], text[]);")]
