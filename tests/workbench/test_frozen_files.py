"""A frozen figure opens by the files as they were sealed: with their rules, and not when a byte is another or they are gone."""

# ruff: noqa: F811  fixtures are asked for by their names
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from freezes.laid_in import finish, its_own, seal
from workbench.conftest import Town
from workbench.test_frozen_figures import COUNTY, address, counts, freeze, kept_freeze, town  # noqa: F401  fixtures
from xiuhua.engine.freezing import open_freeze
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.services import records_of
from xiuhua.places.scope import scope_of, within
from xiuhua.rulebook import reader

pytestmark = [pytest.mark.database, pytest.mark.slow]


def test_years_later_it_opens_by_the_rules_it_was_sealed_with(
    town: Town, freeze: Freeze, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = town.client(town.world.county_office)
    before = client.get(address(freeze, "fails"))
    (tmp_path / "other rules.txt").write_text("of another year")
    monkeypatch.setenv(reader.FURTHER, str(tmp_path))
    page = client.get(address(freeze, "fails"))
    assert page.context["rows"] == before.context["rows"] != []
    assert page.context["figure"]["changed"] == "规则库" and not page.context["notices"]
    # A freeze of before holds no rules of its own: what is listed is by today's, and that is said.
    with within(scope_of(COUNTY)):
        old = Freeze.objects.create(place_code=COUNTY, as_of=freeze.as_of, asked_by="wang")
        shutil.copytree(records_of(freeze), records_of(old), ignore=shutil.ignore_patterns("sources"))
        manifest = its_own(old, freeze.taken_at, {**(freeze.manifest or {}), "sources": {}})
        (records_of(old) / "manifest.json").write_text(json.dumps(manifest))
        seal(old, freeze.taken_at, manifest, open_freeze(records_of(old)).sha256)
        finish(old, freeze.tally)
    page = client.get(address(old, "fails"))
    assert page.context["rows"] == before.context["rows"] and "按现行的重算" in page.content.decode()


def test_files_that_are_not_as_they_were_or_moved_away_are_said_and_counts_stay(
    town: Town, freeze: Freeze
) -> None:
    client = town.client(town.world.county_office)
    before = client.get(address(freeze, "fails")).context["rows"]
    [sealed] = (records_of(freeze) / "rec_period").glob("*.parquet")
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    page = client.get(address(freeze, "fails"))
    assert f"与封存时不同（rec_period/{sealed.name}）" in page.content.decode() and not page.context["rows"]
    assert sum(one["count"] for one in page.context["places"]) == counts(freeze).fails
    sealed.write_bytes(whole)
    assert client.get(address(freeze, "fails")).context["rows"] == before != []
    records_of(freeze).rename(records_of(freeze).with_suffix(".elsewhere"))
    page = client.get(address(freeze, "fails"))
    assert "移到别处" in page.content.decode()
    assert sum(one["count"] for one in page.context["places"]) == counts(freeze).fails
