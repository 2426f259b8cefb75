"""The units behind a figure are as many as the figure says, of every rule and fact, at every place."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from frozen import make_freeze
from xiuhua.cli.tally import tell
from xiuhua.engine import freezing, load
from xiuhua.engine.tally import figure, read, read_below, tally
from xiuhua.engine.tally import rows as figures_of
from xiuhua.engine.tally import rows_below as figures_below
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


def test_a_place_that_lies_between_those_of_a_file_has_no_figure(out: Path) -> None:
    """As a new village does: it is looked for in the file, and has nothing there."""
    first, second = [one["place_code"] for one in read_below(out, "99", "township")][:2]
    between = f"{int(second) - 1:09}" if int(second) - 1 > int(first) else f"{first}9"
    for one in (between, f"{between}250"[:12]):
        assert len(figures_of(out, one)) == 0 and figure(out, one, "rules", "exit.income") == {}
    assert len(figures_below(out, between, "village")) == 0


def test_a_figure_that_is_not_counted_is_refused_by_name_and_never_told_as_zero(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = [
        "CN/rules/exit.income/fails/?kind=registered&status=poor,returned",
        "CN/measures/income_bands/unknown/",
        "CN/facts/arable_mu/sum/",
        "CN/measures/poverty_gap/poor/",
    ]
    assert tell(out, right) == 0
    assert len(re.findall(r"figure \S+: [1-9]\d*$", capsys.readouterr().out, re.M)) == len(right)
    for wrong, zh, en in (
        ("CN/rules/nothing/fails/", "没有这条规则：nothing", "no such rule: nothing"),
        ("CN/facts/nothing/true/", "没有这个事实：nothing", "no such fact: nothing"),
        (
            "CN/rules/exit.income/failed/",
            "没有这一部分（holds、fails、not_known、not_applicable、checked）：failed",
            "no such part (holds",
        ),
        ("CN/measures/income_bands/15001/", "没有这一部分", ": 15001"),
        (
            "CN/rules/exit.income/fails/?kind=registred",
            "不按这样的户类别统计（registered、watched、other、all）：registred",
            "not counted by such a kind (registered, watched, other, all): registred",
        ),
        ("CN/rules/exit.income/fails/?kind=registered,poor", "不按这样的户类别统计", ": poor"),
        ("CN/rules/exit.income/fails/?status=gone", "不按这样的状态统计", "not counted by such a status"),
        (
            "CN/rules/village.incidence/fails/?kind=registered",
            "不按这样的户类别统计（all）：registered",
            "(all): registered",
        ),
        ("CN/rules/village.incidence/fails/?status=none", "不按这样的状态统计（all）：none", "(all): none"),
        (
            "990101001/rules/county.incidence/fails/",
            "不统计到这一级：990101001",
            "places this small: 990101001",
        ),
        ("990199/rules/exit.income/fails/", "没有这个地方的数：990199", "nothing at this place: 990199"),
        ("exit.income", "不是一个数字的地址", "not the address of a figure"),
    ):
        assert tell(out, [wrong, right[0]]) == 2, "the others are told all the same"
        told = capsys.readouterr()
        said, english = told.err.strip().split(" / ", 1)
        assert zh in said and en in english and f"figure {wrong}" not in told.out
        assert f"figure {right[0]}: " in told.out


def test_all_means_all_and_nobody_is_said_to_be_nobody(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(address: str) -> str:
        assert tell(out, [address]) == 0
        return capsys.readouterr().out.partition(": ")[2]

    for figure_of in (
        "CN/rules/exit.income/fails/",
        "CN/rules/village.incidence/fails/",
        "CN/rules/county.incidence/fails/",
    ):
        whole = told(figure_of)
        for narrowed in ("?kind=all", "?status=all", "?kind=all&status=all"):
            assert told(figure_of + narrowed) == whole
    assert not told("CN/rules/exit.income/fails/").startswith("0\n")
    assert told("CN/rules/exit.income/fails/?kind=registered,all") == told("CN/rules/exit.income/fails/")
    # Of a kind that nobody here is of, counted all the same.
    kinds = Counter(one["kind"] for one in read_below(out, "99", "village"))
    village = next(
        code
        for code in sorted({one["place_code"] for one in read_below(out, "99", "village")})
        if not [one for one in read(out, code) if (one["kind"], one["status"]) == ("watched", "returned")]
    )
    assert kinds["watched"] and told(f"{village}/rules/exit.income/fails/?kind=watched&status=returned") == (
        "0\n  这里没有这样的户 / no such households here\n"
    )
