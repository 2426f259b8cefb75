"""Two intakes at the same time end as one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.conftest import Files, sign
from xiuhua.intake.models import Step
from xiuhua.intake.services import steps

pytestmark = [pytest.mark.database, pytest.mark.slow]
OTHER = "990522"


def at_once(batches: Iterable[tuple[int, str]]) -> list[Any]:
    """Each batch advanced in a thread of its own with its own connection, all begun together."""
    from django.db import connections

    batches = list(batches)
    gate, ended, troubles = threading.Barrier(len(batches)), [], []

    def work(batch: int, place: str) -> None:
        try:
            gate.wait(20)
            ended.append(steps.advance(batch, place))
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=one) for one in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert troubles == []
    assert [batch.step for batch in ended] == [Step.DONE] * len(batches), [batch.trouble for batch in ended]
    return ended


def hand_in(paths: Iterable[Path], place: str = taking.COUNTY) -> tuple[int, str]:
    from xiuhua.intake.services import receive
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(place), who={"account": "test"}):
        uploads = [(path.name, iter([path.read_bytes()])) for path in paths]
        by = taking.Operator("测试", "测试岗位", place)
        return receive.receive(by=by, place_code=place, uploads=uploads, and_merge=True).batch.pk, place


def test_the_same_files_twice_at_once_are_in_the_register_once(small: Files, fresh_database: Any) -> None:
    sign()
    first, second = at_once([hand_in(small.paths), hand_in(small.paths)])
    assert first.counts["held"] == second.counts["held"]
    both = taking.register(taking.COUNTY, "findings")
    assert taking.history() == dict.fromkeys(taking.history(), 0), "one of them merged over the other"
    third = taking.take(small.paths)
    assert taking.changes(third)["unchanged"] == len(both["households"])
    assert taking.register(taking.COUNTY, "findings") == both


def test_different_files_of_one_county_at_once(small: Files, fresh_database: Any) -> None:
    sign()
    villages, roll = small.path("行政村名单"), small.path("农村住户花名册")
    rest = [path for path in small.paths if path not in (villages, roll)]
    taking.take([villages])
    at_once([hand_in([villages, roll]), hand_in([villages, *rest])])
    both = taking.register(taking.COUNTY, "findings")
    assert len(both["households"]) > 500
    assert taking.take(small.paths).counts["changed"] == 0, "taken together they say nothing new"


def test_two_counties_at_once(small: Files, made: Callable[..., Files], fresh_database: Any) -> None:
    other = made(12, 80, code=OTHER)
    sign()
    sign(OTHER)
    at_once([hand_in(small.paths), hand_in(other.paths, OTHER)])
    ours, theirs = taking.register(), taking.register(OTHER)
    assert len(ours["households"]) > 500 and len(theirs["households"]) > 300
    assert not set(ours["people"]) & set(theirs["people"])
    assert all(household["county_code"] == taking.COUNTY for household in ours["households"].values())
