"""Where a household divides or unites, whoever was watched goes on being watched until somebody judges it; taken back with the change."""

from importlib import import_module

from django.db import migrations

watching = import_module("xiuhua.decisions.migrations.0013_days_run_from_the_clue")

# Written by the owner alone (registry_watch_moved_guard), by what follows here.
MOVED = "  if new.basis = 'moved' then"
GUARD = watching.GUARD.replace(MOVED, f"  if new.basis = 'family' then\n    return new;\n  end if;\n{MOVED}", 1)
assert GUARD != watching.GUARD

# Divided: the new household is watched in the same class, since the same day. United: the stricter class stays, of two alike the later
# day: nobody is let go of before all of them were watched the time. Undone: as it was before, while nothing newer stands on it.
ALONG = """
create function decisions_stricter(class text) returns int language sql immutable as $$
  select case class when 'sudden' then 3 when 'unstable' then 2 when 'marginal' then 1 else 0 end
$$;
create function decisions_watch_goes_along() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_case; h record; theirs registry_watchentry; mine registry_watchentry; e registry_watchentry;
begin
  select * into c from decisions_case where id = new.case_id;
  if new.act = 'accepted' then
    for h in
      select n.id as home, n.village_code as village, n.split_from_id as source from registry_household n
      where c.kind = 'split' and n.begun_by_case = c.id and n.split_from_id = any (c.households) and n.ended_on is null
      union all
      select t.id, t.village_code, s.id from registry_household s join registry_household t on t.id = s.merged_into_id
      where c.kind = 'merge' and s.id = any (c.households) and s.ended_by_case = c.id and t.ended_on is null
    loop
      select * into theirs from registry_watchentry x where x.household_id = h.source order by x.id desc limit 1;
      select * into mine from registry_watchentry x where x.household_id = h.home order by x.id desc limit 1;
      if coalesce(theirs.watch_class, 'none') <> 'none' and (coalesce(mine.watch_class, 'none') = 'none'
          or (decisions_stricter(theirs.watch_class), theirs.since) > (decisions_stricter(mine.watch_class), mine.since)) then
        insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at, recorded_by)
        values (h.home, h.village, theirs.watch_class, '', theirs.since, 'family', c.id::text, decisions_now(), new.actor);
      end if;
    end loop;
  elsif new.act = 'undone' then
    for e in select x.* from registry_watchentry x join registry_household n on n.id = x.household_id
      where (n.id = any (c.households) or n.begun_by_case = c.id and n.split_from_id = any (c.households))
        and x.basis = 'family' and x.case_number = c.id::text order by x.id
    loop
      if exists (select 1 from registry_watchentry x where x.household_id = e.household_id and x.id > e.id) then
        raise exception 'who is watched has changed since' using errcode = 'check_violation';
      end if;
      select * into mine from registry_watchentry x where x.household_id = e.household_id and x.id < e.id order by x.id desc limit 1;
      insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at, recorded_by)
      select e.household_id, n.village_code, coalesce(mine.watch_class, 'none'), '', coalesce(mine.since, notices_today()), 'family', c.id::text,
        decisions_now(), new.actor
      from registry_household n where n.id = e.household_id;
    end loop;
  end if;
  return null;
end $$;
create trigger decisions_watch_goes_along after insert on decisions_casestep for each row
  when (new.act in ('accepted', 'undone')) execute function decisions_watch_goes_along();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0015_what_ends_is_let_go"), ("registry", "0020_watching_goes_along")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (GUARD, ALONG)]
