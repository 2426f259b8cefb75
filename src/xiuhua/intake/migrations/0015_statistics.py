"""Statistics of what was staged, on demand: a batch that came since they were last taken counts as one row, and every piece of its
merge then reads all of its rows once for each of its households. Only an owner may ask for them, so a function of the owner does;
it changes nothing and tells nothing. Of columns that are compared only: the wide ones would have to be read for it."""

from django.db import migrations

CREATE = """
create function intake_take_statistics() returns void language sql security definer set search_path = public, pg_temp as $$
  analyze intake_stagedrow (batch_id, place_code, sheet_id, book, "row", household_number, person_number, year, village_code, id_blind),
    intake_stagedhousehold (id, batch_id, place_code, number, village_code, known, change, merged_at)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0014_a_file_tells_heads_and_years_of_exit")]
    operations = [migrations.RunSQL(CREATE, "drop function intake_take_statistics()")]
