"""The few people whose number carries an ID number (a disability card, an old number of 15 digits) are found by their day of birth."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0030_who_never_came_bears_no_number")]
    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("id_kind__in", ("resident15", "disability20", "disability22"))),
                fields=["birth_date"],
                name="person_carries",
            ),
        ),
    ]
