"""Of an area one freeze at a time is being taken, also when two people ask at the same moment."""

from django.db import migrations, models

from xiuhua.freezes.terms import WORKING

# Two that are under way of old: the newer one goes on.
FIRST_END = """
update freezes_freeze f set step = 'failed', trouble = jsonb_build_object(
  'zh', '同一区划的另一份数据快照也在生成，只留较新的一份', 'en', 'Another snapshot of the same area was being taken too; the newer one goes on')
where step in ('waiting', 'freezing', 'tallying') and exists (
  select from freezes_freeze n where n.area_code = f.area_code and n.id > f.id and n.step in ('waiting', 'freezing', 'tallying'))
"""


class Migration(migrations.Migration):
    dependencies = [("freezes", "0003_links_end_by_two")]
    operations = [
        migrations.RunSQL(FIRST_END, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.UniqueConstraint(
                fields=("place_code",), condition=models.Q(("step__in", WORKING)), name="freeze_one_at_a_time"
            ),
        ),
    ]
