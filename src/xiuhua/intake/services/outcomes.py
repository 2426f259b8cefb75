"""The rules over what would be, run in the engine that is made for whole counties.

The records that the check has laid out (`would_*`, rules.py) are copied into a DuckDB in memory: the same rules, written
for it by the same library, faster than row by row. Nothing is read from it that PostgreSQL would say otherwise
(tests/properties holds the two together), and nothing of it is left when the check ends. Neither names nor sealed values
are among the records.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import csv

from xiuhua.engine import Library
from xiuhua.engine.door import Grain, Selection
from xiuhua.facts.models import Relation

ARROW = {
    "boolean": pa.bool_(), "integer": pa.int32(), "bigint": pa.int64(), "decimal": pa.decimal128(12, 2),
    "text": pa.string(), "date": pa.date32(),
}  # fmt: skip
# Of DuckDB's own tables.
ROW_GROUP = 122_880


class Outcomes:
    """What every rule says of every household, person and year of a check. `close` frees the memory."""

    def __init__(self, cursor: Any, library: Library, as_of: date, relations: Mapping[str, str]) -> None:
        self.loaded, self.as_of = library, as_of
        self.engine = duckdb.connect(":memory:")
        cores = self.engine.execute("select current_setting('threads')").fetchall()[0][0]
        most = 0
        # What people are like is not to be spilled in the clear to a folder of the machine.
        self.engine.execute("set temp_directory = ''")
        self.engine.execute("create table failing (household_key bigint)")
        for relation in library.relations.values():
            records = _records(cursor, relation, relations.get(relation.id, relation.id))
            most = max(most, records.num_rows)
            # One thread a group of rows is all that DuckDB can use; more only wait for each other, which costs a core as well.
            self.engine.execute(f"set threads = {min(cores, 1 + most // ROW_GROUP)}")
            self.engine.register("records", records)
            self.engine.execute(f"create table {relation.id} as select * from records")
            self.engine.unregister("records")

    def close(self) -> None:
        self.engine.close()

    def judge(self, grain: Grain, rules: list[str], told: list[str], facts: list[str]) -> None:
        """Makes `outcome_<grain>`: the code of each rule, and facts beside them. Where one of those to be told fails, the
        household is among the `failing`."""
        bare = self.loaded.select("duckdb", grain, self.as_of, rules=rules, facts=facts, bare=True)
        self.engine.execute(f"create table outcome_{grain} as {bare.sql}")
        failed = self._fails(told)
        self.engine.execute(f"insert into failing select household_key from outcome_{grain} where {failed}")

    def _fails(self, rules: list[str]) -> str:
        return " or ".join(f"r__{self.loaded.rules[rule].column} = 2" for rule in rules)

    def failing(self) -> list[int]:
        """Households of which something will be told, as far as they have been judged."""
        return [
            key for (key,) in self.engine.execute("select distinct household_key from failing").fetchall()
        ]

    def failed(self, grain: Grain, rules: list[str]) -> Iterator[tuple[Selection, dict[str, Any]]]:
        """Rows where one of the rules fails, with what those that fail somewhere saw; only these rows and rules are opened."""
        rules = self._failing_somewhere(grain, rules)
        if not rules:
            return
        failed = self._fails(rules)
        opened = self.loaded.select(
            "duckdb", grain, self.as_of, rules=rules,
            wanted=f"select household_key from outcome_{grain} where {failed}",
        )  # fmt: skip
        found = self.engine.execute(f"select * from ({opened.sql}) o where {failed}")
        names = [column[0] for column in found.description or ()]
        for row in found.fetchall():
            yield opened, dict(zip(names, row, strict=True))

    def _failing_somewhere(self, grain: Grain, rules: list[str]) -> list[str]:
        columns = ", ".join(f"count(*) filter (where {self._fails([rule])})" for rule in rules)
        if not columns:
            return []
        counts = self.engine.execute(f"select {columns} from outcome_{grain}").fetchone() or ()
        return [rule for rule, n in zip(rules, counts, strict=True) if n]

    def not_known(self, rules: list[str]) -> dict[str, int]:
        """For household rules, of how many households each is not known; zeros left out."""
        columns = ", ".join(
            f"count(*) filter (where r__{self.loaded.rules[rule].column} = 3)" for rule in rules
        )
        counts = self.engine.execute(f"select {columns} from outcome_household").fetchone() or ()
        return {rule: n for rule, n in zip(rules, counts, strict=True) if n}

    def standings(self, lists: Mapping[str, tuple[list[str], int]], block: int) -> list[tuple[Any, ...]]:
        """Of households that are new (their key is below zero: the staged household's), what the rules say once for all that
        are alike within a block of ids: block, ids, status, members, then each list; arrays as PostgreSQL writes them."""
        listed = ", ".join(
            f"'{{' || concat_ws(',', {', '.join(self._named(rule, code) for rule in rules)}) || '}}' as {name}"
            for name, (rules, code) in lists.items()
        )
        return self.engine.execute(
            f"select id // {block}, '{{' || string_agg(id, ',') || '}}', status, members, {', '.join(lists)} from ("
            f"select -household_key as id, h.status, m.members, {listed} from outcome_household o"
            " join rec_household h using (household_key)"
            " left join (select household_key, count(*) as members from rec_person group by all) m using (household_key)"
            " where household_key < 0 and h.kind is not null) group by all"
        ).fetchall()

    def _named(self, rule: str, code: int) -> str:
        return f"case when r__{self.loaded.rules[rule].column} = {code} then '{rule}' end"

    def members(self, fact: str) -> dict[int, list[int]]:
        """Of each failing household, the people of whom a fact is true."""
        found = self.engine.execute(
            f"select household_key, list(person_key) from outcome_person where f__{fact}"
            " and household_key in (select household_key from failing) group by household_key"
        )
        return dict(found.fetchall())


def _records(cursor: Any, relation: Relation, table: str) -> pa.Table:
    """A relation's rows with the types of facts/records.yaml. Text that is empty and text that is not known stay two."""
    names = [column.name for column in relation.columns]
    with cursor.copy(f"copy (select {', '.join(names)} from {table}) to stdout (format csv)") as copy:
        content = b"".join(map(bytes, copy))
    types = {column.name: ARROW[column.type] for column in relation.columns}
    if not content:
        return pa.schema(list(types.items())).empty_table()
    return csv.read_csv(
        io.BytesIO(content),
        read_options=csv.ReadOptions(column_names=names),
        convert_options=csv.ConvertOptions(
            column_types=types, null_values=[""], true_values=["t"], false_values=["f"],
            strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
