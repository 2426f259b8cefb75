"""For whom a batch acts."""

from __future__ import annotations

from dataclasses import dataclass

from xiuhua.intake.models import Batch


@dataclass(frozen=True)
class Operator:
    """Who a batch acts for, as the audit knows them."""

    actor_name: str
    post_name: str
    place_code: str


def operator(batch: Batch) -> Operator:
    """The person a batch is merged for: who wanted it, else who brought it."""
    return Operator(batch.merge_wanted_by or batch.started_by, batch.started_post, batch.place_code)
