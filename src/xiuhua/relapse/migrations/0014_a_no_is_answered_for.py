"""No risk is not said against its own sheet; what reaches a measure is the county's to end; after a no others go there and decide."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

days = import_module("xiuhua.relapse.migrations.0006_days_run_from_the_application")

# The rulebook's measures as rows (`learning.py`); of several the nearest place's counts.
MEASURES = """
create trigger relapse_measure_owner_only before insert or update or delete on relapse_measure for each row execute function notices_owner_only();
create function relapse_figure(named text, place text, asked date) returns bigint language sql stable set search_path = public, pg_temp as $$
  select m.value from relapse_measure m where m.figure = named and left(place, length(m.place_code)) = m.place_code
    and m.since <= asked and (m.until is null or m.until >= asked) order by length(m.place_code) desc, m.since desc limit 1
$$;
-- What of a sheet reaches a measure, whatever is thought of it. The range is the year's, else the newest of ten years: who comes in does not
-- wait for a document (record 35). Of members those that are known and those that are reported, whichever are more.
create function relapse_marks(s relapse_sheet) returns text[] language sql stable set search_path = public, pg_temp as $$
  select array_remove(array[
    case when false in (s.food_clothing, s.schooling, s.medical, s.house, s.water) then 'guarantee' end,
    case when s.net_income_fen < r.whole then 'income'
      when s.net_income_fen - greatest(s.medical_own_fen, 0) - greatest(s.education_own_fen, 0) - greatest(s.disaster_own_fen, 0) < r.whole then 'left' end,
    case when s.medical_own_fen >= 100 * relapse_figure(
      case h.kind when 'registered' then 'medical_own_registered_yuan' else 'medical_own_other_yuan' end, s.village_code, s.visited_on) then 'medical' end,
    case when s.education_own_fen > 100 * relapse_figure('education_own_yuan', s.village_code, s.visited_on) then 'education' end], null)
  from registry_household h
  cross join lateral (select 100 * greatest(1, h.members_reported, (select count(*) from registry_membership m where m.household_id = h.id and m.until is null))
    * (select x.line from (select y, relapse_figure('monitoring_line_yuan', s.village_code, make_date(y, 12, 31)) as line
        from generate_series(extract(year from s.visited_on)::int - 9, extract(year from s.visited_on)::int) y) x
      where x.line is not null order by x.y desc limit 1) as whole) r
  where h.id = s.household_id
$$;
"""
# The no, said of the household or of one that went into it, that a new saying comes so soon after that it is the answer to it. What ended
# otherwise since stands between them.
CONTESTED = """
create function relapse_contested(home bigint, came date) returns bigint language sql stable set search_path = public, pg_temp as $$
  select case when x."end" = 'no_risk' and came <= x.ended_on + relapse_figure('appeal_days', x.village_code, x.ended_on)::int then x.id end
  from relapse_clue x where (x.household_id = home or x.household_id in (select o.id from registry_household o where o.merged_into_id = home))
    and x."end" not in ('', 'moved') order by x.ended_on desc, x.id desc limit 1
$$;
-- Who went there for a clue and who ended it, each with whom they stood in for.
create function relapse_had_part(asked bigint) returns bigint[] language sql stable set search_path = public, pg_temp as $$
  select array_agg(x.who) from (
    select unnest(array[s.official_id, s.deputises_id]) as who from relapse_sheet s where s.clue_id = asked
    union all
    select unnest(array[c.ended_official_id, d.official_id]) from relapse_clue c left join accounts_appointment a on a.id = c.ended_appointment_id
      left join accounts_appointment d on d.id = a.deputy_for_id where c.id = asked) x
  where x.who is not null
$$;
create function relapse_no_lacks(how text, contested bigint, appointment bigint, both_of bigint[], s relapse_sheet)
returns text language sql stable set search_path = public, pg_temp as $$
  select case
    when how = 'no_risk' and 'guarantee' = any (m.marks) then 'a guarantee is not held'
    when contested is not null and both_of && relapse_had_part(contested) then 'others decide after a no'
    when contested is not null and not m.county then 'the county decides after a no'
    when how = 'no_risk' and m.marks <> '{}' and not m.county then 'the county answers for what reaches a measure' end
  from (select relapse_marks(s) as marks, exists (
    select 1 from accounts_appointment a join accounts_post p on p.id = a.post_id where a.id = appointment and p.role = 'county_office') as county) m
