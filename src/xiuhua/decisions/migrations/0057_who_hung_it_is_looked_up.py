"""Who hung or took down what of fifty proceedings: their notices are found by the proceeding, not by what each reference would be."""

from django.db import migrations

# As 0055 has it but for the notices.
ACTS = """
create or replace function decisions_acts_of(asked bigint[]) returns table (proceeding bigint, step text, who bigint, stands bigint) language sql stable set search_path = public, pg_temp as $$
  select x.proceeding_id, x.step, x.official_id, x.deputises_id from decisions_signature x where x.proceeding_id = any (asked)
  union all
  select did.proceeding, did.step, a.official_id, b.official_id from (
    select x.proceeding_id, x.step, x.appointment_id from decisions_paper x where x.proceeding_id = any (asked)
    union all
    select n.of_proceeding, split_part(n.reference, ':', 3), hung.appointment
    from notices_notice n cross join lateral (values (n.hung_appointment_id), (n.taken_down_appointment_id)) hung(appointment)
    where n.of_proceeding = any (asked)
    union all
    select c.id, p.first_step, c.begun_appointment_id from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = any (asked)
  ) did(proceeding, step, appointment) join accounts_appointment a on a.id = did.appointment left join accounts_appointment b on b.id = a.deputy_for_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0056_who_said_no_does_not_judge"),
        ("notices", "0014_what_hung_is_found_by_its_proceeding"),
    ]
    operations = [migrations.RunSQL(ACTS, migrations.RunSQL.noop)]
