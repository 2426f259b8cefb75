"""Something happened in a family: it is proposed with its evidence, corrected after a return, or taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.identity import identity
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.kinds import KINDS, Change, Kind
from xiuhua.decisions.kinds.kind import lines_of
from xiuhua.decisions.kinds.reading import kind_of
from xiuhua.decisions.models import Case, CaseEvidence
from xiuhua.decisions.services import moot
from xiuhua.decisions.services.acts import Done, Unfit, held, immediate, in_words, may, needs, step
from xiuhua.decisions.terms import Act, State
from xiuhua.files.services import content, store
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household, Person
from xiuhua.registry.services import Refused


@dataclass(frozen=True)
class Upload:
    """A photo or scan on its way in: which evidence it is, its name, its content in pieces.

    sources, until: of an authorisation what may be asked and the last day, where it says one; of a comparison what was asked.
    drawn: signed on the screen.
    """

    what: str
    name: str
    pieces: Iterator[bytes]
    sources: tuple[str, ...] = ()
    until: date | None = None
    drawn: bool = False


@dataclass(frozen=True)
class Said:
    """What a form says: the day, the values by the kind's fields, the ID number in the clear (sealed at once), why."""

    on: date
    payload: dict[str, Any]
    id_number: str = field(default="", repr=False)
    reason: str = ""


@recorded("decisions.proposed")
def propose(
    *,
    by: Appointment,
    kind: str,
    household: Household,
    said: Said,
    person: Person | None = None,
    papers: Iterable[Upload] = (),
) -> Done:
    """Proposes a change of a family. Unfit says what does not make sense; nothing of the register changes yet."""
    needs(by, "decisions.propose")
    if not scope_of(by.place_code).covers(household.village_code):
        raise Refused("这一户不在您的工作范围内", "The household lies outside your area")
    one = KINDS[kind]
    change = _fit(one, by, household, person, said)
    with in_words():
        immediate()
        to_code = str(said.payload["county"]) if one.leaves_county else ""
        case = Case(place_code=household.village_code, kind=kind, to_code=to_code, begun_at=beijing_now())
        _fill(case, one, change, said)
        case.save(force_insert=True)
    _keep(by, case, papers)
    return Done(
        case,
        step(
            by, case, Act.PROPOSED, detail=_told(case, lines_of(one, change, apart=True)), reason=said.reason
        ),
    )


@recorded("decisions.resubmitted")
def resubmit(*, by: Appointment, case: Case, said: Said, papers: Iterable[Upload] = ()) -> Done:
    """Corrects a returned case and proposes it again. What was proposed before stays with its step."""
    needs(by, "decisions.propose")
    case = held(case)
    may(by, case, Act.RESUBMITTED)
    one = kind_of(case)
    if not one.offered and not said.reason.strip():
        raise Refused("请写明依据", "Say what it rests on")
    said = replace(said, payload={**one.kept(case.payload), **said.payload})
    household = Household.objects.get(pk=case.households[0])
    person = case.payload.get("person")
    change = _fit(one, by, household, Person.objects.get(pk=person) if person else None, said, case)
    with in_words():
        immediate()
        _fill(case, one, change, said)
        case.save()
    _keep(by, case, papers)
    return Done(
        case,
        step(
            by,
            case,
            Act.RESUBMITTED,
            detail=_told(case, lines_of(one, change, apart=True)),
            reason=said.reason,
        ),
    )


@recorded("decisions.evidence_added")
def add_evidence(*, by: Appointment, case: Case, papers: Iterable[Upload]) -> Done:
    """Brings evidence that was missing, while the case is open."""
    needs(by, "decisions.propose")
    case = held(case)
    if case.state not in (State.PENDING, State.RETURNED, State.SENT):
        raise Refused("事项已经办结，不能再补材料", "The case is closed; no evidence can be added")
    _keep(by, case, papers)
    newest = case.steps.order_by("-number").first()
    assert newest is not None
    return Done(case, newest)


@dataclass(frozen=True)
class Opened:
    """A piece of evidence made readable once."""

    content: bytes = field(repr=False)
    audit_subject: str
    audit_place: str
    audit_detail: dict[str, Any]


@recorded("decisions.evidence_opened")
def open_evidence(*, by: Appointment, evidence: CaseEvidence) -> Opened:
    """Shows a photo or scan, and records who looked."""
    needs(by, "decisions.open_evidence")
    detail = {"what": evidence.what, "evidence": evidence.pk}
    return Opened(content(evidence.file), f"case:{evidence.case_id}", evidence.place_code, detail)


@recorded("decisions.withdrawn")
def withdraw(*, by: Appointment, case: Case, reason: str = "") -> Done:
    """Takes back one's own proposal before it is decided."""
    case = held(case)
    may(by, case, Act.WITHDRAWN)
    done = Done(case, step(by, case, Act.WITHDRAWN, reason=reason))
    moot.close_after(by=by, case=case, households=case.households)
    return done


def _fit(
    one: Kind,
    by: Appointment,
    household: Household,
    person: Person | None,
    said: Said,
    case: Case | None = None,
) -> Change:
    """The change as the kind sees it, found to make sense."""
    payload = {**said.payload, **({"person": person.pk, "person_name": person.name} if person else {})}
    change = Change(household, said.on, person, payload, reason=said.reason.strip(), by=by)
    if said.id_number:
        what = identity(said.id_number, on=beijing_today())
        if not what.valid:
            raise Refused(
                "证件号码不对，请对照证件逐位核对",
                "The ID number is not valid; compare every digit with the document",
            )
        payload |= {"id_kind": what.kind, "id_valid": True}
        change.id_sealed, change.id_blind = seal(said.id_number), blind(said.id_number)
    elif case is not None and case.id_blind is not None and case.id_sealed is not None:
        # Left empty in a correction: the sealed number stays.
        payload |= {key: case.payload[key] for key in ("id_kind", "id_valid") if key in case.payload}
        change.id_sealed, change.id_blind = bytes(case.id_sealed), bytes(case.id_blind)
    problems = one.check(change)
    if problems:
        raise Unfit(problems)
    return change


def _fill(case: Case, one: Kind, change: Change, said: Said) -> None:
    case.claim = one.claim(change)[:160]
    case.households, case.persons = one.households(change), one.persons(change)
    case.payload, case.effective_on, case.reason = change.payload, change.on, said.reason.strip()[:400]
    case.id_sealed, case.id_blind = change.id_sealed, change.id_blind


def _told(case: Case, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What was proposed, as the step keeps it."""
    return {
        "payload": case.payload,
        "on": case.effective_on.isoformat(),
        "number": case.id_blind is not None,
        "apart": True,
        "lines": lines,
    }


def _keep(by: Appointment, case: Case, papers: Iterable[Upload]) -> None:
    for one in papers:
        file = store(by=by, place_code=case.place_code, name=one.name, pieces=one.pieces)
        CaseEvidence.objects.create(
            case=case,
            place_code=case.place_code,
            what=one.what,
            file=file,
            brought_by=by.post_name,
            at=beijing_now(),
        )
