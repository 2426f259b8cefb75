"""The few whose coming was undone are asked for by every file that names a number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0032_who_came_or_left_by_a_case")]
    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(condition=models.Q(("ended_because", "undone")), fields=["person"], name="membership_undone"),
        ),
    ]
