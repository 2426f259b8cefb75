"""Differences are seen where the household lives."""

from django.db import migrations

from xiuhua.places.scope import protect


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_comparison")]
    operations = [migrations.RunSQL(*protect("intake_difference", "place_code"))]
