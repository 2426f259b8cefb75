"""Who may do what: each right with the roles that have it; each address with the right it needs.

Deny by default: an address that no room names here (or in its own permissions.py) is refused, and the build fails.
"""

from __future__ import annotations

from xiuhua.accounts.terms import Role

ANYONE = "anyone"  # signed in or not
SIGNED_IN = "signed_in"  # any account, even one without a post today

RIGHTS: dict[str, frozenset[Role]] = {
    "accounts.see": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE, Role.AUDITOR}),
    "accounts.ask": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE}),
    "accounts.answer": frozenset({Role.ADMINISTRATOR, Role.COUNTY_OFFICE}),
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
    "accounts:answer": "accounts.answer",
    "set_language": ANYONE,
}
