"""What every act on a case has in common: who may, the step that is added, the sentence when the database refuses."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now
from xiuhua.common.refusals import said_in_words
from xiuhua.decisions.kinds import Problem
from xiuhua.decisions.models import Case, CaseStep
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries.cases import why_not
from xiuhua.decisions.terms import Act
from xiuhua.registry.services import Refused


class Unfit(Refused):
    """What is proposed does not make sense; `problems` says field by field why. What was filled in is kept by the page."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(one.zh for one in problems), "; ".join(one.en for one in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Done:
    """What an act came to."""

    case: Case
    step: CaseStep

    @property
    def audit_subject(self) -> str:
        return f"case:{self.case.pk}"

    @property
    def audit_place(self) -> str:
        return self.case.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"kind": self.case.kind, "act": self.step.act, "households": self.case.households}


def needs(by: Appointment, right: str) -> None:
    """Refuses a role without the right, whatever the page let through."""
    if by.role not in RIGHTS[right]:
        raise Refused("您现在的职务不能办理这一事项", "Your post cannot do this")


def held(case: Case) -> Case:
    """The case as it stands, held for the rest of the transaction."""
    return Case.objects.select_for_update().get(pk=case.pk)


def may(by: Appointment, case: Case, act: Act) -> None:
    """Refuses, in words, what the database would refuse."""
    why = why_not(by, case, act)
    if why is not None:
        raise Refused(why["zh"], why["en"])


def step(
    by: Appointment, case: Case, act: Act, *, reason: str = "", detail: dict[str, Any] | None = None
) -> CaseStep:
    """Adds a step; its number, its person and the case's new state are the database's."""
    with in_words():
        added = CaseStep.objects.create(
            case=case,
            place_code=case.place_code,
            number=0,
            act=act,
            appointment=by,
            official_id=by.official_id,
            actor=by.actor_name,
            post=by.post_name,
            reason=reason.strip()[:400],
            detail=detail or {},
            at=beijing_now(),
        )
    # Where it goes, too: handed in again, a move to another county takes over the county that is chosen now.
    case.refresh_from_db(fields=["state", "to_code"])
    return added


NO_PAPER = (
    "这一事项一份证明材料也没有。请村里先补材料；确实没有的，写明原因再审核通过",
    "There is no paper at all for this. Have the village bring one first; where there is none, write why, then accept",
)
WORDS = {
    "no paper, and nobody says why": NO_PAPER,
    "nobody decides what they proposed": (
        "这一事项是您本人提交的，须由另一个人审核",
        "You proposed this; somebody else must decide",
    ),
    "nobody decides on their own kin": (
        "您是这一户的人，或与这一户有亲属关系（已登记），由别人审核",
        "You are of this household or kin of it, as is on record: somebody else decides",
    ),
    "only who proposed takes back": ("只有提交人可以撤回", "Only who proposed it can take it back"),
    "not in this post today": ("您今天不在这一职务上", "You do not hold this post today"),
    "one_open_case_of_a_kind": (
        "同一件事已经提交过，正在办理，不用再报",
        "The same was proposed already and is on its way",
    ),
    "one_household_at_a_time": ("此人已是另一户的成员", "The person belongs to another household already"),
    "one_household_a_number": ("这个户编号已经有了，请换一个", "There is a household of this number already"),
    "proceeding of the household is under way": (
        "这一户有正在办理的程序，不能迁移、合户或销户，请先办结或撤回",
        "Something is under way for the household: finish it or take it back before it moves, unites or ends",
    ),
    "who is watched has changed since": (
        "这一事项之后，监测类别又变过，不能直接撤销；请按现在的情况另行办理",
        "The class of watching was changed since; it cannot be undone, go on from how it stands now",
    ),
    "only the township that it goes to receives": (
        "由迁入乡镇的业务岗位答复",
        "The office of the township that receives it answers",
    ),
    "the township that it goes to has not received it": (
        "迁入乡镇还没有接收（或迁往的地方此后变了），请退回补正后重新提交，先由迁入乡镇答复",
        "The township that it goes to has not received it, or it goes elsewhere now: give it back to be proposed again, and the township is asked",
    ),
    "it touches two townships": (
        "这一事项涉及两个乡镇，由县级业务岗位审核",
        "It touches two townships: the county office decides",
    ),
    "a no has its reason": ("不予接收须写明理由", "Say why it is not received"),
    "the year of exit was changed since": (
        "这一事项之后，脱贫年度又变过，不能直接撤销；请按现在的登记另提一项更正",
        "The year of exit was changed since; it cannot be undone, propose a correction from how it stands now",
    ),
    "the household lies elsewhere by now": (
        "这一户现在不在这里了，请由现在的地方办理",
        "The household lies elsewhere by now: deal with it there",
    ),
    "household_gone": ("这一户已经结束或迁走", "The household ended or moved already"),
    "number_taken": (
        "这个户编号在本县已经有了，请另填一个编号",
        "A household of this number is there already; give another number",
    ),
    "person_there": (
        "这一户里有人在本县另一户登记，请先办理其减少",
        "Somebody of it is registered in another household here; have them leave there first",
    ),
    "the village lies elsewhere": ("请选择本地的村", "Choose a village of your area"),
    "who is entered is said with the case": (
        "请写明这一家有哪些人，其中一位是户主",
        "Say who belongs to the family, and which of them is the head",
    ),
    "who somebody is, is said": (
        "请写明每个人的姓名；没有证件号码的，写明性别、出生日期和为什么没有",
        "Say everybody's name; of whoever has no ID number also sex, day of birth and why there is none",
    ),
    "not entered as it was decided": (
        "登记的人和审核的不一致，请刷新后再审核",
        "What is entered is not what was decided: look again",
    ),
    "goes on with its entry": (
        "这一家的申请没有跟着认到户，请重新审核",
        "What the family asked did not go on with its entry: decide it again",
    ),
    "takes no step": ("这一事项现在不能这样办", "This cannot be done with the case now"),
    "this post does not": ("这一事项现在不能这样办", "This cannot be done with the case now"),
}


def in_words() -> AbstractContextManager[None]:
    """Refusals of the database in the words of this room."""
    return said_in_words(WORDS, Refused)


def immediate() -> None:
    """Checks each statement as it comes: a queue of checks at the end would refuse where nobody can answer."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
