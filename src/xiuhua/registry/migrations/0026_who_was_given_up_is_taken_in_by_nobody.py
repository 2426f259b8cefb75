"""A record that was given up when two of one person became one bears no number any more: whoever joins by that number, here or with a
household from another county, is the kept one. And a name told with a number is held against the name that the register has for it."""

from django.db import migrations

# Who comes in by a number: lives, belongs nowhere, and was not given up. The same as `registry.queries.bearers.bearer_of`.
FREE = """
create function registry_given_up(person bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select coalesce((select m.ended_because = 'same_person' from registry_membership m where m.person_id = person and m.ended_because <> 'undone'
    order by m.until desc nulls first, m.id desc limit 1), false)
$$;
create function registry_person_free(wanted bytea, county text) returns bigint language sql stable set search_path = public, pg_temp as $$
  select p.id from registry_person p
  where p.id_blind = wanted and p.county_code = county and p.died_on is null and not registry_given_up(p.id)
    and not exists (select 1 from registry_membership m where m.person_id = p.id and m.until is null)
  order by p.id limit 1
$$;
create or replace function registry_take_in_person(wanted bytea, village text) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare found bigint;
begin
  if not (village >= places_scope_lo() and village < places_scope_hi()) then
    raise exception 'outside the acting area' using errcode = 'insufficient_privilege';
  end if;
  found := registry_person_free(wanted, left(village, 6));
  perform 1 from registry_person where id = found for update;
  update registry_person set village_code = village where id = found and village_code <> village;
  return found;
end $$;
-- Whether the one who would come in by a number has another name than is said: null where none comes or the name is the same; the
-- name where they lie in the acting area, else an empty text: that it differs, and nothing more.
create function registry_free_other_name(wanted bytea, village text, said text) returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select case when p.village_code >= places_scope_lo() and p.village_code < places_scope_hi() then p.name else '' end
  from registry_person p
  where p.id = registry_person_free(wanted, left(village, 6)) and p.name <> said
    and village >= places_scope_lo() and village < places_scope_hi()
$$;
"""
THERE_BEFORE = "where id_blind = p.id_blind and county_code = county and died_on is null order by id limit 1"
KEPT = "where id_blind = p.id_blind and county_code = county and died_on is null and not registry_given_up(id) order by id limit 1"


def forward(apps, schema_editor):
    """Who lived in a county before is the same person, but for a record that was given up: the rest of the carrying stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('registry_carry_household'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(THERE_BEFORE) == 1
    schema_editor.execute(was.replace(THERE_BEFORE, KEPT), params=None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0025_who_left_is_asked_about_and_goes_back")]
    operations = [
        migrations.RunSQL(FREE, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
