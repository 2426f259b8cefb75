"""Findings that something else settles: a decided pair, a batch taken back. Undone, they stand again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.findings.services.pool import OWNER, Why, close_matching, take
from xiuhua.findings.terms import NUMBER_WRONG_HERE, Way
from xiuhua.findings.terms import due_on as due_day

# What was closed with these words is open again, unless the same thing was found anew meanwhile.
OPEN_AGAIN = """
with back as (
  update findings_finding f set state = case when f.kind = 'mended' then 'noted' else 'open' end, closed_at = null, closed_by = '', closed_because = ''
  where f.state = 'closed' and f.closed_because = %(closed_with)s and f.place_code >= %(lo)s and f.place_code < %(hi)s and not exists (
    select 1 from findings_finding o where o.place_code = f.place_code and o.fingerprint = f.fingerprint and o.state <> 'closed')
  returning f.id, f.place_code, f.owner_id, f.due_on, f.state)
insert into findings_move (finding_id, place_code, at, act, way, by, post, owner_id, due_on, says)
select id, place_code, now(), 'reopened', '', %(by)s, '', owner_id, due_on, %(says)s::jsonb from back where state = 'open'
"""
NO_LONGER = {"zh": "当时据以办结的事已撤销", "en": "What closed it was undone"}

# Columns as `take` wants them. Whoever had the matter that was decided gets what follows from it.
SENT_BACK = f"""select %(place_code)s::text as place_code, %(kind)s::text as kind, %(rule)s::text as rule, %(field)s::text as field,
  %(household_number)s::text as household_number, %(person_number)s::text as person_number, %(params)s::jsonb as params,
  %(file_name)s::text as file_name, %(sheet)s::text as sheet, %(row)s::int as "row", %(column)s::int as "column",
  %(fingerprint)s::text as fingerprint, %(held)s::boolean as held, false as exited,
  coalesce((select max(owner_id) from findings_finding where fingerprint = any(%(like)s)), {OWNER.replace("{place}", "%(place_code)s")}) as owner_id"""


def take_back(
    *,
    batch: int,
    found_since: str | None,
    closed_with: str,
    lo: str,
    hi: str,
    by: str,
    because: str,
    gone: Iterable[str] = (),
) -> tuple[int, int]:
    """A batch is taken back: closes what it found first (since the ISO moment it published), opens what it had closed.

    A later batch may have found the same again, and be taken back already: the moment tells who found it first. gone:
    numbers of households that are in the register no more; what the register's own look found of them is closed too.
    Findings that older batches had found already stay as they are. Returns how many were closed and opened.
    """
    closed = close_matching(
        "((f.batch = %(batch)s and f.found_at >= %(since)s::timestamptz) or f.found_at = %(since)s::timestamptz"
        " or (f.batch is null and f.household_number = any(%(gone)s)))",
        {"batch": batch, "since": found_since, "gone": list(gone)},
        lo=lo, hi=hi, way=Way.TAKEN_BACK, why=Why(by, zh=because, en=because),
    )  # fmt: skip
    return closed, unsettle(closed_with=closed_with, lo=lo, hi=hi, by=by)


def settle(*, fingerprints: Iterable[str], lo: str, hi: str, by: str, because: str) -> int:
    """Closes findings of an area because somebody decided the matter; `because` names the decision. Returns how many."""
    return close_matching(
        "f.fingerprint = any(%(prints)s)", {"prints": list(fingerprints)}, lo=lo, hi=hi, way=Way.DECIDED,
        why=Why(by, zh=because, en=because),
    )  # fmt: skip


def unsettle(*, closed_with: str, lo: str, hi: str, by: str) -> int:
    """Opens again what a decision closed, now that it holds no more. Returns how many."""
    values = {
        "closed_with": closed_with[:200],
        "lo": lo,
        "hi": hi,
        "by": by,
        "says": json.dumps(NO_LONGER, ensure_ascii=False),
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN_AGAIN, values)
        return int(cursor.rowcount)


def send_back(
    *, like: Iterable[str], params: dict[str, Any], today: date, batch: int | None, why: Why, **about: Any
) -> None:
    """A finding that goes back to whoever keeps the file or the register, after somebody decided what is wrong.

    like: fingerprints of findings whose owner it gets. why: who decided. about: the columns as in SENT_BACK.
    """
    values = {**about, "like": list(like), "params": json.dumps(params, ensure_ascii=False)}
    county = about["place_code"][:6]
    take(
        source=SENT_BACK, values=values, batch=batch, due_on=due_day(today, county), place_code=county, by=why.by, post=why.post,
    )  # fmt: skip


def number_put_right(*, person: int, lo: str, hi: str, why: Why) -> int:
    """Closes what was judged of a person's number of before: it is another one now. Returns how many."""
    return close_matching(
        "f.rule = %(rule)s and f.params ->> 'person_id' = %(person)s",
        {"rule": NUMBER_WRONG_HERE, "person": str(person)}, lo=lo, hi=hi, way=Way.HOLDS, why=why,
    )  # fmt: skip
