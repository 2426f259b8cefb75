"""A household is entered on the roll as it was decided, by somebody else than its own; and it is told how its proceeding ended, by
somebody else than whoever took it back."""

from django.db import migrations

from xiuhua.places.scope import protect

MEMBERS = """
create function decisions_member_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_case;
begin
  if tg_op = 'DELETE' then
    raise exception 'who was handed in stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'UPDATE' then
    -- Sealed anew under a new key it is the same number.
    if to_jsonb(new) - array['id_sealed', 'phone_sealed'] <> to_jsonb(old) - array['id_sealed', 'phone_sealed'] then
      raise exception 'who was handed in is not changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  select * into c from decisions_case x where x.id = new.case_id for update;
  if c.id is null or c.place_code <> new.place_code then
    raise exception 'no such case here' using errcode = 'check_violation';
  elsif c.kind <> 'household_begins' or c.state not in ('drafted', 'returned') then
    raise exception 'who is entered is said with the case' using errcode = 'check_violation';
  elsif new.round <> 1 + (select count(*) from decisions_casestep s where s.case_id = c.id and s.act in ('proposed', 'resubmitted')) then
    raise exception 'who is entered is said with the case' using errcode = 'check_violation';
  elsif btrim(new.name) = '' or (new.id_blind is null and (new.sex is null or new.birth_date is null or btrim(new.no_number) = '')) then
    raise exception 'who somebody is, is said' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_member_guard before insert or update or delete on decisions_casemember for each row execute function decisions_member_guard();
create trigger decisions_member_kept_whole before truncate on decisions_casemember for each statement execute function decisions_only_added();
"""

# As the owner: whom the acting people are in the register is nobody's to read. After decisions_step_guard, which says who it is.
ENTERED = """
create function decisions_step_household_begins() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare c decisions_case; newest int; both_of bigint[]; home registry_household;
begin
  select * into c from decisions_case x where x.id = new.case_id;
  if c.kind <> 'household_begins' then
    return new;
  end if;
  select coalesce(max(m.round), 0) into newest from decisions_casemember m where m.case_id = c.id;
  if new.act in ('proposed', 'resubmitted') then
    if newest <> 1 + (select count(*) from decisions_casestep s where s.case_id = c.id and s.act in ('proposed', 'resubmitted'))
       or 1 <> (select count(*) from decisions_casemember m where m.case_id = c.id and m.round = newest and m.relation = 'head') then
      raise exception 'who is entered is said with the case' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.act in ('returned', 'refused', 'accepted', 'undone', 'undo_refused') then
    select array_remove(array[new.official_id, d.official_id], null) into both_of
    from accounts_appointment a left join accounts_appointment d on d.id = a.deputy_for_id where a.id = new.appointment_id;
    if exists (select 1 from accounts_ownnumber n join decisions_casemember m on m.id_blind = n.id_blind and m.case_id = c.id
        where n.official_id = any (both_of) and (n.until is null or n.until >= notices_today())) then
      raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
    end if;
  end if;
  if new.act = 'accepted' then
    select * into home from registry_household h where h.village_code = c.place_code and h.begun_by_case = c.id and h.ended_on is null and h.kind = 'other';
    if home.id is null
       or (select count(*) from registry_membership m where m.household_id = home.id and m.until is null)
          <> (select count(*) from decisions_casemember m where m.case_id = c.id and m.round = newest)
       or exists (select 1 from decisions_casemember m where m.case_id = c.id and m.round = newest and not exists (
          select 1 from registry_membership x join registry_person p on p.id = x.person_id
          where x.household_id = home.id and x.until is null and x.begun_by_case = c.id and x.relation = m.relation
            and case when m.id_blind is null then p.name = m.name and p.id_blind is null else p.id_blind = m.id_blind end)) then
      raise exception 'the household is not entered as it was decided' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger decisions_step_household_begins before insert on decisions_casestep for each row execute function decisions_step_household_begins();
"""

TOLD = """
create function decisions_telling_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; d jsonb; h record;
begin
  select * into c from decisions_proceeding x where x.id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or c.household_id is null then
    raise exception 'no such proceeding here' using errcode = 'check_violation';
  elsif c.course not in ('withdrawn', 'refused') then
    raise exception 'nothing here is told to the household' using errcode = 'check_violation';
  elsif new.told_on > notices_today() or new.told_on < c.closed_on then
    raise exception 'a household is told on a day since it ended' using errcode = 'check_violation';
  elsif new.person_id is not null and not exists (select 1 from registry_membership m where m.household_id = c.household_id and m.person_id = new.person_id
      and (m.until is null or m.until > c.closed_on)) then
    raise exception 'whoever was told is not a member of the household' using errcode = 'check_violation';
  end if;
  perform decisions_not_of(new.appointment_id, c.place_code, array[c.household_id]);
  select * into h from decisions_holder(new.appointment_id, c.place_code);
  if not (h.role = any (array['village_worker', 'township_office', 'county_office'])) then
    raise exception 'this post does not tell it' using errcode = 'check_violation';
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  if c.course = 'withdrawn' and decisions_decided_it(c, d, array_remove(array[h.who, h.stands], null)) then
    raise exception 'whoever took it back does not say that it was told' using errcode = 'check_violation';
  end if;
  new.round := c.round;
  new.at := decisions_now();
  return new;
end $$;
create trigger decisions_telling_guard before insert on decisions_telling for each row execute function decisions_telling_guard();
create trigger decisions_telling_kept before update or delete on decisions_telling for each row execute function decisions_only_added();
create trigger decisions_telling_stands before insert or update on decisions_telling for each statement execute function decisions_reads_what_stands();
create trigger decisions_telling_kept_whole before truncate on decisions_telling for each statement execute function decisions_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0047_entries_and_tellings"),
        ("accounts", "0003_who_they_are_in_the_register"),
    ]
    operations = [
        *(migrations.RunSQL(*protect(f"decisions_{table}", "place_code")) for table in ("casemember", "telling")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (MEMBERS, ENTERED, TOLD)),
    ]
