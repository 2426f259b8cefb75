"""Who may see the gallery: any account, and only where the installation is a demonstration (views.py)."""

from __future__ import annotations

ADDRESSES: dict[str, str] = {
    "design:gallery": "signed_in",
    "design:page": "signed_in",
    "design:progress": "signed_in",
}
