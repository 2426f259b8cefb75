"""Names learned, so that they are found by their reading and initials."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from xiuhua.common.readings import keys_of

_UNREAD = "where name <> '' and not exists (select 1 from registry_namekey k where k.county_code = %(county)s and k.name = x.name)"
OF_COUNTY = f"""
select name from (
  select name from registry_person where village_code >= %(county)s and village_code < %(county)s || ':'
  union select head_name from registry_household where village_code >= %(county)s and village_code < %(county)s || ':'
  union select name from places_place where code >= %(county)s and code < %(county)s || ':') x {_UNREAD}
"""
OF_SOME = f"select distinct name from unnest(%(names)s::text[]) x(name) {_UNREAD}"
ADD = """insert into registry_namekey (county_code, name, key)
select %s, * from unnest(%s::text[], %s::text[]) on conflict do nothing"""


def learn_names(*, county_code: str, names: Iterable[str | None] | None = None) -> int:
    """Reads the names that nobody has read yet: those given, else all of the acting area in a county. Returns how many.

    In the caller's transaction and scope. Whoever writes a name calls it; a name is read once, and twice does no harm.
    """
    with connection.cursor() as cursor:
        given = None if names is None else sorted({name for name in names if name})
        cursor.execute(OF_COUNTY if given is None else OF_SOME, {"county": county_code, "names": given or []})
        unread = [name for (name,) in cursor.fetchall()]
        pairs = [(name, key) for name in unread for key in keys_of(name)]
        if pairs:
            cursor.execute(ADD, [county_code, [name for name, _ in pairs], [key for _, key in pairs]])
    return len(unread)
