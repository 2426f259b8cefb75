"""A head is not changed in place while there is exactly one, nor a year of exit at all: a case of two people does it, or a file that is
merged; what a file said goes back with it."""

from django.db import migrations

# What a file tells, its own room says (intake); of a case's year the decision writes as the owner (decisions).
HEADS = """
create function registry_relation_is_told(was registry_membership, said registry_membership) returns boolean language sql stable
  set search_path = public, pg_temp as $$ select false $$;
create function registry_head_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare another boolean;
begin
  if current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) or registry_relation_is_told(old, new) then
    return new;
  end if;
  another := exists (select from registry_membership m
    where m.household_id = new.household_id and m.until is null and m.relation = 'head' and m.id <> new.id);
  -- Where there is none, or there are several, somebody wrote it down wrongly; else another is head from a day on, by a case.
  if new.until is null and another = (old.relation is not distinct from 'head') then
    return new;
  end if;
  raise exception 'a head changes by a case' using errcode = 'check_violation';
end $$;
create trigger registry_head before update of relation on registry_membership for each row
  when (old.relation is distinct from new.relation and 'head' in (old.relation, new.relation)) execute function registry_head_guard();
"""
YEARS = """
create function registry_exit_year_is_told(was registry_household, said registry_household) returns boolean language sql stable
  set search_path = public, pg_temp as $$ select false $$;
create function registry_exit_year_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) or registry_exit_year_is_told(old, new) then
    return new;
  end if;
  raise exception 'a year of exit changes by a case' using errcode = 'check_violation';
end $$;
create trigger registry_exit_year before update of exit_year on registry_household for each row
  when (old.exit_year is distinct from new.exit_year) execute function registry_exit_year_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0027_entered_with_the_household")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (HEADS, YEARS)]
