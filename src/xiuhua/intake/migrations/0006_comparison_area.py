"""Differences are seen where the household lives. And which batches were merged in one's county since a moment: a township may
ask for their numbers, which tell it what is new in its own rows, and nothing else of them."""

from django.db import migrations

from xiuhua.places.scope import protect

MERGED_SINCE = """
create function intake_merged_since(since timestamptz) returns setof bigint language sql stable security definer
set search_path = public as $$
  select b.id from intake_batch b where b.purpose = 'intake' and left(b.place_code, 6) = left(places_scope_lo(), 6)
    and (b.finished_at >= since or b.step = 'merging')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_comparison")]
    operations = [
        migrations.RunSQL(*protect("intake_difference", "place_code")),
        migrations.RunSQL(MERGED_SINCE, "drop function intake_merged_since(timestamptz)"),
    ]
