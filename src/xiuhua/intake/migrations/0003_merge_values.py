"""Several rows that speak of one household, laid over each other in a stated order: the later one wins, key by key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_area")]
    operations = [
        migrations.RunSQL(
            "create aggregate intake_merge(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}', parallel = safe)",
            "drop aggregate intake_merge(jsonb)",
        )
    ]
