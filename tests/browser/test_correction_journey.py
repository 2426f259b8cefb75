"""From a faulty workbook to a county without an open finding, without leaving the product but for Excel: what is refused and what is
doubtful corrected in the marked workbook by the county and by a township, what is not known entered, what is so explained."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Demo, Enter, Troubles
from intake.marked_back import RED, cells
from intake.reading.support import PERSON_HEADINGS, identity_number
from intake.unit.small import household, persons, write
from xiuhua.common.clock import beijing_today
from xiuhua.intake.reading import letter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNTY, VILLAGE = "990531", "990531001001"
AT = {heading: letter(n) for n, heading in enumerate(PERSON_HEADINGS, 1)}


def number(order: int) -> str:
    """The number of a household of the workbook."""
    return f"{COUNTY}000000{order}"


def id_of(order: int, member: int) -> str:
    return identity_number(f"{COUNTY}{1960 + 4 * order + member}0101{910 + 10 * order + member}")


@pytest.fixture
def faulty(filled: Demo, tmp_path: Path) -> list[Path]:
    """A county's first workbooks, as its office has them: six households of a village, something the matter with each."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("correction_start.py"))],
        env={**os.environ, "XIUHUA_HOME": str(filled.home), "DJANGO_SETTINGS_MODULE": "xiuhua.config.settings",
             "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
        ({"务工时间(月)": 15.0}, {}, {}),
        ({}, {"证件号码": id_of(2, 2)[:17] + "ABC"}, {}),
        ({}, {}, {"人均纯收入": "很多"}),
        ({}, {}, {"人数": 3.0}),
        ({}, {}, {"脱贫属性": "已脱贫", "是否危房户": "是", "人均纯收入": 9000.0}),
        ({}, {}, {"主要致贫原因": "因残"}),
    ]
    rows = []
    for order, (head, other, both) in enumerate(told, 1):
        whose = {"县": "云溪县", "乡镇": "石门乡", "行政村": "上坪村"} | both
        members = [{"证件号码": id_of(order, 1)} | head, {"证件号码": id_of(order, 2)} | other]
        rows += household(*members, number=number(order), **whose)
    village = ["云溪县", "石门乡", "上坪村", VILLAGE]
    return [
        write(tmp_path / "行政村名单.xlsx", [["县", "乡镇", "行政村", "行政村编码"], village]),
        persons(tmp_path, [[*row, "是"] for row in rows], [*PERSON_HEADINGS, "是否参加基本医保"]),
    ]


def upload(page: Page, *paths: Path) -> str:
    """Takes workbooks in as far as the preview; the batch's address."""
    page.goto("/intake/new/")
    page.set_input_files("input[type=file]", [str(path) for path in paths])
    page.fill("input[name=data_date]", "2017-09-30")
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url(re.compile(r"/intake/\d+/$"))
    page.get_by_role("button", name=re.compile("并入 .* 户")).wait_for(timeout=90_000)
    return page.url


def merge(page: Page) -> None:
    page.get_by_role("button", name=re.compile("并入 .* 户")).click()
    page.get_by_role("heading", name="已并入登记").wait_for(timeout=90_000)


def open_in_the_pool(page: Page) -> list[str]:
    """What waits for somebody anywhere in the area, by whatever is wrong or doubtful: the lines of the work list."""
    page.goto("/findings/")
    expect(page.locator("h1")).to_be_visible()
    return page.locator("ul.work li").all_inner_texts()


def taken(page: Page, to: Path) -> Path:
    """The workbook that an export's page makes, kept."""
    page.wait_for_url(re.compile(r"/exports/\d+/$"))
    with page.expect_download(timeout=90_000) as got:
        page.get_by_role("button", name="下载", exact=True).click(timeout=90_000)
    got.value.save_as(to / got.value.suggested_filename)
    return to / got.value.suggested_filename


def corrected(path: Path, right: Mapping[str, Any]) -> None:
    """The workbook with cells put right, saved as a spreadsheet program would."""
    book = openpyxl.load_workbook(path)
    for cell, value in right.items():
        book["Sheet"][cell].value = value
    book.save(path)


def one_of(page: Page, order: int) -> None:
    """The page of the one finding that is open about a household, as its owner comes to it."""
    page.goto(f"/findings/?household={number(order)}")
    page.locator("table.findings tbody tr a.go").first.click()
    page.wait_for_url(re.compile(r"/findings/\d+/$"))


