"""How a household was let out becomes a record that rules read; what could be made up by raw SQL is closed or comes to light."""

import django.db.models.deletion
from django.db import migrations, models

from xiuhua.places.scope import protect

# A paper is what its step asks for, is kept in the same area, runs out as the rulebook says, and is known by its content.
PAPERS = """
create function decisions_paper_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; f files_storedfile; wanted jsonb;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  select * into f from files_storedfile where id = new.file_id;
  select one into wanted from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') s, jsonb_array_elements(s -> 'evidence') one
  where p.id = c.procedure_id and s ->> 'id' = new.step and new.what in (one ->> 'code', one ->> 'or_else') limit 1;
  if new.what = 'withdrawal' then
    wanted := '{}';
  end if;
  if wanted is null then
    raise exception 'the step does not rest on such evidence' using errcode = 'check_violation';
  end if;
  if f.id is null or f.place_code <> new.place_code or f.removed_at is not null then
    raise exception 'no such file here' using errcode = 'check_violation';
  end if;
  new.sha256 := f.sha256;
  new.expires_on := notices_today() + (wanted ->> 'expires_days')::int;
  return new;
end $$;
create trigger decisions_paper_guard before insert on decisions_paper for each row execute function decisions_paper_guard();
alter table decisions_paper disable trigger decisions_paper_kept;
update decisions_paper p set sha256 = f.sha256 from files_storedfile f where f.id = p.file_id;
alter table decisions_paper enable trigger decisions_paper_kept;
"""

# What a step is decided on are the records as they stand at this moment: the database reads them itself and compares. It cannot
# compute the rules over them; whoever writes a false outcome beside true records is found when they are computed again.
SNAPSHOTS = """
create function decisions_plain(line jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(key, case when jsonb_typeof(value) = 'number' and value::text like '%.%' then to_jsonb(value::text) else value end), '{}')
  from jsonb_each(line)
$$;
create function decisions_snapshot_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  if new.as_of <> c.as_of then
    raise exception 'the records are not as they stand' using errcode = 'check_violation';
  end if;
  if c.household_id is not null and new.records - 'rec_exit' is distinct from jsonb_build_object(
      'rec_household', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_household r where r.household_key = c.household_id),
      'rec_person', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.person_key), '[]') from rec_person r where r.household_key = c.household_id),
      'rec_period', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.year), '[]') from rec_period r where r.household_key = c.household_id),
      'rec_village', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_village r where r.village_code = c.place_code)) then
    raise exception 'the records are not as they stand' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_snapshot_guard before insert on decisions_snapshot for each row execute function decisions_snapshot_guard();
create trigger decisions_recheck_kept before update or delete on decisions_recheck for each row execute function decisions_only_added();
create trigger decisions_recheck_kept_whole before truncate on decisions_recheck for each statement execute function decisions_only_added();
"""

