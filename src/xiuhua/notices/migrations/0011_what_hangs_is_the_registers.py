"""What hangs of a household is what the register says of it, at every step; a name holds a name and nothing besides."""

from django.db import migrations

# As notices/services/saying.py has it. A village's or a county's matter is its name: words that tell of somebody are no part of one.
FIT = r"""
create function notices_is_name(said text) returns boolean language sql immutable set search_path = public, pg_temp as $$
  select said = '' or (length(said) <= 40 and said !~ '[^[:alpha:]·•・.''’ -]' and said !~ '[\u3400-\u9fff]{7}'
    and said !~ '[癌症残瘫痪癫痫肿瘤]|(?<!去)病|(?<!弃)疾|低保|五保|孤儿|监测|返贫')
$$;
create or replace function notices_fit_to_hang(lines jsonb) returns boolean language sql immutable set search_path = public, pg_temp as $$
  select jsonb_typeof(lines) = 'array' and jsonb_array_length(lines) > 0 and not exists (
    select 1 from jsonb_array_elements(lines) one, jsonb_each(one) said
    where said.key not in ('village', 'head', 'people', 'matter')
      or (said.key = 'people' and jsonb_typeof(said.value) not in ('number', 'null'))
      or (said.key <> 'people' and said.value #>> '{}' ~ '[0-9０-９]{6}')
      or (said.key = 'head' and not notices_is_name(btrim(coalesce(said.value #>> '{}', ''))))
      or (said.key in ('matter', 'village') and said.value #>> '{}' ~ '癌|肿瘤|瘫痪|癫痫|艾滋|(?<!去)病|残疾|残障|低保|五保|特困|孤儿|监测|返贫|贫困'))
$$;
"""

SAYS = r"""
create function notices_matter_of(asked text) returns jsonb language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('zh', (d.definition #>> '{says,zh}') || ' · ' || (step #>> '{says,zh}'), 'en', (d.definition #>> '{says,en}') || ' · ' || (step #>> '{says,en}'))
  from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id, decisions_step_of_notice(asked) step
  where c.id = decisions_of_notice(asked) and step is not null
$$;
-- Whether a line says of a proceeding's household or place what the register says: its village, its head, its people on the day it hangs or today.
create function notices_line_is_its_own(asked text, line jsonb, hung date) returns boolean language plpgsql stable security definer set search_path = public, pg_temp as $$
declare c decisions_proceeding; here text; name text;
begin
  select * into c from decisions_proceeding where id = decisions_of_notice(asked);
  if c.id is null then
    return true;
  elsif not (c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()) then
    -- Nobody learns here what another area's household is called.
    return false;
  end if;
  select p.name into here from places_place p where p.code = c.place_code;
  if coalesce(line ->> 'village', here) <> here then
    return false;
  elsif c.household_id is null then
    return coalesce(line ->> 'matter', here) = here and coalesce(line ->> 'head', '') = '' and line ->> 'people' is null;
  end if;
  select coalesce(h.head_name, '') into name from registry_household h where h.id = c.household_id;
  return not line ? 'matter' and btrim(coalesce(line ->> 'head', '')) = btrim(name) and (line ->> 'people' is null or (line ->> 'people')::numeric in (
    (select count(*) from registry_membership m where m.household_id = c.household_id and m.until is null),
    (select count(*) from registry_membership m where m.household_id = c.household_id and (m.since is null or m.since <= hung) and (m.until is null or m.until > hung))));
end $$;
create or replace function notices_says_its_step() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare matter jsonb := notices_matter_of(new.reference);
begin
  if matter is null then
    return new;
  end if;
  new.matter := matter;
  if jsonb_array_length(new.lines) <> 1 or new.board ~ '[0-9０-９]{6}' then
    raise exception 'a notice says more than it may' using errcode = 'check_violation';
  elsif not notices_line_is_its_own(new.reference, new.lines -> 0, new.hung_on) then
    raise exception 'a notice says whose matter it is' using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- The paper says it too, line by line, under the one matter of them all.
create function notices_sheet_says() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from jsonb_array_elements(new.entries) one where not notices_line_is_its_own(one ->> 'reference', one -> 'line', new.hung_on)) then
    raise exception 'a notice says whose matter it is' using errcode = 'check_violation';
  elsif exists (select 1 from jsonb_array_elements(new.entries) one where notices_matter_of(one ->> 'reference') <> new.matter) then
    raise exception 'a notice says its own matter' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger notices_sheet_says before insert on notices_sheet for each row execute function notices_sheet_says();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0010_what_was_said_stays_said"),
        ("decisions", "0050_who_agreed_is_of_age_and_a_meeting_is_one"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FIT, SAYS)]
