"""Functions that guard tables read those tables, whatever tables of the same name a session has made for itself.

PostgreSQL looks among a session's temporary tables first, unless a function says otherwise: a temporary table called as one that
a guard asks would be believed instead of it, also by a function that runs as the owner.
"""

from __future__ import annotations

from django.db import connections

# Guards: what runs as the owner, what runs as a trigger, and what they call with a path of its own.
KEEP = """
do $$ declare f record; begin
  for f in select p.oid::regprocedure as named from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proowner = (select oid from pg_roles where rolname = current_user)
      and (p.prosecdef or p.prorettype = 'trigger'::regtype or array_to_string(p.proconfig, ',') like '%search_path=%')
      and not coalesce(p.proconfig, '{}') @> array['search_path=public, pg_temp']
  loop
    execute format('alter function %s set search_path = public, pg_temp', f.named);
  end loop;
end $$
"""


def keep_to_own_tables(using: str = "owner") -> None:
    """Lets every guard look into the house's tables before a session's own. After each migration, as the owner; safe to run again."""
    with connections[using].cursor() as cursor:
        cursor.execute(KEEP)
