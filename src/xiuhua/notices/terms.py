"""Words of notices and objections."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class Count(Terms):
    """How days are counted."""

    CALENDAR = "calendar", "自然日", "Calendar days"
    WORKING = "working", "工作日", "Working days"


class Channel(Terms):
    """How an objection came."""

    PAPER = "paper", "书面", "On paper"
    PHONE = "phone", "电话", "By phone"
    SPOKEN = "spoken", "当面", "In person"
    PAGE = "page", "网页", "On the page"


class Proof(Terms):
    """Which photo of a notice it is."""

    HUNG = "hung", "张贴", "Hung"
    TAKEN_DOWN = "taken_down", "撤下", "Taken down"
