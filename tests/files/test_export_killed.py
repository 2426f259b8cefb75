"""kill -9 of the worker in the middle of a making: the next one makes it whole, once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from intake.offices import Office, children
from runtime.holders import installed_home, wait_until
from xiuhua.common.sealing import keyring

pytestmark = [pytest.mark.slow]

ASK = """
import people
from xiuhua.files.services import ask
from xiuhua.files.tasks import go_on
from xiuhua.places.scope import scope_of, within
by = people.small_world().county_office
with within(scope_of(people.COUNTY)):
    export = ask(by=by, kind="files.lines", params={}, place_code=people.COUNTY).export
    go_on(export.pk, export.place_code)
"""


@dataclass
class Slowly(Office):
    """An office whose exports are the trial ones, made slowly enough to be killed."""

    @property
    def environment(self) -> dict[str, str]:
        mine = {"DJANGO_SETTINGS_MODULE": "files.trial_files_settings", "TRIAL_PAUSE": "0.1"}
        return {**super().environment, **mine, "TRIAL_LOG": str(self.home / "log")}


@pytest.fixture
def office() -> Iterator[Slowly]:
    keyring()
    with installed_home() as home:
        made = Slowly(home, Path(settings.KEYS))
        yield made
        made.end()


def state(office: Office) -> tuple[str, int]:
    found = office.ask("select step, done from files_export")
    return found[0] if found else ("", 0)


def test_a_killed_workers_export_is_taken_up_by_the_next(office: Slowly) -> None:
    supervisor, _port = office.serve()
    wait_until(lambda: bool(children(supervisor.pid, "xiuhua.cli worker")), 60)
    office.python(ASK)
    wait_until(lambda: state(office)[0] == "making" and state(office)[1] > 3, 60, why=lambda: state(office))
    [worker] = children(supervisor.pid, "xiuhua.cli worker")
    os.kill(worker, signal.SIGKILL)
    assert state(office)[0] == "making", "made before it could be killed"
    wait_until(lambda: state(office)[0] == "done", 90, why=lambda: state(office))
    assert (office.home / "log").read_text().count("begun") == 2, "nothing was killed in the middle"
    assert office.ask("select count(*) from files_storedfile") == [(1,)]
    assert office.ask("select count(*) from audit_entry where action = 'files.made'") == [(1,)]
    # What the killed worker had begun to write lies there under no file's name.
    assert len(list((office.home / "files").glob("*.x1"))) == 1
