"""Whatever is said against a decision joins one appeal until it is answered, by a day; never taken down by whoever decided. A withdrawal is appealed against too."""

import django.db.models.deletion
from django.db import migrations, models

# Appeals of before have their day by what the rulebook said then: thirty days from the day they came.
DATED = """
alter table decisions_appeal disable trigger decisions_appeal_guard;
update decisions_appeal set due_on = notices_due(came_on, 30, 'calendar');
alter table decisions_appeal enable trigger decisions_appeal_guard;
"""

ABOUT = """
-- The day of what is appealed against: a refusal, a status or watching that was taken, or what was taken back in the household's name.
create function decisions_appealed_from(c decisions_proceeding, d jsonb) returns date language sql stable set search_path = public, pg_temp as $$
  select case when c.course = 'refused' then c.closed_on
    when c.course = 'withdrawn' and decisions_wants_own_paper(c, d) then c.closed_on
    when d ->> 'direction' = 'leaving' then c.effect_on end
$$;
-- Whether one of these people decided what is appealed against: said no, upheld the objection, took it back, or signed what took effect.
create function decisions_decided_it(c decisions_proceeding, d jsonb, people bigint[]) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_signature x where x.proceeding_id = c.id and (x.official_id = any (people) or x.deputises_id = any (people))
      and case c.course when 'refused' then x.sign = 'no' and x.round = c.round when 'withdrawn' then x.sign = 'withdrawn' and x.round = c.round
        else x.sign = 'signed' and x.step = d ->> 'effect_at' end)
    or c.course = 'refused' and exists (select 1 from notices_notice n join notices_objection o on o.notice_id = n.id
      where n.reference = format('proceeding:%s:%s:%s', c.id, c.at_step, c.round) and o.upheld and o.answered_official_id = any (people))
$$;
create or replace function decisions_appeal_length(c decisions_proceeding, d jsonb) returns int language sql stable security definer set search_path = public, pg_temp as $$
  select least(case d #>> '{appeal,level}' when 'township' then 9 when 'county' then 6 when 'city' then 4 when 'province' then 2 end,
    (select case when length(p.place_code) >= 12 then 9 when length(p.place_code) = 9 then 6 when length(p.place_code) = 6 then 4 else 2 end
      from decisions_signature x join accounts_appointment a on a.id = x.appointment_id join accounts_post p on p.id = a.post_id
      where x.proceeding_id = c.id and (c.course = 'refused' and x.sign = 'no' and x.round = c.round
        or c.course <> 'refused' and x.sign = 'signed' and x.step = d ->> 'effect_at')
      order by x.number desc limit 1),
    (select min(case when length(p.place_code) >= 12 then 9 when length(p.place_code) = 9 then 6 when length(p.place_code) = 6 then 4 else 2 end)
      from decisions_signature x join accounts_appointment a on a.id = x.appointment_id join accounts_post p on p.id = a.post_id
      where c.course = 'withdrawn' and x.proceeding_id = c.id and x.sign = 'withdrawn' and x.round = c.round),
    (select case when length(o.goes_to) >= 12 then 9 when length(o.goes_to) = 9 then 6 when length(o.goes_to) = 6 then 4 else 2 end
      from notices_notice n join notices_objection o on o.notice_id = n.id
      where c.course = 'refused' and n.reference = format('proceeding:%s:%s:%s', c.id, c.at_step, c.round) and o.upheld order by o.id limit 1))
$$;
"""

