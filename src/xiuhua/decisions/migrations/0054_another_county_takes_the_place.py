"""A move to another county that was given back and corrected goes to the county that was chosen last: it is offered to no other."""

from django.db import migrations

# The place is taken over with the step that hands the case in again, and so by nobody else than whoever may take that step.
KEPT_WAS = "(new.kind, new.place_code, new.begun_at, new.to_code) is distinct from (old.kind, old.place_code, old.begun_at, old.to_code)"
KEPT_NOW = """(new.kind, new.place_code, new.begun_at) is distinct from (old.kind, old.place_code, old.begun_at)
       or (new.to_code <> old.to_code and not (current_user = owner and old.state = 'returned' and old.to_code <> ''
         and new.to_code is not distinct from new.payload ->> 'county'))"""
STEP_WAS = "update decisions_case set state = after where id = c.id;"
STEP_NOW = """update decisions_case set state = after,
    to_code = case when new.act = 'resubmitted' and c.to_code <> '' then c.payload ->> 'county' else c.to_code end where id = c.id;"""

# Corrected before this and not agreed to yet: they go where they say.
BEFORE = """
do $$
begin
  alter table decisions_case disable trigger decisions_case_guard;
  update decisions_case set to_code = payload ->> 'county'
  where kind = 'move_away' and state in ('pending', 'returned') and to_code <> payload ->> 'county';
  alter table decisions_case enable trigger decisions_case_guard;
end $$;
"""


def forward(apps, schema_editor):
    """Two guards with a sentence more each: read from the database, so that the rest of them stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('decisions_case_guard'::regproc), pg_get_functiondef('decisions_step_guard'::regproc)")
        kept, step = cursor.fetchone()
    assert kept.count(KEPT_WAS) == 1, "the guard of what was proposed reads otherwise than it did"
    assert step.count(STEP_WAS) == 1, "the guard of a step reads otherwise than it did"
    schema_editor.execute(kept.replace(KEPT_WAS, KEPT_NOW), params=None)
    schema_editor.execute(step.replace(STEP_WAS, STEP_NOW), params=None)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0053_two_thirds_are_enough")]
    operations = [
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
