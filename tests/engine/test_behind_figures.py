"""The units behind a figure are as many as the figure says, of every rule and fact, at every place."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from frozen import make_freeze
from xiuhua.engine import freezing, load
from xiuhua.engine.tally import read, tally
from xiuhua.engine.tally.behind import HOUSEHOLD_GRAINS, NoSuchFigure, Units, seen, units

LOW, HIGH = "99", "9:"


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> freezing.Freeze:
    return make_freeze(tmp_path_factory.mktemp("freeze") / "f", 900)


@pytest.fixture(scope="module")
def out(freeze: freezing.Freeze, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tally")
    tally(freeze, folder)
    return folder


def counted(document: dict[str, Any], section: str, id: str) -> dict[str, int]:
    """Parts of a figure that are counts of rows; sums are none."""
    its = document[section].get(id, {})
    sums = {"sum", "of", "per", "persons", "poor", "gap", "gap2", "scale"} if "parts" not in its else set()
    flat = {name: n for name, n in its.items() if name not in sums | {"parts"}}
    return {**flat, **its.get("parts", {})}


def test_every_figure_of_a_place_has_as_many_units_as_it_says(freeze: freezing.Freeze, out: Path) -> None:
    documents = read(out, "99")
    ids = {(part, id) for one in documents for part in ("rules", "facts", "measures") for id in one[part]}
    assert len(ids) > 200
    asked = 0

    @cache
    def behind(section: str, id: str, lane: str) -> Units:
        return units(freeze, section, id, LOW, HIGH, lane=lane)

    for section, id in sorted(ids)[::4]:
        for one in documents[:2] + documents[-1:]:
            for lane, n in counted(one, section, id).items():
                found = behind(section, id, lane)
                own = found.grain in HOUSEHOLD_GRAINS
                if own == (one["kind"] == "all"):
                    continue
                rows = found.of(lane, [one["kind"]] if own else (), [one["status"]] if own else ())
                assert rows.num_rows == n, (section, id, lane, one["kind"], one["status"])
                asked += 1
    assert asked > 200


def test_of_parts_that_exclude_each_other_every_unit_is_in_one(freeze: freezing.Freeze, out: Path) -> None:
    for section, id in (
        ("rules", "exit.income"),
        ("facts", "someone_out_of_school"),
        ("measures", "income_bands"),
    ):
        together = units(freeze, section, id, LOW, HIGH)
        for lane in set(together.table.column("lane").to_pylist()) - {""}:
            assert (
                together.of(lane).num_rows
                == units(freeze, section, id, LOW, HIGH, lane=lane).of(lane).num_rows
            )
    with pytest.raises(NoSuchFigure):
        units(freeze, "measures", "to_verify", LOW, HIGH)


def test_what_a_rule_saw_of_a_unit_gives_the_outcome_it_was_counted_by(freeze: freezing.Freeze) -> None:
    library = load()
    for rule in ("exit.income", "exit.housing"):
        some = units(freeze, "rules", rule, LOW, HIGH).table.slice(0, 40)
        selection, rows = seen(freeze, "household", some, [rule])
        told = [library.outcome(rule, row, selection).code.word for row in rows if row is not None]
        assert told == some.column("lane").to_pylist()


def test_a_village_has_its_own_units_and_no_others(freeze: freezing.Freeze) -> None:
    everyone = units(freeze, "rules", "exit.income", LOW, HIGH)
    by_village = Counter(everyone.table.column("village_code").to_pylist())
    village, households = by_village.most_common(1)[0]
    own = units(freeze, "rules", "exit.income", village, village[:-1] + chr(ord(village[-1]) + 1))
    assert own.table.num_rows == households
    assert set(own.table.column("village_code").to_pylist()) == {village}
    keys = everyone.table.column("household_key").to_pylist()
    assert len(keys) == len(set(keys)) == 900


def test_units_come_in_the_order_of_villages_and_keys_whenever_they_are_asked(
    freeze: freezing.Freeze,
) -> None:
    first, second = (units(freeze, "rules", "exit.water", LOW, HIGH).table for _ in range(2))
    assert first.equals(second)
    villages = first.column("village_code").to_pylist()
    assert villages == sorted(villages)


def test_what_holds_on_checked_evidence_is_a_part_of_what_holds(freeze: freezing.Freeze) -> None:
    holds = units(freeze, "rules", "exit.housing", LOW, HIGH).of("holds")
    checked = units(freeze, "rules", "exit.housing", LOW, HIGH, lane="checked").of("checked")
    assert pc.all(pc.is_in(checked.column("household_key"), value_set=holds.column("household_key"))).as_py()


def test_what_is_not_counted_is_refused(freeze: freezing.Freeze) -> None:
    for section, id, lane in (("rules", "exit.nothing", ""), ("rules", "exit.income", "maybe")):
        with pytest.raises(NoSuchFigure):
            units(freeze, section, id, LOW, HIGH, lane=lane)
