"""What anybody may open, signed in or not; each address says so itself."""

from __future__ import annotations

from xiuhua.accounts.permissions import ANYONE
from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {}

ADDRESSES: dict[str, str] = {
    "portal:notices": ANYONE,
    "portal:notice": ANYONE,
    "portal:object": ANYONE,
    "portal:apply": ANYONE,
    "portal:receipt": ANYONE,
}
