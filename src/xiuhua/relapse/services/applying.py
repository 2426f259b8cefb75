"""Somebody asked for help for a household, from the page or past it: taken down where it came on paper, by phone or in person, opened by
whoever works there, tied to the household, or asked back.

Nothing of it is refused for good: while nobody knows which household it is, it stays open and its days run on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.covering import holds_numbers
from xiuhua.common.sealing import seal, unseal
from xiuhua.decisions.models import Case
from xiuhua.decisions.queries.cases import why_not
from xiuhua.decisions.services import refuse, withdraw
from xiuhua.decisions.terms import Act, State
from xiuhua.notices.services.receipts import hash_of, new_code
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse.models import Application, Reply
from xiuhua.relapse.queries.applications import above
from xiuhua.relapse.queries.figures import whole_number
from xiuhua.relapse.services.clues import Saying, owner_of, take_down
from xiuhua.relapse.services.refusing import in_words, needs
from xiuhua.relapse.terms import Channel, Origin, Risk

# A clue is at most a year old; who asked longer ago is heard all the same.
OLDEST = timedelta(days=366)


@dataclass(frozen=True)
class Opened:
    """What was asked, made readable once; the audit is told that it was read, and nothing of it."""

    head: str = field(repr=False)
    said: str = field(repr=False)
    contact: str = field(repr=False)
    audit_subject: str = ""
    audit_place: str = ""


@dataclass(frozen=True)
class Asked:
    """An application after an act on it."""

    application: Application
    clue: int | None = None
    joined: bool = False

    @property
    def audit_subject(self) -> str:
        return f"application:{self.application.pk}"

    @property
    def audit_place(self) -> str:
        return self.application.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"clue": self.clue}


@dataclass(frozen=True)
class Words:
    """What somebody asked past the page: for whom, about what, in which words, where to reach them, how and on which day it came."""

    village_code: str
    head: str
    risk: Risk
    said: str
    channel: Channel
    came_on: date
    contact: str = ""


@dataclass(frozen=True)
class TakenDown:
    """An application that somebody took down, with the code by which whoever asked sees how far it is: told once, kept nowhere."""

    application: Application
    receipt: str = field(repr=False)

    @property
    def audit_subject(self) -> str:
        return f"application:{self.application.pk}"

    @property
    def audit_place(self) -> str:
        return self.application.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"channel": self.application.channel}


@recorded("relapse.application_taken_down")
def take_in(*, by: Appointment, words: Words) -> TakenDown:
    """Takes down what was asked on paper, by phone or in person for a family that the register does not have: sealed like what comes from
    the page, its days run from the day on which it came. Refused: from the page, an ID number or phone in the words, a day to come."""
    needs(by, "relapse.work")
    if words.channel not in (Channel.PAPER, Channel.PHONE, Channel.SPOKEN):
        raise Refused(
            "请写明是书面、电话还是当面提出的", "Say whether it came on paper, by phone or in person"
        )
    if not words.head.strip() or not words.said.strip():
        raise Refused("请写明为谁申请、怎么说的", "Say for whom it is asked, and in which words")
    if holds_numbers(words.head) or holds_numbers(words.said):
        raise Refused("姓名和经过里不写证件号、电话；电话写在“怎么联系”一栏", "Name and words hold no ID number or phone; a phone stands under how to reach them")  # fmt: skip
    place, today, code = words.village_code, beijing_today(), new_code()
    with in_words():
        made = Application.objects.create(
            village_code=place, risk=words.risk, head_sealed=seal(words.head.strip()[:60]), said_sealed=seal(words.said.strip()[:600]),
            contact_sealed=seal(words.contact.strip()[:60]) if words.contact.strip() else None, came_on=words.came_on,
            check_days=whole_number("household_check_days", today, place), whole_days=whole_number("identification_working_days", today, place),
            check_due_on=today, due_on=today, owner_id=owner_of(place), recorded_at=beijing_now(), receipt_blind=hash_of(code),
            channel=words.channel, appointment=by, taken_by=by.says("zh"),
        )  # fmt: skip
    made.refresh_from_db()
    return TakenDown(made, code)


@recorded("relapse.application_opened")
def open_application(*, by: Appointment, application: Application) -> Opened:
    """Shows what was asked and where to reach whoever asked, to whoever works on clues there, and records who looked."""
    needs(by, "relapse.work")
    one = application
    contact = unseal(bytes(one.contact_sealed)) if one.contact_sealed else ""
    return Opened(
        unseal(bytes(one.head_sealed)), unseal(bytes(one.said_sealed)), contact, f"application:{one.pk}", one.village_code
    )  # fmt: skip


@recorded("relapse.application_tied")
def tie(*, by: Appointment, application: Application, household: Household) -> Asked:
    """This is the household: what was asked becomes a saying of its clue, of the day on which it was asked.

    Tied to the wrong household, it can be tied again; what was begun there ends in its own way.
    """
    needs(by, "relapse.work")
    held = hold(application)
    if held.source is not None and held.source.household_id == household.pk:
        raise Refused("已经认到这一户", "It is tied to this household already")
    if held.registration is not None and held.registration.state in (State.PENDING, State.RETURNED):
        _not_entered(by, held.registration, household)
    return bind(by, held, household)


def hold(application: Application) -> Application:
    """The application as it stands, held for the rest of the transaction."""
    found = Application.objects.select_for_update(of=("self",)).select_related("source", "registration")
    return found.get(pk=application.pk)


def bind(by: Appointment, held: Application, household: Household) -> Asked:
    """What was asked becomes a saying of the household's clue, with its own day."""
    asked_on = max(held.came_on, beijing_today() - OLDEST)
    said = unseal(bytes(held.said_sealed))
    saying = Saying(Origin.HOUSEHOLD, Risk(held.risk), said, asked_on, Channel(held.channel))
    told = take_down(by=by, household=household, saying=saying)
    held.source, held.tied_by = told.source, by.post_name
    with in_words():
        held.save(update_fields=["source", "tied_by", "tied_at"])
    return Asked(held, told.clue.pk, told.joined)


