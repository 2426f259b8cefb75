"""A workbook written as a stream opens elsewhere with the same cells, each of the kind it was given."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from xiuhua.common.sheets import Written, letter, workbook

# What Excel writes as _x0041_ some programs do not read back; a text that says so itself is marked, and left out here.
TEXT = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=30
).filter(lambda text: "_x" not in text)
CELL = st.one_of(
    st.none(),
    TEXT,
    st.integers(-(10**9), 10**9),
    st.sampled_from(["=1+1", "+86", "@x", "<&>", " 两边 "]),
)


def written(*sheets: Written) -> io.BytesIO:
    return io.BytesIO(b"".join(workbook(sheets)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8))
def test_cells_come_back_as_they_went_in(rows: list[list[str | int | None]]) -> None:
    file = written(Written("表", [10] * 3, [True] * 3, [["甲", "乙", "丙"], *rows]))
    sheet = openpyxl.load_workbook(file).worksheets[0]
    read = (
        [list(row) for row in sheet.iter_rows(min_row=2, max_col=3, max_row=1 + len(rows), values_only=True)]
        if rows
        else []
    )
    assert read == [[None if value == "" else value for value in row] for row in rows]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_long_number_keeps_its_digits_and_other_programs_read_it() -> None:
    file = written(
        Written("甲", [20], [True], [["证件号码"], ["991234199001011234"]]),
        Written("乙", [9], [False], [["数"], [4312.68]]),
    )
    book = CalamineWorkbook.from_filelike(file)
    assert book.sheet_names == ["甲", "乙"]
    assert book.get_sheet_by_name("甲").to_python() == [["证件号码"], ["991234199001011234"]]
    assert book.get_sheet_by_name("乙").to_python() == [["数"], [4312.68]]
    column = openpyxl.load_workbook(file)["甲"].column_dimensions["A"]
    assert (column.number_format, column.width) == ("@", 20)


def test_it_comes_in_pieces_while_rows_go_in() -> None:
    asked = 0

    def rows() -> object:
        nonlocal asked
        for n in range(60_000):
            asked += 1
            yield [f"{n * 7919 % 100_003}", f"{n * n}"]

    pieces = workbook([Written("长", [9, 9], [True, True], rows(), 0)])  # type: ignore[arg-type]
    next(pieces)
    assert asked < 60_000, "the first piece comes before the last row"
    assert sum(map(len, pieces)) > 0 and asked == 60_000


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_have_their_letters(number: int, letters: str) -> None:
    assert letter(number) == letters
