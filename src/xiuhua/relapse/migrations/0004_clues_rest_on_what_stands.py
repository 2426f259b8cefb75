"""What a clue ends in is asked of what is committed, not of an older view of it (decisions 0016)."""

from django.db import migrations

WRITTEN = "create trigger relapse_{table}_stands before insert or update on relapse_{table} for each statement execute function decisions_reads_what_stands();"


class Migration(migrations.Migration):
    dependencies = [("relapse", "0003_kin_and_posts_are_asked"), ("decisions", "0016_signed_on_what_stands")]

    operations = [
        migrations.RunSQL(WRITTEN.format(table=table), migrations.RunSQL.noop)
        for table in ("clue", "cluesource", "sheet", "relief", "assessment")
    ]
