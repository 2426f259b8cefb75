"""A freeze whose figures a test makes up, brought in by the steps that the database asks for. Of files there are none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from xiuhua.freezes.models import Freeze, Tallied
from xiuhua.freezes.terms import Step


def laid_in(
    place: str,
    as_of: date,
    at: datetime,
    documents: Iterable[dict[str, Any]] = (),
    *,
    name: str = "示例",
    manifest: dict[str, Any] | None = None,
    sha256: str = "0" * 64,
    tally: dict[str, Any] | None = None,
    **more: Any,
) -> Freeze:
    """Finished. at: the moment of its records. more: of the row as it begins. Needs a scope."""
    one = Freeze.objects.create(place_code=place, as_of=as_of, **{"asked_by": "wang", **more})
    seal(one, at, {"area": {"code": place, "name": name}, "relations": {}, **(manifest or {})}, sha256)
    Tallied.objects.bulk_create(Tallied(freeze=one, **document) for document in documents)
    finish(one, {"sha256": "1" * 64, **(tally or {})})
    return one


def seal(one: Freeze, at: datetime, manifest: dict[str, Any], sha256: str) -> None:
    """Up to where it is tallied."""
    one.step = Step.FREEZING
    one.save()
    one.manifest, one.sha256, one.taken_at = its_own(one, at, manifest), sha256, at
    one.save()
    one.step = Step.TALLYING
    one.save()


def its_own(one: Freeze, at: datetime, manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest as one of this freeze."""
    return {
        **manifest,
        "id": str(one.freeze_id),
        "as_of": one.as_of.isoformat(),
        "taken_at": at.isoformat(),
    }


def finish(one: Freeze, tally: dict[str, Any]) -> None:
    """The tally of what was sealed, and with it done."""
    one.tally = {**tally, "freeze": str(one.freeze_id), "freeze_sha256": one.sha256}
    one.step, one.tallied_at = Step.DONE, one.taken_at
    one.save()
