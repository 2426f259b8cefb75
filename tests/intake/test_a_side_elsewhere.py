"""What asks about two sides in two townships tells each its own; of the other it tells only where it lies and who decides."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import people
from intake import taking
from intake.test_a_township import FAR, TOWNSHIP, Offices, offices
from intake.unit.small import HOME, household, id_number, persons, write
from intake.unit.three import SECOND, THIRD
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.decisions.models import Case, Pair
from xiuhua.decisions.services import accept
from xiuhua.decisions.services.pairs import decide
from xiuhua.decisions.terms import Answer, PairKind
from xiuhua.files.models import Export
from xiuhua.files.services import content, make
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within

__all__ = ["offices"]
pytestmark = [pytest.mark.database, pytest.mark.slow]

FOURTH = f"{THIRD[:-1]}4"
OTHERS = ("外乡秘密甲", "外乡秘密乙", "外乡人丙", THIRD, FOURTH)
SHARED = {"姓名": "罗同人", "证件号码": id_number(1955)}
ASKED = {"id_used_twice", "same_person_two_households", "person_moved"}


@pytest.fixture
def officers(offices: Offices, tmp_path: Path) -> list[Appointment]:
    """The township's and the village's, after the county took in a file with one number for two, one person in two households
    and one that the file has in another household than the register, each with a side in another township."""
    theirs = {"乡镇": FAR[1], "行政村": FAR[2]}
    lists = write(tmp_path / "二" / "行政村名单.xlsx", [["县", "乡镇", "行政村", "行政村编码"], FAR])
    moved = {"人编号": f"{HOME}09", "姓名": "外乡人丙", "证件号码": id_number(1966)}
    fourth = household({"姓名": "外乡秘密乙"}, SHARED, moved, number=FOURTH, **theirs)
    third = household({"姓名": "外乡秘密甲", "证件号码": id_number(1951)}, {}, number=THIRD, **theirs)
    taking.take(
        [
            lists,
            persons(tmp_path / "二", household({"姓名": "外乡秘密乙"}, {}, moved, number=FOURTH, **theirs)),
        ]
    )
    own = household({}, SHARED, {**moved, "姓名": "罗三"})
    own += household({"证件号码": id_number(1951)}, number=SECOND)
    taking.take([persons(tmp_path, [*own, *third, *fourth[:2]])])
    village = people.person(
        "旺书记", "wangv", f"{TOWNSHIP}001", Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
    )
    return [offices[1], village]


def mine(by: Appointment) -> list[Finding]:
    with within(scope_of(by.place_code)):
        return list(Finding.objects.filter(rule__in=ASKED, state="open").order_by("rule"))


def test_neither_page_nor_answer_nor_workbook_names_the_other_side(officers: list[Appointment]) -> None:
    for officer in officers:
        client = people.sign_in(Client(), officer)
        found = mine(officer)
        assert {one.rule for one in found} == ASKED
        listed = [reverse("workbench:findings") + f"?rule={one.rule}&kind={one.kind}" for one in found]
        pages = [reverse("workbench:finding", args=[one.pk]) for one in found]
        for page in (*listed, *pages, "/api/v1/findings/"):
            answer = client.get(page)
            told = str(answer.json()) if "/api/" in page else answer.content.decode()
            assert answer.status_code == 200 and "黑水镇另一村的" in told, page
            assert [word for word in OTHERS if word in told] == [], page
        for page in pages:
            told = client.get(page).content.decode()
            assert reverse("decisions:pairs") + '"' not in told.split("怎么办")[1]
            assert "由桁墟县" in told and "判断以前，这里不用办" in told
        english = client.get(pages[0], headers={"Accept-Language": "en"}).content.decode()
        assert "外乡" not in english


def test_the_own_rows_name_nobody_of_the_other_side(officers: list[Appointment]) -> None:
    officer = officers[0]
    one = next(one for one in mine(officer) if one.kind == "refused")
    client = people.sign_in(Client(), officer)
    client.post(reverse("workbench:own_rows", args=[one.pk]))
    with within(scope_of(TOWNSHIP)):
        wanted = Export.objects.get()
    made = make(wanted.pk, TOWNSHIP)
    assert made.file is not None
    with within(scope_of(TOWNSHIP)), zipfile.ZipFile(io.BytesIO(content(made.file))) as book:
        told = "".join(book.read(name).decode() for name in book.namelist())
    assert "黑水镇另一村的" in told
    assert [word for word in OTHERS if word in told] == []


def test_the_case_that_the_county_decides_tells_the_other_side_by_its_place(
    offices: Offices, officers: list[Appointment]
) -> None:
    second = people.person("县二", "xian2", taking.COUNTY, Role.COUNTY_OFFICE)
    with within(scope_of(taking.COUNTY), who={"account": "wang"}):
        pair = Pair.objects.get(kind=PairKind.SAME_PERSON)
        keep = Answer.KEEP_LEFT if pair.left["household"] == FOURTH else Answer.KEEP_RIGHT
        case = decide(by=offices[0], pair=pair, answer=keep, reason="户口簿", on=date(2026, 1, 1)).case
    client = people.sign_in(Client(), offices[0])
    told = client.get(reverse("decisions:pair", args=[pair.pk])).content.decode()
    assert HOME in told and FOURTH in told, "who decides sees both"
    assert case is not None
    with within(scope_of(taking.COUNTY), who={"account": "xian2"}):
        accept(by=second, case=case, reason="同意")
    for officer in officers:
        client = people.sign_in(Client(), officer)
        with within(scope_of(officer.place_code)):
            pages = [reverse("decisions:case", args=[one.pk]) for one in Case.objects.all()]
            pages.append(reverse("workbench:household", args=[case.household_id]))
        told = "".join(client.get(page).content.decode() for page in pages)
        assert "归黑水镇另一村的一户" in told
        assert [word for word in OTHERS if word in told] == []
