"""What a row was before is kept: history is written by its triggers and changed by nobody, the application least of all."""

from django.db import migrations

TABLES = ("householdevent", "personevent", "membershipevent", "periodrecordevent")
KEEP = """
create trigger registry_history_kept before update or delete on registry_{table} for each row execute function registry_only_added();
create trigger registry_history_kept_whole before truncate on registry_{table} for each statement execute function registry_only_added();
"""
UNKEEP = """
drop trigger registry_history_kept_whole on registry_{table};
drop trigger registry_history_kept on registry_{table};
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_tallies_are_kept")]
    operations = [migrations.RunSQL(KEEP.format(table=table), UNKEEP.format(table=table)) for table in TABLES]
