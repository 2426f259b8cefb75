"""Evidence, notices and beginnings are the step's own people's: by post, level and area, never kin; and whoever touched it had a part."""

import django.db.models.deletion
from django.db import migrations, models

# Everything that somebody did in a proceeding, by step: signed, laid down evidence, hung, took down; who began it did so at its first.
# An appointment is ended and never altered, so that it says for ever who acted, and for whom.
ACTS = """
create function decisions_acts(asked bigint) returns table (step text, who bigint, stands bigint) language sql stable set search_path = public, pg_temp as $$
  select x.step, x.official_id, x.deputises_id from decisions_signature x where x.proceeding_id = asked
  union all
  select did.step, a.official_id, b.official_id from (
    select x.step, x.appointment_id from decisions_paper x where x.proceeding_id = asked
    union all
    select s.one ->> 'id', hung.appointment from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id
      cross join lateral jsonb_array_elements(p.definition -> 'steps') s(one) cross join lateral generate_series(1, c.round) turn
      join notices_notice n on n.reference = format('proceeding:%s:%s:%s', c.id, s.one ->> 'id', turn)
      cross join lateral (values (n.hung_appointment_id), (n.taken_down_appointment_id)) hung(appointment)
    where c.id = asked
    union all
    select p.definition #>> '{steps,0,id}', c.begun_appointment_id from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = asked
  ) did(step, appointment) join accounts_appointment a on a.id = did.appointment left join accounts_appointment b on b.id = a.deputy_for_id
$$;
-- Whether one of these people did anything at another step that keeps them from this one.
create function decisions_kept_apart(proceeding bigint, s jsonb, people bigint[]) returns boolean language sql stable set search_path = public, pg_temp as $$
  select jsonb_array_length(coalesce(s -> 'apart_from', '[]')) > 0 and exists (select 1 from decisions_acts(proceeding) x
    where x.step <> s ->> 'id' and (x.who = any (people) or x.stands = any (people)) and (s -> 'apart_from' @> '["all"]' or s -> 'apart_from' @> to_jsonb(x.step)))
$$;
-- Signed anything of it, laid down evidence, hung, took down or began it, or was stood in for.
create or replace function decisions_had_a_part(people bigint[], proceeding bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_acts(proceeding) x where x.who = any (people) or x.stands = any (people))
$$;
"""

TOUCHED = """
-- Why an appointment has nothing to do at a step; null where it may: not in its post today, kin, another's step, or kept apart by what they did before.
create function decisions_kept_from_step(c decisions_proceeding, s jsonb, appointment bigint) returns text language plpgsql stable set search_path = public, pg_temp as $$
declare h record; people bigint[];
begin
  select * into h from decisions_holder(appointment, c.place_code);
  people := array_remove(array[h.who, h.stands], null);
  return case
    when h.who is null then 'not in this post today, or not here'
    when decisions_are_kin(people, c.household_id) then 'nobody decides on their own kin'
    when not decisions_may_sign(s -> 'who', h.role, h.office, h.place) or (s ->> 'does' = 'outside' and s ->> 'level' is distinct from
      case when h.place = 'CN' then 'nation' when length(h.place) = 2 then 'province' when length(h.place) = 4 then 'city' end) then 'this post does not sign this step'
    when decisions_kept_apart(c.id, s, people) or s ->> 'id' = c.at_step and decisions_overruled(c, people) then 'whoever had a part in it does not judge it' end;
end $$;
-- The same of one piece of evidence. An authorisation that the household signs anew may also come from whoever took the first one; its
-- own withdrawal, from whoever may take it back.
create function decisions_kept_from_paper(c decisions_proceeding, code text, appointment bigint) returns text language plpgsql stable set search_path = public, pg_temp as $$
declare d jsonb; s jsonb; first jsonb;
begin
  select definition into d from decisions_procedure where id = c.procedure_id;
  select x into s from jsonb_array_elements(d -> 'steps') x where x ->> 'id' = c.at_step;
  if code = 'withdrawal' then
    s := jsonb_build_object('who', case d ->> 'withdrawn_by' when 'office' then '["township_office", "county_office", "city_office", "province_office"]'::jsonb
      else '["village_worker", "township_office", "county_office"]' end);
  else
    select x into first from jsonb_array_elements(d -> 'steps') x, jsonb_array_elements(x -> 'evidence') one
    where one ->> 'code' = code and one ->> 'kind' = 'authorisation' and x ->> 'id' <> c.at_step limit 1;
    if first is not null then
      s := jsonb_build_object('who', (s -> 'who') || (first -> 'who'));
    end if;
  end if;
  return decisions_kept_from_step(c, s, appointment);
end $$;
create function decisions_paper_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_proceeding; why text;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  why := decisions_kept_from_paper(c, new.what, new.appointment_id);
  if why is not null then
    raise exception '%', why using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_paper_post before insert on decisions_paper for each row execute function decisions_paper_post();
create function decisions_notice_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_proceeding; why text;
begin
  select * into c from decisions_proceeding where id = decisions_of_notice(new.reference);
  if c.id is not null then
    why := decisions_kept_from_step(c, decisions_step_of_notice(new.reference), case tg_op when 'INSERT' then new.hung_appointment_id else new.taken_down_appointment_id end);
  end if;
  if why is not null then
    raise exception '%', why using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_notice_post before insert on notices_notice for each row execute function decisions_notice_post();
create trigger decisions_notice_post_down before update on notices_notice for each row
  when (old.taken_down_on is null and new.taken_down_on is not null) execute function decisions_notice_post();
-- Whoever works with households begins; what the household then goes through is each step's own.
create function decisions_proceeding_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare why text := decisions_kept_from_step(new, '{"who": ["village_worker", "township_office", "county_office"]}', new.begun_appointment_id);
begin
  if why is not null then
    raise exception '%', why using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_proceeding_post before insert on decisions_proceeding for each row execute function decisions_proceeding_post();
"""

# After the guard, which says who they are and whom they stand in for, and asks only who signed: who brought, hung or began is kept apart too.
PARTS = """
create function decisions_signature_parts() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare s jsonb;
begin
  select x into s from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id, jsonb_array_elements(p.definition -> 'steps') x
  where c.id = new.proceeding_id and x ->> 'id' = new.step;
  if new.sign <> 'withdrawn' and decisions_kept_apart(new.proceeding_id, s, array_remove(array[new.official_id, new.deputises_id], null)) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_signature_parts before insert on decisions_signature for each row execute function decisions_signature_parts();
"""

# An objection to what was taken down waits for whoever is signing the step, and they for it: either it is seen, or the step is done.
LATE = """
create function decisions_objection_late() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare n notices_notice;
begin
  perform 1 from notices_notice x join decisions_proceeding c on c.id = decisions_of_notice(x.reference) where x.id = new.notice_id for update of c;
  select * into n from notices_notice where id = new.notice_id;
  if n.taken_down_on is not null and notices_is_over(n.reference) then
    raise exception 'no such notice hangs here' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_objection_late before insert on notices_objection for each row execute function decisions_objection_late();
"""


def person():
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.appointment"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0037_kin_correct_nothing"),
        ("notices", "0010_what_was_said_stays_said"),
        ("accounts", "0003_who_they_are_in_the_register"),
    ]
    operations = [
        migrations.AddField("proceeding", "begun_appointment", person()),
        migrations.AddField("paper", "appointment", person()),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ACTS, TOUCHED, PARTS, LATE)),
    ]
