"""A status that completes a record of then holds from its own day: an exit of 2019 that is recorded today is none of this year."""

from django.db import migrations

# Only of a programme whose time is over, and only a day inside it: nothing of today is dated back.
FROM = """
create function decisions_holds_from(c decisions_proceeding) returns date language sql stable set search_path = public, pg_temp as $$
  select coalesce((select c.completes_on from decisions_procedure p where p.id = c.procedure_id and p.until < notices_today()
    and c.completes_on between p.since and p.until), c.effect_on, notices_today())
$$;
create or replace function decisions_effect_status(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
begin
  if c.household_id is not null and d #>> '{effect,status}' is not null then
    insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
    values (c.household_id, c.place_code, d #>> '{effect,status}', decisions_holds_from(c), 'case', 'P' || c.id, decisions_now(), sig.actor);
    perform decisions_kind_follows(c.household_id, d #>> '{effect,status}');
  end if;
end $$;
"""
GUARD = """
create or replace function registry_status_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a status lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'moved' then
    -- The move's own door answers its transfer after it wrote these rows; before and afterwards nobody else can.
    if not exists (select 1 from decisions_transfer t join decisions_casestep s on s.case_id = t.case_number and s.act = 'received'
        where t.case_number::text = new.case_number and left(new.village_code, length(t.place_code)) = t.place_code and t.household is null) then
      raise exception 'no move was received: a status changes only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.basis = 'case' then
    -- Its proceeding has just taken effect and said so before it wrote this row; where it is, only its signatures say. Or an
    -- appeal against it was upheld, and gives back what stood before.
    if not exists (select 1 from decisions_proceeding p where 'P' || p.id = new.case_number and p.household_id = new.household_id
        and p.effect_status = new.status and p.effect_on is not null and decisions_holds_from(p) = new.since)
       and not exists (select 1 from decisions_appeal a join decisions_proceeding p on p.id = a.proceeding_id
         join registry_statusentry e on e.case_number = 'P' || p.id and e.household_id = p.household_id
         where 'A' || a.id = new.case_number and a.upheld and p.household_id = new.household_id and new.since = notices_today()
           and new.status = (select b.status from registry_statusentry b where b.household_id = p.household_id and b.id < e.id order by b.id desc limit 1))
       or exists (select 1 from registry_statusentry e where e.case_number = new.case_number and e.household_id = new.household_id) then
      raise exception 'no approved case: a status changes only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  select * into opened from registry_opening where id = new.opening_id for share;
  if opened.closed_at is not null then
    raise exception 'the opening is closed: statuses change only through a procedure' using errcode = 'check_violation';
  end if;
  if left(new.village_code, 6) <> opened.county_code then
    raise exception 'the opening is another county''s' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_statusentry where household_id = new.household_id) then
    raise exception 'the household has a status already' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0030_elsewhere_may_be_near")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FROM, GUARD)]