def enter_value(page: Page, label: str, value: str, *, chosen: bool = False) -> None:
    """A value of the finding's page put right from a paper."""
    page.locator("ul.values li").filter(has_text=label).first.get_by_role("link", name="更正").click()
    field = page.locator("[name=value]")
    field.select_option(label=value) if chosen else field.fill(value)
    page.get_by_role("button", name="更正并复核").click()
    page.wait_for_url(re.compile(r"/findings/\d+/$"))


def test_marked_downloaded_corrected_uploaded_and_nothing_is_open(
    faulty: list[Path], enter: Enter, tmp_path: Path
) -> None:
    county, township, troubles = enter("jing"), enter("miao"), Troubles()
    for page in (county, township):
        troubles.watch(page)
    first = upload(county, *faulty)
    merge(county)
    expect(county.locator("main")).to_contain_text("校验未通过")
    by_the_county(county, first, tmp_path / "县")
    by_the_township(township, tmp_path / "乡")
    what_is_so(township, county)
    assert open_in_the_pool(county) == [], "nothing waits for anybody in the whole county"
    for page, order in ((county, 3), (township, 1)):
        page.goto(f"/search/?q={number(order)}")
        page.get_by_role("link", name="罗一").first.click()
        expect(page.locator("main")).not_to_contain_text("校验未通过")
    assert troubles == []


def by_the_county(page: Page, batch: str, to: Path) -> None:
    """The office corrects, of what is marked in its own workbook, two households that wait and a number that is doubtful."""
    page.goto(batch)
    page.get_by_role("button", name="下载标注好的工作簿").click()
    back = taken(page, to)
    assert back.name == "贫困人口信息表（已标注）.xlsx"
    refused = {f"{AT['务工时间(月)']}2", f"{AT['证件号码']}5", f"{AT['人均纯收入']}6", f"{AT['人均纯收入']}7"}
    assert {cell for _, cell in cells(openpyxl.load_workbook(back), RED)} == refused
    right = {f"{AT['证件号码']}5": id_of(2, 2)}
    right |= {f"{AT['人均纯收入']}{row}": 3000 for row in (6, 7)} | {
        f"{AT['人数']}{row}": 2 for row in (8, 9)
    }
    corrected(back, right)
    upload(page, back)
    expect(page.get_by_role("heading", name=re.compile("更正第 .* 批"))).to_be_visible()
    expect(page.locator("main")).to_contain_text("改动 5 行；4 个问题已改正")
    merge(page)


def by_the_township(page: Page, to: Path) -> None:
    """Her household of the county's workbook: she takes her own rows, corrects the cell and takes them in herself."""
    one_of(page, 1)
    page.get_by_role("button", name="下载本地要更正的各行").click()
    own = taken(page, to)
    [(_sheet, cell)] = cells(openpyxl.load_workbook(own), RED)
    corrected(own, {cell: 0})
    upload(page, own)
    merge(page)
    # What an exited household lives in was written wrong; then nobody has said how large it is, which is asked by itself.
    one_of(page, 5)
    enter_value(page, "是否危房户", "否", chosen=True)
    expect(page.locator("main")).to_contain_text("按规则复核已符合")
    one_of(page, 5)
    expect(page.locator("h1")).to_contain_text("住房面积")
    enter_value(page, "住房面积", "80")
    expect(page.locator("h1")).to_contain_text("已办结")


def what_is_so(township: Page, county: Page) -> None:
    """The disabled member died, so the cause stays as it was: she explains it with a paper, the office above accepts it."""
    one_of(township, 6)
    address = township.url
    township.get_by_role("link", name="情况属实，写说明").click()
    township.fill("[name=text]", "致贫时户主之父残疾，今年去世；主要致贫原因不变")
    paper = {"name": "死亡证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    township.set_input_files("[name=evidence]", paper)
    township.fill("[name=valid_until]", (beijing_today() + timedelta(days=90)).isoformat())
    township.get_by_role("button", name="提交复核").click()
    expect(township.locator("h1")).to_contain_text("已说明待复核")
    county.goto(address)
    county.fill("[name=reason]", "死亡证明已看")
    county.get_by_role("button", name="准为例外").click()
    expect(county.locator("h1")).to_contain_text("暂缓")
