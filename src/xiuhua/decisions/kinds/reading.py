"""A case of the tables as its kind sees it."""

from __future__ import annotations

from typing import Any

from xiuhua.common.sealing import CannotOpen, blind, unseal
from xiuhua.decisions.kinds import KINDS, Change, Kind
from xiuhua.decisions.models import Case, CaseMember, Pair
from xiuhua.decisions.terms import Act
from xiuhua.registry.models import Household, Person
from xiuhua.registry.terms import HouseholdKind


def kind_of(case: Case) -> Kind:
    """The kind of a case; KeyError for one that this version does not know."""
    return KINDS[case.kind]


def there(case: Case) -> bool:
    """Whether the household of a case still lies in the area."""
    return KINDS[case.kind].begins or Household.objects.filter(pk=case.households[0]).exists()


def home_of(case: Case) -> int | None:
    """The household that a case is about, by its key; of one that the case itself enters on the roll only once that took effect."""
    if case.households:
        return int(case.households[0])
    carried = case.steps.filter(act=Act.ACCEPTED).order_by("-number").first()
    made = carried.detail.get("households", []) if carried else []
    return int(made[0]) if made else None


def newest_members(case: Case) -> list[CaseMember]:
    """Who belongs to a household that a case enters on the roll, as it was handed in last."""
    found = list(case.members.order_by("-round", "turn"))
    return [one for one in found if one.round == found[0].round]


def not_there_yet(village_code: str, head: str = "") -> Household:
    """A household that is in no register: a row that nobody saves, by which a case is read."""
    return Household(county_code=village_code[:6], village_code=village_code, kind=HouseholdKind.OTHER, head_name=head)  # fmt: skip


def both_sides(case: Case) -> bool:
    """Whether the pair that a case was decided from lies in the area; so for a case of none."""
    pair = case.payload.get("pair")
    return not pair or Pair.objects.filter(pk=pair).exists()


def whole(case: Case) -> bool:
    """Whether all that a case is about lies in the area: every household of it, and its pair."""
    homes = set(case.households)
    return both_sides(case) and Household.objects.filter(pk__in=homes).count() == len(homes)


def change_of(case: Case, by: Any = None) -> Change:
    """What the case proposes, against the register as it is now."""
    person = case.payload.get("person")
    if case.id_sealed is not None and blind(unseal(bytes(case.id_sealed))) != bytes(case.id_blind or b""):
        raise CannotOpen("the number of this case is not the one that was proposed")
    if kind_of(case).begins:
        people = newest_members(case)
        home = not_there_yet(
            case.place_code, next((one.name for one in people if one.relation == "head"), "")
        )
        return Change(home, case.effective_on, payload=case.payload, reason=case.reason, case=case.pk, by=by, newcomers=people)  # fmt: skip
    return Change(
        household=Household.objects.get(pk=case.households[0]),
        on=case.effective_on,
        person=Person.objects.get(pk=person) if person else None,
        payload=case.payload,
        id_sealed=bytes(case.id_sealed) if case.id_sealed is not None else None,
        id_blind=bytes(case.id_blind) if case.id_blind is not None else None,
        reason=case.reason,
        case=case.pk,
        by=by,
    )
