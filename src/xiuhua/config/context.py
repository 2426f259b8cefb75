"""What every page knows: who acts, where, what waits for them, and whether this is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from xiuhua.config.rights import allowed
from xiuhua.workbench.queries.frame import frame_of


def house(request: HttpRequest) -> dict[str, Any]:
    """The acting appointment (or None), what it may do (`may.room.act`), the page's frame, the marks of a demonstration."""
    acting = getattr(request, "acting", None)
    return {
        "acting": acting,
        "demo": settings.DEMO,
        "may": SimpleLazyObject(lambda: allowed(acting)),
        "shell": frame_of(request),
    }
