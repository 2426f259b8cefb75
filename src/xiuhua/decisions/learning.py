"""The rulebook's procedures as rows that the database holds proceedings to. Written by the owner of the tables, after a migration."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import Procedure
from xiuhua.rulebook.figures import value
from xiuhua.rulebook.models import Figure
from xiuhua.rulebook.procedures import Procedure as Said
from xiuhua.rulebook.reader import read_rulebook


def definition_of(said: Said, figures: dict[str, Figure]) -> dict[str, Any]:
    """A procedure as plain data, with the days of what hangs as the nation has them: a place may ask for more, never for less."""
    made: dict[str, Any] = said.model_dump(mode="json")
    for step in made["steps"]:
        days = step["days"] or {}
        if days.get("at_least"):
            found = value(figures[days["at_least"]], said.since, "CN")
            assert found is not None and isinstance(found.value, int)
            days["least"] = found.value
    if made["effect"]["watched_for"]:
        found = value(figures[made["effect"]["watched_for"]], said.since, "CN")
        assert found is not None and isinstance(found.value, int)
        made["effect"]["watched_days"] = found.value
    return made


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
