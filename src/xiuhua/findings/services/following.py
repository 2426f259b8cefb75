"""What stands about a person follows them when they are known by another number: it is the same matter, and what was explained of it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.engine import load
from xiuhua.findings.services.pool import Why, close_some
from xiuhua.findings.terms import Way, known_as, rule_fingerprint

# Findings of people, by whom they are about; the newest of a matter stands for it.
THEIRS = """
select f.id, f.place_code, f.rule, f.household_number, f.state, f.params ->> 'year', f.person_number, f.params ->> 'person_id'
from findings_finding f
where f.household_number = any(%(households)s) and f.rule = any(%(rules)s) and f.place_code >= %(lo)s and f.place_code < %(hi)s
  and (f.person_number = any(%(numbers)s) or f.params ->> 'person_id' = any(%(keys)s))
order by f.id
"""
THERE = """
select f.place_code, f.fingerprint, f.id, f.state from findings_finding f
where f.state <> 'closed' and f.fingerprint = any(%(marks)s) and f.place_code >= %(lo)s and f.place_code < %(hi)s
"""
FOLLOW = """
update findings_finding f set fingerprint = x.fingerprint, person_number = x.number,
  params = f.params - 'person_id' || case when x.number = '' then jsonb_build_object('person_id', x.person) else '{}' end
from unnest(%(ids)s::bigint[], %(marks)s::text[], %(now)s::text[], %(people)s::bigint[]) x (id, fingerprint, number, person)
where f.id = x.id
"""
EXPLAINED = ("explained", "resting")
SAME = (
    "与此人没有编号时的一条是同一件事，合并到那一条",
    "The same matter as the one from before this person had a number; it stands there",
)


@dataclass(frozen=True)
class Renumbered:
    """Somebody known by another number than before: key in the register, numbers of their households, number before and now ('' for none)."""

    person: int
    households: tuple[str, ...]
    before: str
    now: str


def follow_numbers(*, people: Iterable[Renumbered], lo: str, hi: str, by: str = "", post: str = "") -> int:
    """Gives the findings of these people, closed ones too, the mark that a look or a file makes from now on. Returns how many.

    Where a file told the same before it was merged, what was explained stands and the file's is closed into it.
    """
    moved = _moved(list(people), lo, hi)
    if not moved:
        return 0
    there = _there(moved, lo, hi)
    into: list[int] = []
    follow: dict[int, tuple[str, Renumbered]] = {}
    for pk, place, state, mark, one in moved:
        if state != "closed" and (place, mark) in there:
            other, stands = there[place, mark]
            if state not in EXPLAINED or stands in EXPLAINED:
                continue
            into.append(other)
        follow[pk] = mark, one
    if into:
        close_some(ids=into, lo=lo, hi=hi, way=Way.GONE, why=Why(by, post, *SAME))
    told: dict[str, Any] = {
        "ids": list(follow),
        "marks": [mark for mark, _one in follow.values()],
        "now": [one.now for _mark, one in follow.values()],
        "people": [one.person for _mark, one in follow.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, told)
        return int(cursor.rowcount)


def _moved(people: list[Renumbered], lo: str, hi: str) -> list[tuple[int, str, str, str, Renumbered]]:
    """Findings of these people with the mark they get: key, place, state, mark, whose."""
    by_number: Mapping[tuple[str, str], Renumbered] = {
        (home, one.before): one for one in people if one.before for home in one.households
    }
    by_key = {str(one.person): one for one in people if not one.before}
    values: dict[str, Any] = {
        "households": sorted({home for one in people for home in one.households}),
        "rules": [rule.id for rule in load().rules.values() if rule.grain == "person"],
        "numbers": [one.before for one in people if one.before], "keys": list(by_key), "lo": lo, "hi": hi,
    }  # fmt: skip
    found = []
    with connection.cursor() as cursor:
        cursor.execute(THEIRS, values)
        for pk, place, rule, home, state, year, number, key in cursor.fetchall():
            one = by_number.get((home, number)) if number else by_key.get(key or "")
            if one is not None:
                mark = rule_fingerprint(rule, home, known_as(one.now, one.person), year)
                found.append((pk, place, state, mark, one))
    return found


def _there(
    moved: list[tuple[int, str, str, str, Renumbered]], lo: str, hi: str
) -> dict[tuple[str, str], tuple[int, str]]:
    """What stands under the marks of now already."""
    mine = {pk for pk, *_about in moved}
    values: dict[str, Any] = {
        "marks": [mark for _pk, _place, _state, mark, _one in moved],
        "lo": lo,
        "hi": hi,
    }
    with connection.cursor() as cursor:
        cursor.execute(THERE, values)
        return {(place, mark): (pk, state) for place, mark, pk, state in cursor.fetchall() if pk not in mine}
