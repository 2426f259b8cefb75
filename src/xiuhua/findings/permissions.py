"""Who may read the pool of findings."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {"findings.see": frozenset(Role) - {Role.ADMINISTRATOR}}
