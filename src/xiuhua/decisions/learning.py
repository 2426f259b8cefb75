"""The rulebook's procedures as rows that the database holds proceedings to. Written by the owner of the tables, after a migration."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Procedure
from xiuhua.rulebook.figures import value
from xiuhua.rulebook.models import Figure
from xiuhua.rulebook.procedures import Procedure as Said
from xiuhua.rulebook.reader import read_rulebook


def definition_of(said: Said, figures: dict[str, Figure]) -> dict[str, Any]:
    """A procedure as plain data, with its days as numbers: `least` of what hangs and `watched_days`, as the nation has it, with
    `least_at` and `watched_days_at` where a place set its own (it may ask for more, never for less); `most` of what is due,
    lapses or can be appealed against, and `most_at` where a place set its own."""
    made: dict[str, Any] = said.model_dump(mode="json")
    for step in made["steps"]:
        days = step["days"] or {}
        if days.get("at_least"):
            days["least"], days["least_at"] = _placed(figures[days["at_least"]], said)
            assert isinstance(days["least"], int)
        if days.get("at_most"):
            days |= _most(figures[days["at_most"]], said)
    if made["lapses"]:
        made["lapses"] |= _most(figures[made["lapses"]["at_most"]], said)
    if made["appeal"]:
        made["appeal"] |= _most(figures[made["appeal"]["days"]], said)
    if made["effect"]["watched_for"]:
        effect = made["effect"]
        effect["watched_days"], effect["watched_days_at"] = _placed(figures[effect["watched_for"]], said)
        assert isinstance(effect["watched_days"], int)
    return made


def _most(figure: Figure, said: Said) -> dict[str, Any]:
    most, most_at = _placed(figure, said)
    return {"most": most, "most_at": most_at}


def _placed(figure: Figure, said: Said) -> tuple[Any, dict[str, Any]]:
    """The figure's number of days, of the nation and of places that have their own, as of the last day that counts."""
    day = min(beijing_today(), said.until) if said.until else max(beijing_today(), said.since)
    found = {code: value(figure, day, code) for code in ("CN", *sorted({one.place for one in figure.places}))}
    days = {code: one.value for code, one in found.items() if one is not None}
    return days.pop("CN", None), days


def learn_procedures(using: str = "owner") -> None:
    """Adds what the rulebook says now and no row says yet; what proceedings began with stays. Safe to run again."""
    book = read_rulebook()
    newest = {one.name: one.digest for one in Procedure.objects.using(using).order_by("pk")}
    for said in book.procedures.values():
        definition = definition_of(said, book.figures)
        digest = hashlib.sha256(
            json.dumps(definition, sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()
        if newest.get(said.id) == digest:
            continue
        # Said again as it was once: the rows are told apart by their digest, and the newest row counts.
        older = Procedure.objects.using(using).filter(name=said.id, digest__startswith=digest).count()
        Procedure.objects.using(using).create(
            name=said.id,
            kind=said.kind,
            programme=said.programme,
            digest=f"{digest}" if not older else f"{digest[:60]}+{older}",
            definition=definition,
            since=said.since,
            until=said.until,
            read_at=beijing_now(),
        )
