"""What a file calls the head of a household is no proof that it speaks of the same person: another name without a number is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.unit import small
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import steps
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Person

pytestmark = pytest.mark.database

HEADINGS = ["乡镇", "行政村", "住户编号", "户主姓名", "户主证件号码", "家庭人口"]
HEAD, OTHER = "罗一", "田二"
OWN, ANOTHER = small.id_number(1971, 11), small.id_number(1975, 13)
KNOWN = (
    "select h.head_name, p.name, p.id_kind, m.relation from registry_household h"
    " join registry_membership m on m.household_id = h.id and m.until is null join registry_person p on p.id = m.person_id order by p.id"
)
ASKED = "select params ->> 'name', params ->> 'before' from findings_finding where rule = 'head_not_on_record' and state <> 'closed'"


def roll(folder: Path, name: str | None, number: str | None) -> Path:
    row = ["青石镇", "大坪村", small.HOME, name, number, 3]
    return small.write(folder / "农村住户花名册.xlsx", [HEADINGS, row])


def take(*paths: Path) -> list[str]:
    """Takes files in; the rules of intake that they were told."""
    found = taking.lines(taking.take(paths, data_date=small.DAY))
    return [one["rule"] for one in found if "." not in one["rule"]]


@pytest.mark.parametrize(("kept", "said"), [(OWN, None), (None, ANOTHER), (None, None), (OWN, ANOTHER)])
def test_another_name_without_the_same_number_renames_nobody(
    tmp_path: Path, fresh_database: Any, kept: str | None, said: str | None
) -> None:
    take(small.villages(tmp_path), roll(tmp_path, HEAD, kept))
    before = taking.ask(KNOWN)
    batch = taking.preview([roll(tmp_path / "2", OTHER, said)], data_date=small.DAY)
    ((rule, kind, row, column),) = small.told(batch)
    assert (rule, kind, row, column) == ("head_not_on_record", "asked", 2, "D")
    (line,) = taking.lines(batch)
    assert (
        f"户主是{OTHER}，这一户的户主是{HEAD}。" in line["says"]["zh"]
        and f"household {HEAD}" in line["says"]["en"]
    )
    taking.merge(batch)
    assert taking.ask(KNOWN) == before and taking.ask(ASKED) == [(OTHER, HEAD)]
    # The name corrected in the file closes it.
    assert take(roll(tmp_path / "3", HEAD, said if kept is None else None)) == []
    assert taking.ask(ASKED) == [] and [one[:2] for one in taking.ask(KNOWN)] == [(HEAD, HEAD)]


def test_the_same_number_corrects_a_name_and_the_same_name_brings_a_number(
    tmp_path: Path, fresh_database: Any
) -> None:
    take(small.villages(tmp_path), roll(tmp_path, HEAD, None))
    assert take(roll(tmp_path / "2", HEAD, OWN)) == []
    assert taking.ask(KNOWN) == [(HEAD, HEAD, "resident18", "head")]
    assert take(roll(tmp_path / "3", OTHER, OWN)) == []
    assert taking.ask(KNOWN) == [(OTHER, OTHER, "resident18", "head")]


def test_an_export_beside_the_roll_does_not_let_it_rename(tmp_path: Path, fresh_database: Any) -> None:
    take(small.villages(tmp_path), roll(tmp_path, HEAD, OWN))
    rows = small.household({"证件号码": OWN}, {})
    told = take(small.persons(tmp_path / "2", rows), roll(tmp_path / "2", OTHER, None))
    assert "head_not_on_record" in told
    assert OTHER not in [name for _, name, _, _ in taking.ask(KNOWN)]


def test_a_head_of_an_export_by_name_alone_is_asked_about(tmp_path: Path, fresh_database: Any) -> None:
    take(small.villages(tmp_path), small.persons(tmp_path, small.household({}, {})))
    before = taking.ask(KNOWN)
    nameless = small.household({"姓名": OTHER, "人编号": None, "证件号码": None}, {"健康状况": "长期慢性病"})
    told = take(small.persons(tmp_path / "2", nameless))
    assert sorted(told) == ["head_not_on_record", "not_in_later_file"]
    assert taking.ask(KNOWN) == before and taking.ask(ASKED) == [(OTHER, HEAD)]
    # The rest of the household was taken.
    health = "select health from registry_person where name = '罗二'"
    assert taking.ask(health) == [("chronic",)]
    # Whom the file names besides is there, and the head is another by its word: a change of heads as ever.
    both = small.household(
        {"姓名": OTHER, "人编号": None, "证件号码": None},
        {"姓名": HEAD, "人编号": f"{small.HOME}01", "证件号码": OWN},
    )
    assert "head_not_on_record" not in take(small.persons(tmp_path / "3", both))


def test_a_check_that_is_repeated_says_the_same(tmp_path: Path, fresh_database: Any) -> None:
    take(small.villages(tmp_path), small.persons(tmp_path, small.household({}, {})))
    nameless = small.household({"姓名": OTHER, "人编号": None, "证件号码": None}, {})
    batch = taking.preview([small.persons(tmp_path / "2", nameless)], data_date=small.DAY)
    first = small.told(batch)
    staged = "select person_number, household ->> 'head_name' from intake_stagedrow where batch_id = %s order by row"
    held = taking.ask(staged, values=[batch.pk])
    assert held == [(None, None), (f"{small.HOME}02", None)]
    with within(scope_of(taking.COUNTY)):
        Batch.objects.filter(pk=batch.pk).update(step=Step.CHECKING)
    again = steps.advance(batch.pk, taking.COUNTY)
    assert small.told(again) == first and taking.ask(staged, values=[batch.pk]) == held
    # Once the register has somebody of that name there, the row is theirs.
    with within(scope_of(taking.COUNTY), who={"account": "t"}):
        Person.objects.filter(name=HEAD).update(name=OTHER)
        Batch.objects.filter(pk=batch.pk).update(step=Step.CHECKING)
    again = steps.advance(batch.pk, taking.COUNTY)
    assert "head_not_on_record" not in {rule for rule, *_ in small.told(again)}
    assert taking.ask(staged, values=[batch.pk])[0] == (f"{small.HOME}01", OTHER)
