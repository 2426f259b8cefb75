"""Who may read the pool of findings, hand them out, explain one, and answer an explanation."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

OFFICES = frozenset({Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE})

RIGHTS: dict[str, frozenset[Role]] = {
    "findings.see": frozenset(Role) - {Role.ADMINISTRATOR},
    # One by one, with people in them: whoever works on them or inspects that work. Leaders and offices above see counts.
    "findings.open": OFFICES | {Role.VILLAGE_WORKER, Role.AUDITOR},
    "findings.hand_out": OFFICES,
    "findings.explain": OFFICES | {Role.VILLAGE_WORKER},
    # Never by whoever explained; `services.explaining` asks that and the place.
    "findings.answer": OFFICES | {Role.AUDITOR},
    # Who put what right, by period and post.
    "findings.log": OFFICES | {Role.AUDITOR, Role.LEADER, Role.HIGHER_OFFICE},
}

# Posts that can be given findings to put right.
HANDED_TO = OFFICES | {Role.VILLAGE_WORKER}
