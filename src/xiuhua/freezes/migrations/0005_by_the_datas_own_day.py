"""Whether a freeze's rules are asked for the data's own day, and of which days the villages' data were. Of freezes of before
neither was kept: they count as by their own day."""

from django.db import migrations, models

KEPT = """
create trigger freezes_day_kept before update on freezes_freeze for each row
  when ((old.of_other_day, old.days) is distinct from (new.of_other_day, new.days)) execute function registry_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("freezes", "0004_one_at_a_time")]
    operations = [
        migrations.AddField(
            model_name="freeze",
            name="of_other_day",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(model_name="freeze", name="days", field=models.JSONField(null=True)),
        migrations.RunSQL(KEPT, "drop trigger freezes_day_kept on freezes_freeze"),
    ]
