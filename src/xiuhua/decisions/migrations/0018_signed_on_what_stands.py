"""Every signature rests on records that stand at its own moment; what a guard asks is what is committed, not an older view of it."""

from django.db import migrations

# The records were compared when they were kept, and a snapshot counts for its own transaction. In between, in that very transaction or in
# another session that commits meanwhile, they could change: so whoever signs has them compared once more. A check of its own and not in the
# guard, which runs as the owner and would see more of the records than whoever signs.
STANDS = """
create function decisions_records_stand(c decisions_proceeding, kept jsonb) returns boolean language sql stable set search_path = public, pg_temp as $$
  -- Of a village or county the step's own people check: its records are too many to compare.
  select c.household_id is null or kept - 'rec_exit' is not distinct from jsonb_build_object(
    'rec_household', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_household r where r.household_key = c.household_id),
    'rec_person', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.person_key), '[]') from rec_person r where r.household_key = c.household_id),
    'rec_period', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r)) order by r.year), '[]') from rec_period r where r.household_key = c.household_id),
    'rec_village', (select coalesce(jsonb_agg(decisions_plain(to_jsonb(r))), '[]') from rec_village r where r.village_code = c.place_code))
$$;
create or replace function decisions_snapshot_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id;
  if new.as_of <> c.as_of or not decisions_records_stand(c, new.records) then
    raise exception 'the records are not as they stand' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create function decisions_basis_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c decisions_proceeding; shot decisions_snapshot;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if new.sign <> 'signed' or c.id is null or c.course <> 'open' or new.step <> c.at_step or not exists (
      select 1 from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') s where p.id = c.procedure_id and s ->> 'id' = c.at_step
        and (p.definition ->> 'effect_at' = c.at_step or jsonb_array_length(s -> 'rules') > 0)) then
    return new;
  end if;
  select * into shot from decisions_snapshot x where x.proceeding_id = c.id and x.step = c.at_step and x.round = c.round order by x.id desc limit 1;
  if shot.id is null or shot.at <> decisions_now() then
    raise exception 'what it is decided on was not kept' using errcode = 'check_violation';
  elsif not decisions_records_stand(c, shot.records) then
    raise exception 'the records are not as they stand' using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- Its name comes before the guard's: what the guard does with the last signature has not been done yet.
create trigger decisions_signature_basis before insert on decisions_signature for each row execute function decisions_basis_guard();
"""

# A transaction that reads the state of its beginning does not see what was committed since: an objection, kin, the other of two plans.
# Whoever may write may choose such a transaction; so what rests on other rows is written in one that sees them.
COMMITTED = """
create function decisions_reads_what_stands() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'what this rests on is read as it stands, not as it stood' using errcode = 'check_violation';
  end if;
  return null;
end $$;
"""
WRITTEN = "create trigger {table}_stands before insert or update on {table} for each statement execute function decisions_reads_what_stands();"
TABLES = (
    "decisions_proceeding", "decisions_signature", "decisions_paper", "decisions_snapshot", "decisions_appeal", "decisions_kin", "decisions_sheet",
    "decisions_planline", "decisions_sheetanswer", "decisions_window", "notices_notice", "notices_objection", "notices_sheet",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0017_authorisations_say_what_may_be_asked"),
        ("notices", "0007_the_web_says_its_step"),
    ]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (STANDS, COMMITTED, "\n".join(WRITTEN.format(table=table) for table in TABLES))
    ]
