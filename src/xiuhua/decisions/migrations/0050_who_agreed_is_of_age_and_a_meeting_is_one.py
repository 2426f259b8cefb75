"""What a household leaves by is its own word, or that of a representative on paper; a meeting of hardly anybody, and what hung of somebody else, stand out."""

from django.db import migrations

# A member of age signs. Whoever is no member does so with the paper that the procedure names instead (or_else) and a reason.
AGREED = """
create function decisions_represented(asked bigint, turn integer, stage text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id,
      jsonb_array_elements(d.definition -> 'steps') s, jsonb_array_elements(s -> 'evidence') one, decisions_paper p
    where c.id = asked and s ->> 'id' = stage and one ->> 'kind' = 'signature' and p.proceeding_id = c.id and p.step = stage and p.round = turn
      and p.what = one ->> 'or_else')
$$;
create or replace function decisions_confirmed_by(asked bigint) returns text language sql stable set search_path = public, pg_temp as $$
  select case when t.told is null then null when m.id is null then case when t.represented then 'representative' else 'nobody' end
    when b.birth_date > t.day - interval '18 years' then 'minor' when m.relation = 'head' then 'head'
    when b.birth_date is null then null else 'adult' end
  from (select x.detail ->> 'member' as told, (x.at at time zone 'Asia/Shanghai')::date as day, c.household_id as home,
      x.detail ->> 'member' = 'nobody' and btrim(x.reason) <> '' and decisions_represented(c.id, x.round, x.step) as represented
      from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id, jsonb_array_elements(d.definition -> 'steps') s, decisions_signature x
      where c.id = asked and s ->> 'does' = 'household' and x.proceeding_id = c.id and x.step = s ->> 'id' and x.sign = 'signed'
      order by x.number desc limit 1) t
  left join registry_membership m on m.household_id = t.home and m.person_id::text = t.told
    and (m.since is null or m.since <= t.day) and (m.until is null or m.until > t.day)
  left join registry_person b on b.id = m.person_id
  limit 1
$$;
create or replace function decisions_agreed_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; d jsonb; asked jsonb; said text := new.detail ->> 'member'; back boolean; born date;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  select definition into d from decisions_procedure where id = c.procedure_id;
  back := new.sign = 'withdrawn' and decisions_wants_own_paper(c, d);
  select s into asked from jsonb_array_elements(d -> 'steps') s where new.sign = 'signed' and s ->> 'id' = new.step and s ->> 'does' = 'household';
  -- What was agreed to before this was asked takes no effect either: it goes back to that step.
  if new.sign = 'signed' and new.step = d ->> 'effect_at' and decisions_confirmed_by(c.id) in ('nobody', 'minor') then
    raise exception 'nobody of the household has agreed' using errcode = 'check_violation';
  end if;
  if not back and asked is null then
    return new;
  end if;
  if said = 'refused' then
    raise exception 'a refused signature is no agreement' using errcode = 'check_violation';
  elsif coalesce(said, '') = '' or jsonb_typeof(new.detail -> 'member') <> 'string' then
    raise exception 'who signed for the household is not said' using errcode = 'check_violation';
  elsif said = 'nobody' and not back then
    if btrim(new.reason) = '' or not decisions_represented(c.id, c.round::integer, new.step) then
      raise exception 'a representative signs with a paper and a reason' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  select p.birth_date into born from registry_membership m join registry_person p on p.id = m.person_id
  where m.household_id = c.household_id and m.person_id::text = said and (m.until is null or m.until > notices_today());
  if not found then
    raise exception 'whoever signed is not a member of the household' using errcode = 'check_violation';
  elsif not back and born > notices_today() - interval '18 years' then
    raise exception 'whoever signed for the household is under age' using errcode = 'check_violation';
  elsif not back and exists (select 1 from jsonb_array_elements(asked -> 'evidence') one
      where one ->> 'kind' = 'signature' and one ->> 'or_else' is not null and not exists (select 1 from decisions_paper p
        where p.proceeding_id = c.id and p.step = new.step and p.round = c.round and p.what = one ->> 'code')) then
    -- A representative's paper stands for a representative alone.
    raise exception 'evidence is missing' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# How many were entitled at its meeting; how many the village's other meetings of late have, the middle one of them; and its households.
MET = """
create index signature_votes on decisions_signature (place_code, at desc) where detail ? 'vote';
create function decisions_entitled_of(asked bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  select (x.detail #>> '{vote,entitled}')::integer from decisions_signature x
  where x.proceeding_id = asked and x.sign = 'signed' and x.detail ? 'vote' order by x.number desc limit 1
$$;
create function decisions_entitled_usually(asked bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  select (percentile_disc(0.5) within group (order by v.entitled))::integer from (
    select (x.detail #>> '{vote,entitled}')::integer as entitled from decisions_signature x join decisions_proceeding c on c.id = asked
    where x.place_code = c.place_code and x.detail ? 'vote' and x.proceeding_id <> asked order by x.at desc limit 30) v
$$;
create function decisions_homes_of(asked bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    (select r.rural_households from places_villagerecord r where r.village_code = c.place_code and r.rural_households is not null order by r.as_of desc limit 1),
    (select count(*)::integer from registry_household h where h.village_code = c.place_code and h.ended_on is null))
  from decisions_proceeding c where c.id = asked
$$;
-- Notices of a proceeding that named somebody who is, and was, neither its household's head nor a member of it.
create function decisions_hung_of_another(asked bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  select count(*)::integer from decisions_proceeding c join registry_household h on h.id = c.household_id,
    jsonb_array_elements(decisions_lines_hung(c.id)) line
  where c.id = asked and coalesce(line ->> 'head', '') <> coalesce(h.head_name, '')
    and not exists (select 1 from registry_householdevent e where e.pgh_obj_id = h.id and e.head_name = line ->> 'head')
    and not exists (select 1 from registry_membership m join registry_person p on p.id = m.person_id where m.household_id = h.id and p.name = line ->> 'head')
$$;
"""
HUNG = """
create function decisions_lines_hung(asked bigint) returns jsonb language sql stable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(line), '[]') from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id
    cross join lateral jsonb_array_elements(d.definition -> 'steps') s(one) cross join lateral generate_series(1, c.round) t(turn)
    join notices_notice n on n.reference = format('proceeding:%s:%s:%s', c.id, s.one ->> 'id', t.turn)
    cross join lateral jsonb_array_elements(n.lines) line
  where c.id = asked
$$;
"""
COLUMNS = (
    ("meeting_entitled", "decisions_entitled_of"),
    ("meeting_usual", "decisions_entitled_usually"),
    ("meeting_homes", "decisions_homes_of"),
    ("hung_of_another", "decisions_hung_of_another"),
)


def forward(apps, schema_editor):
    """The view with these columns more: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select rtrim(pg_get_viewdef('rec_exit'::regclass), '; ' || chr(10))")
        (was,) = cursor.fetchone()
    told = [
        f"case when x.{since} is not null then {asks}({of}(x.household_key)) end as {before}{name}"
        for since, of, before in (
            ("decided_on", "decisions_left_by", ""),
            ("watch_ended_on", "decisions_let_go_by", "watch_"),
        )
        for name, asks in COLUMNS
    ]
    schema_editor.execute(
        "create or replace view rec_exit with (security_invoker = true) as"
        f" select x.*, {', '.join(told)} from ({was}) x",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0049_who_is_to_receive_says_so"),
        ("places", "0009_history_goes_along"),
    ]
    operations = [
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (AGREED, HUNG, MET)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
