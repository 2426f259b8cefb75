"""滚动计划: years of exit proposed by one and approved by another; targets from above. A plan decides no exit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.common.refusals import said_in_words
from xiuhua.decisions.models import PlanLine, PlanTarget, Sheet, SheetAnswer
from xiuhua.decisions.queries.plans import place_year_last
from xiuhua.decisions.queries.readiness import Stands, of_place, says, stands
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.terms import Measure, SheetKind, Verdict
from xiuhua.places.models import Place
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused

WORDS = {
    "nobody approves what they filed": ("这份计划是您本人提交的，须由另一个人批准", "You filed this; somebody else must approve it"),
    "only who filed it takes it back": ("只有提交人可以撤回", "Only who filed it can take it back"),
    "the plan changed meanwhile": ("提交以后计划已经变过，请不批准这一份，按现在的计划重新提交", "The plan changed since this was filed; refuse it and file anew"),
    "this post does not approve this": ("您现在的职务不能批准这份计划：户和村由乡镇以上批准，县由县以上批准", "Your post does not approve this: households and villages are approved from the township up, a county from above it"),
    "this post does not file this": ("您现在的职务不能提交这一内容", "Your post does not file this"),
    "nobody decides on their own kin": ("您是这一户的人，或与这一户有亲属关系（已登记），须由别人核查", "You are of this household or kin of it, as is on record: somebody else looks at it"),
    "not in this post today": ("您今天不在这一职务上，或这一地方不在您的工作范围", "You do not hold this post today, or the place lies elsewhere"),
    "only who is poor is planned to exit": ("只有未脱贫户和返贫户列入退出计划", "Only poor and returned households are planned to exit"),
    "the year is planned already": ("计划年度没有变化", "The year is planned already"),
    "with its reason": ("请写明理由", "Say why"),
    "said with its reasons": ("请写明理由", "Say why"),
    "acknowledged with a reason": ("提前退出的户还有未达标、不清楚或没有核实的标准，请写明为什么仍要提前", "A household moved forward has standards that fail, are not known or were not checked: say why it is planned all the same"),
    "asks for a readiness check": ("提前退出须先核对退出标准", "Moving forward asks for a readiness check"),
    "what was filed is not altered": ("已经提交的计划不能改动，请另行提交", "What was filed is not altered; file another"),
    "a target is set from above": ("任务由上一级下达", "A target is set from above"),
    "names what it rests on": ("请写明依据文件", "Name what it rests on"),
    "a village or a county exits": ("只有村和县有自己的退出年度", "Only a village and a county have a year of exit of their own"),
    "planned_year_is_one": ("计划年度不对", "That is no year to plan for"),
    "no such place here": ("这一地方不在您的工作范围", "The place lies elsewhere"),
    "no such household here": ("这一户不在您的工作范围，或已经结束", "The household lies elsewhere, or has ended"),
    "no such sheet here": ("这份计划不在您的工作范围", "What was filed lies elsewhere"),
    "decisions_sheetanswer_sheet_id": ("这一份已经有了结果", "This was answered already"),
}  # fmt: skip


@dataclass(frozen=True)
class Filed:
    """What was filed, or answered."""

    sheet: Sheet
    lines: int = 0
    answer: SheetAnswer | None = None

    @property
    def audit_subject(self) -> str:
        return f"sheet:{self.sheet.pk}"

    @property
    def audit_place(self) -> str:
        return self.sheet.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        verdict = self.answer.verdict if self.answer else "filed"
        return {"kind": self.sheet.kind, "verdict": verdict, "lines": self.lines}


@dataclass(frozen=True)
class Planned:
    """The sheets of one proposal: one a village, so that each village sees its own."""

    sheets: list[Filed]
    place_code: str

    @property
    def audit_place(self) -> str:
        return self.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"sheets": [one.sheet.pk for one in self.sheets], "lines": sum(one.lines for one in self.sheets)}  # fmt: skip


class NotReady(Refused):
    """Households moved forward of which something fails, is not known or was not checked, and nobody has said why yet."""

    def __init__(self, homes: dict[int, Stands]) -> None:
        super().__init__(*WORDS["acknowledged with a reason"])
        self.homes = homes


def in_words() -> AbstractContextManager[None]:
    """Refusals of the database in the words of this room."""
    return said_in_words(WORDS, Refused)


def said_by(by: Appointment) -> dict[str, Any]:
    """Who says it, as every such row keeps it."""
    return {"appointment": by, "official_id": by.official_id, "actor": by.actor_name, "post": by.post_name, "at": beijing_now()}  # fmt: skip


def file(by: Appointment, kind: SheetKind, place_code: str, reason: str) -> Sheet:
    """A sheet, to be filled in the same transaction."""
    return Sheet.objects.create(
        kind=kind, place_code=place_code, reason=reason.strip()[:400], filed_in=0, **said_by(by)
    )


def planned(homes: list[int]) -> dict[int, int | None]:
    """The year that counts, by household; none where nothing was approved."""
    with connection.cursor() as cursor:
        cursor.execute("select h, decisions_planned(h, null) from unnest(%s::bigint[]) h", [homes])
        return dict(cursor.fetchall())


def planned_last(homes: list[int]) -> dict[int, int | None]:
    """The last year that was approved, by household, also of those who were taken off the plan since."""
    with connection.cursor() as cursor:
        cursor.execute("select h, decisions_planned_last(h, null) from unnest(%s::bigint[]) h", [homes])
        return dict(cursor.fetchall())


@recorded("decisions.plan_proposed")
def propose(
    *, by: Appointment, years: Mapping[int, int | None], reason: str, acknowledged: str = ""
) -> Planned:
    """Proposes years of exit for households, by household; None takes one off the plan. One sheet a village.

    Raises NotReady where a household is moved forward, something fails, is not known or was not checked, and
    `acknowledged` does not say why; Refused for all else.
    """
    needs(by, "decisions.plan")
    homes = {one.pk: one for one in Household.objects.filter(pk__in=list(years))}
    counts = planned(list(homes))
    changed = {pk: year for pk, year in years.items() if pk in homes and year != counts[pk]}
    if not changed:
        raise Refused("没有要改的计划年度", "No year is changed")
    if not reason.strip():
        raise Refused("请写明理由", "Say why")
    last = planned_last(list(changed))
    forward = [pk for pk, year in changed.items() if year is not None and (last[pk] or 0) > year]
    ready = stands(forward) if forward else {}
    short = {pk: one for pk, one in ready.items() if not one.ready}
    if short and not acknowledged.strip():
        raise NotReady(short)
    villages: dict[str, list[int]] = defaultdict(list)
    for pk in changed:
        villages[homes[pk].village_code].append(pk)
    made = []
    with in_words():
        for code, keys in sorted(villages.items()):
            sheet = file(by, SheetKind.PLAN, code, reason)
            for pk in keys:
                PlanLine.objects.create(
                    sheet=sheet, place_code=code, household_id=pk, year=changed[pk], before=counts[pk],
                    readiness=ready[pk].told() if pk in ready else None,
                    acknowledged=acknowledged.strip()[:400] if pk in short else "",
                )  # fmt: skip
            made.append(Filed(sheet, len(keys)))
    return Planned(made, by.place_code)


@recorded("decisions.place_plan_proposed")
def propose_place(
    *, by: Appointment, place: Place, year: int | None, reason: str, acknowledged: str = ""
) -> Filed:
    """Proposes the year in which a village or a county exits. Moved forward, what its own rules lack has to be acknowledged."""
    needs(by, "decisions.plan")
    if not reason.strip():
        raise Refused("请写明理由", "Say why")
    last = place_year_last(place.code)
    readiness = None
    if year is not None and last is not None and year < last:
        readiness = of_place(place.code)
        lacking = [*readiness["fails"], *readiness["unknown"]]
        if lacking and not acknowledged.strip():
            zh, en = (
                "；".join(says(rule, "zh") for rule in lacking),
                "; ".join(says(rule, "en") for rule in lacking),
            )
            raise Refused(
                f"提前须核对：未达标或不清楚的有 {zh}。请写明为什么仍要提前",
                f"Moving forward: fails or is not known: {en}. Say why it is planned all the same",
            )
    with in_words():
        sheet = file(by, SheetKind.PLAN, place.code, reason)
        PlanLine.objects.create(
            sheet=sheet, place_code=place.code, year=year, readiness=readiness, acknowledged=acknowledged.strip()[:400]
        )  # fmt: skip
    return Filed(sheet, 1)


@recorded("decisions.plan_answered")
def answer(*, by: Appointment, sheet: Sheet, verdict: Verdict, reason: str = "") -> Filed:
    """Approves or refuses what another filed, or takes back what oneself filed. Once; the database asks who."""
    needs(by, "decisions.plan" if verdict is Verdict.WITHDRAWN else "decisions.plan_approve")
    if SheetAnswer.objects.filter(sheet=sheet).exists():
        raise Refused("这一份已经有了结果", "This was answered already")
    if verdict is Verdict.REFUSED and not reason.strip():
        raise Refused("请写明理由", "Say why")
    if verdict is Verdict.APPROVED and (worse := said_too_well(sheet)):
        raise Refused(
            f"提前的计划里，有 {worse} 条写的达标情况比现在核对的好，不能批准；请退回，由村里按现在的情况重新提交",
            f"Of what is moved forward, {worse} lines say more of the standards than what is found now: refuse it and let it be filed anew",
        )
    with in_words():
        made = SheetAnswer.objects.create(
            sheet=sheet, place_code=sheet.place_code, verdict=verdict, reason=reason.strip()[:400], **said_by(by)
        )  # fmt: skip
    return Filed(sheet, sheet.lines.count(), made)


def said_too_well(sheet: Sheet) -> int:
    """How many lines of a sheet move forward on a readiness that says less than what the standards say now."""
    lines = list(sheet.lines.exclude(readiness=None))
    now = stands([one.household_id for one in lines if one.household_id is not None])
    worse = 0
    for one in lines:
        found = (
            of_place(one.place_code)
            if one.household_id is None
            else now[one.household_id].told()
            if one.household_id in now
            else {}
        )
        worse += any(_new(found, one.readiness or {}, of) for of in ("fails", "unknown", "unchecked"))
    return worse


def _new(found: dict[str, Any], said: dict[str, Any], of: str) -> bool:
    """Whether something is found that was not said in any way: what failed and is not known by now was told."""
    told = {rule for key in ("fails", "unknown", "unchecked") for rule in said.get(key) or ()}
    return not set(found.get(of) or ()) <= told


@dataclass(frozen=True)
class Set:
    """A target that was set."""

    target: PlanTarget

    @property
    def audit_place(self) -> str:
        return self.target.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.target
        return {"year": one.year, "measure": one.measure, "count": one.count}


@recorded("decisions.target_set")
def set_target(
    *, by: Appointment, place: Place, year: int, measure: Measure, count: int, basis: str
) -> Set:  # fmt: skip
    """Sets what a place below is to reach in a year. It changes nobody's plan: the difference is shown."""
    needs(by, "decisions.plan_approve")
    with in_words():
        made = PlanTarget.objects.create(
            place_code=place.code, year=year, measure=measure, count=count, basis=basis.strip()[:400], **said_by(by)
        )  # fmt: skip
    return Set(made)
