"""Who may bring files in, and who may only look."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

OFFICES = frozenset({Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE})

RIGHTS: dict[str, frozenset[Role]] = {
    "intake.see": OFFICES | {Role.LEADER, Role.AUDITOR},
    "intake.bring": OFFICES,
    # What a whole batch did to the register is undone by the county's own office.
    "intake.take_back": frozenset({Role.COUNTY_OFFICE}),
}

ADDRESSES: dict[str, str] = {
    "intake:list": "intake.see",
    "intake:batch": "intake.see",
    "intake:progress": "intake.see",
    "intake:preview": "intake.see",
    "intake:findings": "findings.open",
    "intake:new": "intake.bring",
    "intake:mapping": "intake.bring",
    "intake:mark": "intake.bring",
    "intake:merge": "intake.bring",
    "intake:stop": "intake.bring",
    "intake:resume": "intake.bring",
    "intake:take_back": "intake.take_back",
    "api:batches": "intake.see",
    "api:batch": "intake.see",
    "api:batch_findings": "findings.open",
}

RECORDED_READS: dict[str, str] = {"api:batch_findings": "a list that leaves the house"}
