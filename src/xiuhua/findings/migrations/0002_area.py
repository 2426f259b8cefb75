"""Rows are seen only by those whose area they lie in."""

from django.db import migrations

from xiuhua.places.scope import protect


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial"), ("places", "0002_scope_in_the_database")]
    operations = [migrations.RunSQL(*protect("findings_finding", "place_code"))]
