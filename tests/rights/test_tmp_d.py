from typing import Any

import pytest

from rights.expected import EXPECTED
from rights.planted import EYES, plant
from rights.walking import Walk

pytestmark = [pytest.mark.database, pytest.mark.timeout(1800)]
MINE = ("files:new", "workbench:papers", "workbench:report", "workbench:report_rows")


def test_mine(fresh_database: Any, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 1_000_000
    country = plant()
    wrong = []
    for eyes in EYES:
        walk = Walk(country, eyes, {name: EXPECTED[name] for name in MINE})
        walk.all()
        wrong += [str(one) for one in walk.holes]
        print(eyes, walk.answered, walk.own)
    print("\n".join(wrong))
    assert wrong == []