# What an attempt found that the guards did not ask: a vote without its numbers, a notice hung before its step was reached,
# kinship ended in the past, a day of the rules that suits, a procedure that ends somewhere else than where it could begin.
CLOSED = """
create function decisions_votes_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare name text; v jsonb := new.detail -> 'vote';
begin
  if jsonb_typeof(new.detail) <> 'object' then
    raise exception 'no such detail' using errcode = 'check_violation';
  end if;
  if v is not null then
    foreach name in array array['entitled', 'present', 'yes', 'no', 'abstained'] loop
      if jsonb_typeof(v) <> 'object' or jsonb_typeof(v -> name) is distinct from 'number' or (v ->> name) !~ '^[0-9]{1,6}$' then
        raise exception 'the votes do not add up' using errcode = 'check_violation';
      end if;
    end loop;
  end if;
  return new;
end $$;
create trigger decisions_signature_votes before insert on decisions_signature for each row execute function decisions_votes_guard();
create function decisions_notice_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; told text[] := string_to_array(new.reference, ':');
begin
  if told[1] is distinct from 'proceeding' then
    return new;
  end if;
  if told[2] ~ '^[0-9]{1,18}$' then
    select * into c from decisions_proceeding where id = told[2]::bigint;
  end if;
  if c.id is null or c.course <> 'open' or told[3] is distinct from c.at_step or told[4] is distinct from c.round::text
     or array_length(told, 1) <> 4 or new.place_code <> c.place_code or not exists (
       select 1 from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') s
       where p.id = c.procedure_id and s ->> 'id' = c.at_step and s ->> 'does' in ('notice', 'announcement')) then
    raise exception 'a notice belongs to the step that the proceeding is at' using errcode = 'check_violation';
  end if;
  if new.hung_on < c.step_since then
    raise exception 'the notice was hung before its step' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_notice_guard before insert on notices_notice for each row execute function decisions_notice_guard();
create or replace function decisions_kin_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' or to_jsonb(new) - 'until' <> to_jsonb(old) - 'until' or old.until is not null then
    raise exception 'kinship is ended, not changed' using errcode = 'insufficient_privilege';
  end if;
  if new.until < notices_today() then
    raise exception 'kinship does not end in the past' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create function decisions_day_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare p decisions_procedure; newest date;
begin
  select * into p from decisions_procedure where id = new.procedure_id;
  if new.household_id is null then
    return new;
  elsif p.until is null or notices_today() <= p.until then
    newest := notices_today();
  else
    select coalesce(max(s.as_of), notices_today()) into newest from registry_standing s where s.village_code = new.place_code;
    newest := least(greatest(newest, p.since), p.until);
  end if;
  if new.as_of <> newest then
    raise exception 'the procedure is not in force on this day' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_proceeding_today before insert on decisions_proceeding for each row execute function decisions_day_guard();
create function decisions_status_begins() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare begins jsonb;
begin
  -- Two at once, effects or an opening, follow one after the other: the second sees what the first has changed.
  perform 1 from registry_household h where h.id = new.household_id for no key update;
  if new.basis <> 'case' then
    return new;
  end if;
  select d.definition -> 'begins_with' into begins from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
  where 'P' || p.id = new.case_number;
  if jsonb_array_length(begins) > 0 and not exists (
    select 1 from jsonb_array_elements_text(begins) one where one = any (decisions_states_of(new.household_id))) then
    raise exception 'the household does not stand where the procedure begins any more' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_household h where h.id = new.household_id and h.ended_on is not null) then
    raise exception 'the household has ended' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_status_begins before insert on registry_statusentry for each row execute function decisions_status_begins();
"""

