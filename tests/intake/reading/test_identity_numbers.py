"""ID numbers: any single wrong digit is caught, and what a number says of a person."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.reading.support import GOOD_ID, identity_number, one
from xiuhua.common.identity import identity

BIRTHS = st.dates(datetime.date(1900, 1, 1), datetime.date(2017, 9, 30))
NUMBERS = st.builds(
    lambda area, born, serial: identity_number(f"99{area:04}{born:%Y%m%d}{serial:03}"),
    st.integers(0, 9999), BIRTHS, st.integers(0, 999),
)  # fmt: skip


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_character_makes_a_number_invalid(number: str, at: int, other: str) -> None:
    wrong = number[:at] + other + number[at + 1 :]
    assert identity(number).valid
    assert identity(wrong).valid == (wrong == number)


@given(NUMBERS, st.integers(0, 15))
def test_two_neighbouring_digits_swapped_are_caught(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert identity(swapped).valid == (swapped == number)


@given(NUMBERS)
def test_a_number_says_birth_and_sex(number: str) -> None:
    who = identity(number)
    assert who.kind == "resident18"
    assert who.birth_date is not None and f"{who.birth_date:%Y%m%d}" == number[6:14]
    assert who.sex == ("male" if int(number[16]) % 2 else "female")


@pytest.mark.parametrize(
    ("number", "kind", "valid"),
    [
        ("", "none", False),
        (None, "none", False),
        ("990101800101123", "resident15", True),
        ("990101801301123", "resident15", False),  # month 13
        (GOOD_ID + "43", "disability20", True),
        (GOOD_ID + "83", "disability20", False),  # no category 8
        (GOOD_ID + "45", "disability20", False),  # no grade 5
        (GOOD_ID + "43B1", "other", False),
        (GOOD_ID + "4301", "disability22", True),
        (GOOD_ID[:-1], "other", False),
        (identity_number("99010118900101123"), "resident18", False),  # born before 1895
        (identity_number("99010120190101123"), "resident18", False),  # born after the data
    ],
)
def test_forms(number: str | None, kind: str, valid: bool) -> None:
    who = identity(number, on=datetime.date(2017, 9, 30))
    assert (who.kind, who.valid) == (kind, valid)


def test_a_disability_card_tells_category_and_grade() -> None:
    who = identity(GOOD_ID + "43")
    assert (who.disability_category, who.disability_grade, who.birth_date) == (
        "limbs",
        "3",
        datetime.date(1980, 1, 1),
    )


@pytest.mark.parametrize(
    ("cell", "rules"),
    [
        (GOOD_ID, []),
        (f" {GOOD_ID[:6]} {GOOD_ID[6:]}\u3000", ["id_spaced"]),
        (f"'{GOOD_ID}", ["id_spaced"]),
        ("".join(chr(ord(c) + 0xFEE0) for c in GOOD_ID), ["id_full_width"]),
        (993171195105180032.0, ["id_stored_as_number"]),
        ("9.93171E+17", ["id_stored_as_number"]),
        (GOOD_ID[:15] + "000", ["id_stored_as_number"]),  # text now, but Excel had it as a number
        (GOOD_ID[:17], ["id_length_wrong"]),
        (GOOD_ID[:10] + "****" + GOOD_ID[14:], ["id_length_wrong"]),
        (GOOD_ID[:17] + ("1" if GOOD_ID[17] != "1" else "2"), ["id_check_digit_wrong"]),
        (identity_number("99010119801301123"), ["id_birth_date_wrong"]),
        ("无", []),
        ("", []),
    ],
)
def test_a_cell_with_an_id(cell: object, rules: list[str]) -> None:
    value, found = one("id_number", "证件号码", cell)
    assert found == rules
    mended = all(rule in ("id_spaced", "id_full_width") for rule in rules)
    assert value == (GOOD_ID if mended and cell not in ("", "无") else None)


def test_several_mendings_of_one_id_are_each_said() -> None:
    ends_in_x = next(
        n for serial in range(999) if (n := identity_number(f"99010119800101{serial:03}")).endswith("X")
    )
    written = " " + "".join(chr(ord(c) + 0xFEE0) for c in ends_in_x[:17]) + "x"
    assert one("id_number", "证件号码", written) == (ends_in_x, ["id_spaced", "id_full_width", "id_lower_x"])


@given(NUMBERS, st.lists(st.sampled_from([" ", "\u3000", "\t", "\u200b", "'"]), max_size=4), st.booleans())
def test_mending_an_id_twice_changes_nothing(number: str, spaces: list[str], lower: bool) -> None:
    written = "".join(spaces) + (number.lower() if lower else number)
    once, _ = one("id_number", "证件号码", written)
    assert once == number
    assert one("id_number", "证件号码", once) == (number, [])
