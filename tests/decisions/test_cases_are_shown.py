"""What a case was decided on, shown and checked by the command; and what is not known stops nobody from entering."""

# ruff: noqa: F811
from __future__ import annotations

from argparse import Namespace

import pytest

import people
from decisions.proceedings import Going
from decisions.test_exits_are_looked_through import again_of, exit_row, let_out  # noqa: F401
from decisions.test_proceedings import days, going, poor  # noqa: F401
from xiuhua.cli.case import run_check, run_show
from xiuhua.decisions.models import Proceeding, Snapshot
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.proposing import Upload
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord

pytestmark = pytest.mark.database


def test_what_is_not_known_stops_nobody_from_entering(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.filter(household=going.household).delete()
    # What it handed in to begin with is carried on from one that was taken back before anything was decided: no paper used twice.
    going.content = lambda *of: str(of).encode()
    one = going.begin("targeted_identification")
    going.papers(one, going.village[0])
    with going.acting(going.village[0]):
        acts.take_back(
            by=going.village[0],
            proceeding=one,
            reason="改日办理",
            paper=Upload("withdrawal", "a.jpg", iter([b"mine"])),
            member=going.head(),
        )
    one = going.begin("targeted_identification")
    while one.course == "open":
        one = going.step(one)
    assert going.status() == "poor"
    assert again_of(one) == 0
    with within(scope_of(people.COUNTY)):
        assert Snapshot.objects.filter(proceeding=one, step="county").get().records["rec_period"] == []


def test_the_command_shows_and_checks(
    going: Going, let_out: Proceeding, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_show(Namespace(number=f"P{let_out.pk}", language="en")) == 0
    assert "Computed again: the same comes out" in capsys.readouterr().out
    assert run_check(Namespace(number=None, all=True)) == 0
    said = capsys.readouterr().out
    assert (
        f"P{let_out.pk} county 1: 一致 / the same" in said and "1 proceedings: 0 come out otherwise" in said
    )
    assert exit_row(going)["recomputed"] is True
    assert run_show(Namespace(number="P0", language="zh")) == run_check(Namespace(number="7", all=False)) == 2
    assert "没有这一程序" in capsys.readouterr().err