def _not_entered(by: Appointment, case: Case, household: Household) -> None:
    """The family is in the register: what was to enter it ends with that, by an office that may decide it, or by who proposed it."""
    reason = f"登记册里已有这一家（{household.number}），申请并入那一户"
    if why_not(by, case, Act.REFUSED) is None:
        refuse(by=by, case=case, reason=reason)
    elif why_not(by, case, Act.WITHDRAWN) is None:
        withdraw(by=by, case=case, reason=reason)
    else:
        raise Refused(
            f"这份申请正在办建户登记（事项 {case.pk}）：由提交人撤回，或由审核人在这里并入",
            f"Its family is being entered on the roll (case {case.pk}): whoever proposed that takes it back, or whoever decides it joins it here",
        )


@recorded("relapse.application_asked_back")
def ask_back(*, by: Appointment, application: Application, reason: str, where: str) -> Asked:
    """It is not known yet which household it is: why, and where to ask back, for whoever holds the receipt. It stays open; from a
    village it goes on to the township, which looks further."""
    needs(by, "relapse.work")
    if not reason.strip() or not where.strip():
        raise Refused(
            "请写明为什么没找到，以及到哪里、怎么再问", "Say why it was not found, and where to ask back"
        )
    if holds_numbers(reason):
        raise Refused("答复里不写证件号、电话", "An answer holds no ID number or phone")
    with in_words():
        Reply.objects.create(
            application=application, village_code=application.village_code, reason=reason.strip()[:300], ask_back=where.strip()[:200],
            post=by.post_name, at=beijing_now(),
        )  # fmt: skip
        if by.role == Role.VILLAGE_WORKER and (office := above(application.village_code)) is not None:
            application.owner_id = office
            application.save(update_fields=["owner"])
    return Asked(application)
