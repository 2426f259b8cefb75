"""Somebody went there, heard the household, and says what they think, beside what the rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils import translation
from django.utils.timezone import localtime

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.proceedings import current_step
from xiuhua.decisions.services import proceedings
from xiuhua.decisions.services.basis import told
from xiuhua.decisions.services.proposing import Upload
from xiuhua.files.services import press
from xiuhua.places.models import Place
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse.models import Clue, ClueSource, Sheet
from xiuhua.relapse.queries.known import ASKED, MONEY, SECURED, filled_in, known_of, last_sheet
from xiuhua.relapse.queries.sheets import from_where
from xiuhua.relapse.queries.taken_up import heard_from
from xiuhua.relapse.services.refusing import in_words, needs
from xiuhua.relapse.terms import Judgement

LAYOUT = Path(__file__).parent / "sheet.typ"
PAPER = "judgement"
# In words, and never empty where a step rests on the sheet.
WRITTEN = ("difficulties", "coping")
WORDS = {
    "net_income_fen": "近十二个月家庭纯收入", "medical_own_fen": "医疗自付", "education_own_fen": "教育自付", "disaster_own_fen": "因灾净损失",
    "other_spending_fen": "其他刚性支出", "food_clothing": "吃穿有保障", "schooling": "适龄儿童都在学", "medical": "全家参加基本医疗保险",
    "house": "住房安全", "water": "饮水安全",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A sheet that was filled in. What the household said stands there, not in the audit."""

    sheet: Sheet

    @property
    def audit_subject(self) -> str:
        return f"sheet:{self.sheet.pk}"

    @property
    def audit_place(self) -> str:
        return self.sheet.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.sheet
        return {
            "household": one.household_id,
            "clue": one.clue_id,
            "proceeding": one.proceeding_id,
            "judgement": one.judgement,
        }


@recorded("relapse.visit_judged")
def judge_visit(
    *,
    by: Appointment,
    household: Household,
    answers: Mapping[str, Any],
    clue: Clue | None = None,
    proceeding: Proceeding | None = None,
) -> Judged:
    """Keeps the sheet of a visit with its clue or proceeding. answers: fields of Sheet, as the visit says them; what is left out was not asked
    there and is taken from the visit before or the register, and kept as that. At a step that wants the sheet it is laid to the papers as
    PDF, or as plain text where the server has no Chinese fonts.

    Refused: nothing that the household said, no reason, `no risk` while something is not known, a guarantee is not held, what was filled in
    was neither asked nor checked lately, or the visit was before the last saying; of a proceeding, any judgement by a visit from before what
    went into it was said; to what contests a no, whoever had a part in that; at a step that rests on it, no word on difficulties or coping. Income and spending may be not known: that stops nobody from coming in.
    """
    needs(by, "relapse.work")
    asked = proceeding is not None and rests_on_it(proceeding)
    known = known_of(household.pk, beijing_today())
    filled = filled_in(known, last_sheet(clue=clue, household=household.pk))
    told_values = {
        name: answers[name] if name in answers else filled[name].value if name in filled else None
        for name in ASKED
    }
    kept = {name: {**one.told, "asked": name in answers} for name, one in filled.items()}
    judgement = Judgement(answers["judgement"])
    if not str(answers.get("said") or "").strip() or not str(answers.get("reason") or "").strip():
        raise Refused("请写明本户怎么说，以及研判的理由", "Say what the household said, and why you think so")
    if judgement == Judgement.NO_RISK:
        _rests(told_values, kept)
        _hears(clue, answers["visited_on"])
    if proceeding is not None:
        _hears_all(proceeding, answers["visited_on"])
    if asked and not all(str(answers.get(name) or "").strip() for name in WRITTEN):
        raise Refused(
            "主要困难和已有的应对都要写；确实没有的，写“没有”",
            "Write down both the difficulties and how the family copes; where there is nothing, write so",
        )
    with in_words():
        sheet = Sheet.objects.create(
            household=household, village_code=household.village_code, clue=clue, proceeding=proceeding, visited_on=answers["visited_on"],
            said=str(answers["said"]).strip()[:600], difficulties=str(answers.get("difficulties") or "").strip()[:600],
            coping=str(answers.get("coping") or "").strip()[:600], judgement=judgement, suggested=answers.get("suggested") or "",
            reason=str(answers["reason"]).strip()[:600], known=kept, outcomes={one.rule.id: told(one) for one in known.outcomes},
            appointment=by, official=by.official, post=by.says("zh"), at=beijing_now(), **told_values,
        )  # fmt: skip
    if asked and proceeding is not None:
        paper = _paper(sheet, _printed(sheet, known.outcomes))
        proceedings.bring(by=by, proceeding=proceeding, papers=[paper], written=True)
    return Judged(sheet)


