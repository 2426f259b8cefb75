"""A guard asks the house's tables, whatever a session calls its own: temporary tables come last for every function that guards."""

from __future__ import annotations

from django.db import connection

GUARDS = """
select p.proname, array_to_string(p.proconfig, ',') from pg_proc p
where p.pronamespace = 'public'::regnamespace and (p.prosecdef or p.prorettype = 'trigger'::regtype or array_to_string(p.proconfig, ',') like '%search_path%')
  and p.proowner = (select relowner from pg_class where relname = 'decisions_signature')
"""


def test_every_guard_reads_its_own_tables(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        found = cursor.fetchall()
    assert len(found) > 50
    assert [name for name, told in found if "search_path=public, pg_temp" not in (told or "")] == []
