"""The register looked at by the rules: the pool says what is so now, once, and only the rule itself closes what it found."""

from __future__ import annotations

from datetime import date

import pytest

from intake import taking
from workbench.conftest import Town
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services import look_at_all

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY
STANDING = "select rule, household_number, person_number, params ->> 'year', count(*) from findings_finding where rule like '%%.%%' and state <> 'closed' group by 1, 2, 3, 4"


def test_the_register_says_what_the_files_said(town: Town) -> None:
    before = taking.ask(STANDING)
    told = look_at_all(COUNTY)
    after = taking.ask(STANDING)
    print(told, len(before), len(after))
    print("gone", sorted(set(before) - set(after))[:20])
    print("new", sorted(set(after) - set(before), key=str)[:20])
    print(taking.ask("select act, way, count(*) from findings_move group by 1, 2"))
    assert 0
