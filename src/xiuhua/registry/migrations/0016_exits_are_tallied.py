"""Tallies count exits by year and incomes just above the line: what was kept before is counted again."""

from django.db import migrations

AGAIN = "insert into registry_tallymark (village_code) select village_code from registry_tally"


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_villages_by_year")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]
