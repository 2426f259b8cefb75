"""A freeze of a village, as the matrix plants it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from freezes.laid_in import finish, its_own, seal
from xiuhua.common.clock import beijing_now
from xiuhua.engine.freezing import digest
from xiuhua.freezes.models import Forgetting, Freeze, HouseholdKey, PersonKey, Tallied
from xiuhua.freezes.services import records_of

if TYPE_CHECKING:
    from rights.planted import Node

TODAY = date(2025, 9, 30)


def frozen(node: Node, keys: dict[str, Any]) -> dict[str, int]:
    """A freeze of the village, finished, with figures and a manifest that is there to be fetched; and a wish to forget."""
    now = beijing_now()
    document = {
        "place_code": node.code, "level": "village", "kind": "registered", "status": "poor", "households": 1, "persons": 1,
        "rules": {"exit.income": [0, 1]},
        "facts": {"main_cause": {"parts": {node.secret: 1}}, "someone_out_of_school": {"true": 1, "false": 0, "unknown": 0}},
    }  # fmt: skip
    made = Freeze.objects.create(
        place_code=node.code, as_of=TODAY, reason=node.secret, asked_by=node.secret, asked_post=node.secret
    )
    manifest = its_own(made, now, {"area": {"code": node.code, "name": node.secret}, "relations": {}})
    records_of(made).mkdir(mode=0o700)
    (records_of(made) / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    seal(made, now, manifest, digest(records_of(made) / "manifest.json"))
    Tallied.objects.create(freeze=made, **document)
    finish(made, {"sha256": node.secret})
    wish = Forgetting.objects.create(
        village_code=node.code, household=keys["household"], reason=node.secret, asked_by=node.secret, asked_post=node.secret, asked_at=now
    )  # fmt: skip
    return {"freeze": made.pk, "forgetting": wish.pk}


def known_by(node: Node, keys: dict[str, Any]) -> dict[str, int]:
    """What freezes know the household and its person by."""
    HouseholdKey.objects.get_or_create(
        household_id=keys["household"],
        defaults={"key": 10**12 + keys["household"], "village_code": node.code},
    )
    if keys["person"]:
        PersonKey.objects.get_or_create(
            person_id=keys["person"], defaults={"key": 10**12 + keys["person"], "village_code": node.code}
        )
    return {}
