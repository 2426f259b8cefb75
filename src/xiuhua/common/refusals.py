"""What the database refuses, said in a sentence to whoever tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError, transaction


@contextmanager
def said_in_words(
    words: Mapping[str, tuple[str, str]], refusal: Callable[[str, str], Exception]
) -> Iterator[None]:
    """Runs a block in a savepoint; raises `refusal(zh, en)` where the database refused it with one of `words`, the first that it said.

    What there are no words for is passed on as it is.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as wrong:
        for said, (zh, en) in words.items():
            if said in str(wrong):
                raise refusal(zh, en) from wrong
        raise
