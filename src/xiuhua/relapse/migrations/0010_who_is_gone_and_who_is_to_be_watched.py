"""A yearly judgement that somebody is to be watched says so in a clue; a clue of a household that is no more can end."""

from importlib import import_module

from django.db import migrations, models

days = import_module("xiuhua.relapse.migrations.0006_days_run_from_the_application")

# Nobody can be visited any more: an office says why, and the register says that the household ended (which two people decided).
WAS = """  if new."end" = 'helped' and not exists ("""
NOW = """  if new."end" = 'gone' then
    if not exists (select 1 from registry_household h where h.id = new.household_id and h.ended_on is not null) then
      raise exception 'the household is still there' using errcode = 'check_violation';
    end if;
    return new;
  end if;
"""


def forward(apps, schema_editor):
    days.guarded(schema_editor, WAS, NOW + WAS)


class Migration(migrations.Migration):
    dependencies = [("relapse", "0009_a_clues_days_are_the_programmes")]

    operations = [
        migrations.RemoveConstraint(model_name="clue", name="clue_ends_whole"),
        migrations.RemoveConstraint(model_name="cluesource", name="somebody_said_something"),
        migrations.AlterField(
            model_name="clue",
            name="end",
            field=models.CharField(
                blank=True,
                choices=[
                    ("proceeding", "转入识别程序"), ("helped", "已帮扶解决"), ("no_risk", "没有风险"), ("moved", "随户迁出，由迁入地接办"),
                    ("gone", "本户已销户，不再办理"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="cluesource",
            name="origin",
            field=models.CharField(
                choices=[
                    ("household", "农户自己申请"), ("cadre", "干部走访发现"), ("list", "部门名单"), ("rule", "规则筛查"), ("assessment", "年度分类研判"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="clue",
            constraint=models.CheckConstraint(
                condition=models.Q(("end", ""), ("ended_official__isnull", True), ("ended_on__isnull", True), ("proceeding__isnull", True))
                | models.Q(("end", "proceeding"), ("ended_official__isnull", False), ("ended_on__isnull", False), ("proceeding__isnull", False))
                | models.Q(
                    ("end__in", ("helped", "no_risk", "gone")), ("ended_official__isnull", False), ("ended_on__isnull", False),
                    models.Q(("end_reason", ""), _negated=True),
                )
                | models.Q(("end", "moved"), ("ended_official__isnull", True), ("ended_on__isnull", False)),
                name="clue_ends_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluesource",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("list", "rule")), models.Q(("mark", ""), _negated=True))
                | models.Q(("origin__in", ("household", "cadre", "assessment")), models.Q(("said", ""), _negated=True)),
                name="somebody_said_something",
            ),
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
