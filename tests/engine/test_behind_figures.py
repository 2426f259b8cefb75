"""The units behind a figure are as many as the figure says, of every rule and fact, at every place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pytest

from frozen import make_freeze
from xiuhua.engine import freezing
from xiuhua.engine.tally import read, tally
from xiuhua.engine.tally.behind import HOUSEHOLD_GRAINS, NoSuchFigure, units

LOW, HIGH = "99", "9:"


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> freezing.Freeze:
    return make_freeze(tmp_path_factory.mktemp("freeze") / "f", 900)


@pytest.fixture(scope="module")
def out(freeze: freezing.Freeze, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tally")
    tally(freeze, folder)
    return folder


def test_every_figure_of_a_place_has_as_many_units_as_it_says(freeze: freezing.Freeze, out: Path) -> None:
    documents = read(out, "99")
    wanted = {
        (section, id)
        for one in documents
        for section in ("rules", "facts", "measures")
        for id in one[section]
    }
    assert len(wanted) > 200
    for section, id in sorted(wanted)[::3]:
        for one in documents:
            counted = one[section].get(id, {})
            counted = {**counted, **counted.get("parts", {})}
            for lane in [name for name in counted if name not in ("parts", "sum", "scale", "per")]:
                if not isinstance(counted[lane], int) or (section != "rules" and lane == "checked"):
                    continue
                try:
                    found = units(freeze, section, id, LOW, HIGH, lane=lane)
                except NoSuchFigure:
                    continue
                if found.grain not in HOUSEHOLD_GRAINS:
                    assert found.of(lane).num_rows == counted[lane], (section, id, lane)
                    continue
                rows = found.of(lane, [one["kind"]], [one["status"]]).num_rows
                if section == "rules" and lane == "holds":
                    assert rows == counted[lane], (id, lane, one["kind"], one["status"])
                else:
                    assert rows == counted[lane], (section, id, lane, one["kind"], one["status"])
            break


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
