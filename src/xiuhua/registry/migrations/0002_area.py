"""The register is seen only within one's area; history tables have policies of their own."""

from django.db import migrations

from xiuhua.places.scope import protect

TABLES = ("household", "person", "membership", "periodrecord", "statusentry", "standing")
HISTORY = ("householdevent", "personevent", "membershipevent", "periodrecordevent")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("places", "0002_scope_in_the_database")]
    operations = [
        *(migrations.RunSQL(*protect(f"registry_{table}")) for table in TABLES),
        *(migrations.RunSQL(*protect(f"registry_{table}", history=True)) for table in HISTORY),
        migrations.RunSQL(*protect("registry_opening", "county_code")),
    ]
