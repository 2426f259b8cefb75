"""The planted country, made once a run: each test walks through a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from databases import fresh, kept
from rights.planted import Country, plant


@pytest.fixture(scope="session")
def kept_country(server: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Country]]:
    with kept(server, django_db_blocker, plant) as made:
        yield made


@pytest.fixture
def planted(kept_country: tuple[str, Country], server: Any, django_db_blocker: Any) -> Iterator[Country]:
    """The country with one round of everything; whoever walks through it grows it further."""
    name, country = kept_country
    with fresh(server, django_db_blocker, name):
        yield deepcopy(country)
