"""A notice of a proceeding is told where its step is done; one whose step may have a page is published, a watched household's never."""

from django.db import migrations

WHERE = r"""
-- Which proceeding a notice is of; null for any other.
create function decisions_of_notice(reference text) returns bigint language sql immutable as $$
  select case when reference ~ '^proceeding:\d{1,18}:' then split_part(reference, ':', 2)::bigint end
$$;
create function decisions_step_of_notice(reference text) returns jsonb language sql stable set search_path = public as $$
  select step from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id,
    jsonb_array_elements(p.definition -> 'steps') step
  where c.id = decisions_of_notice(reference) and step ->> 'id' = split_part(reference, ':', 3)
$$;
create function decisions_notice_handled() returns trigger language plpgsql security definer set search_path = public as $$
declare level text := decisions_step_of_notice(new.reference) ->> 'level';
begin
  new.handled_at := left(new.place_code, case level when 'township' then 9 when 'county' then 6 when 'city' then 4 when 'province' then 2 else 12 end);
  return new;
end $$;
create trigger decisions_notice_handled before insert on notices_notice for each row execute function decisions_notice_handled();
-- Whether a kind may have a page at all: nothing that watches a household, and no household that is watched.
create function decisions_may_have_a_page(c decisions_proceeding) returns boolean language plpgsql stable set search_path = public as $$
declare d jsonb;
begin
  select definition into d from decisions_procedure where id = c.procedure_id;
  if d #> '{effect,watched}' <> 'null' or coalesce((d #>> '{effect,asks_class}')::boolean, false) or d -> 'begins_with' ? 'watched' then
    return false;
  end if;
  return c.household_id is null or not coalesce('watched' = any (decisions_states_of(c.household_id)), true);
end $$;
create function decisions_notice_published() returns trigger language plpgsql security definer set search_path = public as $$
declare c decisions_proceeding;
begin
  select * into c from decisions_proceeding where id = decisions_of_notice(new.reference);
  if c.id is not null and c.place_code = new.place_code and coalesce((decisions_step_of_notice(new.reference) ->> 'web')::boolean, false)
     and decisions_may_have_a_page(c) then
    perform notices_publish(new);
  end if;
  return new;
end $$;
-- Whoever signed any of it, or was stood in for, and whoever is kin, answers no objection to it, nor does a deputy of theirs.
create or replace function decisions_objection_apart() returns trigger language plpgsql security definer set search_path = public as $$
declare c decisions_proceeding; both_of bigint[];
begin
  if new.answered_at is null or old.answered_at is not null then
    return new;
  end if;
  select p.* into c from decisions_proceeding p join notices_notice n on n.id = new.notice_id
  where p.id = decisions_of_notice(n.reference);
  select array_agg(x.official_id) into both_of
  from accounts_appointment a join accounts_appointment x on x.id = a.deputy_for_id
  where a.official_id = new.answered_official_id and a.since <= notices_today() and (a.until is null or a.until >= notices_today());
  both_of := coalesce(both_of, '{}') || new.answered_official_id;
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and (x.official_id = any (both_of) or x.deputises_id = any (both_of))) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  end if;
  if exists (select 1 from decisions_kin k where k.household_id = c.household_id and k.official_id = any (both_of)
      and (k.until is null or k.until >= notices_today())) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_notice_published after insert on notices_notice for each row execute function decisions_notice_published();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0013_days_run_from_the_clue"),
        ("notices", "0004_objections_go_above_and_pages_come_down"),
    ]
    operations = [migrations.RunSQL(WHERE, migrations.RunSQL.noop)]
