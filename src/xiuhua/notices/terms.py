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


class NoticeRule(Terms):
    """What the nightly look finds of notices and objections; a finding's rule."""

    NOT_HUNG = "notice_not_hung", "该公示没有公示", "A notice that is due was not hung"
    HANGS_TOO_LONG = (
        "notice_hangs_too_long",
        "公示到期没有撤下",
        "A notice was not taken down when its days had run",
    )
    TOO_SHORT = "notice_too_short", "公示天数不够", "A notice hung for too few days"
    OBJECTION_LATE = "objection_late", "异议逾期没有答复", "An objection was not answered in time"
    APPEAL_LATE = "appeal_late", "申诉逾期没有答复", "An appeal was not answered in time"
    HOLIDAYS_MISSING = "holidays_missing", "放假安排没有登记", "A year's holidays are not recorded"

    @property
    def next(self) -> tuple[str, str]:
        """The one thing that puts it right, in both languages."""
        return NEXT[self]


NEXT = {
    NoticeRule.NOT_HUNG: (
        "打开这一程序，生成公示单，张贴到村务公开栏并登记照片",
        "Open the proceeding, make the sheet, hang it on the board and record the photo",
    ),
    NoticeRule.HANGS_TOO_LONG: (
        "撤下公示，拍照登记，再签办这一步",
        "Take it down, record the photo, and sign the step",
    ),
    NoticeRule.TOO_SHORT: (
        "公示期满后按规定天数重新公示：由审核的单位退回这一步之前，再重新张贴",
        "Hang it again for the days asked for: the reviewing office sends it back to before this step",
    ),
    NoticeRule.OBJECTION_LATE: (
        "由没有参与的人核查，在“异议答复”里答复",
        "Somebody who had no part looks into it and answers under “Objections”",
    ),
    NoticeRule.APPEAL_LATE: (
        "由没有参与的人核查，在这一程序的页面上答复；不归本级答复的，报上一级",
        "Somebody who had no part looks into it and answers on the proceeding's page; where it is not this level's to answer, tell the one above",
    ),
    NoticeRule.HOLIDAYS_MISSING: (
        "把国务院办公厅当年的放假通知交给维护系统的人，补进日历（见运行手册）；补上以前，跨到这一年的工作日对照通知核对",
        "Bring the year's circular to whoever runs the installation, who adds it to the calendar (see operations); until then hold working days that reach into it against the circular",
    ),
}
