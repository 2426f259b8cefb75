"""A household loses nobody on a word alone: there is a paper, or whoever decides says why there is none."""

from django.db import migrations

PAPER = """
-- As Kind.wants_a_paper: kinds that somebody proposes by themselves and by which a household loses somebody, or is lost.
create function decisions_wants_a_paper(kind text) returns boolean language sql immutable as $$
  select kind in ('death', 'marriage_out', 'adoption_out', 'household_ends', 'split', 'merge', 'move', 'move_away')
$$;
create function decisions_step_on_paper() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.act in ('accepted', 'agreed') and btrim(new.reason) = ''
     and decisions_wants_a_paper((select c.kind from decisions_case c where c.id = new.case_id))
     and not exists (select 1 from decisions_caseevidence e where e.case_id = new.case_id) then
    raise exception 'no paper, and nobody says why' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_step_on_paper before insert on decisions_casestep for each row execute function decisions_step_on_paper();
"""
BACK = "drop trigger decisions_step_on_paper on decisions_casestep; drop function decisions_step_on_paper(); drop function decisions_wants_a_paper(text);"


class Migration(migrations.Migration):
    dependencies = [("decisions", "0021_ticks_and_removals_are_looked_through")]
    operations = [migrations.RunSQL(PAPER, BACK)]
