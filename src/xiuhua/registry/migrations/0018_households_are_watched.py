"""Who is watched so that they do not fall back, in which class, since when: a table beside the status, held as the status is."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from xiuhua.places.scope import protect

counted = import_module("xiuhua.registry.migrations.0012_tallies_are_kept")
families = import_module("xiuhua.registry.migrations.0007_families_in_the_database")

GUARD = """
create function registry_watch_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a watch lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'moved' then
    return new;
  end if;
  if new.basis = 'case' then
    -- Proceedings belong to the decisions room, which says here which of them take effect.
    raise exception 'no proceeding: a household is watched only through a procedure' using errcode = 'check_violation';
  end if;
  select * into opened from registry_opening where id = new.opening_id for share;
  if opened.closed_at is not null then
    raise exception 'the opening is closed: a household is watched only through a procedure' using errcode = 'check_violation';
  end if;
  if left(new.village_code, 6) <> opened.county_code or new.watch_class = 'none' then
    raise exception 'the opening takes over who is watched in its county' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_watchentry where household_id = new.household_id) then
    raise exception 'the household has been watched already' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger registry_watch_guard before insert on registry_watchentry for each row execute function registry_watch_guard();
create trigger registry_watch_moved_guard before insert on registry_watchentry for each row execute function registry_status_moved_guard();
create trigger registry_watch_kept before update or delete on registry_watchentry for each row execute function registry_only_added();
create trigger registry_watch_kept_whole before truncate on registry_watchentry for each statement execute function registry_only_added();
"""
FOLLOW = """
create or replace function registry_only_added() returns trigger language plpgsql as $$
declare owner text;
begin
  if tg_op = 'UPDATE' and tg_table_name in ('registry_statusentry', 'registry_watchentry') then
    select pg_get_userbyid(relowner) into owner from pg_class where oid = tg_relid;
    if current_user = owner and to_jsonb(old) - 'village_code' = to_jsonb(new) - 'village_code' then
      return new;
    end if;
  end if;
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create or replace function registry_statuses_follow(household bigint) returns void
language sql security definer set search_path = public as $$
  update registry_statusentry s set village_code = h.village_code from registry_household h
  where h.id = household and s.household_id = h.id and s.village_code <> h.village_code
    and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi()
    and s.village_code >= places_scope_lo() and s.village_code < places_scope_hi();
  update registry_watchentry s set village_code = h.village_code from registry_household h
  where h.id = household and s.household_id = h.id and s.village_code <> h.village_code
    and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi()
    and s.village_code >= places_scope_lo() and s.village_code < places_scope_hi();
$$;
"""
ENDS = "  update registry_household set ended_on = day, ended_because = 'moved'"
CARRY = families.CARRY.replace("create function", "create or replace function").replace(
    ENDS,
    """  insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, opening_id, case_number, recorded_at, recorded_by)
  select home, village, w.watch_class, w.mode, w.since, 'moved', null, by_case::text, now(), by_name
  from registry_watchentry w where w.household_id = wanted order by w.id;
"""
    + ENDS,
)
assert "registry_watchentry" in CARRY
VIEW = """
create or replace view rec_household with (security_invoker = true) as
  select
    h.id as household_key, h.village_code, h.kind, h.attribute, h.main_cause, h.other_causes,
    s.status, h.status_reported, h.exit_year, h.members_reported, (h.phone_blind is not null) as phone_known, (h.bank_blind is not null) as bank_known,
    h.military_martyr, h.one_child, h.two_daughter, h.seen, h.seen_on, w.watch_class, w.since as watched_since
  from registry_household h
  left join lateral (select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1) s on true
  left join lateral (select x.watch_class, x.since from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1) w on true
  where h.ended_on is null
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0017_wrongly_listed_are_removed"),
    ]

    operations = [
        migrations.CreateModel(
            name="WatchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("village_code", models.CharField(db_collation="C", max_length=12)),
                ("watch_class", models.CharField(choices=[("unstable", "脱贫不稳定户"), ("marginal", "边缘易致贫户"), ("sudden", "突发严重困难户"), ("none", "不再监测")], max_length=10)),
                ("mode", models.CharField(blank=True, choices=[("helped", "帮扶消除"), ("natural", "自然消除")], default="", max_length=10)),
                ("since", models.DateField()),
                ("basis", models.CharField(choices=[("opening", "建库承接"), ("case", "审批"), ("moved", "随户迁入")], max_length=10)),
                ("case_number", models.CharField(blank=True, max_length=60)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=150)),
                ("household", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="registry.household")),
                ("opening", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.opening")),
            ],
            options={"ordering": ["household_id", "id"]},
        ),
        migrations.AddIndex("watchentry", models.Index(fields=["household", "-id"], name="watch_newest")),
        migrations.AddIndex("watchentry", models.Index(fields=["village_code", "watch_class"], name="watch_village")),
        migrations.AddConstraint(
            "watchentry",
            models.CheckConstraint(
                name="watch_rests_on_something",
                condition=models.Q(basis="opening", opening__isnull=False, case_number="")
                | (models.Q(basis__in=("case", "moved"), opening__isnull=True) & ~models.Q(case_number="")),
            ),
        ),
        migrations.AddConstraint(
            "watchentry",
            models.CheckConstraint(
                name="watch_ends_in_a_mode",
                condition=(models.Q(watch_class="none") & ~models.Q(mode=""))
                | (~models.Q(watch_class="none") & models.Q(mode="")),
            ),
        ),
        migrations.RunSQL(*protect("registry_watchentry")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FOLLOW, GUARD, CARRY, VIEW)),
        # Who is watched is counted: a change marks its village.
        migrations.RunSQL(counted.MARKS.format(table="registry_watchentry"), counted.UNMARK.format(table="registry_watchentry")),
    ]
