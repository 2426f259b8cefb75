"""A freeze tallied once more: by the rules it was sealed with, of an older contract, where another's tally lies."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.test_tally import added
from frozen import AS_OF, make_freeze
from xiuhua import engine
from xiuhua.cli import main
from xiuhua.engine import freezing
from xiuhua.engine.tally import NotForTally, households, read, tally
from xiuhua.rulebook import reader

PROGRAMMES = Path(__file__).parents[1] / "decisions" / "programmes"


def test_a_finished_part_of_another_freeze_is_not_taken(tmp_path: Path) -> None:
    first, other = (make_freeze(tmp_path / name, 200, seed=seed) for name, seed in (("one", 1), ("other", 2)))
    folder = tmp_path / "tally"
    before = tally(first, folder)
    after = tally(other, folder)
    assert after.sha256 != before.sha256 and after.freeze_sha256 == other.sha256
    assert tally(first, folder) == before


def test_a_finished_part_with_other_numbers_in_it_is_not_taken(tmp_path: Path) -> None:
    freeze, out = make_freeze(tmp_path / "freeze", 200), tmp_path / "tally"
    whole, before = tally(freeze, out), read(out, "99")
    path = out / "places" / "above-99.parquet"
    told, table = pq.read_metadata(path).metadata, pq.read_table(path)
    counts = [[n + 1 for n in row] for row in table.column("counts").to_pylist()]
    field = table.schema.field("counts")
    table = table.set_column(table.schema.get_field_index("counts"), field, pa.array(counts, field.type))
    with pq.ParquetWriter(path, table.schema, store_schema=False) as file:
        file.write_table(table)
        file.add_key_value_metadata({key: value for key, value in told.items() if key.startswith(b"xiuhua.")})
    assert read(out, "99") != before
    assert tally(freeze, out) == whole and read(out, "99") == before


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


TOO_MANY = {
    "sources/further/zz/figures.yaml": "- {id: village_collective_income_yuan, places: [{place: '99', values: [{since: 2016-04-23, value: 9}]}]}\n",
    "sources/rulebook/common/rules_zz.yaml": "[]\n",
    "sources/facts/household/.zz.yaml": "[]\n",
}


@pytest.mark.parametrize("name", [*TOO_MANY, "sources/further/link"])
def test_rules_that_were_laid_in_later_count_for_nothing_and_are_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    freeze = make_freeze(tmp_path / "freeze", 200)
    freezing.open_freeze(freeze.folder, check=True)
    path = freeze.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name in TOO_MANY:
        path.write_text(TOO_MANY[name])
    else:
        path.symlink_to(PROGRAMMES)  # a folder of rules that lies elsewhere
    told = rf"{re.escape(name)}: was not sealed with it"
    with pytest.raises(freezing.FreezeDamaged, match=told):
        freezing.open_freeze(freeze.folder, check=True)
    # Years later, when the freeze's own rules are read.
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rules.txt").write_text("of another year")
    monkeypatch.setenv(reader.FURTHER, str(tmp_path / "other"))
    assert not freezing.is_by_todays(freeze)
    with pytest.raises(freezing.FreezeDamaged, match=told):
        freezing.rulebook_of(freeze)
    assert main(["tally", str(freeze.folder), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert f"{name}：封存时没有这个文件" in said and not (tmp_path / "out").exists()


def test_a_tally_takes_no_folder_of_anybody_elses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    freeze = make_freeze(tmp_path / "in" / "freeze", 200)
    theirs = tmp_path / "mydocs" / "places"
    theirs.mkdir(parents=True)
    (theirs / "holiday.txt").write_text("at the sea")
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "tally.json").write_text('{"format": "of a ballot"}')
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "way").symlink_to(freeze.folder)
    before = sorted(tmp_path.rglob("*"))
    for out, zh, en in (
        *(
            (tmp_path / name, "有别的内容", "something else than a tally")
            for name in ("mydocs", "named", "file")
        ),
        *(
            (out, "封存的内容不再添加", "nothing is added")
            for out in (freeze.folder, freeze.folder / "figures", tmp_path / "in", tmp_path, tmp_path / "way")
        ),
    ):
        assert main(["tally", str(freeze.folder), "--out", str(out)]) == 2, out
        said = capsys.readouterr().err
        assert zh in said and en in said and str(out) in said
        with pytest.raises(NotForTally):
            tally(freeze, out)
    assert sorted(tmp_path.rglob("*")) == before

    # Where a tally lies, what somebody put beside it stays, and what another left of it goes.
    out = tmp_path / "out"
    whole = tally(freeze, out)
    names = {"notes.txt", "part-9.parquet", "mine.writing"}
    for name in names:
        (out / "places" / name).write_text("mine")
    for name in ("part-11.parquet", "above-11.parquet.writing"):
        (out / "places" / name).write_text("of another freeze")
    assert tally(freeze, out) == whole
    assert {path.name for path in (out / "places").iterdir()} == names | {
        "nation.parquet",
        "part-99.parquet",
        "above-99.parquet",
    }
    # One that was broken off, before anything of it was whole.
    broken = tmp_path / "broken" / "places"
    broken.mkdir(parents=True)
    (broken / "part-99.parquet.writing").write_text("half")
    assert tally(freeze, broken.parent) == whole


def test_the_tally_of_another_freeze_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, other = (make_freeze(tmp_path / name, 200, seed=seed) for name, seed in (("one", 1), ("other", 2)))
    out = tmp_path / "out"

    def by_hand(freeze: Path) -> int:
        return main(["tally", str(freeze), "--out", str(out)])

    assert by_hand(first.folder) == 0 and by_hand(first.folder) == 0, "the same freeze again is fine"
    whole = held(out)
    capsys.readouterr()
    for broken_off in (False, True):
        if broken_off:  # its manifest is written last
            (out / "tally.json").unlink()
            del whole["tally.json"]
        assert by_hand(other.folder) == 2
        zh, en = capsys.readouterr().err.split(" / ", 1)
        assert "另一份数据快照" in zh and "没有动它" in zh and "tally of another snapshot" in en
        named = first.sha256 if broken_off else first.id
        assert str(out) in zh and named in zh and named in en and other.sha256 not in zh + en
        assert held(out) == whole
    assert by_hand(first.folder) == 0 and "tally.json" in held(out)


def held(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder, with its bytes and when it was last written."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_beside_the_folder_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze = make_freeze(tmp_path / "freeze", 200)
    monkeypatch.chdir(freeze.folder / "rec_person")
    assert main(["tally", ".."]) == 0
    monkeypatch.chdir(freeze.folder)
    assert main(["tally", "."]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["freeze", "freeze.tally"]


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
