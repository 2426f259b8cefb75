"""A file's row says for good what came in. Its content goes once, where it was made to be fetched or belongs to a list that has ended."""

from django.db import migrations

# The rooms above keep what rests on a file; each of their columns is asked by name, so that a mistake in a name shows.
KEPT = """
create function files_is_proof(asked bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from decisions_paper x where x.file_id = asked) or exists (select 1 from decisions_caseevidence x where x.file_id = asked)
    or exists (select 1 from notices_notice x where x.hung_proof_id = asked or x.taken_down_proof_id = asked) or exists (select 1 from notices_sheet x where x.file_id = asked)
    or exists (select 1 from registry_correction x where x.evidence_id = asked) or exists (select 1 from findings_explanation x where x.evidence_id = asked)
    or exists (select 1 from relapse_relief x where x.paper_id = asked)
$$;
create function files_may_go(asked bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select not files_is_proof(asked) and (exists (select 1 from files_export x where x.file_id = asked) or exists (select 1 from registry_listinganswer x where x.evidence_id = asked)
    or exists (select 1 from intake_sheet x where x.file_id = asked and x.book like 'list\\_%'))
$$;
create function files_storedfile_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare owner text;
begin
  select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
  if current_user = owner then
    return coalesce(new, old);
  end if;
  if tg_op = 'DELETE' or to_jsonb(new) - 'removed_at' <> to_jsonb(old) - 'removed_at' or old.removed_at is not null then
    raise exception 'a file stays as it came' using errcode = 'insufficient_privilege';
  elsif new.removed_at is not null and not files_may_go(new.id) then
    raise exception 'what something rests on stays' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger files_storedfile_guard before update or delete on files_storedfile for each row execute function files_storedfile_guard();
create function files_kept_whole() returns trigger language plpgsql as $$
begin
  raise exception '% is never emptied', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger files_storedfile_kept_whole before truncate on files_storedfile for each statement execute function files_kept_whole();
"""
BACK = """
drop trigger files_storedfile_guard on files_storedfile;
drop trigger files_storedfile_kept_whole on files_storedfile;
drop function files_storedfile_guard();
drop function files_kept_whole();
drop function files_may_go(bigint);
drop function files_is_proof(bigint);
"""


class Migration(migrations.Migration):
    # What the functions ask is there when they are made: they are in the language that looks.
    dependencies = [
        ("files", "0003_exports"),
        ("decisions", "0005_proceedings"),
        ("findings", "0003_handed_out_explained_weighed"),
        ("intake", "0001_initial"),
        ("notices", "0003_sheets_receipts_and_publications"),
        ("registry", "0015_lists_of_departments"),
        ("relapse", "0001_clues_and_visits"),
    ]
    operations = [migrations.RunSQL(KEPT, BACK)]
