"""Who may do what: each right with the roles that have it; each address with the right it needs.

Deny by default: an address that no room names here (or in its own permissions.py) is refused, and the build fails.
"""

from __future__ import annotations

from xiuhua.accounts.terms import Role
from xiuhua.places.terms import Level

ANYONE = "anyone"  # signed in or not
SIGNED_IN = "signed_in"  # any account, even one without a post today

RIGHTS: dict[str, frozenset[Role]] = {
    "accounts.see": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE, Role.AUDITOR}),
    "accounts.ask": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE}),
    "accounts.answer": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE}),
    "accounts.close": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE}),
    "accounts.appoint": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE}),
    # Whoever keeps accounts says who an official is in the register, and sees nothing of the register by it.
    "accounts.tie": frozenset({Role.ADMINISTRATOR}),
    # Places are a matter of who is responsible where. Whoever asks does not confirm: the table refuses it.
    "accounts.see_place_changes": frozenset(
        {Role.COUNTY_OFFICE, Role.LEADER, Role.AUDITOR, Role.TOWNSHIP_OFFICE}
    ),
    "accounts.ask_place_change": frozenset({Role.COUNTY_OFFICE}),
    "accounts.answer_place_change": frozenset({Role.COUNTY_OFFICE, Role.LEADER}),
    # Everybody who holds a post may name who stands in for it; services.py asks whose post it is.
    "accounts.deputise": frozenset(Role),
    # A program reads what its owner's post may read; whoever keeps accounts reads no households.
    "accounts.make_token": frozenset(Role) - {Role.ADMINISTRATOR},
    "accounts.stop_token": frozenset(Role),
}

ADDRESSES: dict[str, str] = {
    "accounts:sign_in": ANYONE,
    "accounts:sign_out": SIGNED_IN,
    "accounts:act_as": SIGNED_IN,
    "accounts:password": SIGNED_IN,
    "accounts:no_post": SIGNED_IN,
    "accounts:forgotten": ANYONE,
    "accounts:people": "accounts.see",
    "accounts:ask": "accounts.ask",
    "accounts:reset": "accounts.ask",
    "accounts:requests": "accounts.see",
    "accounts:answer": "accounts.answer",
    "accounts:close": "accounts.close",
    "accounts:appoint": "accounts.appoint",
    "accounts:end": "accounts.appoint",
    "accounts:deputy": "accounts.deputise",
    "accounts:tie": "accounts.tie",
    "accounts:untie": "accounts.tie",
    "accounts:tokens": "accounts.stop_token",
    "accounts:make_token": "accounts.make_token",
    "accounts:stop_token": "accounts.stop_token",
    "set_language": ANYONE,
}

# At which level of place a role can stand: a county's work is not done from a village.
LEVELS: dict[Role, frozenset[Level]] = {
    Role.LEADER: frozenset({Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP}),
    Role.COUNTY_OFFICE: frozenset({Level.COUNTY}),
    Role.TOWNSHIP_OFFICE: frozenset({Level.TOWNSHIP}),
    Role.VILLAGE_WORKER: frozenset({Level.VILLAGE}),
    Role.HIGHER_OFFICE: frozenset({Level.NATION, Level.PROVINCE, Level.CITY}),
    Role.AUDITOR: frozenset({Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY}),
    Role.ADMINISTRATOR: frozenset({Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY}),
}