$$;
"""

# It begins: contested or not is the database's to say; a clue that goes on elsewhere keeps what it was. It lies with the county.
BEGINS_WAS = "    new.due_on := notices_due(new.came_on, new.whole_days, 'working');\n"
BEGINS = """    if new.contests_id is null or current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      new.contests_id := relapse_contested(new.household_id, new.came_on);
    end if;
    if new.contests_id is not null then
      new.owner_id := coalesce((select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left(new.village_code, 6)), new.owner_id);
    end if;
"""
# It ends in what goes on: a procedure that was refused before the last was said answers nothing of it.
GOES_WAS = """and p.course not in ('withdrawn', 'lapsed') and (p.course = 'open' or (p.begun_at at time zone 'Asia/Shanghai')::date >= new.came_on)) then"""
GOES = "and p.course = 'open') then"
ENDS_WAS = """    raise exception 'not known is not no risk' using errcode = 'check_violation';
  end if;
"""
ENDS = """  if relapse_no_lacks(new."end", new.contests_id, new.ended_appointment_id, acts.both_of, s) is not null then
    raise exception '%', relapse_no_lacks(new."end", new.contests_id, new.ended_appointment_id, acts.both_of, s) using errcode = 'check_violation';
  end if;
"""

SEEN_WAS = "  new.official_id := acts.who;\n"
SEEN = """  if acts.both_of && (select relapse_had_part(c.contests_id) from relapse_clue c where c.id = new.clue_id and c.contests_id is not null) then
    raise exception 'others go there after a no' using errcode = 'check_violation';
  end if;
  new.marks := coalesce(array_to_string(relapse_marks(new), ','), '');
"""
GOES_ON_WAS = ('"end", end_reason, ended_by)', "notices_now(), '', '', '')")
GOES_ON = ('"end", end_reason, ended_by, contests_id)', "notices_now(), '', '', '', c.contests_id)")


def forward(apps, schema_editor):
    """Three functions with a place or two altered in each, read from the database so that the rest of them stays what it is."""
    days.guarded(schema_editor, BEGINS_WAS, BEGINS_WAS + BEGINS)
    days.guarded(schema_editor, GOES_WAS, GOES)
    days.guarded(schema_editor, ENDS_WAS, ENDS_WAS + ENDS)
    for name, pairs in (("relapse_sheet_guard", ((SEEN_WAS, SEEN + SEEN_WAS),)), ("relapse_continues", tuple(zip(GOES_ON_WAS, GOES_ON, strict=True)))):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select pg_get_functiondef(%s::regproc)", [name])
            (text,) = cursor.fetchone()
        for was, now in pairs:
            assert text.count(was) == 1, f"{name} reads otherwise than it did"
            text = text.replace(was, now)
        schema_editor.execute(text, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0013_a_family_is_entered_and_goes_on"),
        ("decisions", "0053_two_thirds_are_enough"),
        ("notices", "0010_what_was_said_stays_said"),
    ]

    operations = [
        migrations.CreateModel(
            "measure",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=60)),
                ("place_code", models.CharField(blank=True, db_collation="C", max_length=12)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("value", models.BigIntegerField()),
            ],
            options={
                "ordering": ["figure", "place_code", "since"],
                "constraints": [models.UniqueConstraint(fields=("figure", "place_code", "since"), name="one_measure_a_day")],
            },
        ),
        migrations.AddField("sheet", "marks", models.CharField(blank=True, db_default="", default="", max_length=80)),
        migrations.AddField(
            "clue",
            "contests",
            models.ForeignKey("relapse.clue", django.db.models.deletion.PROTECT, null=True, related_name="contested_by"),
        ),
        migrations.RemoveConstraint(model_name="cluesource", name="somebody_said_something"),
        migrations.AlterField(
            "cluesource",
            "origin",
            models.CharField(
                choices=[
                    ("household", "农户自己申请"), ("cadre", "干部走访发现"), ("list", "部门名单"), ("rule", "规则筛查"), ("assessment", "年度分类研判"),
                    ("again", "了结期满再问"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "cluesource",
            models.CheckConstraint(
                condition=models.Q(("origin__in", ("list", "rule", "again")), models.Q(("mark", ""), _negated=True))
                | models.Q(("origin__in", ("household", "cadre", "assessment")), models.Q(("said", ""), _negated=True)),
                name="somebody_said_something",
            ),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (MEASURES, CONTESTED)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
