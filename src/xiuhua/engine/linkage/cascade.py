"""Candidates without a score, in the order of how surely they are found. Blocks are equalities only, so that a million people
is a join and not a square; DuckDB's own edit distance is not used, it counts bytes and a Chinese character has three."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from xiuhua.engine.linkage.people import Agreement, checked, reading

# A number or a name that so many bear is a placeholder or a common name: each bearer is paired with the first only.
CROWD = 20


class FoundBy(enum.StrEnum):
    """The comparison that found a pair; a pair that several find is told by the first."""

    ID = "id"
    NAME_BIRTH_VILLAGE = "name_birth_village"
    BIRTH_NEAR_NAME = "birth_near_name"
    # None of them: only a score, which no cascade gives.
    SPLINK = "splink"


@dataclass(frozen=True)
class Candidates:
    """pairs: one row a pair, left < right within one list: left, right, found_by, and for name, birth_date, sex, village and
    id_mark what an `Agreement` says; same_reading: names that are written otherwise and sound alike.

    crowds: how many numbers or names had more than CROWD bearers, whose pairs are therefore not all listed.
    """

    pairs: pa.Table
    crowds: int


# Keys under which two names within one edit meet: both without the same character, or one whole and the other without one.
NEAR_KEYS = """
create table near as
select side, key, birth_date, 's' || i || '/' || length(name) || '/' || left(name, i - 1) || substr(name, i + 1) as mark, 'b' as role
from (select *, unnest(range(1, length(name) + 1)) as i from someone where length(name) >= 2 and birth_date is not null)
union all
select side, key, birth_date, 'w' || name, 'whole' from someone where length(name) >= 2 and birth_date is not null
union all
select distinct side, key, birth_date, 'w' || left(name, i - 1) || substr(name, i + 1), 'less'
from (select *, unnest(range(1, length(name) + 1)) as i from someone where length(name) >= 3 and birth_date is not null)
"""

# Names that meet: substituted (same place left out), the same whole name, or one that lacks a character of the other.
NEAR = """
insert into found
select distinct a.key, b.key, 'birth_near_name' from near a join near b
  on a.birth_date = b.birth_date and a.mark = b.mark and {order}
where (a.role, b.role) in (('b', 'b'), ('whole', 'whole'), ('whole', 'less'), ('less', 'whole'))
"""

# Everybody who shares a key, each pair once; a crowd is paired with its first only.
SHARED = """
create or replace table block as select side, key, {by} as mark from someone where {known};
create or replace table crowd as select mark, min(key) as first from block group by mark having count(*) > {crowd};
insert into found
select a.key, b.key, '{found_by}' from block a join block b on a.mark = b.mark and {order}
where a.mark not in (select mark from crowd)
union all
select c.first, b.key, '{found_by}' from crowd c join block b on b.mark = c.mark and b.key <> c.first
"""

# Two people, each with a number that holds together.
TWO_DOCUMENTS = "coalesce(a.id_valid and b.id_valid and a.id_mark <> b.id_mark, false)"

PAIRS = """
select f.l as "left", f.r as "right", f.found_by,
  case when a.name is null or b.name is null then 'unknown' when a.name = b.name then 'same' when f.near then 'near' else 'differs' end as name,
  {same_or_not}, a.name as left_name, b.name as right_name
from (select l, r, arg_min(found_by, rank) as found_by, bool_or(found_by = 'birth_near_name') as near
  from (select *, list_position(['id', 'name_birth_village', 'birth_near_name'], found_by) as rank from found) group by l, r) f
