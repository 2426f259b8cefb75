"""Whose notice one is stands in its reference, and is looked up on every page of a proceeding: a number is found by its index under
row-level security, the beginning of a text is not, and every notice of the area was read for it."""

from django.db import migrations, models
from django.db.models import BigIntegerField, Case, F, Func, Value, When
from django.db.models.functions import Cast


# The database makes it out after the guards have run: what they are given of a change has none yet.
COMPARED = ("to_jsonb(new) - ", "to_jsonb(old) - ")


def forward(apps, schema_editor):
    """The guard of what hangs with this column left aside, read from the database so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('notices_notice_guard'::regproc)")
        (text,) = cursor.fetchone()
    for was in COMPARED:
        assert text.count(was) == 1, "the guard reads otherwise than it did"
        text = text.replace(was, f"{was}'of_proceeding' - ")
    schema_editor.execute(text, params=None)


class Migration(migrations.Migration):
    dependencies = [("notices", "0013_what_hangs_is_found")]
    operations = [
        migrations.AddField(
            "notice",
            "of_proceeding",
            models.GeneratedField(
                db_persist=True,
                expression=Case(
                    When(
                        reference__regex=r"^proceeding:[0-9]{1,18}:",
                        then=Cast(
                            Func(F("reference"), Value(":"), Value(2), function="split_part"), BigIntegerField()
                        ),
                    )
                ),
                null=True,
                output_field=BigIntegerField(),
            ),
        ),
        migrations.AddIndex("notice", models.Index(fields=["of_proceeding"], name="notice_of_proceeding")),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
