"""A freeze's day is that of the records as they are taken, not as they were when somebody asked for them: the one change of it, and of
the days of the villages' data, comes with the manifest. A day that somebody named stays."""

from django.db import migrations, models

GUARD = """
drop trigger freezes_day_kept on freezes_freeze;
create or replace function freezes_freeze_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'a freeze is never removed' using errcode = 'insufficient_privilege';
  end if;
  if old.step = 'done' then
    raise exception 'a freeze is never changed' using errcode = 'insufficient_privilege';
  end if;
  if (new.id, new.freeze_id, new.area_code, new.day_named, new.reason, new.asked_by, new.asked_post, new.post_id, new.asked_at)
     is distinct from (old.id, old.freeze_id, old.area_code, old.day_named, old.reason, old.asked_by, old.asked_post, old.post_id, old.asked_at)
     or (old.manifest is not null and (new.manifest, new.sha256, new.taken_at) is distinct from (old.manifest, old.sha256, old.taken_at))
     or (old.tally is not null and (new.tally, new.tallied_at) is distinct from (old.tally, old.tallied_at)) then
    raise exception 'what is frozen is never changed' using errcode = 'insufficient_privilege';
  end if;
  if (new.as_of, new.of_other_day, new.days) is distinct from (old.as_of, old.of_other_day, old.days)
     and (old.manifest is null and new.manifest is not null and (new.as_of = old.as_of or not (old.day_named or old.of_other_day))) is not true then
    raise exception 'the day of a freeze is that of its records, or the one that was named' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
"""
BEFORE = """
create or replace function freezes_freeze_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
create trigger freezes_day_kept before update on freezes_freeze for each row
  when ((old.of_other_day, old.days) is distinct from (new.of_other_day, new.days)) execute function registry_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("freezes", "0006_step_by_step")]
    operations = [
        migrations.AddField(
            model_name="freeze",
            name="day_named",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(GUARD, BEFORE),
    ]
