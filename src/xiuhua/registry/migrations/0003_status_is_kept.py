"""A status rests on the county's open opening or on an approved case, and is never changed afterwards."""

from django.db import migrations

GUARD = """
create function registry_status_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a status lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'case' then
    -- Cases belong to the decisions room; until it exists nothing can approve one.
    raise exception 'no approved case: a status changes only through a procedure' using errcode = 'check_violation';
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
create trigger registry_status_guard before insert on registry_statusentry for each row execute function registry_status_guard();
create function registry_only_added() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger registry_status_kept before update or delete on registry_statusentry for each row execute function registry_only_added();
create trigger registry_status_kept_whole before truncate on registry_statusentry for each statement execute function registry_only_added();
create function registry_opening_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.closed_at is not null
     or (new.county_code, new.statement, new.signed_by, new.signed_post, new.signed_at)
        is distinct from (old.county_code, old.statement, old.signed_by, old.signed_post, old.signed_at) then
    raise exception 'an opening is signed once and closed once' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger registry_opening_guard before update or delete on registry_opening for each row execute function registry_opening_guard();
create trigger registry_opening_kept before truncate on registry_opening for each statement execute function registry_only_added();
"""

UNGUARD = """
drop trigger registry_opening_kept on registry_opening;
drop trigger registry_opening_guard on registry_opening;
drop function registry_opening_guard();
drop trigger registry_status_kept_whole on registry_statusentry;
drop trigger registry_status_kept on registry_statusentry;
drop trigger registry_status_guard on registry_statusentry;
drop function registry_only_added();
drop function registry_status_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_area")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
