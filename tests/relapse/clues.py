"""How tests say a clue, visit its family and end it."""

from __future__ import annotations

from typing import Any

from decisions.proceedings import Going
from relapse.conftest import found
from xiuhua.common.clock import beijing_today
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue, Sheet
from xiuhua.relapse.services.clues import Saying
from xiuhua.relapse.terms import Channel, End, Origin, Risk


def said(**changed: Any) -> Saying:
    told = {
        "origin": Origin.HOUSEHOLD,
        "risk": Risk.ILLNESS,
        "said": "老伴住院，借了两万",
        "came_on": beijing_today(),
        "channel": Channel.PHONE,
        "told_by": "石满仓",
    }
    return Saying(**{**told, **changed})


def clue_of(going: Going, **changed: Any) -> Clue:
    with going.acting(going.village[0]):
        return services.take_down(by=going.village[0], household=going.household, saying=said(**changed)).clue


def visited(going: Going, clue: Clue, by: int = 0, **changed: Any) -> Sheet:
    with going.acting(going.village[by]):
        return services.judge_visit(
            by=going.village[by], household=going.household, answers=found(**changed), clue=clue
        ).sheet


def ended(
    going: Going, clue: Clue, how: End = End.NO_RISK, reason: str = "支出已报销，收入稳定", by: Any = None
) -> Clue:
    by = by or going.township[0]
    with going.acting(by):
        return services.end(by=by, clue=clue, how=how, reason=reason).clue
