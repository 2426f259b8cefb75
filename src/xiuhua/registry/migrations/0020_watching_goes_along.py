"""Whose household divides or unites goes on being watched, by an entry with a basis of its own; a kind changes by its ways only."""

from django.db import migrations, models

# Entries that go along with a family are written by the change itself (decisions) and by nobody else, as those of a move are.
ALONG = """
create or replace function registry_status_moved_guard() returns trigger language plpgsql as $$
declare owner text;
begin
  select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
  if new.basis in ('moved', 'family') and current_user <> owner then
    raise exception 'a status comes with a household only when the household moves, divides or unites' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

# A household is registered, watched, or one of the others because a procedure took effect, which writes as the owner, or because a
# file that is being merged says so; what a file said goes back with it. Files belong to the room of intake, which tells here.
KIND = """
create function registry_kind_is_told(was registry_household, said registry_household) returns boolean language sql stable
  set search_path = public, pg_temp as $$ select false $$;
create function registry_household_kind_guard() returns trigger language plpgsql as $$
begin
  if current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) or registry_kind_is_told(old, new) then
    return new;
  end if;
  raise exception 'a household changes its kind only through a procedure, or by a file that is merged' using errcode = 'check_violation';
end $$;
create trigger registry_household_kind before update of kind on registry_household for each row
  when (old.kind is distinct from new.kind) execute function registry_household_kind_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0019_causes_and_incomes_not_known_are_tallied")]
    operations = [
        migrations.AlterField("statusentry", "basis", models.CharField(max_length=10, choices=[("opening", "建库承接"), ("case", "审批"), ("moved", "随户迁入"), ("family", "随分户合户承接")])),
        migrations.AlterField("watchentry", "basis", models.CharField(max_length=10, choices=[("opening", "建库承接"), ("case", "审批"), ("moved", "随户迁入"), ("family", "随分户合户承接")])),
        migrations.RemoveConstraint("watchentry", "watch_rests_on_something"),
        migrations.RemoveConstraint("watchentry", "watch_ends_in_a_mode"),
        migrations.AddConstraint(
            "watchentry",
            models.CheckConstraint(
                name="watch_rests_on_something",
                condition=models.Q(basis="opening", opening__isnull=False, case_number="")
                | (models.Q(basis__in=("case", "moved", "family"), opening__isnull=True) & ~models.Q(case_number="")),
            ),
        ),
        migrations.AddConstraint(
            "watchentry",
            models.CheckConstraint(
                name="watch_ends_in_a_mode",
                condition=(models.Q(watch_class="none") & ~models.Q(mode=""))
                | models.Q(basis="family", mode="")
                | (~models.Q(watch_class="none") & models.Q(mode="")),
            ),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ALONG, KIND)),
    ]
