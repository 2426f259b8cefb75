"""Counts of villages are kept, and every change marks its village: a kept count that has a mark is not believed."""

from django.db import migrations, models

from xiuhua.places.scope import protect

FUNCTION = """
create function registry_mark_tallies() returns trigger language plpgsql as $$
begin
  insert into registry_tallymark (village_code) select distinct village_code from changed;
  return null;
end $$;
"""
MARKS = """
create trigger tally_added after insert on {table} referencing new table as changed for each statement execute function registry_mark_tallies();
create trigger tally_changed after update on {table} referencing new table as changed for each statement execute function registry_mark_tallies();
create trigger tally_left after update on {table} referencing old table as changed for each statement execute function registry_mark_tallies();
create trigger tally_removed after delete on {table} referencing old table as changed for each statement execute function registry_mark_tallies();
"""
UNMARK = """
drop trigger tally_added on {table}; drop trigger tally_changed on {table};
drop trigger tally_left on {table}; drop trigger tally_removed on {table};
"""
TABLES = ("registry_household", "registry_standing", "registry_statusentry")
# What is there was never counted.
FIRST = "insert into registry_tallymark (village_code) select distinct village_code from registry_household"

class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0011_names_are_read"),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('village_code', models.CharField(db_collation='C', max_length=12, primary_key=True, serialize=False)),
                ('counted_at', models.DateTimeField()),
                ('households', models.IntegerField()),
                ('watched', models.IntegerField()),
                ('registered', models.IntegerField()),
                ('people', models.IntegerField()),
                ('poor', models.IntegerField()),
                ('poor_people', models.IntegerField()),
                ('exited', models.IntegerField()),
                ('fails', models.IntegerField()),
                ('unknown', models.IntegerField()),
                ('doubt', models.IntegerField()),
                ('lines', models.JSONField(default=dict)),
                ("as_of", models.DateField(null=True)),
                ('year', models.SmallIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TallyMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village_code', models.CharField(db_collation='C', max_length=12)),
            ],
            options={
                'indexes': [models.Index(fields=['village_code'], name='tallymark_village')],
            },
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(*protect("registry_tally")),
        # Whoever may change a row may mark its village.
        migrations.RunSQL(*protect("registry_tallymark", history=True)),
        migrations.RunSQL(FUNCTION, "drop function registry_mark_tallies()"),
        *(migrations.RunSQL(MARKS.format(table=table), UNMARK.format(table=table)) for table in TABLES),
    ]
