"""When an act is not allowed."""

from __future__ import annotations


class Refused(Exception):
    """An act that the rules of the register do not allow; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en
