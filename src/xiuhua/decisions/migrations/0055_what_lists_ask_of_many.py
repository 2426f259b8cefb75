"""What lists ask of fifty proceedings at once: whose household is kin's, who did what, and which are shown."""

from django.db import migrations, models

# As 0025 has it, and as the owner for the same reason; of one household it follows.
KIN = """
create or replace function decisions_kin_among(people bigint[], homes bigint[]) returns setof bigint language sql stable security definer set search_path = public, pg_temp as $$
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

# As 0045 has it. A definition is long, and read once a procedure or not at all. Notices are looked up by what their references would be,
# made out beforehand: compared with what is made out on the way, row-level security would have every notice of the area read.
ACTS = """
create or replace function decisions_acts_of(asked bigint[]) returns table (proceeding bigint, step text, who bigint, stands bigint) language sql stable set search_path = public, pg_temp as $$
  select x.proceeding_id, x.step, x.official_id, x.deputises_id from decisions_signature x where x.proceeding_id = any (asked)
  union all
  select did.proceeding, did.step, a.official_id, b.official_id from (
    select x.proceeding_id, x.step, x.appointment_id from decisions_paper x where x.proceeding_id = any (asked)
    union all
    select split_part(n.reference, ':', 2)::bigint, split_part(n.reference, ':', 3), hung.appointment
    from notices_notice n cross join lateral (values (n.hung_appointment_id), (n.taken_down_appointment_id)) hung(appointment)
    where n.reference = any (array(
      select format('proceeding:%s:%s:%s', c.id, p.step, turn) from decisions_proceeding c join (
        select q.id, s.one ->> 'id' as step from decisions_procedure q cross join lateral jsonb_array_elements(q.definition -> 'steps') s(one)
        where q.id = any (array(select x.procedure_id from decisions_proceeding x where x.id = any (asked)))) p on p.id = c.procedure_id
        cross join lateral generate_series(1, c.round) turn
      where c.id = any (asked)))
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
