"""A sheet is numbered in the series of the place that hung it: when villages are united, two sheets of one number may lie at one place."""

from django.db import migrations, models

SERIES = """
alter table notices_sheet disable trigger notices_sheet_guard;
update notices_sheet set series = place_code;
alter table notices_sheet enable trigger notices_sheet_guard;
create function notices_sheet_series() returns trigger language plpgsql as $$
begin
  new.series := new.place_code;
  return new;
end $$;
create trigger notices_sheet_series before insert on notices_sheet for each row execute function notices_sheet_series();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0007_the_web_says_its_step")]
    operations = [
        migrations.AddField(
            model_name="sheet",
            name="series",
            field=models.CharField(blank=True, db_collation="C", db_default="", default="", max_length=12),
        ),
        migrations.RunSQL(SERIES, "drop trigger notices_sheet_series on notices_sheet; drop function notices_sheet_series();"),
        migrations.RemoveConstraint("sheet", "one_sheet_a_number"),
        migrations.AddConstraint(
            "sheet", models.UniqueConstraint(fields=["series", "year", "number"], name="one_sheet_a_number")
        ),
    ]
