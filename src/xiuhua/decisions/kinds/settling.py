"""What a decided pair does beside the register: the findings that asked are closed with it, and opened again with its undoing."""

from __future__ import annotations

import hashlib

from xiuhua.decisions.models import Pair
from xiuhua.decisions.terms import words
from xiuhua.findings import services as findings
from xiuhua.places.scope import scope_of

# The rules by which what was judged wrong goes back to whoever keeps the file (their words: intake/terms.py).
TO_CORRECT = "number_to_correct"
TO_REMOVE = "row_to_remove"


def because(pair: Pair, *, near: bool) -> str:
    """The words with which findings are closed by a decision; `near`: as of another township of the county."""
    return f"逐对判断 {pair.pk}：{words(pair.kind, pair.answer, near=near)['zh']}"


def settle_findings(pair: Pair, by: str) -> None:
    """Closes the findings that asked, with the decision as the reason."""
    scope = scope_of(pair.county_code)
    prints = [one for side in pair.findings.values() for one in side]
    findings.settle(
        fingerprints=prints, lo=scope.lo, hi=scope.hi, by=by, because=because(pair, near=pair.near)
    )


def open_again(pair: Pair, by: str) -> None:
    """The decision holds no more: the findings it closed are open, and what was sent back is not asked any more."""
    scope = scope_of(pair.county_code)
    # Of one that was settled before townships of one county were told apart from other counties too.
    for told in {because(pair, near=pair.near), because(pair, near=False)}:
        findings.unsettle(closed_with=told, lo=scope.lo, hi=scope.hi)
    sent = [fingerprint(rule, pair, side) for rule in (TO_CORRECT, TO_REMOVE) for side in ("left", "right")]
    findings.settle(fingerprints=sent, lo=scope.lo, hi=scope.hi, by=by, because=f"逐对判断 {pair.pk} 已撤销")


def fingerprint(rule: str, pair: Pair, side: str) -> str:
    """The mark of a finding about one side, as intake makes it (`intake.services.sightings.Seen`)."""
    one = getattr(pair, side)
    field = one["source"].get("field") or "id_number"
    about = "|".join((rule, one.get("household") or "", one.get("person") or "", field, ""))
    return hashlib.md5(about.encode(), usedforsecurity=False).hexdigest()
