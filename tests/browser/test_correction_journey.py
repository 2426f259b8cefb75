"""From a faulty workbook to nothing open of what was wrong in it, without leaving the product but for Excel."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Demo, Enter, Troubles
from intake.marked_back import RED, cells
from intake.reading.support import PERSON_HEADINGS, identity_number
from intake.unit.small import household, persons
from xiuhua.cli.demo import NEIGHBOUR, NEIGHBOUR_HOUSEHOLDS, SEED
from xiuhua.intake.reading import letter
from xiuhua.synth.county import invent

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST, SECOND = "9905229000001", "9905229000002"


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Two new households of a village of the neighbour's: months of work, an income and an ID number are wrong."""
    village = invent(SEED + 1, NEIGHBOUR_HOUSEHOLDS, code=NEIGHBOUR).villages[0]
    ids = [identity_number(f"99052219{70 + n}0101{910 + n}") for n in range(4)]
    where = {"县": "", "乡镇": village.township, "行政村": village.name}
    rows = [
        *household(
            {"证件号码": ids[0], "务工时间(月)": 15.0},
            {"证件号码": ids[1][:17] + "ABC"},
            number=FIRST,
            **where,
        ),
        *household({"证件号码": ids[2], "人均纯收入": "很多"}, {"证件号码": ids[3]}, number=SECOND, **where),
    ]
    return persons(tmp_path, rows)


def upload(page: Page, path: Path) -> str:
    """Takes a workbook in as far as the preview; the batch's address."""
    page.goto("/intake/new/")
    page.set_input_files("input[type=file]", str(path))
    page.fill(
        "input[name=data_date]", "2017-09-30"
    )  # the day of what is there: nothing else gets a newer one by it
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url(re.compile(r"/intake/\d+/$"))
    page.get_by_role("button", name=re.compile("并入 .* 户")).wait_for(timeout=90_000)
    return page.url


def merge(page: Page) -> None:
    page.get_by_role("button", name=re.compile("并入 .* 户")).click()
    page.get_by_role("heading", name="已并入登记").wait_for(timeout=90_000)


def open_in_the_pool(page: Page) -> int:
    """Rows of the pool that wait for somebody about the two households: refused, asked, warned or not known."""
    found = 0
    for number in (FIRST, SECOND):
        page.goto(f"/findings/?household={number}")
        found += page.locator("table.findings tbody tr").count()
    return found


def test_marked_downloaded_corrected_uploaded_and_nothing_is_open(
    filled: Demo, enter: Enter, faulty: Path, tmp_path: Path
) -> None:
    page, troubles = enter("wai"), Troubles()
    troubles.watch(page)
    first = upload(page, faulty)
    merge(page)
    expect(page.locator("main")).to_contain_text("校验未通过")

    batch = page.url
    assert open_in_the_pool(page) == 3
    page.goto(batch)
    page.get_by_role("button", name="下载标注好的工作簿").click()
    page.wait_for_url(re.compile(r"/exports/\d+/$"))
    with page.expect_download(timeout=90_000) as got:
        page.get_by_role("button", name="下载", exact=True).click(timeout=90_000)
    assert got.value.suggested_filename == "贫困人口信息表（已标注）.xlsx"
    back = tmp_path / got.value.suggested_filename
    got.value.save_as(back)

    book = openpyxl.load_workbook(back)
    at = {heading: letter(n) for n, heading in enumerate(PERSON_HEADINGS, 1)}
    right = {
        f"{at['务工时间(月)']}2": 0,
        f"{at['证件号码']}3": identity_number("99052219710101911"),
        f"{at['人均纯收入']}4": 3000,
    }
    assert {cell for _, cell in cells(book, RED)} == set(right)
    for cell, value in right.items():
        book["Sheet"][cell].value = value
    book.save(back)

    upload(page, back)
    number = first.rstrip("/").rsplit("/", 1)[1]
    expect(page.get_by_role("heading", name=f"更正第 {number} 批")).to_be_visible()
    expect(page.locator("main")).to_contain_text("改动 3 行；3 个问题已改正，0 个还没有")
    page.get_by_role("link", name="新增").click()
    expect(page.locator("main")).to_contain_text("改动的行：2、3")
    page.go_back()
    merge(page)
    expect(page.locator("main")).not_to_contain_text("校验未通过 ")
    assert open_in_the_pool(page) == 0, "what was wrong in the workbook is closed, not only gone from a page"
    for household_number in (FIRST, SECOND):
        page.goto(f"/search/?q={household_number}")
        page.get_by_role("link", name="罗一").first.click()
        expect(page.locator("main")).not_to_contain_text("校验未通过")
    assert troubles == []
