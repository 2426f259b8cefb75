"""How many members a file reported is kept as filed; after a case that somebody joined or left by, it is of the family before, and no lead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import people
from decisions.conftest import Family
from decisions.river import RIVER, RIVER_VILLAGE, River, carried
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.services import accept, ask_undo, undo
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.queries.rules import judge

pytestmark = pytest.mark.database
MORE, FEWER = "natural.members_more", "natural.members_fewer"


def reported(family: Family, how_many: int, on: date | None) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=family.household.pk).update(
            members_reported=how_many, seen="reported", seen_on=on
        )


def leads(family: Family) -> dict[str, str]:
    with within(scope_of(people.COUNTY)):
        found = judge(family.household.pk, kind="registered", as_of=beijing_today()).outcomes
    return {rule: found[rule].code.name for rule in (MORE, FEWER)}


def carried_out(family: Family, kind: str, **said: object) -> object:
    case = family.propose(kind, **said)
    with family.act(family.world.township_officer):
        return accept(by=family.world.township_officer, case=case).case


@pytest.mark.parametrize("day", [date(2025, 12, 31), None])
def test_a_case_that_changes_the_family_makes_no_lead_of_what_was_reported_before(
    family: Family, day: date | None
) -> None:
    first, township = family.world.first_secretary, family.world.township_officer
    reported(family, 4, day)
    assert leads(family) == {MORE: "HOLDS", FEWER: "HOLDS"}
    # Another head is the same number.
    carried_out(family, "new_head", relations={str(family.persons["石小军"].pk): "head", str(family.persons["石满仓"].pk): "father",
        str(family.persons["田秀英"].pk): "mother", str(family.persons["石小梅"].pk): "younger_sister"})  # fmt: skip
    assert leads(family) == {MORE: "HOLDS", FEWER: "HOLDS"}
    died = carried_out(family, "death", person=family.persons["石小梅"], on=date(2026, 5, 2))
    assert leads(family) == {MORE: "NOT_APPLICABLE", FEWER: "NOT_APPLICABLE"}
    # Undone, what was reported is of this family again.
    with family.act(first):
        ask_undo(by=first, case=died, reason="同名的另一人")  # type: ignore[arg-type]
    with family.act(township):
        died.refresh_from_db()  # type: ignore[attr-defined]
        undo(by=township, case=died)  # type: ignore[arg-type]
    assert leads(family) == {MORE: "HOLDS", FEWER: "HOLDS"}


def test_the_next_file_is_compared_again(family: Family) -> None:
    reported(family, 4, date(2025, 12, 31))
    for name in ("石一", "石二"):
        carried_out(family, "birth", name=name, sex="male", relation="grandson")
    assert leads(family) == {MORE: "NOT_APPLICABLE", FEWER: "NOT_APPLICABLE"}
    reported(family, 4, beijing_today() + timedelta(days=1))
    assert leads(family) == {MORE: "HOLDS", FEWER: "FAILS"}
    reported(family, 7, beijing_today() + timedelta(days=1))
    assert leads(family) == {MORE: "FAILS", FEWER: "HOLDS"}


def test_where_the_family_moved_since_it_is_the_same_for_whoever_looks(family: Family, river: River) -> None:
    reported(family, 4, date(2025, 12, 31))
    carried_out(family, "death", person=family.persons["石小梅"], on=date(2026, 5, 2))
    carried(family, river)
    told = {}
    for place in (people.COUNTY, RIVER, RIVER_VILLAGE):
        with within(scope_of(place)):
            found = judge(family.household.pk, kind="registered", as_of=beijing_today()).outcomes
        told[place] = {found[rule].code.name for rule in (MORE, FEWER)}
    # The case lies at the village that the family left; those who receive it see nothing of the case but this.
    assert [*told.values()] == [{"NOT_APPLICABLE"}] * 3
