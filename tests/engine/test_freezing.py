"""A freeze is what the contract says, whole or not at all, and shows every byte that changed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from frozen import make_freeze
from xiuhua import engine
from xiuhua.engine import freezing
from xiuhua.rulebook import reader

PLACES = pa.table({"code": ["CN", "99"], "name": ["全国", "某省"], "level": ["nation", "province"]})
PROGRAMMES = Path(__file__).parents[1] / "decisions" / "programmes"
SEALED = {
    "area": ("CN", "全国"),
    "as_of": dt.date(2017, 12, 31),
    "taken_at": dt.datetime(2018, 1, 5, 8, tzinfo=dt.UTC),
    "taken_by": "县扶贫办",
}


@pytest.fixture(scope="module")
def library() -> engine.Library:
    return engine.load()


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> freezing.Freeze:
    return make_freeze(tmp_path_factory.mktemp("freeze"), 900, provinces=2)


def villages(library: engine.Library, **columns: list[object]) -> pa.Table:
    """Rows of rec_village; what is not named is unknown."""
    relation = library.relations["village"]
    codes = [str(code) if code else None for code in columns["village_code"]]
    columns = {
        "township_code": [one and one[:9] for one in codes],
        "county_code": [one and one[:6] for one in codes],
        **columns,
    }
    count = len(next(iter(columns.values())))
    return pa.table(
        {
            field.name: pa.array(columns.get(field.name, [None] * count), field.type)
            for field in freezing.arrow_schema(relation)
        }
    )


def test_holds_the_columns_of_the_contract_sorted_by_place(
    freeze: freezing.Freeze, library: engine.Library
) -> None:
    assert freeze.parts == ["98", "99"]
    for relation in library.relations.values():
        for path in freeze.paths(relation.id):
            read = pq.read_table(path)
            assert read.schema.names == [one.name for one in relation.columns]
            codes = read.column(
                "village_code" if "village_code" in read.column_names else "county_code"
            ).to_pylist()
            assert codes == sorted(codes)
            assert {code[:2] for code in codes} == {path.stem[-2:]}
    assert freeze.manifest.relations["rec_household"].rows == 900
    assert [path.name for path in freeze.paths("rec_household", "98")] == ["part-98.parquet"]
    assert freeze.paths("rec_nothing") == []


def test_is_the_same_bytes_however_the_rows_arrive(
    freeze: freezing.Freeze, library: engine.Library, tmp_path: Path
) -> None:
    relations = freezing.relations_of(library.relations)
    with freezing.writer(tmp_path, relations) as writer:
        for name in freeze.manifest.relations:
            for path in freeze.paths(name):
                for batch in pq.read_table(path).to_batches(max_chunksize=97):
                    writer.write(name, path.stem[-2:], batch)
    again = freezing.seal(tmp_path, **SEALED)
    assert again.relations == freeze.manifest.relations


def test_every_file_is_checked_byte_by_byte(tmp_path: Path) -> None:
    whole = make_freeze(tmp_path / "freeze", 300)
    freezing.open_freeze(whole.folder, check=True)
    path = whole.paths("rec_person")[0]
    bytes_ = bytearray(path.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    path.write_bytes(bytes_)
    freezing.open_freeze(whole.folder)
    with pytest.raises(freezing.FreezeDamaged, match=r"rec_person/part-99\.parquet: its bytes are not those"):
        freezing.open_freeze(whole.folder, check=True)
    path.write_bytes(bytes_[:-1])
    with pytest.raises(freezing.FreezeDamaged, match=r"bytes, .* were sealed"):
        freezing.open_freeze(whole.folder)
    path.unlink()
    with pytest.raises(freezing.FreezeDamaged, match="is missing"):
        freezing.open_freeze(whole.folder)


def test_a_folder_without_a_manifest_is_no_freeze(tmp_path: Path) -> None:
    with pytest.raises(freezing.FreezeDamaged, match=r"manifest\.json: is not there"):
        freezing.open_freeze(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "other"}))
    with pytest.raises(freezing.FreezeDamaged, match="is not a manifest of xiuhua-freeze-1"):
        freezing.open_freeze(tmp_path)


def test_the_manifest_says_by_what_it_was_made(freeze: freezing.Freeze) -> None:
    said = json.loads((freeze.folder / "manifest.json").read_text())
    assert set(said["made_with"]) == {"xiuhua", "duckdb", "pyarrow", "python"}
    assert all(len(said[name]) == 64 for name in ("contract", "rulebook", "facts", "engine"))
    assert said["synthetic"] is True and said["seed"] == 1 and said["as_of"] == "2017-12-31"


def test_an_offices_own_folder_of_rules_is_part_of_what_it_was_made_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = freezing.versions()
    own = tmp_path / "own"
    shutil.copytree(PROGRAMMES, own)
    monkeypatch.setenv(reader.FURTHER, str(own))
    with_it = freezing.versions()
    (own / "graduation" / "notes.txt").write_text("whatever lies there")
    (own / ".hidden").write_text("but this")
    noted = freezing.versions()
    assert len({one.rulebook for one in (without, with_it, noted)}) == 3
    assert "graduation/notes.txt" in noted.further and ".hidden" not in noted.further
    assert without.further == {} and replace(with_it, rulebook="", further={}) == replace(
        without, rulebook=""
    )

    # Read rules are told by what was read: an edit counts from the next start on.
    reader.read_rulebook()
    path = own / "graduation" / "figures.yaml"
    path.write_text(path.read_text().replace("value: 6000", "value: 1"))
    assert freezing.versions() == noted
    reader.read_rulebook()
    edited = freezing.versions()
    assert edited.rulebook != noted.rulebook

    folder = tmp_path / "freeze"
    with freezing.writer(folder, {"rec_place": freezing.PLACES}) as writer:
        writer.write("rec_place", "00", PLACES.sort_by("code"))
    sealed = freezing.seal(folder, **SEALED)  # type: ignore[arg-type]
    assert sealed.rulebook == edited.rulebook and sealed.further == dict(edited.further)
    assert freezing.open_freeze(folder).manifest == sealed


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"village_code": ["990101001001", None]}, "village_code: 1 rows have no value"),
        ({"village_code": ["990101001002", "990101001001"]}, "stands twice or out of order"),
        ({"village_code": ["990101001001", "990101001001"]}, "stands twice or out of order"),
        ({"village_code": ["990101001001", "980101001001"]}, "does not belong to the part 99"),
    ],
)
def test_rows_outside_the_contract_are_refused(
    library: engine.Library, tmp_path: Path, columns: dict[str, list[object]], said: str
) -> None:
    with (
        pytest.raises(freezing.RowsRefused, match=said),
        freezing.writer(tmp_path, freezing.relations_of(library.relations)) as writer,
    ):
        writer.write("rec_village", "99", villages(library, **columns))
    assert not list(tmp_path.rglob("*.parquet*"))


def test_columns_are_exactly_those_of_the_contract(library: engine.Library, tmp_path: Path) -> None:
    good = villages(library, village_code=["990101001001"])
    wrong = {
        "the column name is missing": good.drop_columns(["name"]),
        "has no column head_name": good.append_column("head_name", pa.array(["某人"])),
        "rural_persons is double, the contract says integer": good.set_column(
            good.schema.get_field_index("rural_persons"), "rural_persons", pa.array([1.5])
        ),
    }
    for said, rows in wrong.items():
        with pytest.raises(freezing.RowsRefused, match=said):
            freezing.shape.fitted(library.relations["village"], rows)


def test_text_may_be_large_or_a_dictionary_and_a_decimal_exact_text(library: engine.Library) -> None:
    relation = library.relations["period"]
    schema = freezing.arrow_schema(relation)
    given = {field.name: pa.nulls(2, field.type) for field in schema}
    given |= {
        "household_key": pa.array([1, 2], pa.int64()),
        "village_code": pa.array(["990101001001"] * 2).dictionary_encode(),
        "year": pa.array([2017, 2017], pa.int32()),
        "house_area_m2": pa.array(["80.50", None], pa.large_string()),
    }
    fitted = freezing.shape.fitted(relation, pa.table(given))
    assert fitted.schema == schema
    assert str(fitted.column("house_area_m2")[0].as_py()) == "80.50"
    given["house_area_m2"] = pa.array(["80.505", None])
    with pytest.raises(freezing.RowsRefused, match="house_area_m2"):
        freezing.shape.fitted(relation, pa.table(given))


def test_a_part_is_complete_or_absent(library: engine.Library, tmp_path: Path) -> None:
    relations = freezing.relations_of(library.relations)
    with pytest.raises(RuntimeError), freezing.writer(tmp_path, relations) as writer:
        writer.write("rec_village", "99", villages(library, village_code=["990101001001"]))
        writer.finish("rec_village", "99")
        writer.write("rec_place", "00", PLACES.sort_by("code"))
        raise RuntimeError
    assert [path.name for path in tmp_path.rglob("*.parquet*")] == ["part-99.parquet"]
    with pytest.raises(freezing.RowsRefused, match="no places"):
        freezing.seal(tmp_path, **SEALED)


def test_rows_of_many_provinces_are_cut_into_parts(library: engine.Library, tmp_path: Path) -> None:
    codes = ["970101001001", "970101001002", "980101001001", "990101001001", "990101001002"]
    with freezing.writer(tmp_path, freezing.relations_of(library.relations)) as writer:
        assert writer.write_all("rec_village", villages(library, village_code=list(codes)).to_batches()) == 5
        writer.write("rec_place", "00", PLACES.sort_by("code"))
    freezing.seal(tmp_path, **SEALED)
    freeze = freezing.open_freeze(tmp_path, check=True)
    assert freeze.parts == ["97", "98", "99"]
    assert pq.read_table(freeze.paths("rec_village", "99")[0]).column("village_code").to_pylist() == codes[3:]
    with pytest.raises(freezing.RowsRefused, match="sealed"), freezing.writer(tmp_path, {}):
        pass
