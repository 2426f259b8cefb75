"""What a step rests on is of the day on which it is signed, not of the day on which the proceeding was begun: nothing grows old by waiting."""

from django.db import migrations

# Only what completes the records of a past programme is judged by the day of its data, as when it was begun.
GUARD = """
create or replace function decisions_snapshot_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; over boolean;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  select coalesce(p.until < notices_today(), false) into over from decisions_procedure p where p.id = c.procedure_id;
  if new.as_of <> (case when over then c.as_of else notices_today() end) or not decisions_records_stand(c, new.records) then
    raise exception 'the records are not as they stand' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0022_who_leaves_leaves_on_paper")]
    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
