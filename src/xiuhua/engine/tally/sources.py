"""What stands for a freeze's records in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from xiuhua.engine.freezing import Freeze
from xiuhua.engine.freezing.shape import place_column
from xiuhua.engine.tables import TYPES as SQL_TYPES
from xiuhua.engine.tally.columns import check_columns
from xiuhua.facts.models import Relation


def sources(freeze: Freeze, relations: Iterable[Relation], part: str, low: str, high: str) -> dict[str, str]:
    """What stands for each relation in FROM: rows of a range of villages (or counties), columns of today's contract.

    A column that an older freeze does not have is not known there. Raises FreezeDamaged for one of another type.
    """
    return {one.id: _source(freeze, one, part, low, high) for one in relations}


def _source(freeze: Freeze, relation: Relation, part: str, low: str, high: str) -> str:
    paths = freeze.paths(relation.id, part)
    had = frozenset(check_columns(relation, paths[0]).names) if paths else frozenset()
    listed = ", ".join(
        one.name if one.name in had else f"CAST(NULL AS {SQL_TYPES['duckdb'][one.type]}) AS {one.name}"
        for one in relation.columns
    )
    if not paths:
        return f"(SELECT {listed} WHERE FALSE)"
    place = place_column(relation)
    low = low[:6] if place == "county_code" else low
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"(SELECT {listed} FROM read_parquet([{files}], hive_partitioning = false) WHERE {place} >= '{low}' AND {place} < '{high}')"
