"""Whoever is kept from a matter by what happened before it, where a room above knows that, judges nothing of it: no step, no objection, no appeal."""

from django.db import migrations

# This room knows of nobody; the room above that knows puts its own in place of this (relapse 0019). Of many at once: lists ask it.
BESIDES = """
create function decisions_kept_besides(asked bigint[]) returns table (proceeding bigint, who bigint) language sql stable set search_path = public, pg_temp as $$
  select null::bigint, null::bigint where false
$$;
-- Whether whoever does a step finds, hears or decides something. Taking up, comparing, hanging and agreeing judge nothing.
create function decisions_judges(s jsonb) returns boolean language sql immutable set search_path = public, pg_temp as $$
  select coalesce(s ->> 'does' in ('visit', 'meeting', 'review', 'decision', 'outside'), false)
$$;
create function decisions_is_kept_besides(asked bigint, people bigint[]) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_kept_besides(array[asked]) x where x.who = any (people))
$$;
-- As in 0038: who answers an objection or an appeal had no part, in what went before it neither.
create or replace function decisions_had_a_part(people bigint[], proceeding bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_acts(proceeding) x where x.who = any (people) or x.stands = any (people)) or decisions_is_kept_besides(proceeding, people)
$$;
"""
STEP_WAS = "then 'whoever had a part in it does not judge it' end;"
STEP = "then 'whoever had a part in it does not judge it'\n    when decisions_judges(s) and decisions_is_kept_besides(c.id, people) then 'others judge after a no' end;"
SIGNED_WAS = "  return new;\nend"
SIGNED = """  if new.sign <> 'withdrawn' and decisions_judges(s) and decisions_is_kept_besides(new.proceeding_id, array_remove(array[new.official_id, new.deputises_id], null)) then
    raise exception 'others judge after a no' using errcode = 'check_violation';
  end if;
"""


def forward(apps, schema_editor):
    """Two functions with a place altered in each, read from the database so that the rest of them stays what it is."""
    for name, was, now in (
        ("decisions_kept_from_step", STEP_WAS, STEP),
        ("decisions_signature_parts", SIGNED_WAS, SIGNED + SIGNED_WAS),
    ):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select pg_get_functiondef(%s::regproc)", [name])
            (text,) = cursor.fetchone()
        assert text.count(was) == 1, f"{name} reads otherwise than it did"
        schema_editor.execute(text.replace(was, now), params=None)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0055_what_lists_ask_of_many")]
    operations = [
        migrations.RunSQL(BESIDES, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
