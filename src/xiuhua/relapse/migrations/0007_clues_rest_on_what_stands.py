"""What a clue ends in is asked of what is committed, not of an older view of it (decisions 0018)."""

from django.db import migrations

WRITTEN = "create trigger relapse_{table}_stands before insert or update on relapse_{table} for each statement execute function decisions_reads_what_stands();"


class Migration(migrations.Migration):
    dependencies = [("relapse", "0006_days_run_from_the_application"), ("decisions", "0018_signed_on_what_stands")]

    operations = [
        migrations.RunSQL(WRITTEN.format(table=table), migrations.RunSQL.noop)
        for table in ("clue", "cluesource", "sheet", "relief", "assessment")
    ]
