"""What of a corrected workbook is taken, and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import people
from intake import taking
from intake.conftest import sign
from intake.marked_back import LIST, listed, office, waiting
from intake.reading.support import PERSON_HEADINGS
from intake.unit.small import HOME, household, persons, villages
from intake.unit.three import SECOND, THIRD, at, changed, data, one, setting, three
from xiuhua.accounts.models import Appointment
from xiuhua.intake.models import Change, Sheet, StagedHousehold
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
def officer(fresh_database: Any) -> Appointment:
    made = office()
    sign()
    return made


# What is taken of a corrected one.


def test_only_what_was_changed_is_taken(officer: Appointment, tmp_path: Path) -> None:
    path = persons(tmp_path, three(**{"务工时间(月)": 15.0}))
    first = taking.take([villages(tmp_path), path])
    back = one(first, officer, tmp_path)
    # Meanwhile somebody took in a newer form of the second household.
    newer = persons(tmp_path / "newer", household({"健康状况": "长期慢性病"}, {}, number=SECOND))
    taking.take([newer])
    assert health(SECOND) == ["healthy", "long_term_illness"] or len(set(health(SECOND))) == 2
    kept = health(SECOND)
    second = taking.take([changed(back, tmp_path / "改好.xlsx", setting("务工时间(月)", 2, 0))])
    assert health(SECOND) == kept, "the old copy of a household that nobody touched takes nothing back"
    assert taking.changes(second) == {"new": 1, "changed": 0, "unchanged": 0, "held": 0}
    assert second.counts["left"] == 2 and waiting() == []
    with within(scope_of(taking.COUNTY)):
        [sheet] = Sheet.objects.filter(batch=second).exclude(corrects=None)
        assert sheet.changes is not None and sheet.changes["changed"] == [2] and sheet.changes["same"] == 5
        assert StagedHousehold.objects.get(batch=second, number=SECOND).change == Change.LEFT


def health(number: str) -> list[str]:
    return sorted(
        value
        for (value,) in taking.ask(
            "select p.health from registry_person p join registry_membership m on m.person_id = p.id"
            " join registry_household h on h.id = m.household_id where h.number = %s",
            values=[number],
        )
    )


def test_sorting_adding_and_removing_rows_does_not_confuse_it(officer: Appointment, tmp_path: Path) -> None:
    rows = three(**{"务工时间(月)": 15.0})
    first = taking.take([villages(tmp_path), persons(tmp_path, rows)])
    back = one(first, officer, tmp_path)

    def change(book: Any) -> None:
        sheet = data(book)
        sheet[at("务工时间(月)", 2)].value = 0
        found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        found = [
            *household({}, number="9905210000009"),
            *reversed(found[:5]),
        ]  # one household more, one member less
        for number, row in enumerate(found, 2):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value

    second = taking.take([changed(back, tmp_path / "改好.xlsx", change)])
    told = second.counts["corrects"]
    assert (told["changed"], told["removed"], told["put_right"]) == (2, 1, 1)
    assert waiting() == []
    numbers = set(taking.register()["households"])
    assert {HOME, SECOND, THIRD, "9905210000009"} <= numbers


def test_what_is_still_wrong_stays_the_same_finding(officer: Appointment, tmp_path: Path) -> None:
    rows = three(**{"务工时间(月)": 15.0, "人均纯收入": "很多"})
    rows.append([*rows[-1]])
    rows[-1][PERSON_HEADINGS.index("户编号")] = None  # whose row it is, nobody knows
    first = taking.take([villages(tmp_path), persons(tmp_path, rows)])
    before = open_findings()
    assert {"missing_key", "months_out_of_range"} <= set(before.values())
    back = one(first, officer, tmp_path)
    second = taking.take([changed(back, tmp_path / "一.xlsx", setting("务工时间(月)", 2, 0))])
    after = open_findings()
    assert set(after) < set(before), "nothing is found twice"
    assert set(before.values()) - set(after.values()) == {"months_out_of_range"}
    # The marked workbook of the correction still shows what is left, and only that is red.
    again = one(second, officer, tmp_path)
    book = openpyxl.load_workbook(again)
    assert book.sheetnames.count(LIST) == 1 and again.name == "一（已标注）.xlsx"
    assert data(book)[at("务工时间(月)", 2)].fill.patternType is None
    assert data(book)[at("务工时间(月)", 2)].comment is None
    assert any(line[0] == "校验未通过" for line in listed(book))

    def last(book: Any) -> None:
        data(book)[at("人均纯收入", 2)].value = 3000
        data(book).delete_rows(8)

    third = taking.take([changed(again, tmp_path / "二.xlsx", last)])
    assert third.counts["corrects"]["batches"] == [second.pk] and waiting() == []
    [(because,)] = taking.ask("select closed_because from findings_finding where rule = 'missing_key'")
    assert f"第 {third.pk} 批" in because


def open_findings() -> dict[int, str]:
    return dict(taking.ask("select id, rule from findings_finding where state = 'open'"))


def test_a_batch_that_was_never_merged_is_taken_whole_from_its_correction(
    officer: Appointment, tmp_path: Path
) -> None:
    first = taking.preview([villages(tmp_path), persons(tmp_path, three(**{"务工时间(月)": 15.0}))])
    back = one(first, officer, tmp_path)
    second = taking.take(
        [villages(tmp_path), changed(back, tmp_path / "改好.xlsx", setting("务工时间(月)", 2, 0))]
    )
    assert second.counts["corrects"]["changed"] == 1 and second.counts["left"] == 0
    assert {HOME, SECOND, THIRD} <= set(taking.register()["households"])


def test_a_mark_that_is_not_ours_or_of_another_area_links_nothing(
    officer: Appointment, tmp_path: Path
) -> None:
    first = taking.take([villages(tmp_path), persons(tmp_path, three(**{"务工时间(月)": 15.0}))])
    back = one(first, officer, tmp_path)

    def forged(book: Any) -> None:
        stamp = book.custom_doc_props["XiuhuaMarked"].value
        book.custom_doc_props["XiuhuaMarked"].value = stamp[:-1] + ("0" if stamp[-1] != "0" else "1")
        del book[LIST]

    batch = taking.preview([changed(back, tmp_path / "假.xlsx", forged)])
    assert "corrects" not in batch.counts and batch.counts["left"] == 0
    other = taking.preview([back], place=people.OTHER_COUNTY)
    assert "corrects" not in other.counts
    # Without the list, by the property alone, and the other way round, it is known.
    for name, change in (("无单.xlsx", lambda book: book.remove(book[LIST])), ("无属性.xlsx", no_property)):
        assert taking.preview([changed(back, tmp_path / name, change)]).counts["corrects"]["batches"] == [
            first.pk
        ]


def no_property(book: Any) -> None:
    del book.custom_doc_props["XiuhuaMarked"]


def test_the_list_is_never_read_as_data_whatever_it_is_called(officer: Appointment, tmp_path: Path) -> None:
    first = taking.take([villages(tmp_path), persons(tmp_path, three(**{"务工时间(月)": 15.0}))])

    def rename(book: Any) -> None:
        book[LIST].title = "清单"
        data(book)[at("务工时间(月)", 2)].value = 0

    back = one(first, officer, tmp_path)
    book = openpyxl.load_workbook(back)
    book[LIST].title = "清单"
    book.save(tmp_path / "改名.xlsx")
    batch = taking.preview([tmp_path / "改名.xlsx"])
    with within(scope_of(taking.COUNTY)):
        assert [sheet.name for sheet in batch.sheets.all()] == ["Sheet"]
