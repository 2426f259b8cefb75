"""Somebody objects: taken down as it came, sealed, answered once by somebody who had no part in the matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.common.sealing import seal, unseal
from xiuhua.notices.models import Notice, Objection
from xiuhua.notices.queries import kept_from
from xiuhua.notices.services.receipts import due_for, hash_of, new_code
from xiuhua.notices.services.refusing import CannotHang, in_words, needs
from xiuhua.notices.services.saying import fit_answer

KEPT = {
    "elsewhere": ("异议由上一级查看和答复，不在您现在的职务", "It is opened and answered one level above, not in your post"),
    "part": ("您参与过这一事项，异议须由没有参与的人查看和答复", "You had a part in it; somebody else must open and answer it"),
    "kin": ("您或您代理的人与本户有亲属关系，异议须由别人查看和答复", "You, or whoever you stand in for, are kin of the household; somebody else must open and answer it"),
}  # fmt: skip


@dataclass(frozen=True)
class Brought:
    """An objection as it stands; the audit is told neither who objected nor what was said, nor the code of the receipt."""

    objection: Objection
    receipt: str = field(default="", repr=False)

    @property
    def audit_subject(self) -> str:
        return f"objection:{self.objection.pk}"

    @property
    def audit_place(self) -> str:
        return self.objection.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.objection
        return {"notice": one.notice_id, "channel": one.channel, "upheld": one.upheld}


@dataclass(frozen=True)
class Opened:
    """What was said and by whom, made readable once."""

    said: str = field(repr=False)
    who: str = field(repr=False)
    audit_subject: str = ""
    audit_place: str = ""


@recorded("notices.objected")
def bring(
    *, by: Appointment, notice: Notice, channel: str, came_on: date, said: str, who: str = ""
) -> Brought:
    """Takes an objection down while the notice hangs, or afterwards one that came while it hung, as long as the step is not done. `who` empty: anonymous, and as good as any other.

    `receipt` of what comes back is told to whoever objected, and shown this once.
    """
    needs(by, "notices.object")
    if not said.strip():
        raise CannotHang("请写明异议内容", "Say what is objected to")
    code = new_code()
    with in_words():
        made = Objection.objects.create(
            receipt_blind=hash_of(code), due_on=due_for(notice.place_code),
            notice=notice, place_code=notice.place_code, channel=channel, came_on=came_on, taken_by=by.post_name,
            said_sealed=seal(said.strip()), who_sealed=seal(who.strip()) if who.strip() else None,
        )  # fmt: skip
    made.refresh_from_db(fields=["goes_to"])
    return Brought(made, code)


@recorded("notices.objection_opened")
def open_objection(*, by: Appointment, objection: Objection) -> Opened:
    """Shows what was said to whoever may answer, and records who looked. CannotHang, with why, for anybody else."""
    needs(by, "notices.answer")
    if kept := kept_from(by, objection):
        raise CannotHang(*KEPT[kept])
    who = unseal(bytes(objection.who_sealed)) if objection.who_sealed else ""
    return Opened(
        unseal(bytes(objection.said_sealed)), who, f"objection:{objection.pk}", objection.place_code
    )


@recorded("notices.answered")
def answer(*, by: Appointment, objection: Objection, answer: str, upheld: bool) -> Brought:
    """Answers an objection: upheld stops the matter, refuted lets it go on. Once. CannotHang for an answer that says more than whoever
    objected may read."""
    needs(by, "notices.answer")
    if not answer.strip():
        raise CannotHang("请写明核查情况和答复", "Say what was found")
    held = Objection.objects.select_for_update().get(pk=objection.pk)
    held.answer, held.upheld, held.answered_by = fit_answer(answer), upheld, by.post_name
    held.answered_official_id, held.answered_at = by.official_id, beijing_now()
    with in_words():
        held.save(update_fields=["answer", "upheld", "answered_by", "answered_official", "answered_at"])
    return Brought(held)
