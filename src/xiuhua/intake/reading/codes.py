"""Code lists of the rulebook, looked up by the words that stand in a cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol


class CodeList(Protocol):
    """A code list that can be asked for a word."""

    def code_of(self, text: str) -> tuple[str, bool] | None:
        """The code a word stands for and whether it is the exact name (False: a known variant); None when unknown."""

    def name_of(self, code: str) -> str:
        """The list's own Chinese name of a code."""


class Listed(Protocol):
    """A code list as the rulebook holds it: `codes`, each with `code`, `zh` and `variants`."""

    @property
    def codes(self) -> Sequence[Named]: ...


class Named(Protocol):
    """One code with its name and the variants that mean the same."""

    @property
    def code(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def variants(self) -> Sequence[str]: ...


class Words:
    """The names and variants of one list; full width and brackets of either width are one spelling."""

    def __init__(self, listed: Listed) -> None:
        self._names = {one.code: one.zh for one in listed.codes}
        self._codes = {_spelling(word): (one.code, False) for one in listed.codes for word in one.variants}
        # A grade written A is the code itself, as good as «A级».
        self._codes |= {
            _spelling(word): (one.code, True) for one in listed.codes for word in (one.code, one.zh)
        }

    def code_of(self, text: str) -> tuple[str, bool] | None:
        """As CodeList says."""
        return self._codes.get(_spelling(text))

    def name_of(self, code: str) -> str:
        """As CodeList says; the code itself when the list does not have it."""
        return self._names.get(code, code)


def by_name(codes: CodeList | Listed) -> CodeList:
    """A list that can be asked for a word, made from the rulebook's where it cannot yet."""
    return codes if hasattr(codes, "code_of") else Words(codes)  # type: ignore[return-value]


def _spelling(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split())
