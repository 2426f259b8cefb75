"""Numbers as an address or a form brings them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.common.asked import key, keys, number, year


@pytest.mark.parametrize("text", ["", "²", "٣", "３", "-1", "+1", "1e3", " 1", "1_0", "9" * 19, "x"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None and key(text) is None and year(text) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_fits_the_database_or_is_none(text: str) -> None:
    assert (number(text) or 0) < 2**31 and (key(text) or 0) < 2**63
    assert number(text) is None or number(text) == int(text)


def test_numbers_keys_and_years_are_read() -> None:
    assert (number("007"), number("9" * 10), key("9" * 18)) == (7, None, 10**18 - 1)
    assert keys(["3", "²", "", "4"]) == [3, 4]
    assert (year("2016"), year("²²²²"), year("20160"), year("0000")) == (2016, None, None, None)
