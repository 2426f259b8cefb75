"""Cases of an area, of a post, of a household; who may do what with one, and if not, why."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.asking import NONE, Single
from xiuhua.decisions.kinds import KINDS, both
from xiuhua.decisions.kinds.reading import both_sides, change_of, there
from xiuhua.decisions.models import Case, CaseStep
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries.apart import is_kin, people_of
from xiuhua.decisions.terms import OPEN, Act, State
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household

PROPOSING = (Act.PROPOSED, Act.RESUBMITTED)
# Who did one of these decides nothing of the case.
OWN_PART = (*PROPOSING, Act.RECEIVED, Act.UNDO_ASKED)
DECIDING = (Act.ACCEPTED, Act.AGREED, Act.RETURNED, Act.REFUSED, Act.UNDONE, Act.UNDO_REFUSED)
# What may follow what, as the database has it (0002_nobody_decides_their_own, 0049_who_is_to_receive_says_so).
BEFORE: dict[Act, tuple[State, ...]] = {
    Act.PROPOSED: (State.DRAFTED,),
    Act.RESUBMITTED: (State.RETURNED,),
    Act.WITHDRAWN: (State.PENDING, State.RETURNED, State.SENT),
    Act.RETURNED: (State.PENDING, State.SENT),
    Act.REFUSED: (State.PENDING, State.SENT),
    Act.ACCEPTED: (State.PENDING,),
    Act.AGREED: (State.PENDING,),
    Act.UNDO_ASKED: (State.ACCEPTED,),
    Act.UNDONE: (State.UNDO_ASKED,),
    Act.UNDO_REFUSED: (State.UNDO_ASKED,),
}

# Where the household lives now nobody sees the case, which stays where it was proposed: only who has both can act on it.
ELSEWHERE = both(
    "这一户已迁到您的工作范围以外，由管着两处的上级岗位办理：同一乡镇内的由乡镇，跨乡镇的由县级",
    "The household moved outside of your area: the office above both places does this, the township's within one, else the county's",
)


def officials(case: Case, *acts: Act, stood_for: bool = False) -> set[int]:
    """The people who took certain steps of a case; also those whom they stood in for, where that is asked."""
    steps = CaseStep.objects.filter(case=case, act__in=acts)
    found = steps.values_list("official_id", "appointment__deputy_for__official_id")
    return {one for pair in found for one in (pair if stood_for else pair[:1]) if one is not None}


def why_not(by: Appointment, case: Case, act: Act) -> dict[str, str] | None:
    """Why a post may not take a step now, and who may; None when it may."""
    # What another county was offered is taken back or answered there; within the county its office still looks at it.
    offered = case.state == State.SENT and KINDS[case.kind].leaves_county and act is not Act.WITHDRAWN
    if State(case.state) not in BEFORE[act] or offered:
        return both(
            f"这一事项现在是“{State(case.state).zh}”，不能再办这一步",
            f"The case is “{State(case.state).en}”; this step is not open",
        )
    area = scope_of(by.place_code)
    if act is Act.WITHDRAWN:
        if by.official_id not in officials(case, *PROPOSING):
            return both("只有提交人可以撤回", "Only who proposed it can take it back")
        return None
    right = "decisions.decide" if act in DECIDING else "decisions.propose"
    if by.role not in RIGHTS[right] or not area.covers(case.place_code):
        if right == "decisions.decide":
            return both("由乡镇或县级业务岗位审核", "The township or county office decides")
        return both("由本村、乡镇或县级业务岗位办理", "The village, township or county office does this")
    # What two sides were judged to be is corrected by whoever may judge them, with both before them.
    judges = by.role in RIGHTS["decisions.pair"]
    from_pair = not KINDS[case.kind].offered and not KINDS[case.kind].begins
    if act is Act.RESUBMITTED and from_pair and not (judges and both_sides(case)):
        return both(
            "这一事项来自逐对判断，由判断的乡镇或县级业务岗位补正",
            "It came of a pair: the township or county office that judges it corrects it",
        )
    if act is Act.RESUBMITTED and not there(case):
        return ELSEWHERE
    if act not in DECIDING:
        return None
    asked = (Act.UNDO_ASKED,) if case.state == State.UNDO_ASKED else PROPOSING
    answered = () if case.state == State.UNDO_ASKED else (Act.RECEIVED,)
    if any(is_kin(by, household) for household in case.households):
        return both(
            "您是这一户的人，或与这一户有亲属关系（已登记），由别人审核",
            "You are of this household or kin of it, as is on record: somebody else decides",
        )
    if officials(case, *asked, stood_for=True).intersection(people_of(by)):
        return both(
            "这一事项是您本人提交的，须由另一个人审核", "You proposed this; somebody else must decide"
        )
    if officials(case, *answered, stood_for=True).intersection(people_of(by)):
        return both(
            "您已代表迁入乡镇答复，须由另一个人审核",
            "You answered for the township that receives it; somebody else must decide",
        )
    if not there(case):
        return ELSEWHERE
    # Undoing asks the pair again, too.
    if not both_sides(case) or (
        act in (Act.ACCEPTED, Act.AGREED)
        and any(not area.covers(code) for code in KINDS[case.kind].reach(change_of(case)))
    ):
        return both(
            "这一事项涉及两个乡镇，由县级业务岗位审核", "It touches two townships: the county office decides"
        )
    return None


def waiting_for(by: Appointment) -> QuerySet[Case]:
    """Cases of the area that this person may decide: open, and not proposed by them."""
    if by.role not in RIGHTS["decisions.decide"]:
        return Case.objects.none()
    own = CaseStep.objects.filter(official=by.official_id, act__in=OWN_PART).values("case")
    return Case.objects.filter(state__in=(State.PENDING, State.UNDO_ASKED)).exclude(pk__in=own)


# Around every page; what `waiting_for` lists, counted.
WAITING = """
select count(*) from decisions_case c where c.state = any(%(case_open)s) and not exists
  (select from decisions_casestep s where s.case_id = c.id and s.official_id = %(official)s and s.act = any(%(case_asking)s))
