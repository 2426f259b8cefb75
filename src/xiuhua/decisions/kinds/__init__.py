"""Kinds of cases: small classes that say what is asked, what makes sense, and what is done. Keyed by their code."""

from __future__ import annotations

from xiuhua.decisions.kinds.beginning import HouseholdBegins
from xiuhua.decisions.kinds.households import Merge, Move, MoveAway, NewHead, Split
from xiuhua.decisions.kinds.joining import AdoptionIn, Birth, MarriageIn, Return
from xiuhua.decisions.kinds.judged import IdCorrected, Released, SamePerson, TakenHouseholdMove, TakenMove
from xiuhua.decisions.kinds.kind import Ask, Change, Kind, Line, Paper, Problem, both
from xiuhua.decisions.kinds.leaving import AdoptionOut, Death, HouseholdEnds, MarriageOut
from xiuhua.decisions.kinds.recorded import ExitYear

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Birth(),
        MarriageIn(),
        AdoptionIn(),
        Return(),
        Death(),
        MarriageOut(),
        AdoptionOut(),
        HouseholdEnds(),
        NewHead(),
        Split(),
        Merge(),
        Move(),
        MoveAway(),
        ExitYear(),
        SamePerson(),
        Released(),
        IdCorrected(),
        TakenMove(),
        TakenHouseholdMove(),
        HouseholdBegins(),
    )
}

__all__ = ["KINDS", "Ask", "Change", "Kind", "Line", "Paper", "Problem", "both"]
