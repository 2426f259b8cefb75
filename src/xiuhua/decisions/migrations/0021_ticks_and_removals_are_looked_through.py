"""A removal is looked through like an exit, and so is how values came to be called checked before either."""

from django.db import migrations

# Values that somebody set to checked by hand, in the year before the decision: how many with no paper, dated how long before they were
# entered, how many by one person within an hour, how long before the decision, and of how many households that person did it at once.
TICKED = """
create function decisions_ticked(home bigint, decided timestamptz) returns table (
  bare integer, days_old integer, in_hour integer, days_before integer, homes_in_hour integer)
language sql stable security definer set search_path = public, pg_temp as $$
  with mine as (select x.* from registry_correction x join registry_household h on h.id = x.household_id
    where x.household_id = home and x.seen = 'checked' and x.at <= decided and x.at > decided - interval '1 year'
      and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi())
  select (select count(distinct (x.grain, x."row", x."column"))::integer from mine x where x.evidence_id is null),
    (select max((x.at at time zone 'Asia/Shanghai')::date - x.seen_on)::integer from mine x),
    (select max(n.n)::integer from mine x, lateral (select count(distinct (z.grain, z."row", z."column")) as n from mine z
      where z.by = x.by and z.at >= x.at and z.at <= x.at + interval '1 hour') n),
    (select min((decided at time zone 'Asia/Shanghai')::date - (x.at at time zone 'Asia/Shanghai')::date)::integer from mine x),
    (select max(n.n)::integer from (select distinct by, at from mine) x, lateral (select count(distinct z.household_id) as n from registry_correction z
      where z.by = x.by and z.seen = 'checked' and z.at >= x.at - interval '30 minutes' and z.at <= x.at + interval '30 minutes') n)
$$;
-- Signers of a proceeding who are called like a member of its household, and did not say who they are: a name ties nobody, it asks.
create function decisions_namesakes(asked bigint) returns integer language sql stable security definer set search_path = public, pg_temp as $$
  select count(distinct x.official_id)::integer from decisions_proceeding c join decisions_signature x on x.proceeding_id = c.id and x.sign = 'signed'
    join accounts_official o on o.id = x.official_id join registry_membership m on m.household_id = c.household_id
    join registry_person p on p.id = m.person_id and p.name = o.name
  where c.id = asked and c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()
    and (m.until is null or m.until > c.begun_at::date)
    and not exists (select 1 from decisions_signature y where y.proceeding_id = c.id and y.official_id = x.official_id and btrim(y.reason) <> '')
$$;
create index correction_by on registry_correction (by, at);
"""

VIEW = """
create or replace view rec_exit with (security_invoker = true) as
  select p.household_id as household_key, h.village_code, p.effect_on as decided_on,
    ((g.at at time zone 'Asia/Shanghai')::date - (p.begun_at at time zone 'Asia/Shanghai')::date)::integer as days_taken,
    decisions_confirmed_by(p.id) as confirmed_by, n.signature_elsewhere, n.papers_elsewhere,
    (select max(k.steps)::integer from decisions_signature x, lateral (select count(distinct z.step) as steps from decisions_signature z
      where z.proceeding_id = p.id and z.sign = 'signed' and z.at >= x.at and z.at <= x.at + interval '1 hour') k
      where x.proceeding_id = p.id and x.sign = 'signed') as steps_in_hour,
    n.homes_in_hour, n.village_posts, n.sitting,
    decisions_income_raised(p.household_id, g.at) as income_raised_days, decisions_same_figures(p.household_id) as same_figures,
    decisions_recomputed(p.id) as recomputed, 'checked'::text as seen,
    t.bare as ticks_bare, t.days_old as ticks_days_old, t.in_hour as ticks_in_hour, t.days_before as ticks_days_before,
    t.homes_in_hour as ticked_homes_in_hour, decisions_namesakes(p.id) as namesakes
  from decisions_proceeding p
  join registry_household h on h.id = p.household_id
  left join lateral (select x.at from decisions_signature x, decisions_procedure d where d.id = p.procedure_id and x.proceeding_id = p.id
    and x.sign = 'signed' and x.step = d.definition ->> 'effect_at' order by x.number desc limit 1) g on true
  left join lateral decisions_exit_counts(p.id) n on true
  left join lateral decisions_ticked(p.household_id, g.at) t on true
  where p.effect_status in ('exited', 'removed') and h.ended_on is null
    and not exists (select 1 from decisions_proceeding q where q.household_id = p.household_id and q.effect_status in ('exited', 'removed') and q.id > p.id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0020_who_agreed_is_said"),
        ("registry", "0020_watching_goes_along"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (TICKED, VIEW)]
