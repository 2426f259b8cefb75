"""A village meeting: its papers, and what came of it, laid to each proceeding that it discussed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import Paper, Proceeding
from xiuhua.decisions.queries import meetings
from xiuhua.decisions.queries.proceedings import Step, current_step
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.acts import needs
from xiuhua.files.models import StoredFile
from xiuhua.files.services import press, store
from xiuhua.places.queries import names_of
from xiuhua.registry.services import Refused
from xiuhua.rulebook.procedures import least_present

LAYOUT = Path(__file__).with_name("meeting.typ")


@dataclass(frozen=True)
class Brought:
    """A file of the meeting: its minutes or its photo."""

    name: str
    pieces: Iterator[bytes] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What the meeting came to for one proceeding; `why` where its step could not be recorded."""

    proceeding: Proceeding
    agreed: bool
    why: Refused | None = None


@dataclass(frozen=True)
class Held:
    """A meeting that was recorded."""

    village_code: str
    outcomes: tuple[Outcome, ...]

    @property
    def audit_subject(self) -> str:
        return f"meeting:{self.village_code}"

    @property
    def audit_place(self) -> str:
        return self.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        told = {"agreed": [], "refused": [], "not_recorded": []}  # type: dict[str, list[int]]
        for one in self.outcomes:
            told["not_recorded" if one.why else "agreed" if one.agreed else "refused"].append(
                one.proceeding.pk
            )
        return told


@dataclass(frozen=True)
class Pack:
    """The papers of a meeting as one PDF."""

    content: bytes = field(repr=False)
    audit_subject: str = ""
    audit_place: str = ""
    audit_detail: dict[str, Any] = field(default_factory=dict)


@recorded("decisions.meeting_held")
def hold(
    *,
    by: Appointment,
    village_code: str,
    entitled: int,
    present: int,
    votes: dict[int, dict[str, int]],
    minutes: Brought,
    photo: Brought,
) -> Held:
    """Records one meeting for all that it discussed: each is signed, or refused where it did not pass, by the guard of its own.

    Attendance is the meeting's; `votes` are yes, no and abstained by proceeding. What one of them is refused for (a worker who
    is kin, say) stops only that one; Refused when nothing could be recorded, or the counts do not fit.
    """
    needs(by, "decisions.sign")
    found = {one.pk: one for one in meetings.waiting(village_code) if one.pk in votes}
    if set(votes) - set(found):
        raise Refused(
            "有的户已经不在评议这一步，请刷新后再填", "Something is no longer at its meeting: look again"
        )
    for key, one in found.items():
        _fits(one, current_step(one), entitled, present, votes[key])
    kept = {
        "minutes": store(by=by, place_code=village_code, name=minutes.name, pieces=minutes.pieces),
        "photo": store(by=by, place_code=village_code, name=photo.name, pieces=photo.pieces),
    }
    told = tuple(
        _decide(by, one, {"entitled": entitled, "present": present, **votes[key]}, kept)
        for key, one in found.items()
    )
    if told and all(one.why for one in told):
        assert told[0].why is not None
        raise told[0].why
    return Held(village_code, told)


def _fits(one: Proceeding, step: Step, entitled: int, present: int, vote: dict[str, int]) -> None:
    name = one.household.head_name if one.household else ""
    if sum(vote.values()) != present or present > entitled or min(vote.values()) < 0:
        raise Refused(
            f"{name}：同意、不同意、弃权之和应等于实到人数",
            f"{name}: yes, no and abstained must add up to those present",
        )
    if present < least_present(step["vote"], entitled):
        raise Refused("到会人数不够，会议不能作出决定", "Too few were at the meeting: it cannot decide")


def _decide(by: Appointment, one: Proceeding, vote: dict[str, int], kept: dict[str, StoredFile]) -> Outcome:
    step = current_step(one)
    agreed = vote["yes"] * 100 > step["vote"]["passes_percent"] * vote["present"]
    try:
        with acts.in_words():
            lay(by, one, step, kept)
            if agreed:
                return Outcome(acts.sign(by=by, proceeding=one, detail={"vote": vote}).proceeding, True)
            reason = f"评议表决没有过半数：应到 {vote['entitled']} 人，实到 {vote['present']} 人，同意 {vote['yes']} 票"
            return Outcome(
                acts.say_no(by=by, proceeding=one, reason=reason, detail={"vote": vote}).proceeding, False
            )
    except Refused as why:
        return Outcome(one, agreed, why)


def lay(by: Appointment, one: Proceeding, step: Step, kept: dict[str, StoredFile]) -> None:
    """Lays the files of a meeting, stored once, to a proceeding as the evidence its step wants."""
    for wanted in step["evidence"]:
        file = kept.get(wanted["kind"])
        if file is not None:
            Paper.objects.create(
                proceeding=one, place_code=one.place_code, round=one.round, step=one.at_step, what=wanted["code"], file=file,
                brought_by=by.post_name, appointment=by, at=beijing_now(),
            )  # fmt: skip


@recorded("decisions.meeting_pack_made")
def make_pack(
    *, by: Appointment, village_code: str, held_on: date, entitled: int, only: Iterable[int] = ()
) -> Pack:
    """The papers of a meeting: agenda, who is discussed with conclusions, attendance, secret ballots, minutes.

    `only`: these proceedings; none named: all that wait. Refused where nothing waits.
    """
    needs(by, "decisions.meet")
    chosen = set(only)
    found = meetings.waiting(village_code)
    if chosen:
        found = found.filter(pk__in=chosen)
    told = meetings.candidates(found, "zh")
    if not told:
        raise Refused("没有等待评议的事项", "Nothing waits for a meeting")
    quorum = max(least_present(current_step(one)["vote"], entitled) for one in found)
    try:
        content = press.pdf(LAYOUT, paper(village_code, held_on, entitled, quorum, told), beijing_now())
    except press.NoType as none:
        raise Refused("本机没有中文字体，不能生成会议材料", "This machine has no Chinese type") from none
    detail = {"proceedings": [one["pk"] for one in told], "digest": sha256(content).hexdigest()}
    return Pack(content, f"meeting:{village_code}", village_code, detail)


def paper(
    village_code: str, held_on: date, entitled: int, quorum: int, told: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the layout reads."""
    names = names_of([village_code[:n] for n in (6, 9, 12)])
    return {
        "title": "村民代表会议评议材料",
        "place": " ".join(names[code] for code in sorted(names)),
        "village": names.get(village_code, ""),
        "held_on": f"{held_on:%Y 年 %-m 月 %-d 日}",
        "entitled": entitled,
        "quorum": quorum,
        "candidates": told,
    }
