"""Changes of people are decided like procedures: not by kin, not by whoever lives there, not by whom a deputy stood in for."""

from django.db import migrations

# As the owner: the household that is received lies in another county, and so do the steps before.
APART = """
create function decisions_step_kept_apart() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare both_of bigint[];
begin
  if new.act not in ('returned', 'refused', 'accepted', 'agreed', 'received', 'declined', 'undone', 'undo_refused') then
    return new;
  end if;
  select array_remove(array[new.official_id, d.official_id], null) into both_of
  from accounts_appointment a left join accounts_appointment d on d.id = a.deputy_for_id where a.id = new.appointment_id;
  if exists (select from decisions_case c, unnest(c.households) home where c.id = new.case_id and decisions_are_kin(both_of, home)) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  if exists (
    select from decisions_casestep s join accounts_appointment a on a.id = s.appointment_id left join accounts_appointment d on d.id = a.deputy_for_id
    where s.case_id = new.case_id and (s.official_id = any (both_of) or d.official_id = any (both_of))
      and case when new.act in ('undone', 'undo_refused') then s.act = 'undo_asked' else s.act in ('proposed', 'resubmitted') end
  ) then
    raise exception 'nobody decides what they proposed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- After decisions_step_guard, which says who it is.
create trigger decisions_step_kept_apart before insert on decisions_casestep for each row execute function decisions_step_kept_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0026_what_one_signed_and_what_is_closed")]
    operations = [migrations.RunSQL(APART, migrations.RunSQL.noop)]
