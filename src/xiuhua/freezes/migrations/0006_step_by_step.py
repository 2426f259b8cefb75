"""A freeze comes in empty and goes through its steps: sealed once, while its records are taken, by a manifest that is its own; tallied
of what was sealed. It holds what is written here to itself, not to the files: those are held to it by whoever computes them anew."""

from django.db import migrations

BEGINS = """
drop trigger freezes_freeze_begins on freezes_freeze;
create or replace function freezes_freeze_begins() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.step <> 'waiting' or new.sha256 <> ''
       or (new.manifest, new.taken_at, new.tally, new.tallied_at) is distinct from (null::jsonb, null::timestamptz, null::jsonb, null::timestamptz) then
      raise exception 'a freeze begins as one that waits, with nothing in it' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  if old.manifest is null and (new.manifest, new.sha256, new.taken_at) is distinct from (old.manifest, old.sha256, old.taken_at)
     and (old.step = 'freezing' and new.step = 'freezing' and new.sha256 ~ '^[0-9a-f]{64}$'
       and new.manifest ->> 'id' = new.freeze_id::text and new.manifest #>> '{area,code}' = new.area_code
       and (new.manifest ->> 'as_of')::date = new.as_of and (new.manifest ->> 'taken_at')::timestamptz = new.taken_at) is not true then
    raise exception 'a freeze is sealed once, as its records are taken, by its own manifest' using errcode = 'insufficient_privilege';
  end if;
  if new.step <> old.step and (new.step in ('tallying', 'done') and new.manifest is null or new.step = 'done' and old.step <> 'tallying') then
    raise exception 'a freeze is done once it was tallied' using errcode = 'insufficient_privilege';
  end if;
  if old.tally is null and (new.tally, new.tallied_at) is distinct from (old.tally, old.tallied_at)
     and (new.step = 'done' and new.tally ->> 'freeze' = new.freeze_id::text and new.tally ->> 'freeze_sha256' = new.sha256) is not true then
    raise exception 'a tally is of what was sealed, and ends the freeze' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger freezes_freeze_begins before insert or update on freezes_freeze for each row execute function freezes_freeze_begins();
"""
BEFORE = """
drop trigger freezes_freeze_begins on freezes_freeze;
create or replace function freezes_freeze_begins() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if (tg_op = 'INSERT' and (new.step = 'done' or new.tally is not null))
     or (tg_op = 'UPDATE' and new.step = 'done' and old.step <> 'tallying') then
    raise exception 'a freeze is done once it was tallied' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger freezes_freeze_begins before insert or update of step on freezes_freeze for each row execute function freezes_freeze_begins();
"""


class Migration(migrations.Migration):
    dependencies = [("freezes", "0005_by_the_datas_own_day")]
    operations = [migrations.RunSQL(BEGINS, BEFORE)]
