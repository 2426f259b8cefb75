"""Counts of villages kept, so that a page above them reads a row a village."""

from __future__ import annotations

from django.db import connection

from xiuhua.places.scope import Scope
from xiuhua.registry.models import Tally
from xiuhua.registry.queries.counting import counted

VILLAGES_AT_ONCE = 100
LOCK = 0x7868_0003_0000_0000
MARKED = """
select village_code, array_agg(id) from registry_tallymark where village_code >= %(lo)s and village_code < %(hi)s
group by 1 order by 1 limit %(most)s
"""


def keep_tallies(*, area: Scope) -> int:
    """Counts some villages of an area that changed since, in the caller's transaction. Returns how many; 0 when all hold.

    One at a time, and the marks are read before the households: whatever is changed meanwhile leaves a mark of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(MARKED, {"lo": area.lo, "hi": area.hi, "most": VILLAGES_AT_ONCE})
        marks = dict(cursor.fetchall())
        tallies = counted(marks)
        fields = [one.name for one in Tally._meta.concrete_fields if not one.primary_key]
        Tally.objects.bulk_create(
            tallies, update_conflicts=True, unique_fields=["village_code"], update_fields=fields
        )
        cursor.execute(
            "delete from registry_tallymark where id = any(%s)",
            [[id for ids in marks.values() for id in ids]],
        )
    return len(marks)
