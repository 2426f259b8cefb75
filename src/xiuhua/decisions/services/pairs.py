"""Pairs are opened, answered, taken back. What an answer changes in the register goes through a case of two people; an answer
that changes nothing is one person's, recorded, and can be undone by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.kinds.settling import (
    TO_CORRECT,
    TO_REMOVE,
    gone,
    living,
    open_again,
    send_back,
    settle_findings,
    stays_nowhere,
)
from xiuhua.decisions.models import Case, Pair
from xiuhua.decisions.queries import pairs as queries
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.deciding import ask_undo
from xiuhua.decisions.services.moot import close_one
from xiuhua.decisions.services.proposing import Said, propose
from xiuhua.decisions.terms import Answer, PairKind, PairState, State
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.services import Refused


@dataclass(frozen=True)
class Side:
    """One side of a pair. `said` holds no number: name, sex, birth_date (ISO), relation, household, person, village, head,
    id_kind, id_valid, seen, seen_on, household_id, person_id, source {where: file|register, file, sheet, row, batch, field}.
    """

    said: Mapping[str, Any]
    id_sealed: bytes | None = None
    id_blind: bytes | None = None

    @classmethod
    def of_register(cls, row: Sequence[Any]) -> Side:
        """A person of the register: person's id, number, name, sex, birth date, sealed number, blind, id_kind, id_valid, seen,
        seen_on, batch, relation; household's id, number, head; village code. In this order."""
        pk, number, name, sex, born, sealed, blind, id_kind, id_valid, seen, seen_on, batch, *where = row
        relation, home, household, head, village = where
        said = {
            "name": name, "sex": sex, "birth_date": born and born.isoformat(), "relation": relation, "household": household, "person": number or "",
            "village": village, "head": head, "id_kind": id_kind, "id_valid": id_valid, "seen": seen, "seen_on": seen_on and seen_on.isoformat(),
            "person_id": pk, "household_id": home, "source": {"where": "register", "batch": batch},
        }  # fmt: skip
        return cls(said, None if sealed is None else bytes(sealed), None if blind is None else bytes(blind))

    @property
    def key(self) -> str:
        """Who it is, in the same words before and after merging."""
        one = self.said
        return "/".join(str(one.get(name) or "") for name in ("household", "person", "name"))


@dataclass(frozen=True)
class Asked:
    """One pair to be opened. findings: fingerprints of the findings that are settled with it, by side."""

    kind: PairKind
    left: Side
    right: Side
    found_by: str
    score: float | None = None
    findings: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """Who and which values, in no order of sides: the same question has the same mark, a new value another."""
        left, right = self.left.said, self.right.said
        blinds = [side.id_blind.hex() if side.id_blind else "" for side in (self.left, self.right)]
        who: list[Any]
        match self.kind:
            case PairKind.SAME_PERSON | PairKind.ID_TWICE:
                who = ["number", blinds[0], *sorted([self.left.key, self.right.key])]
            case PairKind.ID_CHANGED:
                who = [self.kind, left["person"], *blinds]
            case PairKind.PERSON_MOVED:
                who = [self.kind, left["person"], left["household"], right["household"]]
            case PairKind.HOUSEHOLD_MOVED:
                who = [self.kind, left["household"], left["village"], right["village"]]
            case PairKind.ID_ELSEWHERE | PairKind.RELEASE_ASKED:
                who = [self.kind, blinds[0], self.left.key, right.get("village")]
            case _:
                born = [str(one.get("birth_date") or "") for one in (left, right)]
                who = [
                    self.kind,
                    *sorted(
                        f"{s.key}/{b}/{n}"
                        for s, b, n in zip((self.left, self.right), born, blinds, strict=True)
                    ),
                ]
        return hashlib.sha256(json.dumps(who, ensure_ascii=False).encode()).hexdigest()[:32]

    @property
    def place_code(self) -> str:
        """The narrowest place that has both sides: village, township or county; empty where no side's village is known."""
        villages = [str(side.said.get("village") or "") for side in (self.left, self.right)]
        if self.kind in (PairKind.ID_ELSEWHERE, PairKind.RELEASE_ASKED):
            return villages[0]
        for digits in (12, 9):
            if len({code[:digits] for code in villages if code}) == 1 and len(max(villages)) >= digits:
                return max(villages)[:digits]
        return max(villages)[:6]


@dataclass(frozen=True)
class Judged:
    """A pair after an act."""

    pair: Pair
    case: Case | None = None

    @property
    def audit_subject(self) -> str:
        return f"pair:{self.pair.pk}"

    @property
    def audit_place(self) -> str:
        return self.pair.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {
            "kind": self.pair.kind,
            "answer": self.pair.answer,
            "case": self.case.pk if self.case else None,
        }


@dataclass(frozen=True)
class Opened:
    """How many pairs were opened, how many of the asked were there already, how many new ones are left. `place_code`: the area in which somebody asked or
    looked anew; a township's is its own, for it sees no more of the county than that."""

    place_code: str
    opened: int
    known: int
    left_out: int = 0

    @property
    def audit_place(self) -> str:
        return self.place_code

    @property
    def audit_detail(self) -> dict[str, int]:
        return {"opened": self.opened, "known": self.known}


