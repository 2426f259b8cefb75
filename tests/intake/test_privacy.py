"""No ID number of a file lies anywhere in the clear: no table, no file of the home folder, no report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from intake import taking
from intake.conftest import Files, sign

pytestmark = [pytest.mark.database, pytest.mark.slow]


def test_no_plain_number_is_left_anywhere(small: Files, fresh_database: Any) -> None:
    sign()
    batch = taking.take(small.paths)
    numbers = {person.id_number for household in small.county.households for person in household.members}
    numbers |= {roll.head_id for roll in small.county.roll}
    numbers = {one for one in numbers if one and len(one) == 18}
    assert len(numbers) > 500

    report = json.dumps(taking.lines(batch), ensure_ascii=False)
    assert not [one for one in numbers if one in report]

    with psycopg.connect(fresh_database.owner) as owner:
        tables = [
            name for (name,) in owner.execute("select tablename from pg_tables where schemaname = 'public'")
        ]
        assert {"registry_person", "intake_stagedrow", "findings_finding", "audit_entry"} <= set(tables)
        for table in tables:
            with owner.cursor().copy(f'copy "{table}" to stdout') as copy:
                content = b"".join(bytes(piece) for piece in copy).decode()
            found = [one for one in numbers if one in content]
            assert not found, f"{len(found)} numbers in the clear in {table}"

    kept = [path for path in Path(settings.FILES).rglob("*") if path.is_file()]
    assert kept, "the workbooks are kept"
    needles = [one.encode() for one in sorted(numbers)[:50]]
    for path in kept:
        content_bytes = path.read_bytes()
        assert not content_bytes.startswith(b"PK"), "a workbook as it came"
        assert not any(needle in content_bytes for needle in needles)
