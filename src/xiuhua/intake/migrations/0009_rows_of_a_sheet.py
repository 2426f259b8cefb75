"""A staged row rests on its sheet, which rests on the batch: that was looked up twice for each row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0008_standings_foreseen"),
    ]

    operations = [
        migrations.AlterField(
            model_name='stagedrow',
            name='batch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='intake.batch'),
        ),
        # Every staged household is marked once as merged: with room beside it, no index has to follow.
        migrations.RunSQL(
            "alter table intake_stagedhousehold set (fillfactor = 50)",
            "alter table intake_stagedhousehold reset (fillfactor)",
        ),
    ]