@recorded("decisions.pairs_opened")
def open_pairs(
    *, by: Actor, county_code: str, asked: Iterable[Asked], batch: int | None = None, most: int | None = None
) -> Opened:
    """Opens pairs that nobody asked before, the first `most` of them where that is said. One that was decided stays so; one that
    was no longer needed is open again. One that is open has the newest score, where there is one."""
    wanted = {one.mark: one for one in asked}
    known = {one.mark: one for one in Pair.objects.filter(county_code=county_code, mark__in=list(wanted))}
    Pair.objects.filter(pk__in=[one.pk for one in known.values() if one.state == PairState.GONE]).update(
        state=PairState.OPEN, batch=batch, answer="", reason=""
    )
    Pair.objects.bulk_update(
        [one for one in known.values() if _scored_anew(one, wanted[one.mark].score)],
        ["score"],
        batch_size=200,
    )
    new = [(mark, one) for mark, one in wanted.items() if mark not in known]
    made = Pair.objects.bulk_create(
        [
            Pair(
                place_code=one.place_code or by.place_code, county_code=county_code, kind=one.kind, mark=mark, left=dict(one.left.said),
                right=dict(one.right.said), left_id_sealed=one.left.id_sealed, left_id_blind=one.left.id_blind,
                right_id_sealed=one.right.id_sealed, right_id_blind=one.right.id_blind, found_by=one.found_by, score=one.score,
                batch=batch, findings=dict(one.findings), opened_at=beijing_now(),
            )
            for mark, one in new[:most]
        ],
        # One that lies above the acting area is there already and not seen from here.
        ignore_conflicts=True,
    )  # fmt: skip
    return Opened(by.place_code, len(made), len(known), len(new) - len(made))


def _scored_anew(pair: Pair, score: float | None) -> bool:
    """Whether a pair that nobody decided has another score now, which it is given."""
    if score is None or pair.score == score or pair.state == PairState.DECIDED:
        return False
    pair.score = score
    return True


@recorded("decisions.pairs_gone")
def close_pairs(
    *,
    by: Actor,
    county_code: str,
    households: Iterable[str],
    kinds: Iterable[PairKind],
    still: Iterable[str],
    because: str,
) -> Opened:
    """Open pairs about some households that were looked at anew and not found again are no longer asked."""
    among = list(households)
    found = Pair.objects.filter(
        county_code=county_code, state=PairState.OPEN, case__isnull=True, kind__in=list(kinds)
    )
    found = (found.filter(left__household__in=among) | found.filter(right__household__in=among)).exclude(
        mark__in=list(still)
    )
    return Opened(by.place_code, 0, found.update(state=PairState.GONE, reason=because[:400]))


@recorded("decisions.pairs_gone")
def forget_batch(*, by: Actor, batch: int, county_code: str, because: str) -> Opened:
    """A batch was taken back: what it asked and nobody decided is no longer asked."""
    found = Pair.objects.filter(batch=batch, state=PairState.OPEN, case__isnull=True)
    return Opened(by.place_code, 0, found.update(state=PairState.GONE, reason=because[:400]))


@recorded("decisions.pair_decided")
def decide(
    *,
    by: Appointment,
    pair: Pair,
    answer: Answer,
    reason: str = "",
    on: date | None = None,
    said: Mapping[str, Any] | None = None,
) -> Judged:
    """Answers a pair. Where the register changes it is proposed as a case and another person decides; else it is decided. One that asks
    nothing any more is closed instead.

    on: the day the change takes effect, today unless said. said: what the case's form asks beside (relations, relation).
    """
    needs(by, "decisions.pair")
    pair = held(pair)
    if queries.standing(pair) is PairState.OPEN and close_one(by=by, pair=pair):
        return Judged(pair)
    if queries.standing(pair) is not PairState.OPEN:
        raise Refused(
            "这一对已经判断过，或正等另一人确认", "The pair is decided already, or waits for a second person"
        )
    if answer not in queries.answers(pair):
        raise Refused("这一对不能这样判断", "This pair cannot be answered so")
    if not reason.strip():
        raise Refused(
            "请写明依据" if answer is not Answer.NOT_YET else "请写明下一步看什么",
            "Say what it rests on, or what to look at next",
        )
    if why := stays_nowhere(pair, answer):
        raise Refused(*why)
    pair.answer, pair.reason, pair.case = answer, reason.strip()[:400], None
    pair.decided_by, pair.decided_post, pair.decided_at = by.actor_name, by.post_name, beijing_now()
    if answer is Answer.NOT_YET:
        pair.save()
        return Judged(pair)
    case = _case(by, pair, answer, on or beijing_today(), dict(said or {}))
    pair.case, pair.state = case, PairState.OPEN if case else PairState.DECIDED
    pair.save()
    if case is None:
        _take_effect(by, pair, answer)
    return Judged(pair, case)


