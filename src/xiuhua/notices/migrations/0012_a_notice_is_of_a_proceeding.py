"""What hangs, or stands on a sheet, is the matter of a proceeding's step: of none, anything could be said of anybody."""

from django.db import migrations

REFUSED = """raise exception 'a notice is of a step of a proceeding' using errcode = 'check_violation';
  """
ALONE_WAS = "    return new;\n  end if;\n  new.matter := matter;"
ALONE = "    " + REFUSED + "end if;\n  new.matter := matter;"
SHEET_WAS = "  if exists (select 1 from jsonb_array_elements(new.entries) one where not notices_line_is_its_own("
SHEET = """  if exists (select 1 from jsonb_array_elements(new.entries) one where notices_matter_of(one ->> 'reference') is null) then
    raise exception 'a notice is of a step of a proceeding' using errcode = 'check_violation';
  end if;
"""


def forward(apps, schema_editor):
    """Two functions with a place altered in each, read from the database so that the rest of them stays what it is."""
    for name, was, now in (("notices_says_its_step", ALONE_WAS, ALONE), ("notices_sheet_says", SHEET_WAS, SHEET + SHEET_WAS)):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select pg_get_functiondef(%s::regproc)", [name])
            (text,) = cursor.fetchone()
        assert text.count(was) == 1, f"{name} reads otherwise than it did"
        schema_editor.execute(text.replace(was, now), params=None)


class Migration(migrations.Migration):
    dependencies = [("notices", "0011_what_hangs_is_the_registers")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
