"""Who may fetch what was made for them. Each kind of export names a right of its own beside this (exports.py)."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {"files.fetch": frozenset(Role) - {Role.ADMINISTRATOR}}

ADDRESSES: dict[str, str] = {
    "files:exports": "files.fetch",
    "files:new": "files.fetch",
    "files:export": "files.fetch",
    "files:progress": "files.fetch",
    "files:download": "files.fetch",
    "files:stop": "files.fetch",
    "files:resume": "files.fetch",
}
