"""An authorisation says what may be asked and until when; a comparison says what it asked, and asks nothing else."""

from django.db import migrations, models

# Of an authorisation that does not say what it covers, nobody can tell: it hinders nothing. A day of its own may be nearer than the
# rulebook's, never further. Where departments compare, an authorisation that is missing or over is brought anew.
SAID = """
create function decisions_may_ask(asked bigint, source text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select not exists (select 1 from jsonb_array_elements(p.definition -> 'steps') s, jsonb_array_elements(s -> 'evidence') one where one ->> 'kind' = 'authorisation')
    or exists (select 1 from decisions_paper x, jsonb_array_elements(p.definition -> 'steps') s, jsonb_array_elements(s -> 'evidence') one
      where x.proceeding_id = c.id and one ->> 'kind' = 'authorisation' and one ->> 'code' = x.what
        and coalesce(x.expires_on >= notices_today(), true) and (x.sources = '[]' or x.sources ? source))
  from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = asked
$$;
create or replace function decisions_paper_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; f files_storedfile; wanted jsonb;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  select * into f from files_storedfile where id = new.file_id;
  select one into wanted from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') s, jsonb_array_elements(s -> 'evidence') one
  where p.id = c.procedure_id and (s ->> 'id' = new.step and new.what in (one ->> 'code', one ->> 'or_else')
    or one ->> 'kind' = 'authorisation' and one ->> 'code' = new.what and exists (
      select 1 from jsonb_array_elements(p.definition -> 'steps') t, jsonb_array_elements(t -> 'evidence') list where t ->> 'id' = new.step and list ->> 'kind' = 'list'))
  limit 1;
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
  new.expires_on := case when wanted ->> 'expires_days' is not null then least(new.expires_on, notices_today() + (wanted ->> 'expires_days')::int) end;
  if new.expires_on < notices_today() then
    raise exception 'an authorisation ends on a day to come' using errcode = 'check_violation';
  end if;
  if jsonb_typeof(new.sources) <> 'array' or new.sources <> '[]' and coalesce(wanted ->> 'kind', '') not in ('authorisation', 'list')
     or new.drawn and coalesce(wanted ->> 'kind', '') <> 'signature' then
    raise exception 'such evidence does not say this' using errcode = 'check_violation';
  end if;
  if wanted ->> 'kind' = 'list' and exists (select 1 from jsonb_array_elements_text(new.sources) x where not coalesce(decisions_may_ask(c.id, x), false)) then
    raise exception 'no authorisation speaks of what was asked' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('decisions', '0016_watching_goes_along'),
    ]

    operations = [
        migrations.AddField(
            model_name='paper',
            name='drawn',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='paper',
            name='sources',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
    ]
