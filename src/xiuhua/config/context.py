"""What every page knows: who acts, where, and whether this is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The acting appointment (or None) and the marks of a demonstration."""
    return {"acting": getattr(request, "acting", None), "demo": settings.DEMO}
