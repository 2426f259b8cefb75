"""An explanation is evidence for somebody else to weigh. It closes nothing, and the rule goes on failing where it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import Refused
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.files.models import StoredFile
from xiuhua.findings.models import Explanation, Finding, Move
from xiuhua.findings.permissions import RIGHTS
from xiuhua.findings.queries.one import may_answer
from xiuhua.findings.terms import EXPLAINABLE, Act, State, Way, due_on

LONGEST_DAYS = 366
# An ID number, an account or a phone has no business in a text that others read.
PRIVATE = re.compile(r"\d(?:[\s-]?\d){10,}")


@dataclass(frozen=True)
class Told:
    """An explanation given or answered."""

    explanation: Explanation
    finding: Finding

    @property
    def audit_subject(self) -> str:
        return f"finding:{self.finding.pk}"

    @property
    def audit_place(self) -> str:
        return self.finding.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.explanation
        return {"rule": self.finding.rule, "explanation": one.pk, "accepted": one.accepted}


@recorded("findings.explained")
def explain(
    *, by: Appointment, finding: Finding, text: str, valid_until: date, evidence: StoredFile | None
) -> Told:
    """Attaches an explanation to an open finding, which then waits for somebody else's answer."""
    if by.role not in RIGHTS["findings.explain"]:
        raise Refused(_("您现在的职务不能办理这一事项。"))
    one = _held(finding)
    if one.state != State.OPEN:
        raise Refused(_("这一条已经办结，或已有说明在等复核。"))
    if one.kind not in EXPLAINABLE:
        raise Refused(_("校验未通过、待判断的，不能以说明代替：请改正，或作出判断。"))
    text, today = text.strip(), beijing_today()
    if not text:
        raise Refused(_("请写明情况。"))
    if PRIVATE.search(text):
        raise Refused(_("说明里不要写证件号、电话、账号；需要的放在附件里。"))
    if not 0 <= (valid_until - today).days <= LONGEST_DAYS:
        raise Refused(_("说明的有效期应从今天起、一年以内。"))
    made = Explanation.objects.create(
        finding=one, place_code=one.place_code, text=text[:400], evidence=evidence, valid_until=valid_until,
        by=by.actor_name, post=by.post_name, official=by.official, from_place=by.place_code, at=beijing_now(),
    )  # fmt: skip
    one.state = State.EXPLAINED
    one.save(update_fields=["state"])
    _move(one, by, Act.EXPLAINED, text)
    return Told(made, one)


@recorded("findings.explanation_answered")
def answer(*, by: Appointment, finding: Finding, accept: bool, reason: str, until: date | None) -> Told:
    """Somebody else accepts an explanation for a time, and the finding rests; or sends it back to its owner."""
    if by.role not in RIGHTS["findings.answer"]:
        raise Refused(_("您现在的职务不能办理这一事项。"))
    one = _held(finding)
    told = Explanation.objects.select_for_update().filter(finding=one, accepted__isnull=True).first()
    if told is None or one.state != State.EXPLAINED:
        raise Refused(_("这一条没有在等复核的说明。"))
    if not may_answer(told, by):
        raise Refused(_("说明由上一级业务部门或监督检查人员复核，写说明的人不能复核。"))
    reason, today = reason.strip(), beijing_today()
    if not reason or PRIVATE.search(reason):
        raise Refused(_("请写明理由，不要写证件号、电话、账号。"))
    if accept and (until is None or not today <= until <= told.valid_until):
        raise Refused(_("暂缓到哪一天：从今天起，不超过说明的有效期 %(day)s。") % {"day": told.valid_until})
    told.accepted, told.reason, told.rests_until = accept, reason[:400], until if accept else None
    told.answered_by, told.answered_post, told.answered_official = by.actor_name, by.post_name, by.official
    told.answered_at = beijing_now()
    told.save()
    one.state = State.RESTING if accept else State.OPEN
    one.rests_until = told.rests_until
    one.due_on = one.due_on if accept else due_on(today, one.place_code[:6])
    one.save(update_fields=["state", "rests_until", "due_on"])
    _move(one, by, Act.ACCEPTED if accept else Act.SENT_BACK, reason, way=Way.ACCEPTED if accept else "")
    return Told(told, one)


def _held(finding: Finding) -> Finding:
    """The finding as it is now, held until the end of the transaction."""
    return Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)


def _move(one: Finding, by: Appointment, act: Act, text: str, way: str = "") -> None:
    Move.objects.create(
        finding=one, place_code=one.place_code, at=beijing_now(), act=act, way=way, by=by.actor_name, post=by.post_name,
        owner_id=one.owner_id, due_on=one.rests_until or one.due_on, says={"zh": text[:400], "en": text[:400]},
    )  # fmt: skip
