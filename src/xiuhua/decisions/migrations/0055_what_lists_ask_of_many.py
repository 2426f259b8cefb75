"""What lists ask of fifty proceedings at once: whose household is kin's, who did what, and which are shown."""

from django.db import migrations, models

# As 0025 has it, and as the owner for the same reason; of one household it follows.
KIN = """
create function decisions_kin_among(people bigint[], homes bigint[]) returns setof bigint language sql stable security definer set search_path = public, pg_temp as $$
  select k.household_id from decisions_kin k where k.household_id = any (homes) and k.official_id = any (people) and (k.until is null or k.until >= notices_today())
  union
  select m.household_id from accounts_ownnumber n join registry_person p on p.id_blind = n.id_blind
    join registry_membership m on m.person_id = p.id and m.household_id = any (homes) and (m.until is null or m.until >= notices_today())
    where n.official_id = any (people) and (n.until is null or n.until >= notices_today())
$$;
create or replace function decisions_are_kin(people bigint[], home bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from decisions_kin_among(people, array[home]))
$$;
"""

# As 0045 has it. No definition is read for it: a procedure's first step has a column, a notice's step is written in its reference.
ACTS = """
create or replace function decisions_acts_of(asked bigint[]) returns table (proceeding bigint, step text, who bigint, stands bigint) language sql stable set search_path = public, pg_temp as $$
  select x.proceeding_id, x.step, x.official_id, x.deputises_id from decisions_signature x where x.proceeding_id = any (asked)
  union all
  select did.proceeding, did.step, a.official_id, b.official_id from (
    select x.proceeding_id, x.step, x.appointment_id from decisions_paper x where x.proceeding_id = any (asked)
    union all
    select c.id, split_part(n.reference, ':', 3), hung.appointment from unnest(asked) c(id)
      join notices_notice n on n.reference >= format('proceeding:%s:', c.id) and n.reference < format('proceeding:%s;', c.id)
      cross join lateral (values (n.hung_appointment_id), (n.taken_down_appointment_id)) hung(appointment)
    union all
    select c.id, p.first_step, c.begun_appointment_id from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = any (asked)
  ) did(proceeding, step, appointment) join accounts_appointment a on a.id = did.appointment left join accounts_appointment b on b.id = a.deputy_for_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0054_another_county_takes_the_place")]
    operations = [
        migrations.AddField(
            "procedure",
            "first_step",
            models.GeneratedField(
                db_persist=True,
                expression=models.fields.json.KT("definition__steps__0__id"),
                output_field=models.TextField(),
            ),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (KIN, ACTS)),
        migrations.RemoveIndex("proceeding", "proceeding_waits"),
        migrations.AddIndex(
            "proceeding",
            models.Index(
                fields=["place_code", "due_on"],
                include=("procedure", "at_step", "step_since", "id"),
                condition=models.Q(course="open"),
                name="proceeding_waits",
            ),
        ),
    ]
