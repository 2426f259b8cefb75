"""What a village or county is decided on are its records as they stand too: the database reads them itself, as it does a household's."""

from django.db import migrations

# Of a county all but what its villages came to, which only the engine computes.
STANDS = """
create function decisions_places_records_stand(code text, kept jsonb) returns boolean language sql stable set search_path = public, pg_temp as $$
  select (kept ? 'facts_village') = (length(code) = 6) and kept - 'facts_village' is not distinct from jsonb_build_object(
    'rec_village', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.village_code), '[]') from rec_village r
      where case length(code) when 6 then r.county_code else r.village_code end = code),
    'rec_village_year', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.village_code, r.year), '[]') from rec_village_year r where r.village_code ^@ code),
    'rec_county', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_county r where r.county_code = left(code, 6)))
  || case length(code) when 6 then '{}' else jsonb_build_object(
    'rec_household', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.household_key), '[]') from rec_household r where r.village_code = code),
    'rec_person', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.person_key), '[]') from rec_person r where r.village_code = code),
    'rec_period', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.household_key, r.year), '[]') from rec_period r where r.village_code = code)) end
$$;
create or replace function decisions_records_stand(c decisions_proceeding, kept jsonb) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case when c.household_id is not null then kept - 'rec_exit' is not distinct from jsonb_build_object(
    'rec_household', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_household r where r.household_key = c.household_id),
    'rec_person', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.person_key), '[]') from rec_person r where r.household_key = c.household_id),
    'rec_period', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.year), '[]') from rec_period r where r.household_key = c.household_id),
    'rec_village', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_village r where r.village_code = c.place_code))
  else decisions_places_records_stand(c.place_code, kept) end
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0038_a_step_is_its_peoples"),
        ("registry", "0014_villages_by_year"),
    ]
    operations = [migrations.RunSQL(STANDS, migrations.RunSQL.noop)]
