"""Putting findings into the pool and taking them out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.findings.terms import Kind
from xiuhua.findings.terms import due_on as due_day

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

SETTLE = """
update findings_finding set state = 'closed', closed_at = now(), closed_by = %(by)s, closed_because = %(because)s
where state <> 'closed' and fingerprint = any(%(prints)s) and place_code >= %(lo)s and place_code < %(hi)s
"""
SEND_BACK = """
insert into findings_finding (place_code, kind, rule, field, household_number, person_number, params, file_name, sheet, "row", "column",
  batch, fingerprint, state, owner_id, due_on, found_at, closed_by, closed_because)
select %(place_code)s, 'refused', %(rule)s, %(field)s, %(household_number)s, %(person_number)s, %(params)s, %(file_name)s, %(sheet)s, %(row)s,
  %(column)s, %(batch)s, %(fingerprint)s, 'open', coalesce(
    (select max(owner_id) from findings_finding where fingerprint = any(%(like)s)),
    (select min(p.id) from accounts_post p where p.role = 'township_office' and p.place_code = left(%(place_code)s, 9)),
    (select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left(%(place_code)s, 6))),
  %(due)s, now(), '', ''
on conflict (place_code, fingerprint) where state <> 'closed' do nothing
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


def close_what_is_gone(*, marks: Iterable[str], lo: str, hi: str, by: str, because: str) -> int:
    """Closes findings by their marks: nothing bears them out any more, and no household says which they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update findings_finding set state = 'closed', closed_at = now(), closed_by = %s, closed_because = %s"
            " where state <> 'closed' and fingerprint = any(%s) and place_code >= %s and place_code < %s",
            [by, because, list(marks), lo, hi],
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


def settle(*, fingerprints: Iterable[str], lo: str, hi: str, by: str, because: str) -> int:
    """Closes findings of an area because somebody decided the matter; `because` names the decision. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE, {"prints": list(fingerprints), "lo": lo, "hi": hi, "by": by, "because": because[:200]}
        )
        return int(cursor.rowcount)


def unsettle(*, closed_with: str, lo: str, hi: str) -> int:
    """Opens again what a decision closed, now that it holds no more. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN_AGAIN + " and f.place_code >= %(lo)s and f.place_code < %(hi)s",
            {"closed_with": closed_with[:200], "lo": lo, "hi": hi},
        )
        return int(cursor.rowcount)


def send_back(*, like: Iterable[str], params: dict[str, Any], today: date, **about: Any) -> None:
    """A finding that goes back to whoever keeps the file, after somebody decided what is wrong.

    like: fingerprints of findings whose owner it gets. about: the columns as in SEND_BACK.
    """
    values = {
        **about,
        "like": list(like),
        "params": json.dumps(params, ensure_ascii=False),
        "due": due_day(today),
    }
    with connection.cursor() as cursor:
        cursor.execute(SEND_BACK, values)
