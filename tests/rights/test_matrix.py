"""No one, by any way, sees beyond their place: every address, by every role, of every area, through every channel."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from rights.expected import EXPECTED
from rights.planted import EYES, Country
from rights.walking import Walk, look

pytestmark = [pytest.mark.database, pytest.mark.timeout(1800)]


@pytest.fixture
def country(planted: Country, settings: Any) -> Country:
    settings.API_CALLS_A_MINUTE = 1_000_000
    return planted


def addresses(resolver: URLResolver, space: str = "") -> list[str]:
    """The full names of all addresses of the URLconf."""
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            found.append(f"{space}{pattern.name}")
    return found


def test_every_address_is_in_the_table() -> None:
    known = set(addresses(get_resolver()))
    assert sorted(known - set(EXPECTED)) == [], "say in tests/rights/expected.py what their parameters are"
    assert sorted(set(EXPECTED) - known) == []


def test_every_parameter_of_an_address_is_told() -> None:
    table = get_resolver().reverse_dict
    for address, probe in EXPECTED.items():
        space, _, name = address.rpartition(":")
        inner = get_resolver().namespace_dict[space][1].reverse_dict if space else table
        wanted = {one for forms in inner.getlist(name) for one in forms[0][0][1]}
        assert set(probe.kinds) == wanted, address


def test_every_way_out_is_asked() -> None:
    asked = {channel for probe in EXPECTED.values() for channel in probe.channels}
    assert {
        "page",
        "list",
        "count",
        "search",
        "drop-down",
        "export",
        "attachment",
        "stream",
        "API",
        "history",
    } <= asked


walks: dict[str, Walk] = {}


@pytest.mark.slow
@pytest.mark.parametrize("eyes", EYES)
def test_a_role_sees_its_area_and_nothing_else(country: Country, eyes: str) -> None:
    walk = walks[eyes] = look(country, eyes, EXPECTED)
    holes = "\n".join(str(hole) for hole in walk.holes)
    assert not holes, holes


def test_the_matrix_saw_something_everywhere() -> None:
    if len(walks) < len(EYES):
        pytest.skip("only after all roles have walked")
    answered = {address for walk in walks.values() for address in walk.answered}
    assert sorted(set(EXPECTED) - answered) == [], "an address that never answers is not tried"
    shown = {address for walk in walks.values() for address in walk.own}
    own = {
        address
        for address, probe in EXPECTED.items()
        if probe.channels & {"list", "search", "history", "attachment"}
    }
    assert sorted(own - shown - {"api:places"}) == [], "these never showed even what is one's own"
