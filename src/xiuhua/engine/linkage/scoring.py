"""Pairs with a probability, by splink: an extra, imported only when a score is asked for. A score brings a pair before people
and orders what they look at; it decides nothing."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import pyarrow as pa

from xiuhua.engine.linkage.people import reading

# Within one edit of characters; DuckDB's own distances count bytes.
ONE_EDIT = """
create or replace macro one_edit(a, b) as
  a is not null and b is not null and abs(length(a) - length(b)) <= 1 and
  (select count(*) > 0 from (select unnest(range(0, greatest(length(a), length(b)) + 1)) as i)
   where left(a, i) = left(b, i) and (
     (length(a) = length(b) and substr(a, i + 2) = substr(b, i + 2))
     or (length(a) > length(b) and substr(a, i + 2) = substr(b, i + 1))
     or (length(a) < length(b) and substr(a, i + 1) = substr(b, i + 2))))
"""


class LinkageMissing(Exception):
    """Scores were asked for and the extra is not installed; says so in both languages."""

    def __init__(self) -> None:
        self.zh = "没有安装打分组件（splink），只按证件号码、姓名、出生日期逐级比对；需要打分时请安装附加组件“linkage”"
        self.en = "The scoring extra (splink) is not installed: pairs come from numbers, names and birth dates only; install the extra “linkage” for scores"
        super().__init__(self.en)


def can_score() -> bool:
    """Whether the extra is there. Imports nothing of it."""
    return find_spec("splink") is not None


@dataclass(frozen=True)
class Field:
    """One column to be weighed. kind: a Chinese name, a word that may be mistyped, a date, or something equal or not."""

    column: str
    kind: Literal["name", "word", "date", "exact"]


# What a register has of a person.
PERSON = (
    Field("name", "name"),
    Field("birth_date", "date"),
    Field("sex", "exact"),
    Field("village", "exact"),
    Field("id_mark", "exact"),
)
PERSON_BLOCKS = (("id_mark",), ("birth_date", "sex"), ("name", "village"), ("reading", "birth_date"))
PERSON_TRAINED_ON = (("birth_date", "sex"), ("name", "village"))


def scores(
    people: pa.Table,
    others: pa.Table | None = None,
    *,
    fields: Sequence[Field] = PERSON,
    blocks: Sequence[Sequence[str]] = PERSON_BLOCKS,
    trained_on: Sequence[Sequence[str]] = PERSON_TRAINED_ON,
    at_least: float = 0.5,
) -> pa.Table:
    """Pairs with their probability: left, right, score (0 to 1), of at least the given one, the surest first.

    Tables have a column `key` and those of `fields`. blocks: columns that must be equal for a pair to be weighed at all.
    trained_on: equal columns among which the weights of the other fields are learnt. LinkageMissing without splink.
    """
    try:
        import splink
    except ImportError as why:
        raise LinkageMissing from why
    import duckdb

    connection = duckdb.connect()
    connection.execute(ONE_EDIT)
    api = splink.DuckDBAPI(connection)
    tables = [_with_reading(table, fields) for table in (people, others) if table is not None]
    for at, table in enumerate(tables):
        connection.register(f"given_{at}", table)
        connection.execute(f"create table list_{at} as select * from given_{at}")
    settings = splink.SettingsCreator(
        link_type="dedupe_only" if others is None else "link_only",
        unique_id_column_name="key",
        comparisons=[_comparison(field) for field in fields],
        blocking_rules_to_generate_predictions=[splink.block_on(*columns) for columns in blocks],
        retain_matching_columns=False,
    )
    with _quietly():
        frames = [api.register(f"list_{at}", table_name=f"people_{at}") for at in range(len(tables))]
        linker = splink.Linker(frames[0] if others is None else frames, settings, log_level=logging.ERROR)
        deterministic: list[Any] = [splink.block_on(*columns) for columns in blocks]
        linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.8)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for columns in trained_on:
            linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on(*columns))
        found = linker.inference.predict(threshold_match_probability=at_least)
        weighed: pa.Table = connection.sql(
            f'select key_l as "left", key_r as "right", match_probability as score from {found.physical_name} order by 3 desc, 1, 2'
        ).to_arrow_table()
    connection.close()
    return weighed


def _with_reading(table: pa.Table, fields: Sequence[Field]) -> pa.Table:
    name = next((field.column for field in fields if field.kind == "name"), None)
    if name is None:
        return table
    return table.append_column(
        "reading", pa.array([one and reading(one) for one in table[name].to_pylist()], pa.string())
    )


def _comparison(field: Field) -> Any:
    import splink.comparison_library as library

    column = field.column
    if field.kind == "word":
        return library.JaroWinklerAtThresholds(column, [0.9, 0.8])
    if field.kind == "exact":
        return library.ExactMatch(column)
    level: list[Any] = [
        {
            "sql_condition": f'"{column}_l" is null or "{column}_r" is null',
            "label_for_charts": "not known",
            "is_null_level": True,
        },
        {"sql_condition": f'"{column}_l" = "{column}_r"', "label_for_charts": "same"},
    ]
    if field.kind == "date":
        level += [
            # A day and a month exchanged, or one digit: what clerks do.
            {
                "sql_condition": f'levenshtein("{column}_l"::text, "{column}_r"::text) <= 1',
                "label_for_charts": "one digit",
            },
            {
                "sql_condition": f'levenshtein("{column}_l"::text, "{column}_r"::text) <= 2',
                "label_for_charts": "two digits",
            },
        ]
    else:
        level += [
            {"sql_condition": '"reading_l" = "reading_r"', "label_for_charts": "sounds the same"},
            {"sql_condition": f'one_edit("{column}_l", "{column}_r")', "label_for_charts": "one character"},
        ]
    level.append({"sql_condition": "else", "label_for_charts": "differs"})
    return library.CustomComparison(
        comparison_levels=level, output_column_name=column, comparison_description=column
    )


class _quietly:
    """Rare levels cannot be trained by random sampling and splink warns of each; what is wanted here is the order."""

    def __enter__(self) -> None:
        self._caught = warnings.catch_warnings()
        self._caught.__enter__()
        warnings.simplefilter("ignore")
        self._level = logging.getLogger("splink").level
        logging.getLogger("splink").setLevel(logging.ERROR)

    def __exit__(self, *why: Any) -> None:
        logging.getLogger("splink").setLevel(self._level)
        self._caught.__exit__(*why)
