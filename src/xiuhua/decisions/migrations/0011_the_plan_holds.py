"""A plan is proposed by one and approved by another; what was filed is never altered; a window closes for whom it was set."""

from django.db import migrations

from xiuhua.places.scope import protect

TABLES = ("sheet", "sheetanswer", "planline", "plantarget", "window", "candidate", "candidateanswer")
KEPT = "".join(
    f"""
create trigger decisions_{table}_kept before update or delete on decisions_{table} for each row execute function decisions_only_added();
create trigger decisions_{table}_kept_whole before truncate on decisions_{table} for each statement execute function decisions_only_added();
"""
    for table in TABLES
    if table != "candidate"
)

SAID = """
-- Who holds a post today, and whom a deputy stands in for: nobody where it is not theirs, or not of this place.
create function decisions_holder(appointment bigint, code text, out who bigint, out place text, out role text, out stands bigint, out office text) language sql stable set search_path = public as $$
  select a.official_id, p.place_code, p.role, x.official_id, p.office from accounts_appointment a join accounts_post p on p.id = a.post_id
    left join accounts_appointment x on x.id = a.deputy_for_id
  where a.id = appointment and a.since <= notices_today() and (a.until is null or a.until >= notices_today())
    and (x.id is null or (x.since <= notices_today() and (x.until is null or x.until >= notices_today())))
    and (p.place_code = 'CN' or left(code, length(p.place_code)) = p.place_code)
$$;
-- The year that counts: of a household, or of a village or county itself. In the eyes of whoever asks.
create function decisions_planned(home bigint, code text) returns smallint language sql stable set search_path = public as $$
  select l.year::smallint from decisions_planline l join decisions_sheetanswer a on a.sheet_id = l.sheet_id and a.verdict = 'approved'
  where case when home is null then l.household_id is null and l.place_code = code else l.household_id = home end order by a.id desc limit 1
$$;
create function decisions_sheet_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare h record;
begin
  if not (new.place_code >= places_scope_lo() and new.place_code < places_scope_hi()) then
    raise exception 'no such place here' using errcode = 'check_violation';
  end if;
  select * into h from decisions_holder(new.appointment_id, new.place_code);
  if h.who is null then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  end if;
  if not (h.role = any (array['village_worker', 'township_office', 'county_office', 'higher_office']))
     or (new.kind = 'window' and (length(new.place_code) <> 6 or h.role <> 'county_office')) then
    raise exception 'this post does not file this' using errcode = 'check_violation';
  end if;
  if btrim(new.reason) = '' then
    raise exception 'a plan is filed with its reason' using errcode = 'check_violation';
  end if;
  new.official_id := h.who;
  new.at := now();
  new.filed_in := pg_current_xact_id()::text::bigint;
  return new;
end $$;
create trigger decisions_sheet_guard before insert on decisions_sheet for each row execute function decisions_sheet_guard();
"""

LINES = """
-- What hangs on a sheet is filed with it, in one transaction, and never afterwards.
create function decisions_filed_with(sheet bigint, kind text, code text) returns void language plpgsql set search_path = public as $$
declare s decisions_sheet;
begin
  select * into s from decisions_sheet x where x.id = sheet;
  if s.id is null or s.kind <> kind or s.place_code <> code or not (code >= places_scope_lo() and code < places_scope_hi()) then
    raise exception 'no such sheet here' using errcode = 'check_violation';
  end if;
  if s.filed_in <> pg_current_xact_id()::text::bigint or exists (select 1 from decisions_sheetanswer a where a.sheet_id = s.id) then
    raise exception 'what was filed is not altered' using errcode = 'insufficient_privilege';
  end if;
end $$;
create function decisions_planline_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare h registry_household; stands text; empty boolean;
begin
  perform decisions_filed_with(new.sheet_id, 'plan', new.place_code);
  if new.household_id is not null then
    select * into h from registry_household x where x.id = new.household_id;
    if h.id is null or h.village_code <> new.place_code or h.ended_on is not null then
      raise exception 'no such household here' using errcode = 'check_violation';
    end if;
    stands := nullif(decisions_status_of(h.id), 'none');
    if h.kind <> 'registered' or coalesce(stands, h.status_reported, '') not in ('poor', 'pre_exit', 'returned') then
      raise exception 'only who is poor is planned to exit' using errcode = 'check_violation';
    end if;
  elsif length(new.place_code) not in (6, 12) then
    raise exception 'a village or a county exits' using errcode = 'check_violation';
  elsif exists (select 1 from decisions_planline l where l.sheet_id = new.sheet_id and l.household_id is null) then
    raise exception 'the year is planned already' using errcode = 'check_violation';
  end if;
  new.before := decisions_planned(new.household_id, new.place_code);
  if new.year is not distinct from new.before then
    raise exception 'the year is planned already' using errcode = 'check_violation';
  end if;
  if new.year < new.before then
    if new.readiness is null or jsonb_typeof(new.readiness -> 'fails') is distinct from 'array' or jsonb_typeof(new.readiness -> 'unknown') is distinct from 'array'
       or jsonb_typeof(new.readiness -> 'unchecked') is distinct from 'array' then
      raise exception 'moving forward asks for a readiness check' using errcode = 'check_violation';
    end if;
    empty := jsonb_array_length(new.readiness -> 'fails') + jsonb_array_length(new.readiness -> 'unknown') + jsonb_array_length(new.readiness -> 'unchecked') = 0;
    if not empty and btrim(new.acknowledged) = '' then
      raise exception 'what fails or is not known is acknowledged with a reason' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger decisions_planline_guard before insert on decisions_planline for each row execute function decisions_planline_guard();
create function decisions_window_filed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform decisions_filed_with(new.sheet_id, 'window', new.place_code);
  return new;
end $$;
create trigger decisions_window_filed before insert on decisions_window for each row execute function decisions_window_filed();
"""

