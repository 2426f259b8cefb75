"""A freeze tallied once more: by the rules it was sealed with, of an older contract, where another's tally lies."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from engine.test_tally import added
from frozen import AS_OF, make_freeze
from xiuhua import engine
from xiuhua.engine import freezing
from xiuhua.engine.tally import households, read, tally
from xiuhua.rulebook import reader

PROGRAMMES = Path(__file__).parents[1] / "decisions" / "programmes"


def test_a_finished_part_of_another_freeze_is_not_taken(tmp_path: Path) -> None:
    first, other = (make_freeze(tmp_path / name, 200, seed=seed) for name, seed in (("one", 1), ("other", 2)))
    folder = tmp_path / "tally"
    before = tally(first, folder)
    after = tally(other, folder)
    assert after.sha256 != before.sha256 and after.freeze_sha256 == other.sha256
    assert tally(first, folder) == before


def test_it_is_tallied_by_the_rules_it_was_sealed_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, library = tmp_path / "own", engine.load()
    shutil.copytree(PROGRAMMES, own)
    monkeypatch.setenv(reader.FURTHER, str(own))
    freeze = make_freeze(tmp_path / "freeze", 200)
    sealed = tally(freeze, tmp_path / "then", engine.load(further=own), by=freezing.versions())
    rule = "graduation.score"
    assert rule not in library.rules and read(tmp_path / "then", "CN")[0]["rules"][rule]

    # Years later: other rules, another folder or none, and the very same figures.
    shutil.rmtree(own)
    monkeypatch.delenv(reader.FURTHER)
    freeze.folder.rename(tmp_path / "elsewhere")
    freeze = freezing.open_freeze(tmp_path / "elsewhere", check=True)
    assert not freezing.is_by_todays(freeze)
    assert tally(freeze, tmp_path / "later") == sealed
    shown = households(freeze, "CN", rule=rule, outcome="not_known")
    assert shown.num_rows == added(read(tmp_path / "later", "CN"), "rules", rule)["not_known"]
    with pytest.raises(KeyError, match="graduation"):
        households(freeze, "CN", rule=rule, outcome="not_known", library=library)

    (freeze.folder / "sources" / "further" / "graduation" / "figures.yaml").write_text("[]")
    with pytest.raises(freezing.FreezeDamaged, match=r"sources/further/graduation/figures\.yaml"):
        freezing.open_freeze(freeze.folder, check=True)


def test_a_freeze_of_an_older_contract_is_read_with_what_it_has(
    tmp_path: Path,
) -> None:
    freeze, folder = make_freeze(tmp_path / "whole", 300), tmp_path / "freeze"
    for name in freeze.manifest.relations:
        for path in freeze.paths(name):
            table = pq.read_table(path)
            dropped = [one for one in ("food_clothing_ok",) if one in table.column_names]
            (folder / name).mkdir(parents=True, exist_ok=True)
            pq.write_table(table.drop_columns(dropped), folder / name / path.name)
    freezing.seal(folder, area=("CN", "全国"), as_of=AS_OF, taken_at=dt.datetime.now(dt.UTC), taken_by="test")
    tally(freezing.open_freeze(folder), tmp_path / "tally")
    rule = added(read(tmp_path / "tally", "CN"), "rules", "exit.food_clothing")
    assert rule["holds"] == rule["fails"] == 0 and rule["not_known"] > 0
