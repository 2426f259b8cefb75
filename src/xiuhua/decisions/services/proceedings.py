"""A household, village or county goes through a procedure: begun, signed step by step, sent back, refused, taken back. The database holds the order."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.refusals import said_in_words
from xiuhua.decisions.models import Kin, Paper, Procedure, Proceeding, Signature, Snapshot
from xiuhua.decisions.queries.apart import kept_from_paper
from xiuhua.decisions.queries.authorising import authorised, renewable
from xiuhua.decisions.queries.letting_go import UNKNOWN, too_early
from xiuhua.decisions.queries.proceedings import (
    appointed_rules,
    current_step,
    day_of,
    judged_on,
    papers_of_step,
)
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.answering import answer_files, words_of
from xiuhua.decisions.services.basis import basis_of, basis_of_place
from xiuhua.decisions.services.completing import Completing, completes
from xiuhua.decisions.services.deciding import looked_at_again
from xiuhua.decisions.services.proposing import Opened, Upload
from xiuhua.decisions.terms import Course, Sign
from xiuhua.files.services import content, store
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.services import Refused

WORDS = {
    "nobody decides on their own kin": ("您是这一户的人，或与这一户有亲属关系（已登记），不能办理", "You are of this household or kin of it, as is on record, and sign nothing about it"),
    "whoever had a part in it": ("前面的步骤由您办过，这一步须由没有参与的人办", "You had a part in it; somebody else must do this step"),
    "others judge after a no": ("本户不服的那次“没有风险”有您（或您代理的人）参加：入户、评议、审核、审定由没有参加的人办", "You, or whoever you stand in for, had a part in the “no risk” that the household contests: visit, meeting, review and decision are somebody else's"),
    "this person has signed": ("这一步您已经签办，还须另一人签办", "You have signed this step; another person must sign too"),
    "this post does not sign": ("这一步不由您现在的职务办理", "Your post does not do this step"),
    "not in this post today": ("您今天不在这一职务上，或这一户不在您的工作范围", "You do not hold this post today, or the household lies elsewhere"),
    "not at this step": ("这一事项已经不在这一步，请刷新后再看", "The proceeding is no longer at this step"),
    "class of watching is not said": ("请选定监测对象类别", "Say in which class it is watched"),
    "left poverty is watched as unstable": ("脱贫不稳定户只能是本系统认定的已脱贫户；请另选类别", "Only a household that left poverty is watched as unstable"),
    "not watched as one at the border": ("建档立卡户不列为边缘易致贫户；请另选类别", "A registered household is not watched as one at the border"),
    "what help is needed is not said": ("请至少选一项帮扶措施：纳入监测就要落实帮扶", "Say what help is needed: whoever is watched is helped"),
    "how the risk was removed": ("请选定消除方式：帮扶消除或自然消除", "Say how the risk was removed: by help, or by itself"),
    "since when it is watched is not known": UNKNOWN,
    "before it was watched its time": ("入户核查时监测还没有满规定的时间，不能作数；请退回入户核查重新办理，不能退回的请撤回后重新开始", "When it was visited it was not yet watched its time; send it back to the visit, or take it back and begin anew"),
    "not watched long enough": ("纳入监测的时间还不够，不能标注风险消除；继续监测帮扶", "It was not watched long enough for its risk to be marked as removed"),
    "an open clue is heard first": ("这一户还有未了结的线索，先入户研判、了结线索，再消除风险", "A clue about this household is open: hear it and end it before the risk is marked as removed"),
    "the sheet has not heard what was said": ("综合研判表还没有填写，或没有听到并入本程序的反映：须在最近一次反映之后入户、填写；对“没有风险”不服的，由没有参加上次入户和了结的人填写", "The judgement sheet is not filled in, or has not heard what went into this procedure: visit after the newest was said and fill it in; where a no is contested, by somebody who neither visited nor ended it before"),
    "evidence is missing": ("还缺材料", "Evidence is missing"),
    "an authorisation ends on a day": ("授权书的最后一天不能早于今天", "The last day of an authorisation is not before today"),
    "no authorisation speaks of": ("授权书没有写明可以查这些，或已到期", "No authorisation of today speaks of what was asked"),
    "judgement sheet is not written": ("综合研判表在页面上填写：收入、刚性支出、困难、应对四项都要写，照片或扫描件不能代替", "The judgement sheet is filled in on its page: income, necessary spending, difficulties and coping; a photo of a paper is not it"),
    "votes do not add up": ("表决票数对不上：同意、不同意、弃权之和应等于到会人数", "Yes, no and abstained must add up to those present"),
    "too few were at": ("到会人数不够，会议不能作出决定", "Too few were at the meeting"),
    "meeting did not agree": ("同意票没有过半，会议没有通过；请按“不同意”办理", "The meeting did not agree; record a no"),
    "the meeting agreed": ("同意票过半，会议已经通过，不能按“不同意”办理；请按“签办”办理", "The meeting agreed: it is signed, not refused"),
    "one of each side": ("这一步须村“两委”和驻村工作队都有人签办，现在还缺一方；本村没有驻村工作队职务的，请县里先设", "The village committees and the work team both sign this step, and one of them is missing; where the village has no post of a work team, the county sets one up first"),
    "nothing that was checked speaks": ("没有一条已核实的错评依据，不能清退；请先入户核实、更正记录。情形不属实的请撤回，达标的按退出办理", "Nothing that was checked speaks for a wrong listing. Check and correct the records first; where it is not so take it back, where the standards are met use the exit"),
    "does not come out again": ("前面步骤留存的结论，用留存的记录重新计算对不上，不能继续；请退回那一步重新核实签办，不能退回的请撤回后重新办理，并报县级查明", "What was kept at an earlier step does not come out of its own records, so it goes no further. Send it back to that step, or take it back and begin anew, and let the county find out why"),
    "notice was not hung": ("公示还没有张贴", "The notice was not hung"),
    "notice still hangs": ("公示还没有到期撤下", "The notice still hangs"),
    "hung too short": ("公示天数不够", "The notice hung too short"),
    "an objection stands": ("有异议没有答复，或异议成立，不能继续", "An objection is open, or was upheld"),
    "standard does not hold": ("有退出标准不达标、不清楚或没有核实，不能继续；请先核实更正记录", "A standard fails, is not known or was not checked; correct the record with evidence first"),
    "window of the yearly adjustment": ("本县动态调整的时间窗口没有开放，这一程序现在不能开始；返贫和监测的急难纳入不受窗口限制", "The county's window of the yearly adjustment is closed, and this procedure cannot begin now; a return to poverty or watching never waits for it"),
    "one_open_proceeding": ("同一程序正在办理，不能再开一件", "One of this kind is under way already"),
    "does not begin from where": ("现在的状态不适用这一程序", "The procedure does not begin from where it stands"),
    "not in force on this day": ("这一程序在该日期不适用", "The procedure is not in force on this day"),
    "who signed for the household is not said": ("请选明谁替本户签的字：是哪一位家庭成员，还是登记外的人", "Say who signed for the household: which member of it, or somebody who is none"),
    "not a member of the household": ("选的人现在不是这一户的成员，请刷新后再选", "Whoever was chosen is no member of the household now; look again"),
    "representative signs with a paper": ("签字的不是登记的家庭成员：由代理人签的，须交委托书或监护证明，并写明为什么由代理人签", "Whoever signed is no member of the household: a representative brings the authority or proof of guardianship, and it is said why"),
    "signed for the household is under age": ("未成年人不能替本户认可：由成年家庭成员签，没有成年人的由监护人作为代理人签", "Somebody under age does not agree for the household: an adult of it signs, or where there is none the guardian as representative"),
    "nobody of the household has agreed": ("本户认可那一步，签字的不是本户成年人，也没有委托书，不能生效；请退回那一步重新签", "Where the household agreed, whoever signed is no adult of it and brought no authority: it takes no effect. Send it back to that step to be signed anew"),
    "refused signature is no agreement": ("拒签不是认可：请写明当时的情况，按“不同意”办理", "A refused signature is no agreement: write down what happened and record a no"),
    "said with its reasons": ("请写明理由", "Say why"),
    "cannot be taken back": (
        "现在不能由您撤回：撤回须写明理由；农户申请的，须附农户本人的撤回申请", "You cannot take it back: a reason is needed, and for what a household applied for its own written request"),
    "belongs to the step": ("材料只能交给正在办理的这一步", "Evidence belongs to the step that is under way"),
    "records are not as they stand": ("记录刚刚被更正，请刷新后再签办", "The records have just been changed; look again, then sign"),
    "notice was hung before": ("公示不能早于这一步张贴", "A notice is not hung before its step is reached"),
    "notice belongs to the step": ("公示只能张贴给正在办理的这一步", "A notice belongs to the step that is under way"),
    "does not stand where": ("这一户的状态已经变了，不再适用这一程序；请撤回", "The household no longer stands where the procedure begins; take it back"),
    "status lies where its household lives": ("这一户已迁到别处，这一事项不能在这里生效；请撤回，由现住地重新办理", "The household lives elsewhere now: take this back and begin again where it lives"),
    "watch lies where its household lives": ("这一户已迁到别处，这一事项不能在这里生效；请撤回，由现住地重新办理", "The household lives elsewhere now: take this back and begin again where it lives"),
    "no approved case": ("这一决定没有生效的依据，请刷新后再看", "There is no decision behind this change; look again"),
    "no proceeding took effect": ("这一决定没有生效的依据，请刷新后再看", "There is no decision behind this change; look again"),
    "what it is decided on was not kept": ("签办时没有留下依据的记录，请重新签办", "What it is decided on was not kept; sign again"),
    "nobody leaves but by the standards": ("这一程序没有列明标准，不能生效；请撤回，按现行程序重新办理", "The procedure names no standards and takes no effect: take it back and begin by the one of today"),
    "no such proceeding here": ("您的工作范围内没有这一事项", "There is no such proceeding in your area"),
    "household has ended": ("这一户已经结束", "The household has ended"),
    "kinship does not end in the past": ("回避不能倒填结束日期", "Kinship is not ended in the past"),
    "does not rest on such evidence": ("这一步不需要这种材料", "This step does not rest on such evidence"),
    "no such place here": ("这里没有这个村（县）", "There is no such village or county here"),
    "nothing here is appealed against": ("这一事项没有可以申诉的决定；申诉须写明理由", "There is no decision here to appeal against; an appeal says why"),
    "days of an appeal are over": ("申诉期限已过，可以重新申请", "The days of an appeal are over; one can apply again"),
    "appeal is decided elsewhere": ("这件申诉不由您现在的职务答复", "Your post does not decide this appeal"),
    "appeal is decided with its reasons": ("请写明核查情况和理由", "Say what was found and why"),
    "appeal was answered": ("这一次决定的申诉已经答复，不再登记；情况有变化的可以重新申请", "The appeal against this decision was answered already; where things have changed one can apply again"),
    "decided it does not take the appeal": ("这一决定是您作出的，申诉请由别人登记（乡镇、县里都可以登记）", "You decided this: somebody else takes the appeal down, here, in the township or in the county"),
    "appeal is decided once": ("这件申诉已经答复", "The appeal was decided already"),
    "one_appeal_a_round": ("刚刚有人登记了这件申诉，请再提交一次，并入同一件", "Somebody has just taken this appeal down: hand in again, and it joins that one"),
    "status has changed since": ("这一户的状态后来又变过，不能直接恢复；请按现在的状态办理", "Its status has changed since; go on from where it stands"),
    "nothing here is told": ("这一事项没有要告知本户的结果", "There is nothing here of which the household is told"),
    "told on a day since it ended": ("告知日期不能早于办结，也不能晚于今天", "A household is told on a day since it ended, and not to come"),
    "whoever was told is not a member": ("选的人不是这一户的成员，请刷新后再选", "Whoever was chosen is no member of the household; look again"),
    "does not say that it was told": ("撤回是您办的，告知本户由别人办、由别人登记：村里另一位，或乡镇、县里", "You took it back: somebody else tells the household, and says so here: another of the village, the township or the county"),
    "this post does not tell it": ("由村、乡镇或县级业务岗位告知", "The village, township or county office tells it"),
    "told_once_an_ending": ("已经登记过告知", "That it was told is on record already"),
    "telling_says_whom": ("请选明告知了本户哪一位；没有见到本户成员的，写明情况", "Say which member was told; where none was met, say what happened"),
    "step before this one": ("只能退回到前面的步骤", "It is sent back to an earlier step"),
}  # fmt: skip


# The household's own paper, with which what it applied for is taken back; at whatever step that is.
WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class Gone:
    """A proceeding after an act on it."""

    proceeding: Proceeding
    signature: Signature | None = None

    @property
    def audit_subject(self) -> str:
        return f"proceeding:{self.proceeding.pk}"

    @property
    def audit_place(self) -> str:
        return self.proceeding.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.proceeding
        sign = self.signature.sign if self.signature else "begun"
        return {
            "kind": one.kind,
            **({"household": one.household_id} if one.household_id else {"place": one.place_code}),
            "step": self.signature.step if self.signature else one.at_step,
            "sign": sign,
            "course": one.course,
            **(
                {"completes": one.completes_on.isoformat()} if one.completes_on and not self.signature else {}
            ),
        }


def in_words() -> AbstractContextManager[None]:
    """Refusals of the database in the words of this room."""
    return said_in_words(WORDS, Refused)


def held(proceeding: Proceeding) -> Proceeding:
    """The proceeding as it stands, held for the rest of the transaction."""
    return Proceeding.objects.select_for_update().get(pk=proceeding.pk)


@recorded("decisions.proceeding_begun")
def begin(
    *,
    by: Appointment,
    procedure: str,
    household: Household | None = None,
    place_code: str = "",
    counts_from: date | None = None,
    completing: Completing | None = None,
) -> Gone:
    """Begins the newest version of a procedure (its name) for a household, or for a village or county by its code. Refused where
    it does not begin from there, or lets go of who was not watched the time.

    counts_from: the day of what it answers to; the days of the whole run from it.
    completing: of a programme whose time is over, which record of it is completed; such a one is not begun without.
    """
    needs(by, "decisions.propose")
    newest = Procedure.objects.filter(name=procedure).order_by("-pk").first()
    if newest is None:
        raise Refused("没有这一程序", "There is no such procedure")
    where = household.village_code if household else place_code
    _in_time(too_early(newest, household.pk if household else None, where))
    with in_words():
        made = Proceeding.objects.create(
            procedure=newest, kind=newest.kind, place_code=where, household=household, at_step=newest.definition["steps"][0]["id"],
            begun_at=beijing_now(), as_of=day_of(newest, where), step_since=beijing_today(),
            counts_from=counts_from, begun_appointment=by, **completes(newest, completing),
        )  # fmt: skip
    made.refresh_from_db()
    return Gone(made)


@recorded("decisions.paper_brought")
def bring(
    *, by: Appointment, proceeding: Proceeding, papers: Iterable[Upload], written: bool = False
) -> Gone:
    """Brings evidence for the step that the proceeding is at. An authorisation says what may be asked, and runs out by itself; one
    that is over, or does not say enough, is brought anew where departments compare.

    written: it comes from the page on which it was filled in, by whoever keeps that too.
    Whoever does the step brings what it rests on; kin, and whoever did an earlier step that it is kept apart from, do not. Refused
    besides: a comparison that asked what no authorisation of today speaks of; a photo of what is filled in here.
    """
    needs(by, "decisions.sign")
    one = held(proceeding)
    here = [*papers_of_step(current_step(one)), *renewable(one)]
    wanted = {each["code"]: each for each in here} | {WITHDRAWAL: {"kind": "scan", "expires_days": None}}
    # What authorises comes first: what was asked under it may come with it.
    for paper in sorted(papers, key=lambda each: wanted.get(each.what, {}).get("kind") != "authorisation"):
        if paper.what not in wanted:
            raise Refused("这一步不需要这种材料", "This step does not rest on such evidence")
        if wanted[paper.what]["kind"] == "sheet" and not written:
            raise Refused(*WORDS["judgement sheet is not written"])
        _may_bring(by, one, paper.what)
        if wanted[paper.what]["kind"] == "list":
            _may_ask(one, paper.sources)
        file = store(by=by, place_code=one.place_code, name=paper.name, pieces=paper.pieces)
        days = wanted[paper.what]["expires_days"]
        last = beijing_today() + timedelta(days=days) if days else None
        with in_words():
            Paper.objects.create(
                proceeding=one, place_code=one.place_code, round=one.round, step=one.at_step, what=paper.what, file=file, brought_by=by.post_name,
                appointment=by, at=beijing_now(), expires_on=min(paper.until or last, last) if last else None, sources=list(paper.sources), drawn=paper.drawn,
            )  # fmt: skip
    return Gone(one)


def _may_bring(by: Appointment, one: Proceeding, what: str) -> None:
    """Refuses, before anything is stored, what the table refuses too."""
    if why := kept_from_paper(by, one, what):
        raise Refused(*next(words for said, words in WORDS.items() if said in why))


def _may_ask(one: Proceeding, asked: tuple[str, ...]) -> None:
    """Refuses what no authorisation of today speaks of, in words that say what to do."""
    found = authorised(one)
    lacks = found.lacks(asked)
    if lacks and found.ran_out:
        raise Refused(
            f"授权书已于 {found.ran_out} 到期，不能再查。请先请本户补签授权书，在这一步交上来",
            f"The authorisation ended on {found.ran_out}. Let the household sign another first, and bring it at this step",
        )
    if lacks:
        zh, en = "、".join(each.zh for each in lacks), ", ".join(each.en.lower() for each in lacks)
        raise Refused(
            f"授权书没有写明可以查：{zh}。请先请本户补签授权书，在这一步交上来；没有授权的不要查",
            f"The authorisation does not speak of: {en}. Let the household sign another first, and bring it at this step; do not ask without it",
        )


@recorded("decisions.signed")
def sign(
    *, by: Appointment, proceeding: Proceeding, detail: dict[str, Any] | None = None, reason: str = ""
) -> Gone:
    """Signs the step that the proceeding is at. With the last signature wanted it goes on, or takes effect, all in one transaction.

    What the rules say is looked at anew and kept with the step; for leaving, the database refuses what does not hold or was
    not checked.
    """
    needs(by, "decisions.sign")
    one = held(proceeding)
    step = current_step(one)
    effect = step["id"] == one.procedure.definition["effect_at"]
    if step["rules"] or step.get("grounds") or effect:
        basis = (
            basis_of(one.household_id, one.place_code, judged_on(one), appointed_rules(one))
            if one.household_id
            else basis_of_place(one.place_code, judged_on(one))
        )
        with in_words():
            Snapshot.objects.create(
                proceeding=one, place_code=one.place_code, round=one.round, step=one.at_step, as_of=basis.as_of, records=basis.records,
                outcomes=basis.outcomes, versions=basis.versions, digest=basis.digest, at=beijing_now(),
            )  # fmt: skip
    done = _signed(by, one, Sign.SIGNED, detail or {}, reason)
    if done.proceeding.effect_on is not None and effect and one.household_id:
        answer_files(by=by, told=words_of(one), households=[one.household_id])
        looked_at_again([one.household_id], by)
    return done


def _in_time(early: tuple[str, str] | None) -> None:
    if early is not None:
        raise Refused(*early)


@recorded("decisions.no_said")
def say_no(
    *, by: Appointment, proceeding: Proceeding, reason: str, detail: dict[str, Any] | None = None
) -> Gone:
    """Says no at a step that asks: a meeting, the household, a review, a decision. What follows is the procedure's.

    Refused: of a meeting without its papers, without a count, or with one that carried it.
    """
    needs(by, "decisions.sign")
    return _signed(by, held(proceeding), Sign.NO, detail or {}, reason)


@recorded("decisions.sent_back")
def send_back(*, by: Appointment, proceeding: Proceeding, to: str, reason: str) -> Gone:
    """Sends it back to an earlier step, which is then done anew, with its evidence."""
    needs(by, "decisions.sign")
    return _signed(by, held(proceeding), Sign.RETURNED, {"to": to}, reason)


@recorded("decisions.taken_back")
def take_back(
    *, by: Appointment, proceeding: Proceeding, reason: str, paper: Upload | None = None, member: str = ""
) -> Gone:
    """Takes a proceeding back before it takes effect, as the procedure says who may; the same can be begun again.

    What a household asked for is taken back by the household: `paper` is its own writing, `member` (the key of a person) who of it
    signed that. Once it has left the village it waits until another person confirms the same, or the office where it lies.
    """
    needs(by, "decisions.propose")
    one = held(proceeding)
    if paper is not None:
        bring(by=by, proceeding=one, papers=[paper])
    return _signed(by, one, Sign.WITHDRAWN, {"member": member} if member else {}, reason)


@recorded("decisions.kin_told")
def tell_kin(*, by: Appointment, official: int, household: Household, relation: str) -> Kin:
    """Records that an official belongs to a household or is kin of it: from now on they sign nothing about it."""
    needs(by, "decisions.propose")
    return Kin.objects.create(
        official_id=official, place_code=household.village_code, household=household, relation=relation.strip()[:60],
        told_by=by.post_name, at=beijing_now(),
    )  # fmt: skip


def _signed(by: Appointment, one: Proceeding, act: Sign, detail: dict[str, Any], reason: str) -> Gone:
    if one.course != Course.OPEN:
        raise Refused("这一事项已经办结", "It is closed already")
    with in_words():
        added = Signature.objects.create(
            proceeding=one, place_code=one.place_code, number=0, round=one.round, step=one.at_step, sign=act, appointment=by,
            official_id=by.official_id, actor=by.actor_name, post=by.post_name, reason=reason.strip()[:400], detail=detail, at=beijing_now(),
        )  # fmt: skip
    one.refresh_from_db()
    return Gone(one, added)


@recorded("decisions.paper_opened")
def open_paper(*, by: Appointment, paper: Paper) -> Opened:
    """Shows a piece of evidence, and records who looked. A village's or county's papers name no household: whoever may sign
    one of its steps reads them."""
    needs(by, "decisions.open_evidence" if paper.proceeding.household_id else "decisions.sign")
    detail = {"what": paper.what, "paper": paper.pk}
    return Opened(content(paper.file), f"proceeding:{paper.proceeding_id}", paper.place_code, detail)


def lines_of(one: Proceeding) -> list[dict[str, Any]]:
    """What a notice says, by the allow-list: of a household village, head, number of people; of a place its name."""
    village = Place.objects.get(pk=one.place_code)
    if one.household is None:
        return [{"village" if village.level == Level.VILLAGE else "matter": village.name}]
    people = Membership.objects.filter(household=one.household_id, until__isnull=True).count()
    return [{"village": village.name, "head": one.household.head_name or "", "people": people}]
