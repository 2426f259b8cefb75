"""What an office has hanging is found by its own index: every inbox asks, and of all that ever hung it is little."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0012_a_notice_is_of_a_proceeding")]
    operations = [
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["handled_at", "place_code"],
                condition=models.Q(taken_down_on__isnull=True),
                name="notice_hangs",
            ),
        ),
    ]
