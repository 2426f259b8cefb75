"""What happened to a finding and how it was explained lie where the finding does: when its household moves, they go along.
Their content stays what it was; nobody but the table itself may say where they lie."""

from django.db import migrations

FOLLOW = """
create or replace function findings_only_added() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
       and to_jsonb(old) - 'place_code' = to_jsonb(new) - 'place_code' then
      return new;
    end if;
  end if;
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create or replace function findings_explanation_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  answer text[] := '{accepted,reason,answered_by,answered_post,answered_official_id,answered_at,rests_until}';
begin
  if tg_op = 'UPDATE' then
    if current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
       and to_jsonb(old) - 'place_code' = to_jsonb(new) - 'place_code' then
      return new;
    end if;
  end if;
  if tg_op = 'DELETE' or old.accepted is not null
     or to_jsonb(new) - answer is distinct from to_jsonb(old) - answer then
    raise exception 'an explanation is given once and answered once' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
-- Only of findings that lie in the acting area by now.
create function findings_history_follows(findings bigint[]) returns void
language sql security definer set search_path = public, pg_temp as $$
  update findings_move m set place_code = f.place_code from findings_finding f
  where f.id = any (findings) and m.finding_id = f.id and m.place_code <> f.place_code
    and f.place_code >= places_scope_lo() and f.place_code < places_scope_hi();
  update findings_explanation e set place_code = f.place_code from findings_finding f
  where f.id = any (findings) and e.finding_id = f.id and e.place_code <> f.place_code
    and f.place_code >= places_scope_lo() and f.place_code < places_scope_hi();
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0005_decided")]
    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
