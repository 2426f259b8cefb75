"""The small county in a database that nobody touches, once a run; each test gets a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

import people
from databases import fresh
from freezes.frozen_county import bring
from intake.conftest import Files, made  # noqa: F401  a fixture


@pytest.fixture(scope="session")
def kept_files(made: Callable[..., Files]) -> Files:  # noqa: F811
    return made(5, 60)


@pytest.fixture(scope="session")
def kept_world(
    server: Any, django_db_setup: None, django_db_blocker: Any, kept_files: Files
) -> Iterator[tuple[Any, people.World]]:
    """The county taken in once; each test gets a copy."""
    with fresh(server, django_db_blocker) as urls:
        found = people.small_world()
        bring(kept_files.paths)
        connections.close_all()
        yield conninfo_to_dict(urls.app)["dbname"], found


@pytest.fixture
def copied(
    kept_world: tuple[Any, people.World], server: Any, django_db_blocker: Any, tmp_path: Path, settings: Any
) -> Iterator[Any]:
    """The copy's addresses."""
    settings.FREEZES = tmp_path / "freezes"
    with fresh(server, django_db_blocker, kept_world[0]) as urls:
        yield urls


@pytest.fixture
def world(kept_world: tuple[Any, people.World], copied: Any) -> people.World:
    return deepcopy(kept_world[1])
