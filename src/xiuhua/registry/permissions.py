"""Who may read the register, open a sealed number, and sign for the taking over of statuses."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

# Whoever keeps accounts has no business with households.
READERS = frozenset(Role) - {Role.ADMINISTRATOR}

RIGHTS: dict[str, frozenset[Role]] = {
    "registry.see": READERS,
    # A leader and an office above the county see that a number is there; reading it is work of those who meet the person.
    "registry.open_id": frozenset(
        {Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.VILLAGE_WORKER, Role.AUDITOR}
    ),
    # What is typed into the national system, numbers and all: work of the offices that keep it, nobody else's.
    "registry.export_national": frozenset({Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE}),
    "registry.lay_out": frozenset({Role.COUNTY_OFFICE}),
    # Whoever meets the people or answers for the data; who inspects that work does not do it.
    "registry.correct": frozenset({Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.VILLAGE_WORKER}),
    # What other departments' lists say of people: whoever hears the household, and who inspects that. Leaders see counts.
    "registry.see_leads": frozenset(
        {Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.VILLAGE_WORKER, Role.AUDITOR}
    ),
    # What makes an exit doubtful points at the village and the township that did it: the county and those above look into it.
    "registry.see_hollow": frozenset({Role.COUNTY_OFFICE, Role.HIGHER_OFFICE, Role.AUDITOR}),
    "registry.hear": frozenset({Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE, Role.VILLAGE_WORKER}),
    # The county answers for the basis on which a list is used.
    "registry.bring_lists": frozenset({Role.COUNTY_OFFICE}),
    # Only at the county itself; the page asks for the place too.
    "registry.sign_opening": frozenset({Role.LEADER, Role.COUNTY_OFFICE}),
}

ADDRESSES: dict[str, str] = {
    "api:households": "registry.see",
    "api:household": "registry.see",
    "api:changes": "registry.see",
    "api:search": "registry.see",
    "api:places": "registry.see",
}

RECORDED_READS: dict[str, str] = {
    "api:households": "a list of families that leaves the house",
    "api:household": "a family's health, income and numbers' ends",
    "api:changes": "what a family's values were before",
    "api:search": "who was looked for is somebody's business",
}
