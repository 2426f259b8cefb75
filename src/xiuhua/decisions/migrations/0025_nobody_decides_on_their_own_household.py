"""Who an official is in the register is known where somebody said it: then nobody decides on the household they live in."""

from django.db import migrations

# As the owner: a household is held against whoever signs about it, wherever that person's row of the register lies.
KIN = """
create or replace function decisions_are_kin(people bigint[], home bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_kin k where k.household_id = home and k.official_id = any (people) and (k.until is null or k.until >= notices_today()))
    or exists (select 1 from accounts_ownnumber n join registry_person p on p.id_blind = n.id_blind
      join registry_membership m on m.person_id = p.id and m.household_id = home and (m.until is null or m.until >= notices_today())
      where n.official_id = any (people) and (n.until is null or n.until >= notices_today()))
$$;
"""

HELD = """
create trigger accounts_ownnumber_kept_whole before truncate on accounts_ownnumber for each statement execute function decisions_only_added();
create function accounts_ownnumber_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' or to_jsonb(new) - array['until', 'ended_by'] <> to_jsonb(old) - array['until', 'ended_by'] or old.until is not null then
    raise exception 'who somebody is is ended, not changed' using errcode = 'insufficient_privilege';
  end if;
  if new.until < notices_today() then
    raise exception 'who somebody is does not end in the past' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger accounts_ownnumber_guard before update or delete on accounts_ownnumber for each row execute function accounts_ownnumber_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0024_what_is_completed_is_said"),
        ("accounts", "0003_who_they_are_in_the_register"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (KIN, HELD)]
