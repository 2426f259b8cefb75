"""Deny by default: every address stands in exactly one rights table, every right exists, every role is a role."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from house import rooms

from xiuhua.accounts.permissions import ANYONE, SIGNED_IN
from xiuhua.accounts.terms import Role
from xiuhua.config import rights

# What may be seen without signing in; to add one is a decision.
OPEN = {
    "accounts:sign_in", "accounts:forgotten", "set_language",
    "portal:notices", "portal:notice", "portal:object", "portal:apply", "portal:receipt",
}  # fmt: skip


def addresses(resolver: URLResolver, space: str = "") -> list[str]:
    """The full names of all addresses of the URLconf; one without a name is given as its route."""
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += addresses(pattern, inner)
        elif isinstance(pattern, URLPattern):
            found.append(f"{space}{pattern.name}" if pattern.name else f"unnamed {pattern.pattern}")
    return found


def tables(name: str) -> list[str]:
    """Keys of one table of all rooms, repeats kept."""
    return [
        key
        for room in rooms()
        if (room / "permissions.py").is_file()
        for key in getattr(import_module(f"xiuhua.{room.name}.permissions"), name, {})
    ]


def test_every_address_is_named_exactly_once() -> None:
    named, known = Counter(tables("ADDRESSES")), set(addresses(get_resolver()))
    assert sorted(known - set(named)) == [], "addresses without a right"
    assert sorted(set(named) - known) == [], "rights for addresses that are none"
    assert [key for key, times in named.items() if times > 1] == []


def test_every_right_exists_and_is_used() -> None:
    table = rights.table()
    needed = set(table.addresses.values()) - {ANYONE, SIGNED_IN}
    assert sorted(needed - set(table.rights)) == []
    assert all("." in right for right in table.rights)


def test_roles_are_roles() -> None:
    assert {role for roles in rights.table().rights.values() for role in roles} <= set(Role)


def test_what_is_open_to_strangers_is_decided() -> None:
    assert {address for address, right in rights.table().addresses.items() if right == ANYONE} == OPEN


def test_reads_that_write_are_addresses_and_say_why() -> None:
    table = rights.table()
    assert set(table.reads_that_write) <= set(table.addresses)
    assert all(reason.strip() for reason in table.reads_that_write.values())


def test_an_unknown_right_is_our_mistake() -> None:
    with pytest.raises(ImproperlyConfigured):
        rights.may(None, "accounts.fly")
    assert rights.may(None, ANYONE) and not rights.may(None, "accounts.see")
