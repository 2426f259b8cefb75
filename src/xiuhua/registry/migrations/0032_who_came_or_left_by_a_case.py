"""When a case last changed who belongs is asked of every household (`rec_household`); of most none did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0031_whose_number_carries_another")]
    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("begun_by_case__isnull", False), ("ended_by_case__isnull", False), _connector="OR"),
                fields=["household"],
                name="membership_by_case",
            ),
        ),
    ]
