"""Nobody corrects a record, hears a household or answers for a candidate of their own household or kin: what is decided rests on it."""

from django.db import migrations

# Whoever wrote it, whoever they stand in for, and what they are to the household. Rows of before have no appointment; new ones do.
APART = """
create function decisions_not_of(appointment bigint, code text, homes bigint[]) returns void language plpgsql stable set search_path = public, pg_temp as $$
declare h record;
begin
  select * into h from decisions_holder(appointment, code);
  if h.who is null then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  elsif exists (select from unnest(homes) home where decisions_are_kin(decisions_all_of(h.who, h.stands), home)) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
end $$;
create function decisions_correction_apart() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform decisions_not_of(new.appointment_id, new.village_code, array[new.household_id]);
  return new;
end $$;
create trigger decisions_correction_apart before insert on registry_correction for each row execute function decisions_correction_apart();
create function decisions_hearing_apart() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform decisions_not_of(new.appointment_id, new.village_code, array(select m.household_id from registry_listinghit x
    join registry_membership m on m.person_id = x.person_id and m.until is null where x.id = new.hit_id));
  return new;
end $$;
create trigger decisions_hearing_apart before insert on registry_listinganswer for each row execute function decisions_hearing_apart();
create function decisions_candidateanswer_apart() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform decisions_not_of(new.appointment_id, new.place_code, array[new.household_id]);
  return new;
end $$;
create trigger decisions_candidateanswer_apart before insert on decisions_candidateanswer for each row execute function decisions_candidateanswer_apart();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0036_checked_by_somebody"),
        ("registry", "0023_who_corrected_is_said"),
    ]
    operations = [migrations.RunSQL(APART, migrations.RunSQL.noop)]
