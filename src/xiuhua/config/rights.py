"""The rights of the whole house, gathered from every room's permissions.py.

A room's permissions.py may state:
  RIGHTS            right -> roles that have it
  ADDRESSES         address of the URLconf -> the right it needs (or "anyone", "signed_in")
  READS_THAT_WRITE  address -> why its GET may write (by default the database refuses any write during a GET)
  RECORDED_READS    address of the interface for programs -> why each of its answers is recorded
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.permissions import ANYONE, SIGNED_IN


@dataclass(frozen=True)
class Table:
    """All rights, addresses and declared exceptions."""

    rights: dict[str, frozenset[str]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    reads_that_write: dict[str, str] = field(default_factory=dict)
    recorded_reads: dict[str, str] = field(default_factory=dict)


@cache
def table() -> Table:
    """The gathered table; ImproperlyConfigured when two rooms name one thing or an address needs a right that is none."""
    found = Table()
    for app in apps.get_app_configs():
        if not app.name.startswith("xiuhua.") or not module_has_submodule(app.module, "permissions"):
            continue
        room = import_module(f"{app.name}.permissions")
        _add(found.rights, getattr(room, "RIGHTS", {}), app.name)
        _add(found.addresses, getattr(room, "ADDRESSES", {}), app.name)
        _add(found.reads_that_write, getattr(room, "READS_THAT_WRITE", {}), app.name)
        _add(found.recorded_reads, getattr(room, "RECORDED_READS", {}), app.name)
    for address, right in found.addresses.items():
        if right not in found.rights and right not in (ANYONE, SIGNED_IN):
            raise ImproperlyConfigured(f"{address} needs the right {right}, which no permissions.py states")
    return found


def _add(into: dict[str, Any], new: Mapping[str, Any], room: str) -> None:
    for key, value in new.items():
        if key in into:
            raise ImproperlyConfigured(f"{room}.permissions names {key}, which another room has named")
        into[key] = value


def right_of(address: str) -> str | None:
    """The right that an address needs; None when no table names it, and then nobody may come in."""
    return table().addresses.get(address)


def may_write_on_read(address: str) -> bool:
    """Whether a GET of this address is declared to write (an opening that is recorded, say)."""
    return address in table().reads_that_write


def is_recorded_read(address: str) -> bool:
    """Whether the audit keeps who read this address as a program."""
    return address in table().recorded_reads


def may(appointment: Appointment | None, right: str) -> bool:
    """Whether the acting appointment has a right. An unknown right is a mistake of ours, not a refusal."""
    if right == ANYONE:
        return True
    if right not in table().rights:
        raise ImproperlyConfigured(f"{right} is no right: no permissions.py states it")
    return appointment is not None and appointment.role in table().rights[right]


def allowed(appointment: Appointment | None) -> dict[str, dict[str, bool]]:
    """Every right as room -> act -> bool, so that a template can ask `{% if may.accounts.see %}`."""
    return _allowed("" if appointment is None else str(appointment.role))


@cache
def _allowed(role: str) -> dict[str, dict[str, bool]]:
    rooms: dict[str, dict[str, bool]] = {}
    for right, roles in table().rights.items():
        room, act = right.split(".", 1)
        rooms.setdefault(room, {})[act] = role in roles
    return rooms
