"""Who sees clues, takes them down, answers them. A clue tells of illness and need: handlers and who inspects them, nobody else."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

WORKERS = frozenset({Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE})
OFFICES = frozenset({Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE})

RIGHTS: dict[str, frozenset[Role]] = {
    "relapse.see": WORKERS | {Role.AUDITOR},
    # Counts by year and place; who it is, only by `relapse.see`.
    "relapse.rates": frozenset(Role) - {Role.ADMINISTRATOR},
    "relapse.work": WORKERS,
    # Whose clue it is, and that it comes to nothing, an office says; the table asks besides that it is not who went there.
    "relapse.hand_over": OFFICES,
    "relapse.end": OFFICES,
    "relapse.look": frozenset({Role.COUNTY_OFFICE}),
}

ADDRESSES: dict[str, str] = {
    "relapse:list": "relapse.see",
    "relapse:clue": "relapse.see",
    "relapse:find": "relapse.work",
    "relapse:new": "relapse.work",
    "relapse:take_in": "relapse.work",
    "relapse:application": "relapse.work",
    "relapse:register": "relapse.work",
    "relapse:tie": "relapse.work",
    "relapse:ask_back": "relapse.work",
    "relapse:visit": "relapse.work",
    "relapse:begin": "relapse.work",
    "relapse:end": "relapse.work",
    "relapse:hand_over": "relapse.hand_over",
    "relapse:tell": "relapse.work",
    "relapse:look": "relapse.look",
    "relapse:judge": "relapse.work",
    "relapse:help": "relapse.work",
    "relapse:help_paper": "relapse.work",
    "relapse:help_file": "decisions.open_evidence",
    "relapse:watched": "relapse.see",
    "relapse:returned": "relapse.rates",
    "relapse:yearly": "relapse.see",
    "relapse:assess": "relapse.work",
}

READS_THAT_WRITE: dict[str, str] = {
    "relapse:application": "an application tells who asked and where to reach them: who opened it is recorded",
    "relapse:register": "its form begins with what was asked, and how to reach whoever asked: who opened it is recorded",
    "relapse:help_file": "a paper of help shows people: who opened it is recorded",
}
