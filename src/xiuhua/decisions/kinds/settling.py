"""What a decided pair does beside the register: the findings that asked are closed with it, and opened again with its undoing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Pair
from xiuhua.decisions.terms import Answer, PairKind, words
from xiuhua.findings import services as findings
from xiuhua.findings.terms import NUMBER_WRONG_HERE, Kind, beside
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Membership
from xiuhua.registry.queries.bearers import bearer_of, county_elsewhere

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
        findings.unsettle(closed_with=told, lo=scope.lo, hi=scope.hi, by=by)
    rules = (TO_CORRECT, TO_REMOVE, NUMBER_WRONG_HERE)
    sent = [fingerprint(rule, pair, side) for rule in rules for side in ("left", "right")]
    findings.settle(fingerprints=sent, lo=scope.lo, hi=scope.hi, by=by, because=f"逐对判断 {pair.pk} 已撤销")


def send_back(pair: Pair, side: str, rule: str, *, by: Actor) -> None:
    """What was judged wrong about a side goes back to the file that says it; a number that the register has by now, to the register."""
    one, other = getattr(pair, side), getattr(pair, "right" if side == "left" else "left")
    source, lies = one["source"], one.get("village") or pair.place_code
    params = {"name": one.get("name") or "", "pair": pair.pk}
    here = person_with(pair, side) if rule == TO_CORRECT else None
    if here is not None:
        rule, source, params["person_id"] = NUMBER_WRONG_HERE, {}, here
    else:
        known = other.get("household") or other.get("village") or ""
        params |= beside(lies, other.get("village"), other=known)
    findings.send_back(
        place_code=lies, kind=Kind.ASKED if here else Kind.REFUSED, held=here is None, rule=rule, fingerprint=fingerprint(rule, pair, side),
        field=source.get("field") or "id_number", household_number=one.get("household") or "", person_number=one.get("person") or "",
        params=params, file_name=source.get("file") or "", sheet=source.get("sheet") or "", row=source.get("row"),
        column=source.get("column"), batch=source.get("batch"), like=pair.findings.get(side, []), today=beijing_today(),
        why=findings.Why(by.actor_name, by.post_name),
    )  # fmt: skip


def living(side: Mapping[str, Any], county_code: str) -> Membership | None:
    """The membership that a side stands for now; None where the register does not have the person there."""
    found = Membership.objects.filter(until__isnull=True).select_related("person", "household")
    if side.get("person_id"):
        found = found.filter(person_id=side["person_id"])
    elif side.get("person"):
        found = found.filter(person__number=side["person"], person__county_code=county_code)
    else:
        return None
    return found.filter(
        household__number=side.get("household", ""), household__county_code=county_code
    ).first()


def gone(side: Mapping[str, Any], county_code: str) -> bool:
    """Whether the register had a side's person in that household and has them there no more. What only a file says is not gone: its row
    brings the person in."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_side_gone(%s, %s)", [json.dumps(dict(side)), county_code])
        return bool(cursor.fetchone()[0])


def stays_nowhere(pair: Pair, answer: str) -> tuple[str, str] | None:
    """Why an answer would leave a person in no household, zh and en; None where it would not: whom another record gives up must still
    live with the one that is kept."""
    kept = {Answer.KEEP_LEFT: pair.left, Answer.KEEP_RIGHT: pair.right}.get(Answer(answer))
    if kept is not None and gone(kept, pair.county_code):
        return (
            "要保留的一边，此人已不在登记的那一户，这样判断此人就哪一户都不在了。请刷新后再看；另一边按实际办理减少",
            "The person is not in the household of the side to be kept any more, and would be in none. Look again; of the other record say how they left",
        )
    if pair.kind == PairKind.ID_ELSEWHERE and answer == Answer.RELEASE and not _used_elsewhere(pair):
        return (
            "别处已没有用这个号码的人，核减后此人就哪一户都不在了。请重新导入后再看",
            "Nobody elsewhere has this number any more, and the person would be in no household. Take the file in again",
        )
    return None


def _used_elsewhere(pair: Pair) -> bool:
    """Whether somebody else has the number of a pair's left side and belongs to a household, here or outside of the acting area."""
    if pair.left_id_blind is None:
        return False
    mark, here = bytes(pair.left_id_blind), living(pair.left, pair.county_code)
    sealed = None if pair.left_id_sealed is None else bytes(pair.left_id_sealed)
    other = bearer_of(mark, sealed=sealed, apart_from=here.person_id if here else None)
    return (other is not None and other.home is not None) or county_elsewhere(mark, sealed=sealed) is not None


def person_with(pair: Pair, side: str) -> int | None:
    """Whose number in the register the one of a side is now; None where the register does not have the person so."""
    home, mark = living(getattr(pair, side), pair.county_code), getattr(pair, f"{side}_id_blind")
    kept = home.person.id_blind if home else None
    same = kept is not None and mark is not None and bytes(kept) == bytes(mark)
    return home.person_id if home and same else None


def fingerprint(rule: str, pair: Pair, side: str) -> str:
    """The mark of a finding about one side, as intake makes it (`intake.services.sightings.Seen`)."""
    one = getattr(pair, side)
    field = one["source"].get("field") or "id_number"
    about = "|".join((rule, one.get("household") or "", one.get("person") or "", field, ""))
    return hashlib.md5(about.encode(), usedforsecurity=False).hexdigest()
