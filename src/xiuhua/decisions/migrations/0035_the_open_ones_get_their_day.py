"""What was begun before the whole had its day (0029) gets it now, and not only at its next step: what lies there is the very thing to be seen."""

from django.db import migrations

# Of the open ones alone, and never a later day than they had. Nobody has just signed: what their days run from stands in the signatures.
GIVEN = """
update decisions_proceeding p set due_on = f.due_on
from (select x.id, decisions_due_on(x, '') as due_on from decisions_proceeding x where x.course = 'open') f
where f.id = p.id and (p.due_on is null and f.due_on is not null or f.due_on < p.due_on)
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0034_ends_of_watching_are_looked_through")]
    operations = [migrations.RunSQL(GIVEN, migrations.RunSQL.noop)]
