"""Addresses of pages: the same as long as the process runs, and a page leads to dozens."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import reverse


@lru_cache(maxsize=8192)
def way_to(address: str, *args: Any) -> str:
    """`reverse`, made up once. address: as `room:page`; args: what stands in it."""
    return reverse(address, args=args)
