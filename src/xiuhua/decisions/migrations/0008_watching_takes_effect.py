"""A household is watched, in its class, only by a proceeding that takes effect; and no longer only after it stood the time."""

from django.db import migrations, models

STANDS = """
-- Where a household stands: its status, and whether it is watched. Said to be watched by a file alone, its class still has to be
-- decided: both procedures may begin, and only the one that gives a class can end before it was watched the time.
create or replace function decisions_states_of(home bigint) returns text[] language sql stable set search_path = public as $$
  select array[decisions_status_of(h.id)] || case
    when w.watch_class is null and h.kind = 'watched' then array['watched', 'unwatched']
    when coalesce(w.watch_class, 'none') <> 'none' then array['watched'] else array['unwatched'] end
  from registry_household h
  left join lateral (select x.watch_class from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1) w on true
  where h.id = home
$$;
"""

EFFECT = """
create or replace function decisions_effect_watch(c decisions_proceeding, d jsonb, sig decisions_signature) returns void language plpgsql set search_path = public as $$
declare said text; how text := ''; status text; h registry_household; entry registry_watchentry;
begin
  if c.household_id is null or ((d #>> '{effect,asks_class}')::boolean is not true and d #>> '{effect,watched}' is null) then
    return;
  end if;
  select * into h from registry_household where id = c.household_id;
  select * into entry from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1;
  status := decisions_status_of(h.id);
  if (d #>> '{effect,asks_class}')::boolean then
    said := sig.detail ->> 'watch_class';
    if said is null or said not in ('unstable', 'marginal', 'sudden') then
      raise exception 'the class of watching is not said' using errcode = 'check_violation';
    elsif said = 'unstable' and status <> 'exited' then
      raise exception 'only a household that left poverty is watched as unstable' using errcode = 'check_violation';
    elsif said = 'marginal' and (status <> 'none' or h.kind = 'registered') then
      raise exception 'a registered household is not watched as one at the border' using errcode = 'check_violation';
    elsif jsonb_typeof(sig.detail -> 'measures') is distinct from 'array' or jsonb_array_length(sig.detail -> 'measures') = 0 then
      raise exception 'what help is needed is not said' using errcode = 'check_violation';
    end if;
  else
    said := d #>> '{effect,watched}';
    if said = 'none' then
      how := coalesce(sig.detail ->> 'mode', '');
      if how not in ('helped', 'natural') then
        raise exception 'how the risk was removed is not said' using errcode = 'check_violation';
      elsif entry.id is null or entry.watch_class = 'none' then
        raise exception 'since when it is watched is not known' using errcode = 'check_violation';
      elsif notices_today() - entry.since < coalesce((d #>> '{effect,watched_days}')::int, 0) then
        raise exception 'it was not watched long enough' using errcode = 'check_violation';
      end if;
    end if;
  end if;
  insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at, recorded_by)
  values (c.household_id, c.place_code, said, how, notices_today(), 'case', 'P' || c.id, now(), sig.actor);
end $$;
create or replace function registry_watch_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a watch lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'moved' then
    if not exists (select 1 from decisions_transfer t join decisions_casestep s on s.case_id = t.case_number and s.act = 'received'
        where t.case_number::text = new.case_number and left(new.village_code, length(t.place_code)) = t.place_code and t.household is null) then
      raise exception 'no move was received: a household is watched only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.basis = 'case' then
    -- Its proceeding has just taken effect and said so before this row was written; one proceeding writes one row.
    if not exists (select 1 from decisions_proceeding p join decisions_procedure q on q.id = p.procedure_id
        where 'P' || p.id = new.case_number and p.household_id = new.household_id and p.effect_on = new.since
          and case when (q.definition #>> '{effect,asks_class}')::boolean then new.watch_class <> 'none'
            else q.definition #>> '{effect,watched}' = new.watch_class end)
       or exists (select 1 from registry_watchentry e where e.case_number = new.case_number and e.household_id = new.household_id) then
      raise exception 'no proceeding took effect: a household is watched only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  select * into opened from registry_opening where id = new.opening_id for share;
  if opened.closed_at is not null then
    raise exception 'the opening is closed: a household is watched only through a procedure' using errcode = 'check_violation';
  end if;
  if left(new.village_code, 6) <> opened.county_code or new.watch_class = 'none' then
    raise exception 'the opening takes over who is watched in its county' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_watchentry where household_id = new.household_id) then
    raise exception 'the household has been watched already' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# From which day the days of a proceeding are counted, where something came before it. It can only shorten what is left.
COUNTS = """
create function decisions_counts_guard() returns trigger language plpgsql as $$
begin
  if new.counts_from > notices_today() then
    raise exception 'days are not counted from a day to come' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_proceeding_counts before insert on decisions_proceeding for each row execute function decisions_counts_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0007_places_proceed_too"), ("registry", "0018_households_are_watched")]

    operations = [
        migrations.AddField("proceeding", "counts_from", models.DateField(null=True)),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (STANDS, EFFECT, COUNTS)),
    ]