"""


def waiting_count(by: Appointment) -> Single:
    """How many cases of the area this person may decide."""
    if by.role not in RIGHTS["decisions.decide"]:
        return NONE
    asking, state = [one.value for one in OWN_PART], [State.PENDING.value, State.UNDO_ASKED.value]
    return Single(WAITING, {"case_open": state, "official": by.official_id, "case_asking": asking})


def proposed_by(by: Appointment) -> QuerySet[Case]:
    """Cases that this person proposed, the newest first."""
    own = CaseStep.objects.filter(official=by.official_id, act=Act.PROPOSED).values("case")
    return Case.objects.filter(pk__in=own)


def closed() -> QuerySet[Case]:
    """Cases of the area with which nothing is left to do."""
    return Case.objects.exclude(state__in=[*(one.value for one in OPEN), State.DRAFTED])


def of_household(household: int) -> QuerySet[Case]:
    """Cases that touch a household, the newest first; also the one that entered it on the roll, which was of no household before."""
    begun = Household.objects.filter(pk=household).values_list("begun_by_case", flat=True).first()
    found = Q(households__contains=[household])
    if begun is not None:
        found |= Q(pk=begun, kind__in=[one.code for one in KINDS.values() if one.begins])
    return Case.objects.filter(found).exclude(state=State.DRAFTED)


def standing_on(case: Case) -> list[Case]:
    """Cases carried out after this one about the same households or people: what must be undone before it can be."""
    # What another county receives is carried out by that; within a county a township only says that it will.
    carrying = CaseStep.objects.filter(Q(act=Act.ACCEPTED) | Q(act=Act.RECEIVED) & ~Q(case__to_code=""))
    carried = carrying.filter(case=case).order_by("-number").first()
    if carried is None:
        return []
    touched = carried.detail
    later = (
        carrying.filter(pk__gt=carried.pk)
        .exclude(case__state=State.UNDONE)
        .exclude(case=case)
        .select_related("case")
        .order_by("pk")
    )
    households, persons = set(touched.get("households", [])), set(touched.get("persons", []))
    return [
        one.case
        for one in later
        if households & {*one.detail.get("households", []), *one.case.households}
        or persons & set(one.detail.get("persons", []))
    ]


def office_levels() -> frozenset[Role]:
    """Roles that decide."""
    return RIGHTS["decisions.decide"]
