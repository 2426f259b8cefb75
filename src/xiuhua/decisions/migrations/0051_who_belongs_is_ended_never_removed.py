"""Who belongs to a household is ended by a day, never removed: what is decided about a household, and who may not decide, rests on it."""

from django.db import migrations

# A batch that is taken back takes its own rows along, but none that a matter under way, or an official's own household, rests on.
KEPT = """
create function decisions_rests_on(home bigint, who bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from registry_household h where h.id = home and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi()) and (
    exists (select 1 from decisions_proceeding c where c.household_id = home and c.course = 'open') or exists (select 1 from registry_person p join accounts_ownnumber n on n.id_blind = p.id_blind
      where p.id = who and (n.until is null or n.until >= notices_today())))
$$;
create function decisions_membership_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare owner text;
begin
  select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
  if current_user = owner then
    return coalesce(new, old);
  end if;
  if tg_op = 'UPDATE' then
    if (new.person_id, new.household_id) is distinct from (old.person_id, old.household_id) then
      raise exception 'who belongs is ended, not changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  if not exists (select 1 from intake_batch b where b.id = old.brought_by and b.step = 'taking_back') then
    raise exception 'who belongs is ended, not removed' using errcode = 'insufficient_privilege';
  elsif decisions_rests_on(old.household_id, old.person_id) then
    raise exception 'something under way rests on who belongs' using errcode = 'check_violation';
  end if;
  return old;
end $$;
create trigger decisions_membership_guard before update or delete on registry_membership for each row execute function decisions_membership_guard();
create trigger decisions_membership_kept_whole before truncate on registry_membership for each statement execute function decisions_only_added();
"""
BACK = """
drop trigger decisions_membership_kept_whole on registry_membership;
drop trigger decisions_membership_guard on registry_membership;
drop function decisions_membership_guard();
drop function decisions_rests_on(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0050_who_agreed_is_of_age_and_a_meeting_is_one"),
        ("intake", "0001_initial"),
    ]
    operations = [migrations.RunSQL(KEPT, BACK)]