def _rests(values: Mapping[str, Any], kept: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuses `no risk` over what is not known, not held, or neither asked nor checked lately."""
    if any(value is None for value in values.values()):
        raise Refused(
            "还有不清楚的，不能研判为“没有风险”", "Something is not known: it cannot be judged as no risk"
        )
    missing = [WORDS[name] for name in SECURED if values[name] is False]
    if missing:
        raise Refused(
            f"{'、'.join(missing)}：研判表上填的是“否”，不能研判为“没有风险”",
            "A guarantee is not held by the sheet itself: it cannot be judged as no risk",
        )
    unasked = [WORDS[name] for name, one in kept.items() if not one["asked"] and not one["recent"]]
    if unasked:
        raise Refused(
            f"{'、'.join(unasked)}：是事先填好的，这次没有问过，近期也没有核实过，不能据此研判为“没有风险”。入户逐项问过的，请勾选“逐项问过”",
            "Something was filled in beforehand, not asked on this visit and not checked lately: no risk does not rest on it. Where you asked each of them, tick that you did",
        )


def _hears(clue: Clue | None, visited_on: date) -> None:
    """Refuses `no risk` by a visit from before the last saying."""
    last = ClueSource.objects.filter(clue=clue).aggregate(last=Max("came_on"))["last"] if clue else None
    if last is not None and visited_on < last:
        raise Refused(
            f"入户日期早于最近一次反映（{last:%Y-%m-%d}），没有听到那次反映，不能据此研判为“没有风险”",
            "The visit was before the last was said: it has not heard that, and no risk does not rest on it",
        )


def _hears_all(proceeding: Proceeding, visited_on: date) -> None:
    """Refuses a visit from before the newest of what went into a proceeding was said: it may be the very one that is contested."""
    since = heard_from(proceeding)
    if since is not None and visited_on < since:
        raise Refused(
            f"入户日期早于并入本程序的最近一次反映（{since:%Y-%m-%d}），没有听到那次反映：须在那天或以后入户",
            f"The visit was before the newest of what went into this procedure was said ({since:%Y-%m-%d}): visit on that day or later",
        )


def rests_on_it(proceeding: Proceeding) -> bool:
    """Whether the step that a proceeding is at rests on the sheet."""
    return any(one["code"] == PAPER for one in current_step(proceeding)["evidence"])


def _paper(sheet: Sheet, printed: dict[str, Any]) -> Upload:
    if press.has_type():
        made = press.pdf(LAYOUT, printed, localtime(sheet.at))
        return Upload(PAPER, f"综合研判表-{sheet.pk}.pdf", iter([made]))
    lines = [f"综合研判表 {printed['village']} {printed['head']} {printed['visited_on']}"]
    lines += [f"{what}：{said}" for what, said in (*printed["lines"], *printed["texts"], *printed["rules"])]
    lines += [f"研判：{printed['judgement']}（{printed['reason']}）", printed["by"]]
    return Upload(PAPER, f"综合研判表-{sheet.pk}.txt", iter(["\n".join(lines).encode()]))


def _printed(sheet: Sheet, outcomes: list[Any]) -> dict[str, Any]:
    """The sheet as the layout reads it: plain lines, Chinese, as it is signed in the village."""

    def said(name: str) -> str:
        value = getattr(sheet, name)
        told = (
            "不清楚"
            if value is None
            else f"{value / 100:,.2f} 元"
            if name in MONEY
            else "是"
            if value
            else "否"
        )
        with translation.override("zh-hans"):
            where = from_where(sheet, name)
        return f"{told}（{where}）" if where else told

    village = Place.objects.filter(code=sheet.village_code).values_list("name", flat=True).first()
    return {
        "head": sheet.household.head_name or "户主不明",
        "number": sheet.household.number,
        "village": village or sheet.village_code,
        "visited_on": f"{sheet.visited_on:%Y-%m-%d}",
        "lines": [[WORDS[name], said(name)] for name in ASKED],
        "texts": [["本户怎么说", sheet.said], ["主要困难", sheet.difficulties or "—"], ["已有的应对", sheet.coping or "—"]],
        "rules": [[one.rule.says.says("zh"), {"holds": "符合", "fails": "不符合", "not_known": "不清楚"}.get(one.code.word, "不适用")] for one in outcomes if one.code.word != "not_applicable"],
        "judgement": Judgement(sheet.judgement).zh,
        "reason": sheet.reason,
        "by": sheet.post,
    }  # fmt: skip
