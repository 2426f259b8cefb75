"""When an act is not allowed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from xiuhua.common.refusals import said_in_words

WORDS = {
    "a head changes by a case": (
        "户主不能直接改，请办“变更户主”",
        "A head is not corrected: propose a change of head",
    ),
    "a year of exit changes by a case": (
        "脱贫年度不能一个人改，请办“更正脱贫年度”",
        "Nobody corrects a year of exit alone: propose its correction",
    ),
    "nobody decides on their own kin": (
        "您是这一户的人，或与这一户有亲属关系（已登记），须由别人核实、更正、听取",
        "You are of this household or kin of it, as is on record: somebody else checks, corrects and hears it",
    ),
    "not in this post today": (
        "您今天不在这一职务上，或这一户不在您的工作范围",
        "You do not hold this post today, or the household lies elsewhere",
    ),
}


class Refused(Exception):
    """An act that the rules of the register do not allow; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


def in_words() -> AbstractContextManager[None]:
    """What the database refuses to whoever puts something on record, in words."""
    return said_in_words(WORDS, Refused)
