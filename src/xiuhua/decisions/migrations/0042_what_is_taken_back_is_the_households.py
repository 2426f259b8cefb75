"""What a household asked for is taken back by it: in writing, signed by a member who is named, and once it has left the village by no one person."""

from django.db import migrations

ASKED = """
-- Whether the household's own writing is wanted: of what it applied for, or keeps by it, once anybody signed or brought anything.
create function decisions_wants_own_paper(c decisions_proceeding, d jsonb) returns boolean language sql stable set search_path = public, pg_temp as $$
  select d ->> 'withdrawn_by' = 'household' and d ->> 'direction' <> 'leaving' and (
    exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.sign <> 'withdrawn')
    or exists (select 1 from decisions_paper p where p.proceeding_id = c.id and p.what <> 'withdrawal'))
$$;
create or replace function decisions_may_withdraw(c decisions_proceeding, d jsonb, role text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case
    when c.effect_on is not null then false
    when d ->> 'withdrawn_by' = 'office' then role = any (array['township_office', 'county_office', 'higher_office'])
    when not (role = any (array['village_worker', 'township_office', 'county_office'])) then false
    when decisions_wants_own_paper(c, d) then exists (select 1 from decisions_paper p
      where p.proceeding_id = c.id and p.step = c.at_step and p.round = c.round and p.what = 'withdrawal')
    else true end
$$;
-- It has left the village when it lies at an office's step, or an office has signed, refused or sent back any of it.
create function decisions_left_village(c decisions_proceeding, d jsonb) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from jsonb_array_elements(d -> 'steps') s where s ->> 'level' <> 'village' and (s ->> 'id' = c.at_step
    or exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = s ->> 'id' and x.sign <> 'withdrawn')))
$$;
-- From then on it takes two: whoever asks for it and somebody else who confirms. Where it lies, that office alone.
create function decisions_ends_with(c decisions_proceeding, d jsonb, people bigint[], role text, office text, place text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select not decisions_wants_own_paper(c, d) or not decisions_left_village(c, d)
    or exists (select 1 from jsonb_array_elements(d -> 'steps') s
      where s ->> 'id' = c.at_step and s ->> 'level' <> 'village' and decisions_may_sign(s -> 'who', role, office, place))
    or exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round and x.sign = 'withdrawn'
      and x.official_id <> all (people) and (x.deputises_id is null or x.deputises_id <> all (people)))
$$;
"""

SIGNED = """
create or replace function decisions_agreed_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; d jsonb; said text := new.detail ->> 'member'; back boolean;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  select definition into d from decisions_procedure where id = c.procedure_id;
  back := new.sign = 'withdrawn' and decisions_wants_own_paper(c, d);
  if not back and (new.sign <> 'signed' or not exists (select 1 from jsonb_array_elements(d -> 'steps') s where s ->> 'id' = new.step and s ->> 'does' = 'household')) then
    return new;
  end if;
  if said = 'refused' then
    raise exception 'a refused signature is no agreement' using errcode = 'check_violation';
  elsif coalesce(said, '') = '' or jsonb_typeof(new.detail -> 'member') <> 'string' then
    raise exception 'who signed for the household is not said' using errcode = 'check_violation';
  elsif (back or said <> 'nobody') and not exists (select 1 from registry_membership m
      where m.household_id = c.household_id and m.person_id::text = said and (m.until is null or m.until > notices_today())) then
    raise exception 'whoever signed is not a member of the household' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

ENDS = "    update decisions_proceeding set course = 'withdrawn' where id = c.id;\n"
ENDS_WITH_TWO = f"""    if decisions_ends_with(c, d, both_of, role, office, place) then
  {ENDS}    end if;
"""


def forward(apps, schema_editor):
    """The guard with one condition more: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('decisions_signature_guard'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(ENDS) == 1
    schema_editor.execute(was.replace(ENDS, ENDS_WITH_TWO), params=None)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0041_a_paper_is_brought_once")]
    operations = [
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ASKED, SIGNED)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
