"""Every case of the rulebook comes out as written, in every engine; every rule has a case of every outcome it can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from in_columns import ColumnsRegister
from registers import duckdb_register, postgres_register
from xiuhua import engine
from xiuhua.engine.trying import try_cases

CASES = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def library() -> engine.Library:
    return engine.load()


def test_every_outcome_has_a_case(library: engine.Library) -> None:
    library.check_cases(CASES)


def test_cases_in_duckdb(library: engine.Library) -> None:
    register = duckdb_register(library)
    assert try_cases(library, CASES, "duckdb", register.fill, register.rows) == []


def test_cases_in_columns(library: engine.Library) -> None:
    register = ColumnsRegister(library)
    assert try_cases(library, CASES, "duckdb", register.fill, register.rows) == []


@pytest.mark.database
def test_cases_in_postgres(library: engine.Library, server) -> None:
    with postgres_register(library, server) as register:
        assert try_cases(library, CASES, "postgres", register.fill, register.rows) == []
