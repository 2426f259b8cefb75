"""Readings of every name of a county, and those of the names that are there already; a phone is found in one look."""

from typing import Any

from django.db import migrations, models

from xiuhua.common.readings import keys_of

# A post below the county sees its county's readings, which are words of a language; whose they are it sees only within its area.
SEEN = "county_code >= left((select places_scope_lo()), 6) and county_code < (select places_scope_hi())"
PROTECT = f"""
alter table registry_namekey enable row level security;
create policy area_read on registry_namekey for select using ({SEEN});
create policy area_add on registry_namekey for insert with check ({SEEN});
create policy area_change on registry_namekey for update using ({SEEN});
create policy area_remove on registry_namekey for delete using ({SEEN});
"""
UNPROTECT = """
drop policy area_read on registry_namekey;
drop policy area_add on registry_namekey;
drop policy area_change on registry_namekey;
drop policy area_remove on registry_namekey;
alter table registry_namekey disable row level security;
"""

COUNTIES = "select distinct left(code, 6) from places_place where length(code) >= 6"
NAMES = """
select name from registry_person where county_code = %(county)s and name is not null
union select head_name from registry_household where county_code = %(county)s and head_name is not null
union select name from places_place where code >= %(county)s and code < %(county)s || ':'
"""
ADD = "insert into registry_namekey (county_code, name, key) select %s, * from unnest(%s::text[], %s::text[])"


def read_names(apps: Any, schema_editor: Any) -> None:
    """A county at a time, so that a whole province does not lie in memory."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COUNTIES)
        for (county,) in cursor.fetchall():
            cursor.execute(NAMES, {"county": county})
            pairs = [(name, key) for (name,) in cursor.fetchall() for key in keys_of(name)]
            cursor.execute(ADD, [county, [name for name, _ in pairs], [key for _, key in pairs]])


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_corrections"), ("places", "0005_found_by_name")]
    operations = [
        migrations.CreateModel(
            name="NameKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "county_code", "name", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_code", models.CharField(db_collation="C", max_length=6)),
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(db_collation="C", max_length=60)),
            ],
            options={
                "indexes": [models.Index(fields=["county_code", "key", "name"], name="namekey_key")],
            },
        ),
        migrations.RunPython(read_names, migrations.RunPython.noop),
        migrations.RunSQL(PROTECT, UNPROTECT),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["phone_blind"], name="person_phone", condition=models.Q(phone_blind__isnull=False)
            ),
        ),
    ]
