"""Areas of freezes, and what the database keeps of them: keys are never given again, a freeze and its figures never change."""

from django.db import migrations

from xiuhua.places.scope import protect

# A freeze is seen within its area and from below: whoever works in a county reads the province's figures of the county.
# Figures themselves, and keys, are seen within the place they are of.
FREEZE_AREA = """
alter table freezes_freeze enable row level security;
create policy area_read on freezes_freeze for select using (
  (area_code >= (select places_scope_lo()) and area_code < (select places_scope_hi()))
  or area_code = 'CN' or left((select places_scope_lo()), length(area_code)) = area_code);
create policy area_add on freezes_freeze for insert with check (
  area_code >= (select places_scope_lo()) and area_code < (select places_scope_hi()));
create policy area_change on freezes_freeze for update using (
  area_code >= (select places_scope_lo()) and area_code < (select places_scope_hi()));
create policy area_remove on freezes_freeze for delete using (
  area_code >= (select places_scope_lo()) and area_code < (select places_scope_hi()));
"""
NO_FREEZE_AREA = """
drop policy area_read on freezes_freeze;
drop policy area_add on freezes_freeze;
drop policy area_change on freezes_freeze;
drop policy area_remove on freezes_freeze;
alter table freezes_freeze disable row level security;
"""

# The key outlives the link: a row is never removed, its number never changed, and it never leads to anybody else.
KEYS = """
alter table freezes_householdkey add constraint householdkey_household
  foreign key (household_id) references registry_household (id) on delete set null deferrable initially deferred;
alter table freezes_personkey add constraint personkey_person
  foreign key (person_id) references registry_person (id) on delete set null deferrable initially deferred;
create function freezes_key_guard() returns trigger language plpgsql as $$
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
create trigger freezes_key_guard before update or delete on freezes_householdkey
  for each row execute function freezes_key_guard('household_id');
create trigger freezes_key_guard before update or delete on freezes_personkey
  for each row execute function freezes_key_guard('person_id');
create trigger freezes_key_kept before truncate on freezes_householdkey for each statement execute function registry_only_added();
create trigger freezes_key_kept before truncate on freezes_personkey for each statement execute function registry_only_added();
-- A household that moves takes its key along, also into an area that the mover does not see.
create function freezes_key_follows() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_table_name = 'registry_household' then
    update freezes_householdkey set village_code = new.village_code where household_id = new.id;
  else
    update freezes_personkey set village_code = new.village_code where person_id = new.id;
  end if;
  return null;
end $$;
create trigger freezes_key_follows after update of village_code on registry_household
  for each row when (new.village_code <> old.village_code) execute function freezes_key_follows();
create trigger freezes_key_follows after update of village_code on registry_person
  for each row when (new.village_code <> old.village_code) execute function freezes_key_follows();
"""
NO_KEYS = """
drop trigger freezes_key_follows on registry_person;
drop trigger freezes_key_follows on registry_household;
drop function freezes_key_follows();
drop trigger freezes_key_kept on freezes_personkey;
drop trigger freezes_key_kept on freezes_householdkey;
drop trigger freezes_key_guard on freezes_personkey;
drop trigger freezes_key_guard on freezes_householdkey;
drop function freezes_key_guard();
alter table freezes_personkey drop constraint personkey_person;
alter table freezes_householdkey drop constraint householdkey_household;
"""

KEPT = """
create function freezes_freeze_guard() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'a freeze is never removed' using errcode = 'insufficient_privilege';
  end if;
  if old.step = 'done' then
    raise exception 'a freeze is never changed' using errcode = 'insufficient_privilege';
  end if;
  if (new.id, new.freeze_id, new.area_code, new.as_of, new.reason, new.asked_by, new.asked_post, new.post_id, new.asked_at)
     is distinct from (old.id, old.freeze_id, old.area_code, old.as_of, old.reason, old.asked_by, old.asked_post, old.post_id, old.asked_at)
     or (old.manifest is not null and (new.manifest, new.sha256, new.taken_at) is distinct from (old.manifest, old.sha256, old.taken_at))
     or (old.tally is not null and (new.tally, new.tallied_at) is distinct from (old.tally, old.tallied_at)) then
    raise exception 'what is frozen is never changed' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger freezes_freeze_guard before update or delete on freezes_freeze for each row execute function freezes_freeze_guard();
create trigger freezes_freeze_kept before truncate on freezes_freeze for each statement execute function registry_only_added();
create trigger freezes_tallied_kept before update or delete on freezes_tallied for each row execute function registry_only_added();
create trigger freezes_tallied_kept_whole before truncate on freezes_tallied for each statement execute function registry_only_added();
-- Figures come with their freeze's tally, in the transaction that ends it, and never afterwards.
create function freezes_tallied_guard() returns trigger language plpgsql as $$
begin
  if exists (select from added a left join freezes_freeze f on f.id = a.freeze_id where f.step is distinct from 'tallying' or f.tally is not null) then
    raise exception 'figures are added while their freeze is tallied' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;
create trigger freezes_tallied_guard after insert on freezes_tallied referencing new table as added
  for each statement execute function freezes_tallied_guard();
"""
# A page of a county reads a few rules of hundreds of villages: kept in the row as they are, that is ten times as quick as fetched
# from beside it and unpacked. A row has 8 kB.
INLINE = """
alter table freezes_tallied set (toast_tuple_target = 8160);
alter table freezes_tallied alter column rules set storage main, alter column measures set storage main;
"""
UNKEPT = """
drop trigger freezes_tallied_guard on freezes_tallied;
drop function freezes_tallied_guard();
drop trigger freezes_tallied_kept_whole on freezes_tallied;
drop trigger freezes_tallied_kept on freezes_tallied;
drop trigger freezes_freeze_kept on freezes_freeze;
drop trigger freezes_freeze_guard on freezes_freeze;
drop function freezes_freeze_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("freezes", "0001_keys_freezes_and_figures"),
        ("places", "0004_everything_follows"),
        ("registry", "0013_history_is_only_added_to"),
    ]
    operations = [
        migrations.RunSQL(FREEZE_AREA, NO_FREEZE_AREA),
        migrations.RunSQL(*protect("freezes_tallied", "tallied_place")),
        migrations.RunSQL(*protect("freezes_householdkey")),
        migrations.RunSQL(*protect("freezes_personkey")),
        migrations.RunSQL(*protect("freezes_forgetting")),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(INLINE, migrations.RunSQL.noop),
    ]
