"""告知: a household is told how its proceeding ended, by a letter that says why, where it can appeal and until when; and that it was
told is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import translation

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding, Telling
from xiuhua.decisions.queries.proceeding_ends import aftermath
from xiuhua.decisions.queries.proceeding_pages import who_signed
from xiuhua.decisions.queries.telling import TO_TELL
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.proceedings import in_words
from xiuhua.decisions.terms import Course, Sign, Told
from xiuhua.files.services import press
from xiuhua.places.queries import names_of
from xiuhua.registry.services import Refused

LAYOUT = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True)
class ToldOf:
    """That a household was told. Whom of it, and what was said of it, the audit is not told."""

    telling: Telling

    @property
    def audit_subject(self) -> str:
        return f"proceeding:{self.telling.proceeding_id}"

    @property
    def audit_place(self) -> str:
        return self.telling.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"way": self.telling.way, "on": self.telling.told_on.isoformat()}


@dataclass(frozen=True)
class Letter:
    """The letter to the household, as a PDF."""

    content: bytes = field(repr=False)
    audit_subject: str
    audit_place: str
    audit_detail: dict[str, Any]


@recorded("decisions.household_told")
def tell(
    *, by: Appointment, proceeding: Proceeding, way: Told, told_on: date, person: int | None, note: str = ""
) -> ToldOf:
    """Records how and when a household was told that its proceeding was taken back or did not pass; once for each ending.

    Refused: by whoever took it back, by kin, on a day before it ended; where no member was met, without what happened.
    """
    needs(by, "decisions.tell")
    with in_words():
        made = Telling.objects.create(
            proceeding=proceeding, place_code=proceeding.place_code, round=proceeding.round, way=way, told_on=told_on, person_id=person,
            note=note.strip()[:200], appointment=by, post=by.post_name, at=beijing_now(),
        )  # fmt: skip
    return ToldOf(made)


@recorded("decisions.letter_made")
def make_letter(*, by: Appointment, proceeding: Proceeding) -> Letter:
    """Sets the letter: what ended and when, why, where it can be appealed against and until when, with a slip to be signed."""
    needs(by, "decisions.tell")
    one = proceeding
    if one.course not in TO_TELL or one.household is None:
        raise Refused("这一事项没有要告知本户的结果", "There is nothing here of which the household is told")
    try:
        content = press.pdf(LAYOUT, letter(by, one), beijing_now())
    except press.NoType as none:
        raise Refused("本机没有中文字体，不能生成告知书", "This machine has no Chinese type") from none
    detail = {"round": one.round, "digest": sha256(content).hexdigest()}
    return Letter(content, f"proceeding:{one.pk}", one.place_code, detail)


def letter(by: Appointment, one: Proceeding) -> dict[str, Any]:
    """What the layout reads: in Chinese, as every paper to a household."""
    with translation.override("zh-hans"):
        after = aftermath(by, one)
        signed = list(one.signatures.filter(sign=Sign.WITHDRAWN, round=one.round))
        words = who_signed(signed)
    assert after is not None and one.household is not None and one.closed_on is not None
    code = one.place_code
    names = names_of([code[:6], code[:9], code])
    appeal = after["appeal"]
    withdrawn = one.course == Course.WITHDRAWN
    return {
        "title": "告知书",
        "number": f"P{one.pk}-{one.round}",
        "place": " ".join(names[each] for each in sorted(names)),
        "head": one.household.head_name or "",
        "household": one.household.number,
        "matter": one.procedure.definition["says"]["zh"],
        "withdrawn": withdrawn,
        "ended_on": _day(one.closed_on),
        "why": after["why"],
        "signed": next((words[each.pk] for each in signed if each.pk in words), ""),
        "where": appeal["where"] if appeal and appeal["open"] else "",
        "until": _day(appeal["until"]) if appeal and appeal["open"] else "",
        "again": bool(after["again"]),
        "made_on": _day(beijing_today()),
        "office": by.post_name,
    }


def _day(on: date) -> str:
    return f"{on:%Y 年 %-m 月 %-d 日}"
