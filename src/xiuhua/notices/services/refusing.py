"""Why a notice or an objection cannot be as it was asked for, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType

from xiuhua.accounts.models import Appointment
from xiuhua.common.refusals import said_in_words
from xiuhua.notices.permissions import RIGHTS

WORDS = {
    "recorded when it is hung": (
        "张贴日期只能是今天或前三天内，且尚未撤下",
        "A notice is recorded on the day it is hung, or within three days",
    ),
    "days of the notice have not run": ("公示天数还没有满，不能撤下", "The days of the notice have not run"),
    "an objection is open": ("还有异议没有答复，不能撤下", "An objection is not answered yet"),
    "no such notice hangs": (
        "提出日期不在公示期内，或这一步已经办完，不能再登记",
        "It was not handed in while the notice hung, or the step is done",
    ),
    "had a part in it": (
        "您参与过这一事项，异议须由没有参与的人答复",
        "You had a part in it; somebody else must answer",
    ),
    "says more than it may": (
        "公示内容只能写村名、户主姓名、人数和事项，不得出现证件号码等",
        "A notice says village, head, number of people and matter, and no number that may be somebody's",
    ),
    "is of a step of a proceeding": (
        "只公示正在办的程序，并写明是哪一步",
        "Only a proceeding is posted, at a step of it",
    ),
    "says whose matter it is": (
        "公示的村名、户主、人数与登记的这一户不一致，请按登记的内容公示；人口刚变动的，重新生成公示单",
        "Village, head or number of people on the notice are not those of this household: hang what the register says; where its people have just changed make a new sheet",
    ),
    "says its own matter": (
        "公示单的事项与办理的这一步不一致，请重新生成公示单",
        "The sheet speaks of another matter than this step: make a new one",
    ),
    "the sheet says something else": (
        "张贴日期、天数或内容与公示单不一致，请按公示单登记，或重新生成公示单",
        "Day, number of days or content differ from the sheet: record it as the sheet says, or make a new one",
    ),
    "answered one level above": (
        "异议须由上一级办理单位答复",
        "An objection is answered one level above where the matter was handled",
    ),
    "nobody decides on their own kin": (
        "您是这一户的人，或与这一户有亲属关系（已登记），异议须由别人答复",
        "You are kin of this household; somebody else must answer",
    ),
    "one_notice": ("这一步已经张贴过", "It was hung already"),
    "notices_notice_reference": ("这一步已经张贴过", "It was hung already"),
    "an answer holds a number": (
        "答复会给提出人看，不写证件号、电话、账号",
        "Whoever objected reads the answer: it holds no ID number, phone or account",
    ),
    "answered once": ("这件异议已经答复", "It was answered already"),
}

# Whoever hangs a notice or takes it down does the step that it belongs to.
HANGS = {
    "this post does not sign": ("这份公示不由您现在的职务张贴、撤下", "Your post neither hangs this notice nor takes it down"),
    "not in this post today": ("您今天不在这一职务上，或这里不是您的工作范围", "You do not hold this post today, or it lies elsewhere"),
    "had a part in it": ("您参与过这一事项，这一步须由没有参与的人办", "You had a part in it; somebody else must do this step"),
    "nobody decides on their own kin": ("您是这一户的人，或与这一户有亲属关系（已登记），公示由别人张贴、撤下", "You are of this household or kin of it: somebody else hangs the notice and takes it down"),
}  # fmt: skip


class CannotHang(Exception):
    """A notice or an objection that cannot be as it was asked for; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


def in_words(first: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> AbstractContextManager[None]:
    """Refusals of the database in the words of this room; `first`: those of the act, where they say it otherwise."""
    return said_in_words({**first, **WORDS}, CannotHang)


def needs(by: Appointment, right: str) -> None:
    """Refuses a role without the right, whatever the page let through."""
    if by.role not in RIGHTS[right]:
        raise CannotHang("您现在的职务不能办理", "Your post cannot do this")
