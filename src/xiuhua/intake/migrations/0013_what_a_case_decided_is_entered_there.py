from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0012_sides_of_before_are_told_alike")]
    operations = [
        migrations.AddField(
            "difference",
            "change",
            models.CharField(
                blank=True,
                choices=[
                    ("left", "减少"),
                    ("ended", "销户"),
                    ("added", "增加"),
                    ("moved", "调整"),
                    ("altered", "变更"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "difference", "because", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
        migrations.AddField("difference", "changed_on", models.DateField(null=True)),
        migrations.AddField("difference", "by_case", models.BigIntegerField(null=True)),
    ]
