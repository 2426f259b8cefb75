"""Staged rows are seen only by those whose area they were uploaded for."""

from django.db import migrations

from xiuhua.places.scope import protect

TABLES = ("batch", "sheet", "stagedrow", "stagedhousehold", "sighting", "rememberedcolumn")


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("places", "0002_scope_in_the_database")]
    operations = [migrations.RunSQL(*protect(f"intake_{table}", "place_code")) for table in TABLES]