APPEALED = """
create or replace function decisions_appeal_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c decisions_proceeding; d jsonb; n int; base date; who bigint; behind bigint; both_of bigint[]; place text; role text; one decisions_appeal;
begin
  if tg_op = 'DELETE' then
    raise exception 'an appeal stays on record' using errcode = 'insufficient_privilege';
  end if;
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or not (c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()) then
    raise exception 'no such proceeding here' using errcode = 'check_violation';
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  if tg_op = 'INSERT' then
    n := decisions_days(d -> 'appeal', c.place_code);
    base := decisions_appealed_from(c, d);
    select * into one from decisions_appeal x where x.proceeding_id = c.id and x.round = c.round and x.joins_id is null;
    if n is null or base is null or new.answered_at is not null or new.upheld is not null or btrim(new.said) = '' then
      raise exception 'nothing here is appealed against' using errcode = 'check_violation';
    elsif one.answered_at is not null then
      raise exception 'the appeal was answered, and this is not heard again' using errcode = 'check_violation';
    elsif new.came_on > notices_today() or new.came_on < base or one.id is null and new.came_on > notices_due(base, n, 'calendar') then
      raise exception 'the days of an appeal are over' using errcode = 'check_violation';
    end if;
    select h.who, h.stands into who, behind from decisions_holder(new.taken_appointment_id, c.place_code) h;
    if who is null then
      raise exception 'not in this post today, or not here' using errcode = 'check_violation';
    elsif decisions_decided_it(c, d, array_remove(array[who, behind], null)) then
      raise exception 'whoever decided it does not take the appeal down' using errcode = 'check_violation';
    end if;
    new.taken_official_id := who;
    new.joins_id := one.id;
    new.due_on := case when one.id is null then coalesce(new.due_on, notices_due(new.came_on, 30, 'calendar')) else one.due_on end;
    new.round := c.round;
    new.taken_at := decisions_now();
    return new;
  end if;
  if to_jsonb(new) - 'upheld' - 'answer' - 'answered_by' - 'answered_appointment_id' - 'answered_at'
       <> to_jsonb(old) - 'upheld' - 'answer' - 'answered_by' - 'answered_appointment_id' - 'answered_at' or old.answered_at is not null or old.joins_id is not null then
    raise exception 'an appeal is decided once' using errcode = 'insufficient_privilege';
  elsif new.upheld is null or btrim(new.answer) = '' then
    raise exception 'an appeal is decided with its reasons' using errcode = 'check_violation';
  end if;
  select h.who, h.stands, h.place, h.role into who, behind, place, role from decisions_holder(new.answered_appointment_id, c.place_code) h;
  both_of := array_remove(array[who, behind], null);
  if who is null or place = 'CN' or not (case decisions_appeal_length(c, d)
      when 9 then role = 'township_office' and length(place) = 9 when 6 then role = 'county_office' and length(place) = 6
      when 4 then role = 'higher_office' and length(place) = 4 when 2 then role = 'higher_office' and length(place) = 2 else false end) then
    raise exception 'this appeal is decided elsewhere' using errcode = 'check_violation';
  elsif decisions_had_a_part(both_of, c.id)
      or exists (select 1 from decisions_appeal x where (x.id = new.id or x.joins_id = new.id) and x.taken_official_id = any (both_of))
      or exists (select 1 from notices_objection o join notices_notice n on n.id = o.notice_id
        where decisions_of_notice(n.reference) = c.id and o.answered_official_id = any (both_of)) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  elsif decisions_are_kin(both_of, c.household_id) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  new.answered_at := decisions_now();
  return new;
end $$;
"""

REFUSED = "  if c.course = 'refused' then\n"


def forward(apps, schema_editor):
    """What follows an appeal that is right, with one course more: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('decisions_appeal_follows'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(REFUSED) == 1
    schema_editor.execute(was.replace(REFUSED, "  if c.course in ('refused', 'withdrawn') then\n"), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0042_what_is_taken_back_is_the_households"),
        ("accounts", "0003_who_they_are_in_the_register"),
    ]
    operations = [
        migrations.AddField("appeal", "due_on", models.DateField(null=True)),
        migrations.AddField(
            "appeal",
            "joins",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sayings", to="decisions.appeal"
            ),
        ),
        migrations.AddField(
            "appeal",
            "taken_appointment",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.appointment"
            ),
        ),
        migrations.RemoveConstraint("appeal", "one_appeal_a_round"),
        migrations.AddConstraint(
            "appeal",
            models.UniqueConstraint(
                fields=["proceeding", "round"], condition=models.Q(joins__isnull=True), name="one_appeal_a_round"
            ),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (DATED, ABOUT, APPEALED)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