@recorded("decisions.pair_undone")
def undo_pair(*, by: Appointment, pair: Pair, reason: str) -> Judged:
    """Undoes a decision: at once where one person made it; where two did, it is asked for and another confirms."""
    needs(by, "decisions.pair")
    pair = held(pair)
    if queries.standing(pair) is not PairState.DECIDED:
        raise Refused("这一对还没有判断", "The pair is not decided")
    if not reason.strip():
        raise Refused("请写明为什么要撤销", "Say why it is to be undone")
    if pair.case is not None:
        if pair.case.state != State.ACCEPTED:
            raise Refused(
                "已经申请撤销，等另一人确认", "Undoing was asked for already and waits for a second person"
            )
        return Judged(pair, ask_undo(by=by, case=pair.case, reason=reason).case)
    open_again(pair, by.actor_name)
    if pair.answer == Answer.ASK_RELEASE:
        with connection.cursor() as cursor:
            cursor.execute("select decisions_withdraw_release(%s)", [pair.pk])
    pair.state, pair.answer, pair.reason = PairState.OPEN, "", f"撤销：{reason.strip()}"[:400]
    pair.decided_by, pair.decided_post, pair.decided_at = "", "", None
    pair.save()
    return Judged(pair)


def held(pair: Pair) -> Pair:
    """The pair as it stands, held for the rest of the transaction."""
    return Pair.objects.select_for_update(of=("self",)).select_related("case").get(pk=pair.pk)


def _case(by: Appointment, pair: Pair, answer: Answer, on: date, said: dict[str, Any]) -> Case | None:
    """The case that carries an answer out, proposed; None where nothing of the register changes."""
    left, right = (living(side, pair.county_code) for side in (pair.left, pair.right))
    said |= {"pair": pair.pk, "because": pair.answer}
    match answer:
        case Answer.KEEP_LEFT | Answer.KEEP_RIGHT:
            loses = right if answer is Answer.KEEP_LEFT else left
            return _about(by, "same_person", loses, on, said, pair) if loses else None
        case Answer.RELEASE:
            return _about(by, "released", left, on, said, pair) if left else None
        case Answer.TAKE if pair.kind == PairKind.ID_CHANGED:
            return _about(by, "id_corrected", _there(left), on, said, pair)
        case Answer.TAKE if pair.kind == PairKind.PERSON_MOVED:
            to = Household.objects.filter(
                county_code=pair.county_code, number=pair.right["household"]
            ).first()
            if to is None:
                raise Refused(
                    "迁往的那一户还没有并入登记", "The household moved to is not in the register yet"
                )
            said |= {"to_household": to.pk, "relation": said.get("relation") or pair.right.get("relation")}
            return _about(by, "taken_move", _there(left), on, said, pair)
        case Answer.TAKE:
            household = Household.objects.filter(
                county_code=pair.county_code, number=pair.left["household"]
            ).first()
            if household is None:
                raise Refused("登记里没有这一户了", "The household is not in the register any more")
            said |= {"village": pair.right["village"]}
            return propose(
                by=by,
                kind="taken_household_move",
                household=household,
                said=Said(on, said, reason=pair.reason),
            ).case
    return None


def _about(by: Appointment, kind: str, one: Membership, on: date, said: dict[str, Any], pair: Pair) -> Case:
    return propose(
        by=by, kind=kind, household=one.household, person=one.person, said=Said(on, said, reason=pair.reason)
    ).case


def _there(one: Membership | None) -> Membership:
    if one is None:
        raise Refused(
            "登记里此人已不在那一户，请刷新后再看", "The person is not in that household any more; look again"
        )
    return one


def _take_effect(by: Appointment, pair: Pair, answer: Answer) -> None:
    """What an answer does beside the register: findings are closed with it, and what must be corrected goes back to the file, or to the register."""
    settle_findings(pair, by.actor_name)
    wrong = {Answer.LEFT_WRONG: "left", Answer.RIGHT_WRONG: "right"}.get(answer)
    if wrong and not _only_was(pair, wrong):
        send_back(pair, wrong, TO_CORRECT, by=by)
    goes = {Answer.KEEP_LEFT: "right", Answer.KEEP_RIGHT: "left", Answer.RELEASE: "left"}.get(answer)
    if goes and not _only_was(pair, goes):
        # Not in the register: only the file says so, and the file is to be corrected.
        send_back(pair, goes, TO_REMOVE, by=by)
    if answer is Answer.ASK_RELEASE:
        _ask_release(by, pair)


def _only_was(pair: Pair, side: str) -> bool:
    """Whether a side stood in the register alone and is there no more: nothing is left that could be corrected."""
    one = getattr(pair, side)
    return one["source"]["where"] == "register" and gone(one, pair.county_code)


def _ask_release(by: Appointment, pair: Pair) -> None:
    """Puts the question to the other county: it learns the area and the office that ask, and whom of its own it is about."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_ask_release(%s, %s)", [pair.pk, by.post.says("zh")])
        if not cursor.fetchone()[0]:
            raise Refused(
                "对方已没有用这个号码的人，请重新导入后再看",
                "The number is not in use there any more; take the file in again",
            )


__all__ = [
    "Asked",
    "Judged",
    "Opened",
    "Side",
    "close_pairs",
    "decide",
    "forget_batch",
    "open_pairs",
    "undo_pair",
]
