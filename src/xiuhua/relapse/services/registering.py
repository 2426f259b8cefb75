"""A family that asked for help and that the register does not have is entered on the roll of all rural households; what it asked goes
on to that household, with its old days, in the moment in which another person decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.decisions.models import Case
from xiuhua.decisions.services import NewHome, Upload, propose_household, resubmit_household
from xiuhua.decisions.terms import OPEN, State
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse.models import Application
from xiuhua.relapse.services.applying import Asked, bind, hold
from xiuhua.relapse.services.refusing import in_words, needs


@dataclass(frozen=True)
class Entering:
    """An application whose family is being entered on the roll by a case."""

    application: Application
    case: Case

    @property
    def audit_subject(self) -> str:
        return f"application:{self.application.pk}"

    @property
    def audit_place(self) -> str:
        return self.application.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"case": self.case.pk}


@recorded("relapse.registration_begun")
def register(
    *, by: Appointment, application: Application, home: NewHome, papers: Iterable[Upload] = ()
) -> Entering:
    """Begins to enter the family of an application on the roll, or hands it in corrected after it was given back; another person decides.

    Unfit where it does not make sense, or somebody of it is in the register already; Refused where it is tied to a household that is there.
    """
    needs(by, "relapse.work")
    held = hold(application)
    if held.source is not None and held.source.household.ended_on is None:
        raise Refused("这份申请已经认到户", "The application is tied to a household already")
    case = held.registration
    if case is not None and case.state == State.RETURNED:
        return Entering(held, resubmit_household(by=by, case=case, home=home, papers=papers).case)
    if case is not None and case.state in OPEN:
        raise Refused("建户登记正在等人审核，不用再报", "Its entry on the roll waits for a decision already")
    made = propose_household(by=by, home=home, papers=papers).case
    held.registration = made
    with in_words():
        held.save(update_fields=["registration"])
    return Entering(held, made)


def goes_on(*, by: Appointment, case: Case, household: Household) -> Asked | None:
    """The family is on the roll now: what it asked becomes its clue, of the day on which it asked. Called by whoever carries a case out."""
    asked = Application.objects.filter(registration=case).first()
    return _tied(by=by, application=asked, household=household) if asked else None


@recorded("relapse.application_tied")
def _tied(*, by: Appointment, application: Application, household: Household) -> Asked:
    return bind(by, hold(application), household)
