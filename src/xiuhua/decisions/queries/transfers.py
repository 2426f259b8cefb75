"""Who is to come into an area from another place: what its office answers, and what its villages are told of."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.asking import NONE, Single
from xiuhua.decisions.kinds import KINDS, both
from xiuhua.decisions.models import Case, Transfer
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.terms import OPEN, Act, State
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household

LATEST = 10


def near(transfer: Transfer) -> bool:
    """Whether it comes from the same county: then it lies in the village that it comes to."""
    return len(transfer.place_code) == 12


def waiting_here(by: Appointment) -> QuerySet[Transfer]:
    """What this office has to answer: from another county, or into its township from another one of the county."""
    if by.role not in RIGHTS["decisions.decide"]:
        return Transfer.objects.none()
    found = Transfer.objects.filter(answer="", state=State.SENT)
    if by.role == Role.TOWNSHIP_OFFICE:
        return found
    return found.filter(place_code=by.place_code)


# Around every page; what `waiting_here` lists, counted.
WAITING = "select count(*) from decisions_transfer where answer = '' and state = %(transfer_sent)s and place_code like %(transfer_place)s"


def waiting_here_count(by: Appointment) -> Single:
    """How much this office has to answer."""
    if by.role not in RIGHTS["decisions.decide"]:
        return NONE
    place = "%" if by.role == Role.TOWNSHIP_OFFICE else by.place_code
    return Single(WAITING, {"transfer_sent": State.SENT.value, "transfer_place": place})


def told_here(by: Appointment) -> QuerySet[Transfer]:
    """What comes or came from outside the area and is nothing to answer any more: its case lies with whoever proposed it."""
    area = scope_of(by.place_code)
    found = Transfer.objects.exclude(from_code__gte=area.lo, from_code__lt=area.hi)
    return found.exclude(pk__in=waiting_here(by).values("pk"))


def why_no_answer(by: Appointment, transfer: Transfer) -> dict[str, str] | None:
    """Why a post may not answer it now, and who does; None where it may."""
    if transfer.state == State.SENT:
        office = by.place_code == (transfer.place_code[:9] if near(transfer) else transfer.place_code)
        if by.role in RIGHTS["decisions.decide"] and office:
            return None
        if near(transfer):
            return both("由迁入乡镇的业务岗位答复", "The office of the township that receives it answers")
        return both("由县级业务岗位答复", "The county office answers")
    return both("已经答复过，或不用答复。", "It was answered already, or needs no answer.")


def may_take_back(by: Appointment, transfer: Transfer) -> bool:
    """Whether what the township accepted can be declined after all: as long as the county has not carried it out."""
    here = by.role in RIGHTS["decisions.decide"] and by.place_code == transfer.place_code[:9]
    return near(transfer) and here and (transfer.answer, transfer.state) == (Act.RECEIVED, State.PENDING)


def arrivals(by: Appointment) -> dict[str, Any]:
    """What an inbox shows of it: what this office answers; what else is on its way here, and the latest that was settled."""
    told = told_here(by)
    settled = told.exclude(state__in=OPEN).order_by("-pk")[:LATEST]
    return {"incoming": rows(waiting_here(by)), "told": rows(told.filter(state__in=OPEN)) + rows(settled)}


def rows(found: QuerySet[Transfer]) -> list[dict[str, Any]]:
    """Transfers as a list shows them. Two queries, however many."""
    transfers = list(found)
    codes = {
        code
        for one in transfers
        for code in (one.from_code[:6], one.from_code[:9], one.from_code, one.place_code)
    }
    names = names_of(codes)
    return [
        {
            "url": reverse("decisions:transfer", args=[one.pk]), "kind": KINDS[one.kind], "who": one.about or one.head_name,
            "people": one.people, "at": one.offered_at, "by": one.offered_by, "from": from_where(one, names),
            "to": names.get(one.place_code, ""), "tone": "straw" if State(one.state) in OPEN else "plain", "label": State(one.state),
        }
        for one in transfers
    ]  # fmt: skip


def from_where(one: Transfer, names: dict[str, str]) -> str:
    """From another county its name and the township's; within one county township and village."""
    codes = (one.from_code[:9], one.from_code) if near(one) else (one.from_code[:6], one.from_code[:9])
    return "".join(names.get(code, "") for code in codes)


def receiving(case: Case) -> str:
    """The township of this county that is to receive what a case proposes, by name; empty where none is asked."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_receiving(%s)", [case.pk])
        (code,) = cursor.fetchone() or (None,)
    return Place.objects.filter(code=code).values_list("name", flat=True).first() or "" if code else ""


def page(by: Appointment, one: Transfer) -> dict[str, Any]:
    """The context of decisions/transfer.html. Before it is carried out nothing of the household but what was offered."""
    [row] = rows(Transfer.objects.filter(pk=one.pk))
    home = Household.objects.filter(pk=one.household).first() if one.household else None
    whole = one.household is not None and one.kind in ("move", "taken_household_move", "move_away")
    return {
        "transfer": one, "row": row, "near": near(one), "told": near(one) and one.from_code[:9] == one.place_code[:9],
        "into": {"name": home.head_name or home.number, "number": home.number, "url": reverse("workbench:household", args=[home.pk])} if home else None,
        "into_label": both("这一户", "The household") if whole else both("进入哪一户", "Into which household"),
        "answered": Act(one.answer) if one.answer in (Act.RECEIVED, Act.DECLINED) else None,
        "pills": [{"tone": row["tone"], "label": row["label"]}],
        "why_not": why_no_answer(by, one), "take_back": may_take_back(by, one),
    }  # fmt: skip