# Counts across households, some of which may lie outside the area of whoever reads: numbers only, and only of a proceeding within it.
COUNTED = """
-- Evidence that is one household's own: a meeting, a review, an approval may be of many at once.
create function decisions_of_one_home(procedure bigint, step text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_procedure d, jsonb_array_elements(d.definition -> 'steps') s
    where d.id = procedure and s ->> 'id' = step and s ->> 'does' in ('application', 'visit', 'household'))
$$;
create function decisions_exit_counts(asked bigint) returns table (
  signature_elsewhere integer, papers_elsewhere integer, homes_in_hour integer, village_posts integer, sitting integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select
    (select count(distinct y.household_id)::integer from decisions_procedure d, jsonb_array_elements(d.definition -> 'steps') s,
        jsonb_array_elements(s -> 'evidence') one, decisions_paper x join decisions_paper z on z.sha256 = x.sha256
        join decisions_proceeding y on y.id = z.proceeding_id
      where d.id = c.procedure_id and one ->> 'kind' = 'signature' and x.proceeding_id = c.id and x.step = s ->> 'id'
        and x.what in (one ->> 'code', one ->> 'or_else') and x.sha256 <> '' and y.household_id <> c.household_id),
    (select count(distinct y.household_id)::integer from decisions_paper x join decisions_paper z on z.sha256 = x.sha256
        join decisions_proceeding y on y.id = z.proceeding_id
      where x.proceeding_id = c.id and x.sha256 <> '' and y.household_id <> c.household_id and decisions_of_one_home(c.procedure_id, x.step)),
    (select max(n.homes)::integer from (select distinct brought_by, at from decisions_paper where proceeding_id = c.id and decisions_of_one_home(c.procedure_id, step)) x,
      lateral (select count(distinct y.household_id) as homes from decisions_paper z join decisions_proceeding y on y.id = z.proceeding_id
        where z.brought_by = x.brought_by and z.at >= x.at - interval '30 minutes' and z.at <= x.at + interval '30 minutes'
          and decisions_of_one_home(y.procedure_id, z.step)) n),
    (select count(distinct a.post_id)::integer from decisions_signature x join accounts_appointment a on a.id = x.appointment_id
      join accounts_post o on o.id = a.post_id where x.proceeding_id = c.id and length(o.place_code) >= 12),
    (select count(distinct y.household_id)::integer from decisions_procedure d, decisions_signature x, decisions_signature z,
        decisions_proceeding y, decisions_procedure f
      where d.id = c.procedure_id and x.proceeding_id = c.id and x.round = c.round and x.sign = 'signed' and x.step = d.definition ->> 'effect_at'
        and z.official_id = x.official_id and z.sign = 'signed'
        and z.at >= date_trunc('day', x.at at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai'
        and z.at < (date_trunc('day', x.at at time zone 'Asia/Shanghai') + interval '1 day') at time zone 'Asia/Shanghai'
        and y.id = z.proceeding_id and y.effect_status = 'exited' and f.id = y.procedure_id and z.step = f.definition ->> 'effect_at')
  from decisions_proceeding c where c.id = asked and c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()
$$;
-- Who signed that the household agrees, held against its members of that day. Null: it was not said, or their age is not known.
create function decisions_confirmed_by(asked bigint) returns text language sql stable set search_path = public, pg_temp as $$
  select case when t.told is null then null when m.id is null then 'nobody' when m.relation = 'head' then 'head'
    when b.birth_date is null then null when b.birth_date <= t.day - interval '18 years' then 'adult' else 'minor' end
  from (select x.detail ->> 'member' as told, (x.at at time zone 'Asia/Shanghai')::date as day, c.household_id as home
      from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id, jsonb_array_elements(d.definition -> 'steps') s, decisions_signature x
      where c.id = asked and s ->> 'does' = 'household' and x.proceeding_id = c.id and x.step = s ->> 'id' and x.sign = 'signed'
      order by x.number desc limit 1) t
  left join registry_membership m on m.household_id = t.home and m.person_id::text = t.told
    and (m.since is null or m.since <= t.day) and (m.until is null or m.until > t.day)
  left join registry_person b on b.id = m.person_id
  limit 1
$$;
create function decisions_income(wage bigint, business bigint, property bigint, transfer bigint, cost bigint, said bigint) returns bigint
language sql immutable as $$ select coalesce(wage + business + property + transfer - cost, said) $$;
-- Days between the last change that raised the recorded income of the latest year and the decision; null where none did.
create function decisions_income_raised(home bigint, decided timestamptz) returns integer language sql stable set search_path = public, pg_temp as $$
  select ((decided at time zone 'Asia/Shanghai')::date - (max(h.changed_at) at time zone 'Asia/Shanghai')::date)::integer
  from (select * from registry_periodrecord r where r.household_id = home and r.year <= extract(year from decided) order by r.year desc limit 1) y,
  lateral (select w.changed_at, w.income, lead(w.income) over (order by w.changed_at, w.pk) as next_income from (
      select e.pgh_created_at as changed_at, e.pgh_id::bigint as pk,
        decisions_income(e.wage_fen, e.business_fen, e.property_fen, e.transfer_fen, e.business_cost_fen, e.net_income_reported_fen) as income
      from registry_periodrecordevent e where e.pgh_obj_id = y.id
      union all select 'infinity', 9223372036854775807,
        decisions_income(y.wage_fen, y.business_fen, y.property_fen, y.transfer_fen, y.business_cost_fen, y.net_income_reported_fen)) w) h
  where h.next_income > h.income and h.changed_at <= decided
$$;
-- Other households of the village that have been let out, whose income of the same year is the same to the fen, part by part.
create function decisions_same_figures(home bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  select count(*)::integer
  from (select * from registry_periodrecord r where r.household_id = home order by r.year desc limit 1) y
  join registry_periodrecord o on o.village_code = y.village_code and o.year = y.year and o.household_id <> y.household_id
    and (o.wage_fen, o.business_fen, o.property_fen, o.transfer_fen, o.business_cost_fen)
      is not distinct from (y.wage_fen, y.business_fen, y.property_fen, y.transfer_fen, y.business_cost_fen)
  where coalesce(y.wage_fen, 0) + coalesce(y.business_fen, 0) + coalesce(y.property_fen, 0) + coalesce(y.transfer_fen, 0) > 0
    and exists (select 1 from registry_statusentry e where e.household_id = o.household_id and e.status = 'exited')
$$;
-- Whether every snapshot of a proceeding came out the same when it was computed again; null while one was not, or nothing can be said of it.
create function decisions_recomputed(asked bigint) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case when bool_or(not n.agrees) then false when count(*) > 0 and count(n.agrees) = count(*) then true end
  from decisions_snapshot t left join lateral (select r.agrees from decisions_recheck r where r.snapshot_id = t.id order by r.id desc limit 1) n on true
  where t.proceeding_id = asked
$$;
"""

