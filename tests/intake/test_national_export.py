"""What goes to the national system: its columns in its order, the county's own where it has one, for the offices that keep it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection

import people
from intake import taking
from intake.conftest import Files, sign
from intake.test_against_national import compare, differences, here
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.audit.models import Entry
from xiuhua.files.models import Export
from xiuhua.files.services import NotNow, ask, content, fetch, folder, make
from xiuhua.files.terms import Step
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.books import STANDARD
from xiuhua.registry.queries.national import Choice, count
from xiuhua.registry.services import Refused, save_layout
from xiuhua.synth.county import write

pytestmark = [pytest.mark.database, pytest.mark.slow]


def office(
    place: str = taking.COUNTY, role: Role = Role.COUNTY_OFFICE, username: str = "zhao"
) -> Appointment:
    return people.person("赵某", username, place, role)


def exported(by: Appointment, **params: Any) -> Export:
    place = params.pop("place", by.place_code)
    with within(scope_of(by.place_code)):
        export = ask(
            by=by, kind="registry.national", params=params, place_code=place, reason="填报国家系统"
        ).export
    done = make(export.pk, place)
    assert done.step == Step.DONE, done.trouble
    return done


def plain(export: Export) -> bytes:
    with within(scope_of(export.place_code)):
        assert export.file is not None
        return content(export.file)


def cells(export: Export) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(plain(export)))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_the_export_is_the_file_that_was_taken_in(
    made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    files = made(41, 60, faults=False)
    sign()
    taking.take(files.paths)
    export = exported(office())
    rows = cells(export)
    assert list(rows[0]) == [heading for _key, heading in STANDARD.columns] and len(rows[0]) == 26
    theirs = [
        tuple(row) for sheet in openpyxl.load_workbook(files.path("贫困人口信息表")) for row in sheet.iter_rows(values_only=True)
        if row[5] and str(row[5]).isdigit()
    ]  # fmt: skip
    assert sorted(map(str, rows[1:])) == sorted(map(str, theirs)), "row by row and cell by cell the same"

    path = tmp_path / "国家系统.xlsx"
    path.write_bytes(plain(export))
    assert differences(compare([path])) == []


def test_numbers_are_text_and_nothing_is_a_formula(made: Callable[..., Files], fresh_database: Any) -> None:
    files = made(42, 30, faults=False)
    taking.take(files.paths)
    head = files.county.households[0].head
    here("update registry_person set name = '=1+1' where number = %s", head.number)
    book = openpyxl.load_workbook(io.BytesIO(plain(exported(office()))))
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}
    row = next(row for row in sheet.iter_rows(min_row=2) if row[at["人编号"] - 1].value == head.number)
    assert (row[at["姓名"] - 1].value, row[at["姓名"] - 1].data_type) == ("=1+1", "s")
    number = row[at["证件号码"] - 1]
    assert (number.value, number.data_type, number.number_format) == (head.id_number, "s", "@")
    assert sheet.column_dimensions["H"].width >= 20 and sheet.freeze_panes == "A2"


def test_a_countys_own_layout_has_its_columns_headings_order_and_words(
    made: Callable[..., Files], fresh_database: Any
) -> None:
    files = made(43, 30, faults=False)
    sign()
    taking.take(files.paths)
    by = office()
    with within(scope_of(taking.COUNTY)):
        save_layout(
            by=by, county_code=taking.COUNTY, name="省扶贫云",
            columns=[("id_number", "公民身份号码"), ("name", "姓名"), ("", "备注"), ("relation", "关系"), ("water_safe_reported", "安全饮水")],
            title=["{place}上报表", "截至{day}"], words={"relation": {"head": "本人"}, "yesno": {"yes": "1", "no": "2"}},
        )  # fmt: skip
        with pytest.raises(Refused):
            save_layout(
                by=by, county_code=taking.COUNTY, name="错", columns=[("name", "姓名"), ("group", "姓名")]
            )
    rows = cells(exported(by, layout="省扶贫云"))
    assert str(rows[0][0]).endswith("上报表") and str(rows[1][0]).startswith("截至20")
    assert rows[2] == ("公民身份号码", "姓名", "备注", "关系", "安全饮水")
    assert {row[3] for row in rows[3:]} >= {"本人"} and "户主" not in {row[3] for row in rows[3:]}
    assert {row[4] for row in rows[3:]} <= {"1", "2"} and {row[2] for row in rows[3:]} == {None}


def test_only_those_that_changed_only_those_that_left_poverty_only_one_township(
    made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    from xiuhua.common.clock import beijing_now

    files = made(44, 60, faults=False)
    sign()
    batch = taking.take(files.paths)
    with within(scope_of(taking.COUNTY)):
        everything = count(Choice(taking.COUNTY))
        assert everything == (60, sum(len(h.members) for h in files.county.households))
        exited = count(Choice(taking.COUNTY, status="exited"))
        assert exited[0] == sum(h.exited for h in files.county.households)
        townships = {h.village.township_code for h in files.county.households}
        assert sum(count(Choice(code))[0] for code in townships) == 60
        since = beijing_now()
        assert count(Choice(taking.COUNTY, since=since)) == (0, 0)
        assert count(Choice(taking.COUNTY, since=since, batches=(batch.pk,))) == everything
    one, two = files.county.households[:2]
    here("update registry_person set health = 'serious' where number = %s", one.members[-1].number)
    here(
        "update registry_periodrecord p set toilet = true from registry_household h where h.id = p.household_id and h.number = %s",
        two.number,
    )
    rows = cells(exported(office(), since=since.isoformat()))
    assert {row[4] for row in rows[1:]} == {one.number, two.number}
    assert len(rows) == 1 + len(one.members) + len(two.members)


def test_only_offices_that_keep_the_national_system_get_it_with_a_reason_and_on_the_record(
    made: Callable[..., Files], fresh_database: Any
) -> None:
    files = made(45, 30, faults=False)
    taking.take(files.paths)
    by = office()
    for number, role in enumerate(set(Role) - {Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICE}):
        other = office(role=role, username=f"other{number}")
        with within(scope_of(taking.COUNTY)), pytest.raises(NotNow):
            ask(by=other, kind="registry.national", params={}, place_code=taking.COUNTY, reason="看看")
    with within(scope_of(taking.COUNTY)), pytest.raises(NotNow, match="用途"):
        ask(by=by, kind="registry.national", params={}, place_code=taking.COUNTY)
    with within(scope_of(taking.COUNTY)), pytest.raises(NotNow, match="区划"):
        ask(by=by, kind="registry.national", params={}, place_code="990522", reason="填报")

    export = exported(by)
    assert export.expires_at and export.made_at and (export.expires_at - export.made_at).days == 2
    with within(scope_of(taking.COUNTY)):
        fetch(by=by, export_id=export.pk)
        entries = list(Entry.objects.filter(subject=f"export:{export.pk}").order_by("number"))
    assert [one.action for one in entries] == ["files.asked", "files.made", "files.fetched"]
    assert entries[0].detail["reason"] == "填报国家系统"
    secret = [person.id_number for household in files.county.households for person in household.members]
    told = str([one.detail for one in entries])
    assert not [number for number in secret if number in told]
    # In the clear only inside the file, which lies encrypted.
    assert export.file is not None
    kept = (folder() / export.file.path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(plain(export))) as package:
        inside = package.read("xl/worksheets/sheet1.xml").decode()
    assert secret[0] in inside and secret[0].encode() not in kept and kept[:2] != b"PK"


def test_a_township_gets_its_own_households_and_a_neighbour_none(
    made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    files = made(46, 60, faults=False)
    theirs = made(47, 30, faults=False, code="990522")
    taking.take(files.paths)
    taking.take(theirs.paths, "990522")
    code = files.county.households[0].village.township_code
    township = office(code, Role.TOWNSHIP_OFFICE, "zhuoma")
    rows = cells(exported(township))
    assert {row[4] for row in rows[1:]} == {
        h.number for h in files.county.households if h.village.township_code == code
    }
    neighbour = cells(exported(office("990522", username="wai")))
    assert {row[4] for row in neighbour[1:]} == {h.number for h in theirs.county.households}

    batch = compare([next(p for p in write(files.county, tmp_path) if p.stem == "贫困人口信息表")])
    here(
        "update registry_household set main_cause = 'capital' where number = %s",
        files.county.households[0].number,
    )
    assert differences(batch) == []
    with within(scope_of("990522")), connection.cursor() as cursor:
        cursor.execute("select count(*) from intake_difference")
        assert cursor.fetchone() == (0,)
