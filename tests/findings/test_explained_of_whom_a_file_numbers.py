"""What was explained of somebody without a number holds when a file gives them one: it is the same matter, about the same values."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from findings.conftest import Faulty, acting, moves_of
from intake import taking
from intake.test_taken_back import take_back
from intake.unit import small as rows
from xiuhua.common.clock import beijing_today
from xiuhua.findings.models import Finding
from xiuhua.findings.services import answer, explain
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Membership, Person
from xiuhua.registry.services import look_at_all

pytestmark = pytest.mark.database
RULE = "quality.relation_sex"
NUMBER = f"{rows.HOME}02"
LATER = beijing_today() + timedelta(days=60)


def about(state: str | None = None) -> list[Finding]:
    with within(scope_of(taking.COUNTY)):
        found = Finding.objects.filter(rule=RULE).order_by("pk")
        return list(found.filter(state=state) if state else found)


@pytest.fixture
def rested(faulty: Faulty) -> Finding:
    """The second member came by a case and has no number; their relation and sex disagree, which was explained and accepted."""
    with within(scope_of(taking.COUNTY), who={"account": "test"}):
        Person.objects.filter(number=NUMBER).update(number=None)
        Membership.objects.filter(person__number=None).update(relation="son")
    look_at_all(taking.COUNTY)
    (one,) = about("open")
    assert one.person_number == "" and one.params["person_id"]
    with acting(faulty.village) as by:
        explain(by=by, finding=one, text="户口簿上性别写错，正在更正", valid_until=LATER, evidence=None)
    with acting(faulty.auditor) as by:
        answer(by=by, finding=one, accept=True, reason="派出所证明已看", until=LATER)
    (one,) = about("resting")
    return one


def export(folder: Path, **second: Any) -> Path:
    members = [
        {"主要致贫原因": "因病", "健康状况": "健康"},
        {"健康状况": "健康", "主要致贫原因": "因病", "与户主关系": "之子"} | second,
    ]
    return rows.persons(folder, rows.household(*members, 贫困户属性="一般贫困户"))


def test_an_accepted_explanation_rests_on(faulty: Faulty, rested: Finding, tmp_path: Path) -> None:
    batch = taking.take([export(tmp_path)])
    look_at_all(taking.COUNTY)
    (one,) = about()
    assert (one.pk, one.state, one.person_number, one.rests_until) == (rested.pk, "resting", NUMBER, LATER)
    assert "person_id" not in one.params
    assert [act for act, _way in moves_of(one.pk)][:3] == ["found", "explained", "accepted"]
    # The batch taken back, the number is gone again, and the explanation is not.
    take_back(batch)
    look_at_all(taking.COUNTY)
    (one,) = about()
    assert (one.pk, one.state, one.person_number) == (rested.pk, "resting", "")
    assert one.params["person_id"] == rested.params["person_id"]


def test_another_value_opens_it_again_in_the_same_row(
    faulty: Faulty, rested: Finding, tmp_path: Path
) -> None:
    taking.take([export(tmp_path, 与户主关系="之孙子")])
    (one,) = about()
    assert (one.pk, one.person_number, one.state) == (rested.pk, NUMBER, "open")
    assert [act for act, _way in moves_of(one.pk)][-2:] != ["closed", "found"]


def test_what_a_held_file_said_meanwhile_is_closed_into_it(
    faulty: Faulty, rested: Finding, tmp_path: Path
) -> None:
    held = taking.take([export(tmp_path, 文化程度="私塾三年")])
    assert taking.changes(held)["held"] == 1
    assert [one.state for one in about()] == ["resting", "open"]
    taking.take([export(tmp_path / "2")])
    look_at_all(taking.COUNTY)
    assert [(one.state, one.person_number) for one in about()] == [("resting", NUMBER), ("closed", NUMBER)]