VIEW = """
create view rec_exit with (security_invoker = true) as
  select p.household_id as household_key, h.village_code, p.effect_on as decided_on,
    ((g.at at time zone 'Asia/Shanghai')::date - (p.begun_at at time zone 'Asia/Shanghai')::date)::integer as days_taken,
    decisions_confirmed_by(p.id) as confirmed_by, n.signature_elsewhere, n.papers_elsewhere,
    (select max(k.steps)::integer from decisions_signature x, lateral (select count(distinct z.step) as steps from decisions_signature z
      where z.proceeding_id = p.id and z.sign = 'signed' and z.at >= x.at and z.at <= x.at + interval '1 hour') k
      where x.proceeding_id = p.id and x.sign = 'signed') as steps_in_hour,
    n.homes_in_hour, n.village_posts, n.sitting,
    decisions_income_raised(p.household_id, g.at) as income_raised_days, decisions_same_figures(p.household_id) as same_figures,
    decisions_recomputed(p.id) as recomputed, 'checked'::text as seen
  from decisions_proceeding p
  join registry_household h on h.id = p.household_id
  left join lateral (select x.at from decisions_signature x, decisions_procedure d where d.id = p.procedure_id and x.proceeding_id = p.id
    and x.sign = 'signed' and x.step = d.definition ->> 'effect_at' order by x.number desc limit 1) g on true
  left join lateral decisions_exit_counts(p.id) n on true
  where p.effect_status = 'exited' and h.ended_on is null
    and not exists (select 1 from decisions_proceeding q where q.household_id = p.household_id and q.effect_status = 'exited' and q.id > p.id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0011_the_plan_holds"),
        ("files", "0003_exports"),
        ("notices", "0002_days_run_and_objections_are_answered"),
        ("registry", "0016_exits_are_tallied"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place_code", models.CharField(db_collation="C", max_length=12)),
                ("agrees", models.BooleanField(null=True)),
                ("differs", models.JSONField(default=list)),
                ("versions", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rechecks", to="decisions.snapshot"
                    ),
                ),
            ],
            options={"ordering": ["id"], "indexes": [models.Index(fields=["place_code"], name="recheck_place")]},
        ),
        migrations.AddField(
            model_name="paper",
            name="sha256",
            field=models.CharField(db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddIndex(model_name="paper", index=models.Index(fields=["sha256"], name="paper_same")),
        migrations.AddIndex(model_name="paper", index=models.Index(fields=["brought_by", "at"], name="paper_brought")),
        migrations.RunSQL(*protect("decisions_recheck", "place_code")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (PAPERS, SNAPSHOTS, CLOSED, COUNTED, VIEW)),
    ]