ANSWERED = """
create function decisions_sheetanswer_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare s decisions_sheet; h record;
begin
  select * into s from decisions_sheet x where x.id = new.sheet_id for update;
  if s.id is null or s.place_code <> new.place_code or not (s.place_code >= places_scope_lo() and s.place_code < places_scope_hi()) then
    raise exception 'no such sheet here' using errcode = 'check_violation';
  end if;
  select * into h from decisions_holder(new.appointment_id, new.place_code);
  if h.who is null then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  end if;
  new.official_id := h.who;
  new.at := now();
  if new.verdict = 'withdrawn' then
    if h.who <> s.official_id then
      raise exception 'only who filed it takes it back' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  -- A deputy counts as both people, whichever of the two filed it.
  if s.official_id in (h.who, h.stands) or exists (select 1 from accounts_appointment a join accounts_appointment x on x.id = a.deputy_for_id
      where a.id = s.appointment_id and x.official_id in (h.who, h.stands)) then
    raise exception 'nobody approves what they filed' using errcode = 'check_violation';
  end if;
  -- A county's own year is said from above the county; a village's and a household's from the township up.
  if not (h.role = any (array['township_office', 'county_office', 'higher_office', 'leader']))
     or (s.kind = 'plan' and length(s.place_code) = 6 and length(h.place) >= 6) then
    raise exception 'this post does not approve this' using errcode = 'check_violation';
  end if;
  if new.verdict = 'refused' and btrim(new.reason) = '' then
    raise exception 'a no is said with its reasons' using errcode = 'check_violation';
  end if;
  -- Of two that approve for one place at once the second waits, and sees what the first has changed.
  perform pg_advisory_xact_lock(hashtextextended('plan ' || s.place_code, 0));
  if new.verdict = 'approved' and exists (
    select 1 from decisions_planline l where l.sheet_id = s.id and l.before is distinct from decisions_planned(l.household_id, l.place_code)) then
    raise exception 'the plan changed meanwhile' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_sheetanswer_guard before insert on decisions_sheetanswer for each row execute function decisions_sheetanswer_guard();
create function decisions_plantarget_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare h record;
begin
  if not (new.place_code >= places_scope_lo() and new.place_code < places_scope_hi()) then
    raise exception 'no such place here' using errcode = 'check_violation';
  end if;
  select * into h from decisions_holder(new.appointment_id, new.place_code);
  if h.who is null or h.place = new.place_code or not (h.role = any (array['township_office', 'county_office', 'higher_office', 'leader'])) then
    raise exception 'a target is set from above' using errcode = 'check_violation';
  end if;
  if btrim(new.basis) = '' then
    raise exception 'a target names what it rests on' using errcode = 'check_violation';
  end if;
  new.official_id := h.who;
  new.at := now();
  return new;
end $$;
create trigger decisions_plantarget_guard before insert on decisions_plantarget for each row execute function decisions_plantarget_guard();
create function decisions_candidateanswer_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare h record;
begin
  if not exists (select 1 from registry_household x where x.id = new.household_id and x.village_code = new.place_code)
     or not (new.place_code >= places_scope_lo() and new.place_code < places_scope_hi()) then
    raise exception 'no such household here' using errcode = 'check_violation';
  end if;
  select * into h from decisions_holder(new.appointment_id, new.place_code);
  if h.who is null or not (h.role = any (array['village_worker', 'township_office', 'county_office'])) then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  end if;
  if btrim(new.reason) = '' then
    raise exception 'said with its reasons' using errcode = 'check_violation';
  end if;
  new.official_id := h.who;
  new.at := now();
  return new;
end $$;
create trigger decisions_candidateanswer_guard before insert on decisions_candidateanswer for each row execute function decisions_candidateanswer_guard();
"""

# What lies above the acting area and every village lives by: the planned year of its county, and the window.
TOLD = """
create function decisions_deadline(code text) returns smallint language sql stable security definer set search_path = public as $$
  select decisions_planned(null, left(code, 6)) where left(code, 6) >= left(places_scope_lo(), 6) and code < places_scope_hi()
$$;
create function decisions_window_of(code text, out year smallint, out opens_on date, out closes_on date) language sql stable security definer set search_path = public as $$
  select w.year::smallint, w.opens_on, w.closes_on from decisions_window w join decisions_sheetanswer a on a.sheet_id = w.sheet_id and a.verdict = 'approved'
  where w.place_code = left(code, 6) and left(code, 6) >= left(places_scope_lo(), 6) and code < places_scope_hi() order by a.id desc limit 1
$$;
create function decisions_window_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare w record;
begin
  if not exists (select 1 from decisions_procedure p where p.id = new.procedure_id and (p.definition ->> 'window')::boolean) then
    return new;
  end if;
  select x.opens_on, x.closes_on into w from decisions_window x join decisions_sheetanswer a on a.sheet_id = x.sheet_id and a.verdict = 'approved'
  where x.place_code = left(new.place_code, 6) order by a.id desc limit 1;
  if w.opens_on is not null and not (notices_today() between w.opens_on and w.closes_on) then
    raise exception 'the window of the yearly adjustment is closed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_window_guard before insert on decisions_proceeding for each row execute function decisions_window_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0010_the_plan_rolls"),
        ("notices", "0002_days_run_and_objections_are_answered"),
    ]
    operations = [
        *(migrations.RunSQL(*protect(f"decisions_{table}", "place_code")) for table in TABLES),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (KEPT, SAID, LINES, ANSWERED, TOLD)),
    ]
