"""What a clue ends in is asked of what is committed, not of an older view of it (decisions 0017)."""

from django.db import migrations

WRITTEN = "create trigger relapse_{table}_stands before insert or update on relapse_{table} for each statement execute function decisions_reads_what_stands();"


class Migration(migrations.Migration):
    dependencies = [("relapse", "0004_an_open_clue_is_heard_first"), ("decisions", "0017_signed_on_what_stands")]

    operations = [
        migrations.RunSQL(WRITTEN.format(table=table), migrations.RunSQL.noop)
        for table in ("clue", "cluesource", "sheet", "relief", "assessment")
    ]
