"""What somebody did in many proceedings is asked at once, and what is open is counted from an index alone."""

from django.db import migrations, models

# As 0038 has it, of several at once; of one it follows.
ACTS = """
create function decisions_acts_of(asked bigint[]) returns table (proceeding bigint, step text, who bigint, stands bigint) language sql stable set search_path = public, pg_temp as $$
  select x.proceeding_id, x.step, x.official_id, x.deputises_id from decisions_signature x where x.proceeding_id = any (asked)
  union all
  select did.proceeding, did.step, a.official_id, b.official_id from (
    select x.proceeding_id, x.step, x.appointment_id from decisions_paper x where x.proceeding_id = any (asked)
    union all
    select c.id, s.one ->> 'id', hung.appointment from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id
      cross join lateral jsonb_array_elements(p.definition -> 'steps') s(one) cross join lateral generate_series(1, c.round) turn
      join notices_notice n on n.reference = format('proceeding:%s:%s:%s', c.id, s.one ->> 'id', turn)
      cross join lateral (values (n.hung_appointment_id), (n.taken_down_appointment_id)) hung(appointment)
    where c.id = any (asked)
    union all
    select c.id, p.definition #>> '{steps,0,id}', c.begun_appointment_id from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = any (asked)
  ) did(proceeding, step, appointment) join accounts_appointment a on a.id = did.appointment left join accounts_appointment b on b.id = a.deputy_for_id
$$;
create or replace function decisions_acts(asked bigint) returns table (step text, who bigint, stands bigint) language sql stable set search_path = public, pg_temp as $$
  select x.step, x.who, x.stands from decisions_acts_of(array[asked]) x
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0044_what_a_round_found_stays")]
    operations = [
        migrations.RunSQL(ACTS, migrations.RunSQL.noop),
        migrations.RemoveIndex("proceeding", "proceeding_due"),
        migrations.AddIndex(
            "proceeding",
            models.Index(
                fields=["place_code", "due_on"],
                include=("procedure", "at_step", "step_since"),
                condition=models.Q(course="open"),
                name="proceeding_waits",
            ),
        ),
    ]
