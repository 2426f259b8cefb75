"""A part that splits off a household that left poverty left it too: its status goes along, by an entry with a basis of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0023_who_corrected_is_said")]
    operations = [
        migrations.RemoveConstraint("statusentry", "status_rests_on_something"),
        migrations.AddConstraint(
            "statusentry",
            models.CheckConstraint(
                name="status_rests_on_something",
                condition=models.Q(basis="opening", opening__isnull=False, case_number="")
                | (models.Q(basis__in=("case", "moved", "family"), opening__isnull=True) & ~models.Q(case_number="")),
            ),
        ),
    ]
