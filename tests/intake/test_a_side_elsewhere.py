"""What asks about two sides in two townships tells each its own; of the other it tells only where it lies and who decides."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

import people
from intake import taking
from intake.test_a_township import FAR, TOWNSHIP, Offices, offices
from intake.unit.small import HOME, household, id_number, persons, write
from intake.unit.three import SECOND, THIRD
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.decisions.models import Pair
from xiuhua.decisions.services import accept
from xiuhua.decisions.services.pairs import decide
from xiuhua.decisions.terms import Answer, PairKind
from xiuhua.files.models import Export
from xiuhua.files.services import content, make
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within

__all__ = ["offices"]
pytestmark = [pytest.mark.database, pytest.mark.slow]

FOURTH, FIFTH = f"{THIRD[:-1]}4", f"{THIRD[:-1]}5"
OTHERS = ("外乡秘密甲", "外乡秘密乙", "外乡人丙", "外乡人戊", THIRD, FOURTH)
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
    own = household({}, SHARED, {**moved, "姓名": "罗三", "证件号码": id_number(1967)})
    own += household({"证件号码": id_number(1951)}, number=SECOND)
    own += household({"姓名": "罗五"}, number=FIFTH)
    own += household(
        {"姓名": "外乡人戊", "人编号": f"{FIFTH}09", "证件号码": id_number(1968)}, number=FIFTH, **theirs
    )
    taking.take([persons(tmp_path, [*own, *third, *fourth[:2]])])
    village = people.person(
        "旺书记", "wangv", f"{TOWNSHIP}001", Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
    )
    return [offices[1], village]


def mine(by: Appointment) -> list[Finding]:
    with within(scope_of(by.place_code)):
        return list(Finding.objects.filter(rule__in=ASKED, state="open").order_by("rule"))


def test_of_a_side_in_another_township_nothing_is_told_but_its_place(
    offices: Offices, officers: list[Appointment]
) -> None:
    # One county taken in serves all of them: what was found before, pages and answers, the own rows, the case decided above.
    _what_was_found_before_is_told_alike()
    for officer in officers:
        _pages_tell_nothing(officer)
    _own_rows_tell_nothing(officers[0])
    _the_case_tells_nothing(offices[0], officers)


def _what_was_found_before_is_told_alike() -> None:
    """Findings as they were told once, with name and number of the other side, become what they are told as now."""
    tables = ("findings_finding", "intake_sighting")
    before = import_module("xiuhua.intake.migrations.0012_sides_of_before_are_told_alike")

    def kept() -> list[tuple[object, ...]]:
        return [
            row for table in tables for row in taking.ask(f"select id, rule, params from {table} order by id")
        ]

    now = kept()
    assert {rule for _id, rule, _params in now} >= ASKED | {"id_changed", "two_heads"}
    with connections["owner"].cursor() as owner:
        for table in tables:
            owner.execute(
                f"""update {table} set params = params - 'place' || (case rule when 'two_heads' then '{{"names": "罗五、外乡人戊"}}'
              when 'person_moved' then '{{"name": "外乡人丙", "other": "{FOURTH}", "before": "{FOURTH}"}}'
              when 'id_changed' then '{{"name": "外乡人丙"}}' else '{{"other": "外乡秘密甲"}}' end)::jsonb
              where params ? 'place' and rule = any(%s) or rule = 'id_changed' and household_number = %s or rule = 'two_heads' and params ->> 'names' = ''""",
                [list(before.RULES), HOME],
            )
        assert kept() != now
        for sql in before.ALIKE:
            owner.execute(sql)
    assert kept() == now


def _pages_tell_nothing(officer: Appointment) -> None:
    client = people.sign_in(Client(), officer)
    found = mine(officer)
    assert {one.rule for one in found} == ASKED
    pages = [reverse("workbench:finding", args=[one.pk]) for one in found]
    listed = reverse("workbench:findings") + f"?rule={found[0].rule}&kind={found[0].kind}"
    for page in (listed, *pages, "/api/v1/findings/"):
        answer = client.get(page)
        told = str(answer.json()) if "/api/" in page else answer.content.decode()
        assert answer.status_code == 200 and "黑水镇另一村的" in told, page
        assert [word for word in OTHERS if word in told] == [], page
        if page in pages:
            assert reverse("decisions:pairs") + '"' not in told.split("怎么办")[1]
            assert "由桁墟县" in told and "判断以前，这里不用办" in told


def _own_rows_tell_nothing(officer: Appointment) -> None:
    one = next(one for one in mine(officer) if one.kind == "refused")
    people.sign_in(Client(), officer).post(reverse("workbench:own_rows", args=[one.pk]))
    with within(scope_of(TOWNSHIP)):
        wanted = Export.objects.get()
    made = make(wanted.pk, TOWNSHIP)
    assert made.file is not None
    with within(scope_of(TOWNSHIP)), zipfile.ZipFile(io.BytesIO(content(made.file))) as book:
        told = "".join(book.read(name).decode() for name in book.namelist())
    assert "黑水镇另一村的" in told
    assert [word for word in OTHERS if word in told] == []


def _the_case_tells_nothing(county: Appointment, officers: list[Appointment]) -> None:
    second = people.person("县二", "xian2", taking.COUNTY, Role.COUNTY_OFFICE)
    with within(scope_of(taking.COUNTY), who={"account": "wang"}):
        pair = Pair.objects.get(kind=PairKind.SAME_PERSON)
        keep = Answer.KEEP_LEFT if pair.left["household"] == FOURTH else Answer.KEEP_RIGHT
        case = decide(by=county, pair=pair, answer=keep, reason="户口簿", on=date(2026, 1, 1)).case
    told = people.sign_in(Client(), county).get(reverse("decisions:pair", args=[pair.pk])).content.decode()
    assert HOME in told and FOURTH in told, "who decides sees both"
    assert case is not None
    page = reverse("decisions:case", args=[case.pk])
    pair_page = reverse("decisions:pair", args=[pair.pk])
    assert pair_page in people.sign_in(Client(), second).get(page).content.decode()
    for officer in officers:
        assert people.sign_in(Client(), officer).get(page).status_code == 200, "also while it waits"
    with within(scope_of(taking.COUNTY), who={"account": "xian2"}):
        accept(by=second, case=case, reason="同意")
    [(household,)] = taking.ask("select id from registry_household where number = %s", values=[HOME])
    for officer in officers:
        client = people.sign_in(Client(), officer)
        told = client.get(page).content.decode()
        assert pair_page not in told and "归黑水镇另一村的一户" in told
        told += client.get(reverse("workbench:household", args=[household])).content.decode()
        assert [word for word in OTHERS if word in told] == []
