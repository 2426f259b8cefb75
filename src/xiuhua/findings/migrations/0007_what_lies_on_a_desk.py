"""What lies on a desk is counted from an index alone, around every page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_who_they_are_in_the_register"),
        ("findings", "0006_history_follows_its_finding"),
    ]
    operations = [
        migrations.RemoveIndex("finding", "finding_owner"),
        migrations.AddIndex(
            "finding",
            models.Index(
                fields=["owner", "place_code"],
                name="finding_owner",
                include=("state", "due_on"),
                condition=~models.Q(state="closed"),
            ),
        ),
    ]
