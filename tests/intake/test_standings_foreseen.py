"""What the check said of new households is taken over when they are merged: it is what the rules would say again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from intake import taking
from intake.conftest import Files, sign
from xiuhua.intake.models import Batch
from xiuhua.intake.services.merge import Piece, merge_chunk
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services import compute_standings

pytestmark = [pytest.mark.database, pytest.mark.slow]
FORESEEN = "select coalesce(sum(cardinality(households)), 0) from intake_foreseenstanding"


def tried(batch: Batch) -> Piece:
    """What merging the first piece would do; undone again."""
    with within(scope_of(taking.COUNTY)):
        piece = merge_chunk(batch)
        transaction.set_rollback(True)
    return piece


def computed_anew(batch: Batch) -> dict[str, Any]:
    households = [row[0] for row in taking.ask("select id from registry_household")]
    assert batch.data_date is not None
    with within(scope_of(taking.COUNTY)):
        compute_standings(households=households, as_of=batch.data_date)
    return taking.register()["standings"]


def test_standings_taken_over_are_those_computed_anew(small: Files, fresh_database: Any) -> None:
    sign()
    batch = taking.preview(small.paths)
    piece = tried(batch)
    assert piece.households > 100 and piece.unforeseen == []
    done = taking.merge(batch)
    kept = taking.register()["standings"]
    assert len(kept) == piece.households
    assert any(one["exit_fails"] or one["exit_unknown"] for one in kept.values())
    assert computed_anew(done) == kept
    assert taking.ask(FORESEEN) == [(0,)]


def test_nothing_is_taken_over_where_the_status_is_another_than_the_check_saw(
    small: Files, fresh_database: Any
) -> None:
    batch = taking.preview(small.paths)
    sign()  # only now the opening gives statuses
    piece = tried(batch)
    assert 0 < len(piece.unforeseen) < piece.households
    done = taking.merge(batch)
    assert len(taking.ask("select id from registry_statusentry")) == len(piece.unforeseen)
    kept = taking.register()["standings"]
    assert computed_anew(done) == kept


def test_a_household_that_came_in_meanwhile_is_computed(small: Files, fresh_database: Any) -> None:
    sign()
    first, second = taking.preview(small.paths), taking.preview(small.paths)
    taking.merge(first)
    piece = tried(second)
    assert len(piece.unforeseen) == piece.households > 100
