"""A long list page by page: which page was asked for, and what stands under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xiuhua.common.asked import number as typed

PAGE = 50


def pager(
    total: int, asked: str, url: Callable[[int], str], *, size: int = PAGE
) -> tuple[int, dict[str, Any] | None]:
    """Offset of the page asked for, and the context of design/pager.html; None where everything fits on one.

    asked: the number as an address has it; what is no number is the first page, what is too large the last. url(n): the
    address of page n, from 1.
    """
    pages = max(-(-total // size), 1)
    number = min(max(typed(asked) or 1, 1), pages)
    first = (number - 1) * size
    if pages == 1:
        return first, None
    return first, {
        "first": first + 1,
        "last": min(first + size, total),
        "total": total,
        "page": number,
        "pages": pages,
        "previous_url": url(number - 1) if number > 1 else None,
        "next_url": url(number + 1) if number < pages else None,
    }
