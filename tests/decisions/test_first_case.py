"""A case from its proposal to the register: two people, one change, nothing of it before the second has decided."""

from __future__ import annotations

import pytest

from decisions.conftest import Family
from xiuhua.decisions.services import Refused, accept
from xiuhua.decisions.terms import State

pytestmark = pytest.mark.database


def test_a_birth_is_proposed_by_the_village_and_carried_out_by_the_township(family: Family) -> None:
    case = family.propose("birth", name="石安安", sex="female", relation="daughter")
    assert "石安安" not in family.living()
    with pytest.raises(Refused), family.act(family.world.first_secretary):
        accept(by=family.world.first_secretary, case=case)
    with family.act(family.world.township_officer):
        done = accept(by=family.world.township_officer, case=case)
    assert done.case.state == State.ACCEPTED
    assert family.living()["石安安"] == "daughter"
