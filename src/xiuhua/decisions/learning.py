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
    """A procedure as plain data, with its days as numbers: `least` of what hangs, as the nation has it (a place may ask for
    more, never for less); `most` of what is due, lapses or can be appealed against, and `most_at` where a place set its own."""
    made: dict[str, Any] = said.model_dump(mode="json")
    for step in made["steps"]:
        days = step["days"] or {}
        if days.get("at_least"):
            found = value(figures[days["at_least"]], said.since, "CN")
            assert found is not None and isinstance(found.value, int)
            days["least"] = found.value
        if days.get("at_most"):
            days |= _most(figures[days["at_most"]], said)
    if made["lapses"]:
        made["lapses"] |= _most(figures[made["lapses"]["at_most"]], said)
    if made["appeal"]:
        made["appeal"] |= _most(figures[made["appeal"]["days"]], said)
    if made["effect"]["watched_for"]:
        found = value(figures[made["effect"]["watched_for"]], said.since, "CN")
        assert found is not None and isinstance(found.value, int)
        made["effect"]["watched_days"] = found.value
    return made


def _most(figure: Figure, said: Said) -> dict[str, Any]:
    """The figure's number of days, of the nation and of places that have their own, as of the last day that counts."""
    day = min(beijing_today(), said.until) if said.until else max(beijing_today(), said.since)
    found = {code: value(figure, day, code) for code in ("CN", *sorted({one.place for one in figure.places}))}
    days = {code: one.value for code, one in found.items() if one is not None}
    return {"most": days.pop("CN", None), "most_at": days}


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
