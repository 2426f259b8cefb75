"""A correction and a hearing name the appointment that made them, so that the database can ask whose kin they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_who_they_are_in_the_register"),
        ("registry", "0022_exits_decided_here_have_a_day"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="appointment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.appointment"
            ),
        )
        for name in ("correction", "listinganswer")
    ]
