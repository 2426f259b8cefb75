"""Who may see snapshots, have one taken, and have the link between a household and its frozen rows destroyed."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {
    # A snapshot is told in counts and digests; its rows are opened by other rights.
    "freezes.see": frozenset(Role) - {Role.ADMINISTRATOR},
    "freezes.take": frozenset(
        {Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.HIGHER_OFFICE, Role.AUDITOR, Role.LEADER}
    ),
    # One asks, another confirms: the table refuses one and the same.
    "freezes.forget": frozenset({Role.COUNTY_OFFICE, Role.LEADER}),
}

ADDRESSES: dict[str, str] = {
    "freezes:list": "freezes.see",
    "freezes:freeze": "freezes.see",
    "freezes:progress": "freezes.see",
    "freezes:manifest": "freezes.see",
    "freezes:take": "freezes.take",
    "freezes:stop": "freezes.take",
    "freezes:resume": "freezes.take",
    "freezes:forgettings": "freezes.forget",
    "freezes:forget": "freezes.forget",
    "freezes:confirm_forgetting": "freezes.forget",
}
