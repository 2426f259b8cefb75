"""Where a household agrees, it is said who signed for it: one of its members, or somebody who is none. A refused signature is no agreement."""

from django.db import migrations

# A check of its own beside the guard: it sees what whoever signs may see, and a household's members lie in its village.
AGREED = """
create function decisions_agreed_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; said text := new.detail ->> 'member';
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  if new.sign <> 'signed' or not exists (select 1 from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') s
      where p.id = c.procedure_id and s ->> 'id' = new.step and s ->> 'does' = 'household') then
    return new;
  end if;
  if said = 'refused' then
    raise exception 'a refused signature is no agreement' using errcode = 'check_violation';
  elsif coalesce(said, '') = '' or jsonb_typeof(new.detail -> 'member') <> 'string' then
    raise exception 'who signed for the household is not said' using errcode = 'check_violation';
  elsif said <> 'nobody' and not exists (select 1 from registry_membership m
      where m.household_id = c.household_id and m.person_id::text = said and (m.until is null or m.until > notices_today())) then
    raise exception 'whoever signed is not a member of the household' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_signature_who before insert on decisions_signature for each row execute function decisions_agreed_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0019_a_no_is_counted_too")]
    operations = [migrations.RunSQL(AGREED, migrations.RunSQL.noop)]
