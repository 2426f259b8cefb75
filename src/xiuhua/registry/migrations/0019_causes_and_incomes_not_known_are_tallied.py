"""Tallies count households without a recorded cause, and incomes under the line and under nothing: what was kept is counted again."""

from django.db import migrations

AGAIN = "insert into registry_tallymark (village_code) select village_code from registry_tally"


class Migration(migrations.Migration):
    dependencies = [("registry", "0018_households_are_watched")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]
