"""Whoever splits off a household that left poverty stands where it stood; who was removed as wrongly listed may be watched as one at the border."""

from django.db import migrations

# As who is watched does (0016): written by the change itself, when its case is accepted, and by nobody else. Only having left poverty goes along,
# and it gives nothing but that the household is looked after as others that left; what takes or gives more has its procedure. Where the
# change is undone the new household ends, and its status with it.
ALONG = """
create function decisions_status_of_split(split bigint) returns void language sql security definer set search_path = public, pg_temp as $$
  insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
  select n.id, n.village_code, s.status, s.since, 'family', c.id::text, decisions_now(), a.actor
  from decisions_case c join decisions_casestep a on a.case_id = c.id and a.act = 'accepted'
  join registry_household n on n.begun_by_case = c.id and n.split_from_id = any (c.households)
  join lateral (select x.status, x.since from registry_statusentry x where x.household_id = n.split_from_id and x.recorded_at <= a.at
    order by x.id desc limit 1) s on s.status = 'exited'
  where c.id = split and c.kind = 'split' and n.ended_on is null and n.kind <> 'other'
    and not exists (select 1 from registry_statusentry x where x.household_id = n.id)
$$;
create function decisions_status_goes_along() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform decisions_status_of_split(new.case_id);
  return null;
end $$;
create trigger decisions_status_goes_along after insert on decisions_casestep for each row
  when (new.act = 'accepted') execute function decisions_status_goes_along();
"""

MOVED = "  if new.basis = 'moved' then"
FAMILY = "  if new.basis = 'family' then\n    -- Written by the owner alone (registry_status_moved_guard), where a household divides.\n    return new;\n  end if;\n"
BORDER = "elsif said = 'marginal' and (status <> 'none' or h.kind = 'registered') then"
REMOVED = "elsif said = 'marginal' and (status not in ('none', 'removed') or status = 'none' and h.kind = 'registered') then"
# Those that split off before this: from how their family stood then.
BEFORE = "select decisions_status_of_split(c.id) from decisions_case c where c.kind = 'split'"


def forward(apps, schema_editor):
    """Both read from the database, so that the rest of them stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        for name, was, now in (
            ("registry_status_guard", MOVED, FAMILY + MOVED),
            ("decisions_effect_watch", BORDER, REMOVED),
        ):
            cursor.execute("select pg_get_functiondef(%s::regproc)", [name])
            (text,) = cursor.fetchone()
            assert text.count(was) == 1, f"{name} reads otherwise than it did"
            schema_editor.execute(text.replace(was, now), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0039_places_are_decided_on_what_stands"),
        ("registry", "0024_status_goes_along"),
    ]
    operations = [
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.RunSQL(ALONG, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
