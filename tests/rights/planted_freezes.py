"""A freeze of a village, as the matrix plants it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from xiuhua.common.clock import beijing_now
from xiuhua.freezes.models import Forgetting, Freeze, Tallied
from xiuhua.freezes.services import records_of

if TYPE_CHECKING:
    from rights.planted import Node

TODAY = date(2025, 9, 30)


def frozen(node: Node, keys: dict[str, Any]) -> dict[str, int]:
    """A freeze of the village, finished, with figures and a manifest that is there to be fetched; and a wish to forget."""
    now, manifest = beijing_now(), {"area": {"code": node.code, "name": node.secret}, "relations": {}}
    made = Freeze.objects.create(
        place_code=node.code, as_of=TODAY, reason=node.secret, asked_by=node.secret, asked_post=node.secret, step="tallying",
        manifest=manifest, sha256="0" * 64, taken_at=now,
    )  # fmt: skip
    Tallied.objects.create(
        freeze=made, place_code=node.code, level="village", kind="registered", status="poor", households=1, persons=1,
        facts={"main_cause": {"parts": {node.secret: 1}}},
    )  # fmt: skip
    made.tally, made.tallied_at, made.step = {"sha256": node.secret}, now, "done"
    made.save()
    records_of(made).mkdir(mode=0o700)
    (records_of(made) / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    wish = Forgetting.objects.create(
        village_code=node.code, household=keys["household"], reason=node.secret, asked_by=node.secret, asked_post=node.secret, asked_at=now
    )  # fmt: skip
    return {"freeze": made.pk, "forgetting": wish.pk}
