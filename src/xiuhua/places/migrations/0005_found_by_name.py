"""A village is found by its name in one look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0004_everything_follows")]
    operations = [
        migrations.AddIndex("place", models.Index(fields=["name", "code"], name="place_name")),
    ]
