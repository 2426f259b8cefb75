"""Who hangs notices, takes objections, answers them. Who may not because they had a part in it, the services say."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

OFFICES = frozenset({Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE, Role.HIGHER_OFFICE})

RIGHTS: dict[str, frozenset[Role]] = {
    "notices.see": frozenset(Role) - {Role.ADMINISTRATOR},
    "notices.hang": OFFICES | {Role.VILLAGE_WORKER},
    "notices.object": OFFICES | {Role.VILLAGE_WORKER, Role.AUDITOR},
    "notices.answer": OFFICES,
    # What hung, with its photos; and how objections are coming on.
    "notices.prove": OFFICES | {Role.VILLAGE_WORKER, Role.AUDITOR},
    "notices.follow": OFFICES | {Role.AUDITOR},
}

ADDRESSES: dict[str, str] = {}

READS_THAT_WRITE: dict[str, str] = {}
