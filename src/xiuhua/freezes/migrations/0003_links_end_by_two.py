"""A link to frozen rows ends with the register's row or with a wish that another confirms; a freeze comes in as one that waits."""

from django.db import migrations

# Both ways act as the tables' owner: the foreign key's own action, and the function below. Nobody else parts a key from anybody.
KEYS = """
create or replace function freezes_key_guard() returns trigger language plpgsql as $$
declare
  was bigint; is_now bigint;
begin
  if tg_op <> 'UPDATE' then
    raise exception 'keys are never removed' using errcode = 'insufficient_privilege';
  end if;
  was := (to_jsonb(old) ->> tg_argv[0])::bigint;
  is_now := (to_jsonb(new) ->> tg_argv[0])::bigint;
  if new.key <> old.key or (is_now is not null and is_now is distinct from was) then
    raise exception 'a key stands for one and nobody else' using errcode = 'insufficient_privilege';
  end if;
  if is_now is null and was is not null
     and current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    raise exception 'a link ends by a wish that another confirms' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create function freezes_forgotten() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Everybody who belongs or belonged to a household goes with it: a freeze of the past has them in it.
  update freezes_personkey set person_id = null where person_id = old.person
    or person_id in (select person_id from registry_membership where household_id = old.household);
  update freezes_householdkey set household_id = null where household_id = old.household;
  return new;
end $$;
create trigger freezes_forgotten before update on freezes_forgetting
  for each row when (old.confirmed_at is null and new.confirmed_at is not null) execute function freezes_forgotten();
create function freezes_forgetting_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.confirmed_at is not null then
    raise exception 'a wish is asked before it is confirmed' using errcode = 'insufficient_privilege';
  end if;
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and (
    (new.id, new.reason, new.asked_by, new.asked_post, new.asked_at) is distinct from (old.id, old.reason, old.asked_by, old.asked_post, old.asked_at)
    or (old.confirmed_at is not null and (new.confirmed_by, new.confirmed_post, new.confirmed_at) is distinct from (old.confirmed_by, old.confirmed_post, old.confirmed_at))
    or (new.confirmed_at is null and (new.household, new.person) is distinct from (old.household, old.person)))) then
    raise exception 'a wish to forget is kept as it was' using errcode = 'insufficient_privilege';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger freezes_forgetting_guard before insert or update or delete on freezes_forgetting
  for each row execute function freezes_forgetting_guard();
create trigger freezes_forgetting_kept before truncate on freezes_forgetting for each statement execute function registry_only_added();
"""
NO_KEYS = """
drop trigger freezes_forgetting_kept on freezes_forgetting;
drop trigger freezes_forgetting_guard on freezes_forgetting;
drop function freezes_forgetting_guard();
drop trigger freezes_forgotten on freezes_forgetting;
drop function freezes_forgotten();
create or replace function freezes_key_guard() returns trigger language plpgsql as $$
declare
  was bigint; is_now bigint;
begin
  if tg_op <> 'UPDATE' then
    raise exception 'keys are never removed' using errcode = 'insufficient_privilege';
  end if;
  was := (to_jsonb(old) ->> tg_argv[0])::bigint;
  is_now := (to_jsonb(new) ->> tg_argv[0])::bigint;
  if new.key <> old.key or (is_now is not null and is_now is distinct from was) then
    raise exception 'a key stands for one and nobody else' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
"""
BEGINS = """
create function freezes_freeze_begins() returns trigger language plpgsql as $$
begin
  if (tg_op = 'INSERT' and (new.step = 'done' or new.tally is not null))
     or (tg_op = 'UPDATE' and new.step = 'done' and old.step <> 'tallying') then
    raise exception 'a freeze is done once it was tallied' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger freezes_freeze_begins before insert or update of step on freezes_freeze for each row execute function freezes_freeze_begins();
"""
NO_BEGINS = """
drop trigger freezes_freeze_begins on freezes_freeze;
drop function freezes_freeze_begins();
"""


class Migration(migrations.Migration):
    dependencies = [("freezes", "0002_kept_as_they_were"), ("registry", "0020_watching_goes_along")]
    operations = [migrations.RunSQL(KEYS, NO_KEYS), migrations.RunSQL(BEGINS, NO_BEGINS)]
