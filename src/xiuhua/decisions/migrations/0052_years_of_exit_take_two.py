"""A year of exit is put right by the decision of a case, which two people make; undone, it is as it was. Nothing else writes it."""

from django.db import migrations

# As the owner, whom alone the register lets write it (registry_exit_year_guard). After the guards of a step, by its name: they say who
# decides. What the year was stands in the step, so that undoing knows it.
TAKES_EFFECT = """
create function decisions_step_year_of_exit() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_case; was int; said int;
begin
  select * into c from decisions_case where id = new.case_id;
  if c.kind is distinct from 'exit_year' then
    return new;
  end if;
  select h.exit_year into was from registry_household h where h.id = c.households[1] and h.county_code = left(c.place_code, 6) for update;
  if not found then
    raise exception 'the household lies elsewhere by now' using errcode = 'check_violation';
  end if;
  said := (c.payload ->> 'exit_year')::int;
  if new.act = 'accepted' then
    new.detail := coalesce(new.detail, '{}') || jsonb_build_object('exit_year_was', was);
    update registry_household set exit_year = said where id = c.households[1];
  else
    if was is distinct from said then
      raise exception 'the year of exit was changed since' using errcode = 'check_violation';
    end if;
    update registry_household set exit_year = (select (s.detail ->> 'exit_year_was')::int from decisions_casestep s
      where s.case_id = c.id and s.act = 'accepted' order by s.number desc limit 1) where id = c.households[1];
  end if;
  return new;
end $$;
create trigger decisions_step_year_of_exit before insert on decisions_casestep for each row
  when (new.act in ('accepted', 'undone')) execute function decisions_step_year_of_exit();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0051_who_belongs_is_ended_never_removed"),
        ("registry", "0028_heads_and_years_of_exit_take_two"),
    ]
    operations = [migrations.RunSQL(TAKES_EFFECT, migrations.RunSQL.noop)]
