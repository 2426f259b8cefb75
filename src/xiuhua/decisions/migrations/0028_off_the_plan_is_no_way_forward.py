"""An earlier year is held against the last that was approved, also where the household was taken off the plan in between."""

from django.db import migrations

FORWARD = """
create function decisions_planned_last(home bigint, code text) returns smallint language sql stable set search_path = public, pg_temp as $$
  select l.year::smallint from decisions_planline l join decisions_sheetanswer a on a.sheet_id = l.sheet_id and a.verdict = 'approved'
  where l.year is not null and case when home is null then l.household_id is null and l.place_code = code else l.household_id = home end
  order by a.id desc limit 1
$$;
create or replace function decisions_planline_guard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare h registry_household; stands text; empty boolean; last smallint;
begin
  perform decisions_filed_with(new.sheet_id, 'plan', new.place_code);
  if new.household_id is not null then
    select * into h from registry_household x where x.id = new.household_id;
    if h.id is null or h.village_code <> new.place_code or h.ended_on is not null then
      raise exception 'no such household here' using errcode = 'check_violation';
    end if;
    stands := nullif(decisions_status_of(h.id), 'none');
    if h.kind <> 'registered' or coalesce(stands, h.status_reported, '') not in ('poor', 'pre_exit', 'returned') then
      raise exception 'only who is poor is planned to exit' using errcode = 'check_violation';
    end if;
  elsif length(new.place_code) not in (6, 12) then
    raise exception 'a village or a county exits' using errcode = 'check_violation';
  elsif exists (select 1 from decisions_planline l where l.sheet_id = new.sheet_id and l.household_id is null) then
    raise exception 'the year is planned already' using errcode = 'check_violation';
  end if;
  new.before := decisions_planned(new.household_id, new.place_code);
  if new.year is not distinct from new.before then
    raise exception 'the year is planned already' using errcode = 'check_violation';
  end if;
  last := decisions_planned_last(new.household_id, new.place_code);
  if new.year < last then
    if new.readiness is null or jsonb_typeof(new.readiness -> 'fails') is distinct from 'array' or jsonb_typeof(new.readiness -> 'unknown') is distinct from 'array'
       or jsonb_typeof(new.readiness -> 'unchecked') is distinct from 'array' then
      raise exception 'moving forward asks for a readiness check' using errcode = 'check_violation';
    end if;
    empty := jsonb_array_length(new.readiness -> 'fails') + jsonb_array_length(new.readiness -> 'unknown') + jsonb_array_length(new.readiness -> 'unchecked') = 0;
    if not empty and btrim(new.acknowledged) = '' then
      raise exception 'what fails or is not known is acknowledged with a reason' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0027_changes_of_people_are_decided_by_others")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
