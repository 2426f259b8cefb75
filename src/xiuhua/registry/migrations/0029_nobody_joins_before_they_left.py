"""Who comes in by a number does so from the day on which they left their last household, not before: of no day are they in two."""

from django.db import migrations

# Whoever has the number, anywhere, but for records that were given up and for what was undone. Null where the day is late enough; the
# day on which they left where that lies in the acting area, else an empty text: that it is too early, and nothing more.
TOO_EARLY = """
create function registry_joins_too_early(wanted bytea, told date) returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select case when m.village_code >= places_scope_lo() and m.village_code < places_scope_hi() then m.until::text else '' end
  from registry_person p join registry_membership m on m.person_id = p.id
  where p.id_blind = wanted and m.until > told and m.ended_because not in ('undone', 'same_person') and not registry_given_up(p.id)
  order by m.until desc, m.id desc limit 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_heads_and_years_of_exit_take_two")]
    operations = [migrations.RunSQL(TOO_EARLY, "drop function registry_joins_too_early(bytea, date);")]
