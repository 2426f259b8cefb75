"""A part of a divided household keeps its number where the acting area does not see it any more: the next part gets another one."""

from __future__ import annotations

from datetime import date

import pytest

import people
from decisions.conftest import Family
from decisions.river import RIVER_VILLAGE, River
from decisions.test_each_kind import decided
from xiuhua.decisions.models import Transfer
from xiuhua.decisions.services import Unfit, accept, receive
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.services import family as families

pytestmark = pytest.mark.database


@pytest.mark.parametrize("at_once", [20, 1])
def test_the_next_part_has_another_number(
    family: Family, river: River, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(families, "PARTS", at_once)
    son, girl = family.persons["石小军"], family.persons["石小梅"]
    decided(family, family.propose("split", relations={str(son.pk): "head"}))
    with within(scope_of(people.COUNTY)):
        first = Household.objects.get(split_from=family.household)
    move = family.propose("move", household=first, village=RIVER_VILLAGE)
    with family.act(river.officer):
        receive(by=river.officer, transfer=Transfer.objects.get(case_number=move.pk))
    with family.act(family.world.county_office):
        accept(by=family.world.county_office, case=move)
    # Told by hand it is refused while it is filled in, not when it is decided.
    with pytest.raises(Unfit) as why:
        family.propose("split", relations={str(girl.pk): "head"}, on=date(2026, 5, 3), number=first.number)
    assert [one.field for one in why.value.problems] == ["number"]
    decided(family, family.propose("split", relations={str(girl.pk): "head"}, on=date(2026, 5, 3)))
    with within(scope_of(people.COUNTY)):
        found = Household.objects.filter(split_from=family.household).order_by("pk")
        assert [one.number for one in found] == [f"{family.household.number}-{part}" for part in (1, 2)]
