"""Who hung a notice and who took it down is said by their appointment, not by a text alone."""

import django.db.models.deletion
from django.db import migrations, models

LETTING = "'taken_down_proof_id'"


def forward(apps, schema_editor):
    """What of a notice may be written when it comes down, one column more; read from the database, so that the rest stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('notices_notice_guard'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(LETTING) == 2, was
    schema_editor.execute(was.replace(LETTING, f"{LETTING} - 'taken_down_appointment_id'"), params=None)


def person():
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.appointment"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0008_sheets_keep_the_series_of_their_place"),
        ("accounts", "0003_who_they_are_in_the_register"),
    ]
    operations = [
        migrations.AddField("notice", "hung_appointment", person()),
        migrations.AddField("notice", "taken_down_appointment", person()),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
