"""Somebody who left their household may be who is told as new elsewhere in the county: it is asked. And whose coming into another
village is undone lies again where they last belonged, not where they never came to."""

from django.db import migrations

# Only of the county in which the acting area lies, and nothing of who or where it is.
NAMESAKE = """
create function registry_namesake_free(wanted text, born date) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from registry_person p
    where p.name = wanted and p.birth_date = born and p.died_on is null
      and p.village_code >= left(places_scope_lo(), 6) and p.village_code < left(places_scope_lo(), 6) || ':'
      and exists (select 1 from registry_membership m where m.person_id = p.id and m.ended_because not in ('undone', 'same_person'))
      and not exists (select 1 from registry_membership m where m.person_id = p.id and m.until is null))
$$;
"""
# Only people of the acting area who belong nowhere now.
GO_BACK = """
create function registry_people_go_back(people bigint[]) returns void
language sql security definer set search_path = public, pg_temp as $$
  update registry_person p set village_code = l.village_code
  from unnest(people) w(id) cross join lateral (select m.village_code from registry_membership m
    where m.person_id = w.id and m.ended_because <> 'undone' order by m.until desc nulls first, m.id desc limit 1) l
  where p.id = w.id and p.village_code <> l.village_code and p.county_code = left(l.village_code, 6)
    and p.village_code >= places_scope_lo() and p.village_code < places_scope_hi()
    and not exists (select 1 from registry_membership m where m.person_id = p.id and m.until is null)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0024_status_goes_along")]
    operations = [
        migrations.RunSQL(NAMESAKE, "drop function registry_namesake_free(text, date);"),
        migrations.RunSQL(GO_BACK, "drop function registry_people_go_back(bigint[]);"),
    ]
