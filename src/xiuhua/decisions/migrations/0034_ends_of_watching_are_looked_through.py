"""How a household ceased to be watched is looked through like an exit: who agreed, in what haste, with whose papers."""

from django.db import migrations

ASKED = """
-- The proceeding by which a household is watched no more; null where it is watched, never was, or the end came with it from elsewhere.
create function decisions_let_go_by(home bigint) returns bigint language sql stable set search_path = public, pg_temp as $$
  select substr(w.case_number, 2)::bigint
  from (select x.watch_class, x.case_number from registry_watchentry x where x.household_id = home order by x.id desc limit 1) w
  where w.watch_class = 'none' and w.case_number ~ '^P[0-9]+$'
$$;
-- When a proceeding took effect, by its last signature there; and how many of its steps were signed within one hour, at most.
create function decisions_effect_at(asked bigint) returns timestamptz language sql stable set search_path = public, pg_temp as $$
  select x.at from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
  join decisions_signature x on x.proceeding_id = p.id and x.sign = 'signed' and x.step = d.definition ->> 'effect_at'
  where p.id = asked order by x.number desc limit 1
$$;
create function decisions_steps_in_hour(asked bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  select max(k.steps)::integer from decisions_signature x, lateral (select count(distinct z.step) as steps from decisions_signature z
    where z.proceeding_id = asked and z.sign = 'signed' and z.at >= x.at and z.at <= x.at + interval '1 hour') k
  where x.proceeding_id = asked and x.sign = 'signed'
$$;
"""

# Of one sitting are those of the same kind: exits with exits, ends of watching with ends of watching.
COUNTED = """
create or replace function decisions_exit_counts(asked bigint) returns table (
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
        and y.id = z.proceeding_id and y.kind = c.kind and y.effect_on is not null and f.id = y.procedure_id and z.step = f.definition ->> 'effect_at')
  from decisions_proceeding c where c.id = asked and c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()
$$;
"""

VIEW = """
-- One row a household: how it was let out or removed last, and how it ceased to be watched, while that is so. The newest of the
-- two proceedings carries the row. (A moment joined beside it, from a subquery, and a condition at a function of it: PostgreSQL 18.6 breaks
-- down as it plans that. So the moment is asked where it is wanted.)
create or replace view rec_exit with (security_invoker = true) as
  select c.household_id as household_key, h.village_code, p.effect_on as decided_on,
    ((decisions_effect_at(p.id) at time zone 'Asia/Shanghai')::date - (p.begun_at at time zone 'Asia/Shanghai')::date)::integer as days_taken,
    decisions_confirmed_by(p.id) as confirmed_by, n.signature_elsewhere, n.papers_elsewhere, decisions_steps_in_hour(p.id) as steps_in_hour,
    n.homes_in_hour, n.village_posts, n.sitting,
    decisions_income_raised(p.household_id, decisions_effect_at(p.id)) as income_raised_days,
    case when p.id is not null then decisions_same_figures(p.household_id) end as same_figures,
    decisions_recomputed(p.id) as recomputed, 'checked'::text as seen,
    case when p.id is not null then t.bare end as ticks_bare, t.days_old as ticks_days_old, t.in_hour as ticks_in_hour, t.days_before as ticks_days_before,
    t.homes_in_hour as ticked_homes_in_hour, case when p.id is not null then decisions_namesakes(p.id) end as namesakes,
    w.effect_on as watch_ended_on, decisions_confirmed_by(w.id) as watch_signed_by, m.signature_elsewhere as watch_signature_elsewhere,
    m.papers_elsewhere as watch_papers_elsewhere, decisions_steps_in_hour(w.id) as watch_steps_in_hour, m.homes_in_hour as watch_homes_in_hour,
    m.sitting as watch_sitting, decisions_income_raised(w.household_id, decisions_effect_at(w.id)) as watch_income_raised_days,
    decisions_recomputed(w.id) as watch_recomputed, case when w.id is not null then u.bare end as watch_ticks_bare,
    case when w.id is not null then decisions_namesakes(w.id) end as watch_namesakes
  from decisions_proceeding c
  join registry_household h on h.id = c.household_id
  left join lateral (select x.* from decisions_proceeding x where x.household_id = c.household_id and x.effect_status in ('exited', 'removed')
    order by x.id desc limit 1) p on true
  left join lateral (select x.* from decisions_proceeding x where x.id = decisions_let_go_by(c.household_id)) w on true
  left join lateral decisions_exit_counts(p.id) n on true
  left join lateral decisions_exit_counts(w.id) m on true
  left join lateral decisions_ticked(p.household_id, decisions_effect_at(p.id)) t on true
  left join lateral decisions_ticked(w.household_id, decisions_effect_at(w.id)) u on true
  where h.ended_on is null and c.effect_on is not null and (c.effect_status in ('exited', 'removed') or c.id = decisions_let_go_by(c.household_id))
    and not exists (select 1 from decisions_proceeding q where q.household_id = c.household_id and q.id > c.id and q.effect_on is not null
      and (q.effect_status in ('exited', 'removed') or q.id = decisions_let_go_by(q.household_id)));
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0033_watched_its_time_before_it_is_let_go")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ASKED, COUNTED, VIEW)]
