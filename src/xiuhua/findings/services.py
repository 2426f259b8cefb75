"""Putting findings into the pool and taking them out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.findings.terms import Kind

OPEN_KINDS = (Kind.REFUSED, Kind.ASKED, Kind.WARNED)

# The same matter found again is the same finding, seen in a newer place; a closed one that comes back is opened anew.
TAKE = """
insert into findings_finding (place_code, kind, rule, field, household_number, person_number, params, file_name, sheet, "row", "column",
  batch, fingerprint, state, owner_id, due_on, found_at, closed_by, closed_because)
select distinct on (s.place_code, s.fingerprint) s.place_code, s.kind, s.rule, s.field, s.household_number, s.person_number, s.params,
  s.file_name, s.sheet, s."row", s."column", %(batch)s, s.fingerprint,
  case when s.kind = 'mended' then 'noted' else 'open' end, s.owner_id, case when s.kind <> 'mended' then %(due)s::date end, now(), '', ''
from ({source}) s order by s.place_code, s.fingerprint, s."row"
on conflict (place_code, fingerprint) where state <> 'closed' do update set
  batch = excluded.batch, file_name = excluded.file_name, sheet = excluded.sheet, "row" = excluded."row", "column" = excluded."column",
  params = excluded.params, kind = excluded.kind, owner_id = coalesce(findings_finding.owner_id, excluded.owner_id)
"""

CLOSE = """
update findings_finding f set state = 'closed', closed_at = now(), closed_by = %(by)s, closed_because = %(because)s
where f.state <> 'closed' and f.household_number = any(%(households)s) and f.rule = any(%(rules)s)
  and f.place_code >= %(lo)s and f.place_code < %(hi)s and not (f.fingerprint = any(%(still)s))
"""

TAKE_BACK = """
update findings_finding set state = 'closed', closed_at = now(), closed_by = %(by)s, closed_because = %(because)s
where batch = %(batch)s and state <> 'closed' and found_at >= %(since)s
"""

# What a batch had closed is open again, unless the same thing was found anew meanwhile.
OPEN_AGAIN = """
update findings_finding f set state = case when f.kind = 'mended' then 'noted' else 'open' end, closed_at = null, closed_by = '', closed_because = ''
where f.state = 'closed' and f.closed_because = %(closed_with)s and not exists (
  select 1 from findings_finding o where o.place_code = f.place_code and o.fingerprint = f.fingerprint and o.state <> 'closed')
"""


def take(*, source: str, values: dict[str, Any], batch: int, due_on: date) -> int:
    """Takes findings that a query yields (columns as in TAKE) into the pool. Returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE.replace("{source}", source), {**values, "batch": batch, "due": due_on})
        return int(cursor.rowcount)


def close_what_holds(
    *,
    households: Iterable[str],
    rules: Iterable[str],
    still: Iterable[str],
    lo: str,
    hi: str,
    by: str,
    because: str,
) -> int:
    """Closes open findings of some households and rules that were looked at anew and not found again."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLOSE,
            {
                "households": list(households),
                "rules": list(rules),
                "still": list(still),
                "lo": lo,
                "hi": hi,
                "by": by,
                "because": because,
            },
        )
        return int(cursor.rowcount)


def take_back(
    *, batch: int, found_since: str | None, closed_with: str, by: str, because: str
) -> tuple[int, int]:
    """A batch is taken back: closes what it found first (since the ISO moment it published), opens what it had closed.

    Findings that older batches had found already stay as they are. Returns how many were closed and opened.
    """
    with connection.cursor() as cursor:
        closed = 0
        if found_since is not None:
            cursor.execute(TAKE_BACK, {"batch": batch, "since": found_since, "by": by, "because": because})
            closed = int(cursor.rowcount)
        cursor.execute(OPEN_AGAIN, {"closed_with": closed_with})
        return closed, int(cursor.rowcount)
