"""What nobody corrects alone: who is head while there is exactly one, and in which year a household left poverty."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from findings.conftest import Faulty, acting, rows
from intake import taking
from intake.reading.support import PERSON_HEADINGS
from intake.test_taken_back import take_back
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Case, CaseStep
from xiuhua.decisions.services import Refused, accept, ask_undo, undo
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Correction, Household, Membership, Person
from xiuhua.registry.services import Evidence, correct_value
from xiuhua.registry.terms import Seen

pytestmark = pytest.mark.database
REPORTED, CHECKED = Evidence(Seen.REPORTED, beijing_today()), Evidence(Seen.CHECKED, beijing_today())


def members(faulty: Faulty) -> list[Membership]:
    found = Membership.objects.filter(household=faulty.key, until__isnull=True)
    return list(found.select_related("person").order_by("id"))


def stands(faulty: Faulty) -> tuple[str | None, dict[str | None, str | None]]:
    """What the household is called, and how each is related."""
    with within(scope_of(taking.COUNTY)):
        told = {one.person.name: one.relation for one in members(faulty)}
        return Household.objects.get(pk=faulty.key).head_name, told


def correct(faulty: Faulty, row: int, value: Any, evidence: Evidence = REPORTED) -> None:
    with acting(faulty.village) as by:
        correct_value(
            by=by, household=faulty.household(), grain="membership", row=row, column="relation", value=value,
            evidence=evidence,
        )  # fmt: skip


def relate(**relations: str) -> None:
    """Straight in the register, past every service."""
    with within(scope_of(taking.COUNTY), who={"account": "test"}):
        for name, relation in relations.items():
            Membership.objects.filter(person__name=name).update(relation=relation)


def test_the_one_head_is_changed_by_a_case_and_by_nobody_alone(faulty: Faulty) -> None:
    before = stands(faulty)
    assert before == ("罗一", {"罗一": "head", "罗二": "other"})
    with acting(faulty.village):
        head, other = members(faulty)
    client, pk = faulty.client(faulty.village), faulty.finding().pk
    for row, value in ((head, "other"), (other, "head"), (head, None)):
        with pytest.raises(Refused, match="变更户主"):
            correct(faulty, row.pk, value, CHECKED)
        address = f"/findings/{pk}/correct/membership/{row.pk}/relation/"
        form = {"value": value or "", "seen": "checked", "seen_on": beijing_today().isoformat()}
        answer = client.post(address, form)
        assert answer.status_code == 422 and "请办“变更户主”" in answer.content.decode()
        assert f"/cases/new/{faulty.key}/new_head/" in client.get(address).content.decode()
    assert stands(faulty) == before
    # Nor past the service; another relation of a member is a correction, and that the head is the head can be checked.
    for name, relation in (("罗一", "other"), ("罗二", "head")):
        with pytest.raises(DatabaseError, match="a head changes by a case"):
            relate(**{name: relation})
    correct(faulty, other.pk, "spouse")
    correct(faulty, head.pk, "head", CHECKED)
    assert stands(faulty) == ("罗一", {"罗一": "head", "罗二": "spouse"})


def test_one_head_too_many_or_none_at_all_is_corrected_and_gives_the_household_its_name(
    faulty: Faulty,
) -> None:
    with within(scope_of(taking.COUNTY)):
        home = faulty.household()
        third = Person.objects.create(
            name="罗三", county_code=home.county_code, village_code=home.village_code
        )
        made = Membership.objects.create(
            person=third, household=home, village_code=home.village_code, relation="head"
        )
        head, other, _third = members(faulty)
    address = f"/findings/{faulty.finding().pk}/correct/membership/{head.pk}/relation/"
    assert "new_head" not in faulty.client(faulty.village).get(address).content.decode()
    with pytest.raises(Refused, match="变更户主"):
        correct(faulty, other.pk, "head")  # two are too many already
    correct(faulty, head.pk, "other")
    assert stands(faulty) == ("罗三", {"罗一": "other", "罗二": "other", "罗三": "head"})
    with within(scope_of(taking.COUNTY)):
        Membership.objects.filter(pk=made.pk).update(until=date(2026, 5, 1), ended_because="death")
    correct(faulty, other.pk, "head")
    assert stands(faulty) == ("罗二", {"罗一": "other", "罗二": "head"})


def test_a_file_tells_who_is_head_and_goes_back_with_its_batch(faulty: Faulty, tmp_path: Path) -> None:
    swapped = rows.household({"与户主关系": "其他"}, {"与户主关系": "户主"}, 贫困户属性="一般贫困户")
    batch = taking.take([rows.persons(tmp_path, swapped)], data_date=date(2017, 12, 31))
    assert stands(faulty)[1] == {"罗一": "other", "罗二": "head"}
    take_back(batch)
    assert stands(faulty) == ("罗一", {"罗一": "head", "罗二": "other"})


def test_a_year_of_exit_is_put_right_by_two_and_taken_back_by_two(faulty: Faulty) -> None:
    by, office, second = faulty.village, faulty.township, faulty.county
    address = f"/findings/{faulty.finding().pk}/correct/household/{faulty.key}/exit_year/"
    client = faulty.client(by)
    known = {"value": "2016", "seen": "reported", "seen_on": beijing_today().isoformat()}
    answer = client.post(address, known)
    assert answer.status_code == 422 and "不能一个人改" in answer.content.decode()
    form = f"/cases/new/{faulty.key}/exit_year/"
    assert (
        form in answer.content.decode() and form in client.get(f"/cases/new/{faulty.key}/").content.decode()
    )
    with pytest.raises(DatabaseError, match="a year of exit changes by a case"), acting(by):
        Household.objects.filter(pk=faulty.key).update(exit_year=2016)
    assert year(faulty) is None
    # One proposes; the register stays until another says yes.
    for wrong in ({"exit_year": "2099"}, {"exit_year": ""}, {"exit_year": "²"}):
        told = {"effective_on": "2026-05-01", **wrong}
        assert client.post(form, told).status_code == 422, wrong
    assert client.post(form, {"effective_on": "2026-05-01", "exit_year": "2016"}).status_code == 302
    with acting(by):
        case = Case.objects.get(kind="exit_year")
    with pytest.raises(Refused), acting(by):
        accept(by=by, case=case)
    assert year(faulty) is None
    page = faulty.client(office).get(f"/cases/{case.pk}/").content.decode()
    assert "没有记录" in page and "2016 年" in page
    with acting(office):
        accept(by=office, case=case)
    assert year(faulty) == 2016
    with within(scope_of(taking.COUNTY)):
        assert CaseStep.objects.get(case=case, act="accepted").detail["exit_year_was"] is None
        assert not Correction.objects.exists()
    with acting(office):
        ask_undo(by=office, case=case, reason="名单看错了")
    with acting(second):
        undo(by=second, case=case)
    assert year(faulty) is None


def year(faulty: Faulty) -> int | None:
    with within(scope_of(taking.COUNTY)):
        return faulty.household().exit_year


def test_a_year_that_was_changed_since_is_not_put_back(faulty: Faulty, tmp_path: Path) -> None:
    headings = [*PERSON_HEADINGS, "脱贫年度"]
    first, later = (
        rows.persons(folder(tmp_path, str(told)), [[*one, told] for one in rows.household({}, {}, 贫困户属性="一般贫困户")], headings)
        for told in (2015, 2014)
    )  # fmt: skip
    batch = taking.take([first], data_date=date(2017, 11, 30))
    assert year(faulty) == 2015
    take_back(batch)
    assert year(faulty) is None, "a file tells a year, and it goes back with its batch"
    by, office, second = faulty.village, faulty.township, faulty.county
    client = faulty.client(by)
    client.post(f"/cases/new/{faulty.key}/exit_year/", {"effective_on": "2026-05-01", "exit_year": "2016"})
    with acting(office):
        case = Case.objects.get(kind="exit_year")
        accept(by=office, case=case)
    taking.take([later], data_date=date(2017, 12, 31))
    assert year(faulty) == 2014
    with acting(office):
        ask_undo(by=office, case=case, reason="名单看错了")
    with acting(second), pytest.raises(Refused, match="脱贫年度又变过"):
        undo(by=second, case=case)
    assert year(faulty) == 2014


def folder(path: Path, name: str) -> Path:
    made = path / name
    made.mkdir()
    return made
