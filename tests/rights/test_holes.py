"""The matrix bites: each hole that is planted is reported, by the way it leaks, and what is sound is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rights import hole_addresses
from rights.expected import EXPECTED, at
from rights.hole_addresses import HOLES, RIGHTS, SOUND
from rights.planted import Country
from rights.taken_away import everything
from rights.walking import Walk, look
from xiuhua.config import exports, rights
from xiuhua.files.models import Export
from xiuhua.files.services import Made, Progress
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household

pytestmark = [pytest.mark.database, pytest.mark.timeout(1800), pytest.mark.urls("rights.hole_addresses")]

# What gives each away.
SIGNS = {
    "hole:page": "outside, answers 200",
    "hole:rows": "tells of 990521102201",
    "hole:count": "shows something else since others have more",
    "hole:export": "tells of 990522101201",
    "hole:stream": "tells of 990522101201",
    "hole:options": "tells of",
    "hole:attachment": "tells of 990521102",
    "hole:history": "tells of 990521102201",
    "hole:moved": "changed what lies outside the area",
    "hole:onward": "tells of 990521102201",
    "hole:empty": "outside, answers 200",
    "hole:fails": "answers 500",
    "hole_api:everybody": "tells of 990521102201",
    # Where somebody may be named.
    "hole:named": "tells of 990521102201",
    "hole:named_count": "shows something else since others have more",
    "hole:above": "tells of 990521 ",
}


# Within the area, and more than the role may be told.
OF_A_ROLE = {
    "hole:beyond": "a finding of one household",
    "hole:narrowed": "narrowed to one household",
}


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    settings.API_CALLS_A_MINUTE = 1_000_000
    table = rights.table()
    more = rights.Table(
        table.rights, {**table.addresses, **RIGHTS}, table.reads_that_write, table.recorded_reads
    )
    monkeypatch.setattr(rights, "table", lambda: more)
    yield


def test_every_planted_hole_is_found_and_nothing_sound_is_called_one(planted: Country, listed: None) -> None:
    found: dict[str, str] = {}
    for hole in look(planted, "township office", {**{one: HOLES[one] for one in SIGNS}, **SOUND}).holes:
        found[hole.address] = f"{found.get(hole.address, '')}\n{hole.what}"
    missed = {
        address: found.get(address) for address, sign in SIGNS.items() if sign not in found.get(address, "")
    }
    assert missed == {}
    assert set(found) == set(SIGNS) == set(HOLES) - set(OF_A_ROLE)


def test_what_is_beyond_a_role_within_its_area_is_found(planted: Country, listed: None) -> None:
    probes = {address: HOLES[address] for address in OF_A_ROLE}
    walk = Walk(planted, "township leader", {**probes, **SOUND})
    walk.all()
    found: dict[str, str] = {}
    for hole in walk.holes:
        found[hole.address] = f"{found.get(hole.address, '')}\n{hole.what}"
    assert {address for address, sign in OF_A_ROLE.items() if sign in found.get(address, "")} == set(
        OF_A_ROLE
    )
    assert set(found) == set(OF_A_ROLE)
    office = Walk(planted, "township office", probes)
    office.all()
    assert office.holes == [], "whoever works on findings may be told"


def everybody(export: Export, progress: Progress) -> Made:
    """A file whose maker steps out of the area it is made for."""
    with within(scope_of("CN")):
        names = "\n".join(home.head_name or "" for home in Household.objects.all())
    return Made("all.csv", [names.encode()])


def test_a_file_made_past_its_area_is_found_and_no_other(
    planted: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, table = "990521101201", exports.table()
    kinds = {kind: table[kind] for kind in ("workbench.households", "registry.national")}
    monkeypatch.setattr(exports, "table", lambda: kinds)
    walk = Walk(planted, "county office", {})
    assert everything(walk, village, 0).holes == []
    for kind, maker in tuple(kinds.items()):
        kinds[kind] = replace(maker, make=everybody)
    told = everything(walk, village, 0).holes
    for kind, code, beyond in (
        ("workbench.households", village, "990521102201"),
        ("registry.national", "990521", "990522101201"),
    ):
        assert f"{kind} of {code} as county office tells of {beyond}" in told


def test_an_operation_without_its_right_is_found(planted: Country, listed: None) -> None:
    # Mounted for everybody who is signed in, where the table of rights says who may: the walk asks by the table.
    walk = Walk(planted, "county administrator", {"hole_api:everybody": at("API list")})
    rights.table().addresses["hole_api:everybody"] = "registry.see"
    walk.all()
    assert walk.holes == [] and walk.answered == set()  # refused at the gate
    rights.table().addresses["hole_api:everybody"] = "signed_in"
    walk.all()
    assert any("tells of" in hole.what for hole in walk.holes)


def test_an_address_that_is_in_no_table_fails_the_build() -> None:
    from django.urls import get_resolver

    from rights.test_matrix import addresses

    assert set(addresses(get_resolver("rights.hole_addresses"))) - set(EXPECTED) == set(HOLES) | set(SOUND)
    assert hole_addresses.urlpatterns
