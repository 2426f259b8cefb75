"""Statistics of the register on demand: straight after a merge the planner knows nothing of the new rows, and a page or the
next piece of the merge would read a whole county for one village. Only an owner may ask for them, so a function of the
owner does; it changes nothing and tells nothing."""

from django.db import migrations

CREATE = """
create function registry_take_statistics() returns void language sql security definer set search_path = public as $$
  analyze registry_household, registry_person, registry_membership, registry_periodrecord, registry_statusentry, registry_standing
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_records")]
    operations = [migrations.RunSQL(CREATE, "drop function registry_take_statistics()")]
