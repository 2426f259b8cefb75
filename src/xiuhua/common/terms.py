"""Codes with their Chinese and English names, kept together so that no screen invents its own word."""

from __future__ import annotations

import enum
from typing import Self


class Terms(enum.StrEnum):
    """A closed list of codes. Members are written `CODE = "code", "中文", "English"`."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        return member

    def says(self, language: str) -> str:
        """The name in the reader's language; Chinese unless English is asked for."""
        return self.en if language.startswith("en") else self.zh

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Code and Chinese name, as Django fields want them."""
        return [(member.value, member.zh) for member in cls]
