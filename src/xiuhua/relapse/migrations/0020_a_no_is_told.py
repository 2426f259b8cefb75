"""Whoever was found to be at no risk is told so, and that is on record: when, how, whom of the household, by whom."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from xiuhua.places.scope import protect

heard = import_module("xiuhua.relapse.migrations.0017_a_procedure_hears_what_it_takes_up")

TOLD = """
create function relapse_telling_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare c relapse_clue;
begin
  select * into c from relapse_clue x where x.id = new.clue_id for update;
  if c.id is null or c.village_code <> new.village_code then
    raise exception 'no such clue here' using errcode = 'check_violation';
  elsif c."end" <> 'no_risk' then
    raise exception 'nothing of this clue is told to the household' using errcode = 'check_violation';
  elsif new.told_on > notices_today() or new.told_on < c.ended_on then
    raise exception 'a household is told on a day since it ended' using errcode = 'check_violation';
  elsif new.person_id is not null and not exists (select 1 from registry_membership m where m.household_id = c.household_id and m.person_id = new.person_id
      and (m.until is null or m.until > c.ended_on)) then
    raise exception 'whoever was told is not a member of the household' using errcode = 'check_violation';
  end if;
  perform relapse_acts(new.appointment_id, c.village_code, c.household_id, array['village_worker', 'township_office', 'county_office']);
  new.at := notices_now();
  return new;
end $$;
create trigger relapse_telling_guard before insert on relapse_telling for each row execute function relapse_telling_guard();
create trigger relapse_telling_kept before update or delete on relapse_telling for each row execute function relapse_only_added();
create trigger relapse_telling_stands before insert or update on relapse_telling for each statement execute function decisions_reads_what_stands();
create trigger relapse_telling_kept_whole before truncate on relapse_telling for each statement execute function relapse_only_added();
"""
FOLLOWS_WAS = "    update relapse_assessment set village_code = new.village_code where household_id = new.id;\n"
FOLLOWS = "    update relapse_telling t set village_code = new.village_code from relapse_clue c where c.id = t.clue_id and c.household_id = new.id;\n"


def forward(apps, schema_editor):
    heard.altered(schema_editor, "relapse_follow", (FOLLOWS_WAS, FOLLOWS_WAS + FOLLOWS))


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0019_a_no_is_judged_by_others"),
        ("accounts", "0003_who_they_are_in_the_register"),
        ("registry", "0018_households_are_watched"),
    ]

    operations = [
        migrations.CreateModel(
            "telling",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("village_code", models.CharField(db_collation="C", max_length=12)),
                ("way", models.CharField(choices=[("spoken", "当面告知"), ("paper", "书面送达"), ("phone", "电话告知")], max_length=10)),
                ("told_on", models.DateField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("post", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("appointment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.appointment")),
                ("clue", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="telling", to="relapse.clue")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person")),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["village_code"], name="clue_telling_village")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person__isnull", False), models.Q(("note", ""), _negated=True), _connector="OR"),
                        name="no_is_told_whom",
                    )
                ],
            },
        ),
        migrations.RunSQL(*protect("relapse_telling")),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