join someone a on a.key = f.l and a.side = 0 join someone b on b.key = f.r and b.side = {right_side}
where {wanted}
order by f.l, f.r
"""


def candidates(people: pa.Table, others: pa.Table | None = None, *, both_numbered: bool = True) -> Candidates:
    """Pairs of rows that may be one person: within one list, or of one list with another.

    both_numbered=False leaves out pairs found by a near name alone whose ID numbers are both sound and differ: two people with
    a document each, of whom a county has thousands.
    """
    connection = duckdb.connect()
    _take(connection, people, others)
    order = "a.key < b.key" if others is None else "a.side = 0 and b.side = 1"
    right_side = 0 if others is None else 1
    crowds = 0
    for found_by, by, known in (
        (FoundBy.ID, "id_mark", "id_mark is not null"),
        (
            FoundBy.NAME_BIRTH_VILLAGE,
            "name || '/' || birth_date || '/' || village",
            "name is not null and birth_date is not null and village is not null",
        ),
    ):
        # Between two lists a crowd still meets the other list: every pair is told, the lists hold nobody twice.
        crowd = CROWD if others is None else 1_000_000_000
        connection.execute(SHARED.format(by=by, known=known, found_by=found_by, order=order, crowd=crowd))
        crowds += _one(connection, "select count(*) from crowd")
    connection.execute(NEAR_KEYS)
    connection.execute(NEAR.format(order=order))
    pairs = connection.execute(
        PAIRS.format(same_or_not=_agreements(), right_side=right_side, wanted=_wanted(both_numbered))
    ).to_arrow_table()
    connection.close()
    return Candidates(_with_readings(pairs), crowds)


BEYOND = f"""
select least(w."left", w."right") as "left", greatest(w."left", w."right") as "right", w.score
from weighed w join someone a on a.key = w."left" join someone b on b.key = w."right"
where w.score >= {{at_least}} and not {TWO_DOCUMENTS}
  and not exists (select 1 from found f where f.l = least(w."left", w."right") and f.r = greatest(w."left", w."right"))
order by 3 desc, 1, 2
"""


def beyond(people: pa.Table, weighed: pa.Table, found: pa.Table, *, at_least: float) -> pa.Table:
    """Scored pairs of one list that no comparison found, of at least a score: left, right, score, the surest first.

    Two people with a sound number each, and not the same, are left out. weighed: as `scores` gives it; found: as `candidates`.
    """
    connection = duckdb.connect()
    _take(connection, people, None)
    connection.register("weighed", weighed)
    connection.register("given", found.select(["left", "right"]))
    connection.execute('insert into found select "left", "right", null from given')
    alone: pa.Table = connection.execute(BEYOND.format(at_least=float(at_least))).to_arrow_table()
    connection.close()
    return alone


def _take(connection: Any, people: pa.Table, others: pa.Table | None) -> None:
    connection.register("given", checked(people))
    connection.execute("create table someone as select 0::tinyint as side, * from given")
    connection.unregister("given")
    if others is not None:
        connection.register("given", checked(others))
        connection.execute("insert into someone select 1, * from given")
        connection.unregister("given")
    connection.execute("create table found (l bigint, r bigint, found_by text)")


def _one(connection: Any, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _agreements() -> str:
    return ", ".join(
        f"case when a.{column} is null or b.{column} is null then 'unknown' when a.{column} = b.{column} then 'same' else 'differs' end as {column}"
        for column in ("birth_date", "sex", "village", "id_mark")
    )


def _wanted(both_numbered: bool) -> str:
    if both_numbered:
        return "true"
    return f"not (f.found_by = 'birth_near_name' and {TWO_DOCUMENTS})"


def _with_readings(pairs: pa.Table) -> pa.Table:
    """Names written otherwise that sound alike: a hint for whoever decides, worked out for the pairs alone."""
    near = pairs["name"].to_pylist()
    names = zip(pairs["left_name"].to_pylist(), pairs["right_name"].to_pylist(), strict=True)
    alike = [
        said == Agreement.NEAR and reading(one) == reading(other)
        for said, (one, other) in zip(near, names, strict=True)
    ]
    return pairs.drop_columns(["left_name", "right_name"]).append_column(
        "same_reading", pa.array(alike, pa.bool_())
    )
