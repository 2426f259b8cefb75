"""Which right each page of the workbench needs. The rights on households and findings are those rooms' own."""

from __future__ import annotations

from xiuhua.accounts.terms import Role

RIGHTS: dict[str, frozenset[Role]] = {"workbench.home": frozenset(Role)}

ADDRESSES: dict[str, str] = {
    "workbench:home": "workbench.home",
    "workbench:place": "registry.see",
    "workbench:households": "registry.see",
    "workbench:household": "registry.see",
    "workbench:open_id": "registry.open_id",
    "workbench:search": "registry.see",
    "workbench:findings": "findings.see",
    "workbench:opening": "registry.sign_opening",
    "api_reference": "signed_in",
    "api:schema": "signed_in",
    "api:findings": "findings.see",
    "api:finding_counts": "findings.see",
}

RECORDED_READS: dict[str, str] = {"api:findings": "a list that leaves the house"}
