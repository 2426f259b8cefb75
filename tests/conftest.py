"""One throw-away PostgreSQL for the whole run: the wheel's, or Debian's when XIUHUA_TEST_SERVER=system."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from databases import fresh, use

# What is generated is checked, not how busy the machine was meanwhile: pytest's own timeout ends what hangs.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
# What is loaded lives as long as the run: looking through it for garbage took a tenth of the time.
gc.set_threshold(100_000, 50, 50)
# A minute or more each, in one worker: begun at once, or the other worker would wait for them at the end.
LONGEST = (
    "rights/test_matrix.py",
    "cli/test_keeping.py",
    "decisions/test_procedures_cannot_be_broken.py",
    "intake/test_hostile_files.py",
    "intake/test_intake_killed.py",
    "freezes/test_freeze_killed.py",
    "relapse/test_clues_and_plans_cannot_be_broken.py",
)
ON_A_DATABASE = {"db", "fresh_database", "kept_town", "kept_faulty", "kept_country", "kept_county"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the database is marked so, and runs again on the system's server. Browsers come last.

    Playwright keeps an event loop in this thread as long as its browser runs, and Django refuses its database beside one.
    """
    # What takes long begins first, so that no core waits for the other at the end.
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            not item.nodeid.split("::")[0].endswith(LONGEST),
            item.get_closest_marker("slow") is None,
        )
    )
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if ON_A_DATABASE & set(fixtures) or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        # `make test` looks for them nowhere else.
        if item.get_closest_marker("browser") and not item.nodeid.startswith("tests/browser/"):
            raise pytest.UsageError(f"{item.nodeid} drives a browser: it belongs to tests/browser")


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A page asked for in English leaves its language in the thread; the next test begins in the sources' own again."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The running server with its roles (runtime.testing.TestServer). Ours has its tables already: all lanes share their making."""
    from runtime.holders import installed_home
    from xiuhua.runtime import testing

    with ExitStack() as stack:
        if os.environ.get("XIUHUA_TEST_SERVER") == "system":
            yield stack.enter_context(testing.system_cluster())
        else:
            yield stack.enter_context(testing.embedded_cluster(stack.enter_context(installed_home())))


@pytest.fixture(scope="session")
def django_db_setup(server: Any, django_db_blocker: Any) -> Iterator[None]:
    """Migrates as the owner; tests then act as the application role, as pages do."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        use(server.urls)
        call_command("migrate", database="owner", verbosity=0)
        yield
        from django.db import connections

        connections.close_all()


@pytest.fixture
def fresh_database(server: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A database of its own, for tests that commit; copied from the migrated one. Yields its Urls."""
    with fresh(server, django_db_blocker) as urls:
        yield urls


@cache
def _library_with_own_lines() -> Any:
    from xiuhua.cli import demo
    from xiuhua.engine import door
    from xiuhua.rulebook import reader

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(reader.FURTHER, str(Path(demo.__file__).parent / "programmes"))
        return door._load(None, None, None, True)


@pytest.fixture
def own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The invented province's own range of monitoring of each year, as its folder gives it; read once."""
    from xiuhua.engine import door

    monkeypatch.setattr(door, "_own", _library_with_own_lines)


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """The county's sample files that may lie beside the project; the test is left out where they do not."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "intake"
    if not folder.is_dir():
        pytest.skip("no sample county beside the project")
    return folder
