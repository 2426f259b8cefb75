"""A paper, or the photo of a board, that stood already for another step, round or proceeding of the same household is told apart."""

from django.db import migrations

# What a household's proceedings rest on, with the photos of its notices; hanging and taking down are two moments, each with its own photo.
# Papers and photos have no number in common: of one moment, papers come first.
AGAIN = """
create function decisions_left_by(home bigint) returns bigint language sql stable set search_path = public, pg_temp as $$
  select x.id from decisions_proceeding x where x.household_id = home and x.effect_status in ('exited', 'removed') order by x.id desc limit 1
$$;
create function decisions_brought_of(home bigint) returns table (proceeding bigint, effect_on date, turn int, step text, does text, what text, sha256 text, at timestamptz, number bigint)
language sql stable set search_path = public, pg_temp as $$
  select c.id, c.effect_on, p.round::int, p.step, s.one ->> 'does', p.what::text, p.sha256::text, p.at, p.id
  from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id join decisions_paper p on p.proceeding_id = c.id
    left join lateral jsonb_array_elements(d.definition -> 'steps') s(one) on s.one ->> 'id' = p.step
  where c.household_id = home and p.sha256 <> ''
  union all
  select c.id, c.effect_on, t.turn, (s.one ->> 'id') || hung.moment, s.one ->> 'does', 'board' || hung.moment, f.sha256::text, hung.at, (1::bigint << 60) + f.id
  from decisions_proceeding c join decisions_procedure d on d.id = c.procedure_id
    cross join lateral jsonb_array_elements(d.definition -> 'steps') s(one) cross join lateral generate_series(1, c.round) t(turn)
    join notices_notice n on n.reference = format('proceeding:%s:%s:%s', c.id, s.one ->> 'id', t.turn)
    cross join lateral (values (n.hung_proof_id, '', n.recorded_at),
      (n.taken_down_proof_id, '.down', (n.taken_down_on + 1)::timestamp at time zone 'Asia/Shanghai')) hung(file, moment, at)
    join files_storedfile f on f.id = hung.file
  where c.household_id = home and f.sha256 <> ''
$$;
-- How many pieces of evidence of a proceeding are the very same as an earlier one of the household, of another step, round or proceeding.
-- Rightly brought twice are what the household itself handed in to begin with (application, authorisation), while nothing was decided on it;
-- and, of two proceedings on one day, the one paper of a meeting or an office that speaks of both.
create function decisions_papers_again(asked bigint) returns integer language sql stable set search_path = public, pg_temp as $$
  with c as (select x.* from decisions_proceeding x where x.id = asked and x.place_code >= places_scope_lo() and x.place_code < places_scope_hi()),
  brought as materialized (select b.* from c, decisions_brought_of(c.household_id) b)
  select case when exists (select 1 from c) then (
    select count(distinct (x.turn, x.step, x.what))::integer from brought x where x.proceeding = asked and exists (
      select 1 from brought z where z.sha256 = x.sha256 and (z.at, z.number) < (x.at, x.number)
        and (z.proceeding, z.turn, z.step) <> (x.proceeding, x.turn, x.step)
        and not (x.does = 'application' and z.does = 'application' and z.what = x.what and (z.proceeding = x.proceeding or z.effect_on is null))
        and not (x.does in ('meeting', 'review', 'decision') and z.does = x.does and z.what = x.what and z.proceeding <> x.proceeding
          and (z.at at time zone 'Asia/Shanghai')::date = (x.at at time zone 'Asia/Shanghai')::date))) end
$$;
"""


def forward(apps, schema_editor):
    """The view with two columns more: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select rtrim(pg_get_viewdef('rec_exit'::regclass), '; ' || chr(10))")
        (was,) = cursor.fetchone()
    schema_editor.execute(
        "create or replace view rec_exit with (security_invoker = true) as"
        " select x.*, case when x.decided_on is not null then decisions_papers_again(decisions_left_by(x.household_key)) end as papers_again,"
        " case when x.watch_ended_on is not null then decisions_papers_again(decisions_let_go_by(x.household_key)) end as watch_papers_again"
        f" from ({was}) x",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0040_who_split_off_left_poverty_too"),
    ]
    operations = [
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
