"""`xiuhua keys rotate` over a real register: everything opens with the new key, also after a break, and it is on record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from intake import taking
from intake.conftest import Files, made, sign, small  # noqa: F401  fixtures
from xiuhua.cli import keys
from xiuhua.common import sealing
from xiuhua.files.models import StoredFile
from xiuhua.files.services import content

pytestmark = [pytest.mark.database, pytest.mark.slow]

SEALED = "select id, id_sealed from registry_person where id_sealed is not null order by id"


def opened() -> dict[int, str]:
    return {pk: sealing.unseal(bytes(sealed)) for pk, sealed in taking.ask(SEALED)}


def used() -> set[bytes]:
    """The marks of the keys that the register's numbers are sealed with."""
    return {bytes(sealed)[2:6] for _pk, sealed in taking.ask(SEALED)}


def test_a_new_key_takes_over_and_a_break_is_taken_up(small: Files, fresh_database: Any) -> None:  # noqa: F811
    sign()
    taking.take(small.paths)
    before, first = opened(), sealing.keyring().newest
    assert used() == {first}
    # Killed after the first piece: both keys are in use, everything opens, and the next run goes on with the same key.
    sealing.add_key(Path(settings.KEYS))
    second = sealing.keyring().newest
    assert second != first
    keys.AT_A_TIME, usual = 100, keys.AT_A_TIME
    try:
        assert 0 < keys.rewrite(second) <= 100
        assert opened() == before
        assert keys.run(argparse.Namespace()) == 0
    finally:
        keys.AT_A_TIME = usual
    assert sealing.keyring().newest == second, "an unfinished turn is finished, not begun anew"
    assert used() == {second}
    assert opened() == before
    assert not keys.pending(second)
    told = taking.ask("select detail ->> 'values' from audit_entry where action = 'keys.rotated'", "CN")
    assert len(told) == 1 and int(told[0][0]) > 100
    # Workbooks handed in before still open: old keys are kept for them.
    for (pk,) in taking.ask("select id from files_storedfile"):
        with taking.within(taking.scope_of(taking.COUNTY)):
            assert content(StoredFile.objects.get(pk=pk)).startswith(b"PK")
