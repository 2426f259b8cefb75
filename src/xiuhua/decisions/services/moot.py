"""Pairs that ask nothing any more, because somebody of them died, left or was ended: closed by themselves, with the reason. What counts
as such, the database says (`decisions_pair_moot`), for a pair may lie above the area in which the case was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.decisions.kinds.reading import kind_of
from xiuhua.decisions.models import Case, Pair
from xiuhua.decisions.terms import PairState
from xiuhua.findings import services as findings
from xiuhua.places.scope import current_scope
from xiuhua.registry.models import Household

CLOSE, OPEN_AGAIN = "decisions_pairs_close", "decisions_pairs_open_again"
FOUND = "登记里一边已不在那一户，没有要判断的了。如是同一人，另一户也要按实际办理"


@dataclass(frozen=True)
class Followed:
    """How many pairs were closed, or are open again."""

    audit_place: str
    pairs: int

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"pairs": self.pairs}


def close_after(*, by: Actor, case: Case, households: Iterable[int]) -> None:
    """A case took effect, or ended without: what it left nothing to ask of is closed."""
    _done(_close, by, list(households), _because(case))


def open_after(*, by: Actor, case: Case, households: Iterable[int]) -> None:
    """A case was undone: what it closed is asked again, and what only it had brought is not."""
    _done(_open_again, by, list(households), _because(case))
    close_after(by=by, case=case, households=households)


def close_in_area(*, by: Actor) -> None:
    """Whatever happened: all that the acting area has nothing to ask of any more."""
    _done(_close, by, None, FOUND)


def close_one(*, by: Actor, pair: Pair) -> bool:
    """The same of the households of one pair, before it is answered: whether it was closed."""
    numbers = [str(side.get("household") or "") for side in (pair.left, pair.right)]
    homes = Household.objects.filter(county_code=pair.county_code, number__in=numbers)
    _done(_close, by, list(homes.values_list("pk", flat=True)), FOUND)
    pair.refresh_from_db()
    return pair.state == PairState.GONE


def _because(case: Case) -> str:
    return f"事项 {case.pk}（{kind_of(case).zh}）以后，{FOUND}"


def _done(act: Any, by: Actor, households: list[int] | None, because: str) -> None:
    """Done, and recorded where it came to something."""
    function = CLOSE if act is _close else OPEN_AGAIN
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s, %s)", [households, because])
        pairs = [pk for (pk,) in cursor.fetchall()]
    if pairs:
        act(by=by, pairs=pairs, because=because)


@recorded("decisions.pairs_gone")
def _close(*, by: Actor, pairs: list[int], because: str) -> Followed:
    """The findings that asked are closed with their pair, as far as they lie in the acting area."""
    scope = current_scope()
    found = Pair.objects.filter(pk__in=pairs)
    prints = [one for pair in found for side in pair.findings.values() for one in side]
    findings.settle(fingerprints=prints, lo=scope.lo, hi=scope.hi, by=by.actor_name, because=because)
    return Followed(by.place_code, len(pairs))


@recorded("decisions.pairs_asked_again")
def _open_again(*, by: Actor, pairs: list[int], because: str) -> Followed:
    scope = current_scope()
    findings.unsettle(closed_with=because, lo=scope.lo, hi=scope.hi, by=by.actor_name)
    return Followed(by.place_code, len(pairs))
