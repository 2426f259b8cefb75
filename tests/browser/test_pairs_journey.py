"""From a file with every kind of question to none of them: each pair decided on its page, by two where the register changes, and
the same file again asks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Demo, Enter, Troubles
from xiuhua.cli.demo import COUNTY, HOUSEHOLDS, SEED
from xiuhua.synth.county import County, invent, next_file, plant, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DECIDED = {
    "证件号码变了": "新号码是对的，采用",
    "成员换户": "已迁到右边这一户，办理换户",
    "整户换村": "没有迁，仍在原村",
}


def later(folder: Path) -> Path:
    """The demonstration's export a month on: a number changed, a household in another village, a member in another household."""
    county = invent(SEED, HOUSEHOLDS, code=COUNTY)
    plant(county)
    after = next_file(county, 5, {"id_corrected": 1, "household_moved": 1})
    used = (
        {change.household for change in after.changes}
        | {f.household for f in county.faults}
        | {f.also for f in county.faults}
    )
    write(after.county, folder)
    path = next(one for one in folder.iterdir() if one.name == "贫困人口信息表.xlsx")
    person, target = movable(after.county, used)
    change(path, person, {"户编号": target, "与户主关系": "其他"})
    return path


def movable(county: County, used: Iterable[str | None]) -> tuple[str, str]:
    """Somebody who is neither head nor spouse, and another household of their village."""
    sound = [h for h in county.households if h.number not in used]
    for household in sound:
        others = [h for h in sound if h.village.code == household.village.code and h is not household]
        person = next((p for p in household.members if p.relation not in ("head", "spouse")), None)
        if person is not None and others:
            return person.number, others[0].number
    raise AssertionError("no such village")


def change(path: Path, person: str, values: dict[str, str]) -> None:
    book, done = openpyxl.load_workbook(path), 0
    for sheet in book.worksheets:
        head = next(
            (row for row in sheet.iter_rows(max_row=8) if any(cell.value == "人编号" for cell in row)), None
        )
        if head is None:
            continue
        at = {str(cell.value): cell.column for cell in head}
        for row in sheet.iter_rows(min_row=head[0].row + 1):
            if str(row[at["人编号"] - 1].value) == person:
                done += 1
                for name, value in values.items():
                    row[at[name] - 1].value = value
    assert done == 1
    book.save(path)


def take_in(page: Page, path: Path) -> None:
    page.goto("/intake/new/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url("**/intake/*/")
    page.get_by_role("button", name="并入").first.click(timeout=180_000)
    page.get_by_text("已并入登记").wait_for(timeout=180_000)


def counts(page: Page) -> dict[str, int]:
    """Open pairs by kind, as the chips of the list say them."""
    page.goto("/cases/pairs/")
    chips = page.get_by_role("navigation", name="种类").locator("a").all_inner_texts()
    return {name: int(number) for name, number in (re.split(r"\s+", chip.strip()) for chip in chips)}


def open_one(page: Page, kind: str, *, without: str = "") -> str:
    """The first open pair of a kind, whose row does not have a text."""
    page.goto("/cases/pairs/")
    rows = page.locator("table.sheet tbody tr").filter(has_text=kind)
    rows = rows.filter(has_not_text=without) if without else rows
    rows.first.locator("a").first.click()
    page.wait_for_url("**/pairs/*/")
    return page.url


def answer(page: Page, said: str) -> None:
    page.get_by_label(said).check()
    page.get_by_label("依据").fill("看了户口簿和身份证")
    page.get_by_role("button", name="记下，看下一对").click()
    page.wait_for_url(lambda url: "answer" not in url)


def confirm(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="我也看过了，同意").click()
    expect(page.locator("main")).to_contain_text("已判断")


def test_every_pair_is_decided_and_the_same_file_asks_nothing(
    filled: Demo, enter: Enter, tmp_path: Path
) -> None:
    path = later(tmp_path)
    first, second, troubles = enter("zhao"), enter("sun"), Troubles()
    troubles.watch(first)
    take_in(first, path)
    before = counts(first)
    assert {"一人两户", "一号两人", *DECIDED} <= set(before)

    # Neither the household page nor a file is opened: both sides are here, each with where it comes from.
    one = open_one(first, "一人两户", without="NC99")
    main = first.locator("main")
    for text in ("相同", "不同", "贫困人口信息表.xlsx", "9905****"):
        expect(main).to_contain_text(text)
    answer(first, "同一人，归左边这一户")
    first.goto(one)
    expect(main).to_contain_text("待另一人确认")
    expect(main).to_contain_text("须由另一个人审核")
    assert first.get_by_role("button", name="我也看过了，同意").count() == 0
    confirm(second, one)

    twice = open_one(first, "一号两人")
    answer(first, "不是同一人，左边的号码写错")
    first.goto(twice)
    expect(main).to_contain_text("已判断")

    for kind, said in DECIDED.items():
        url = open_one(first, kind)
        answer(first, said)
        if "采用" in said or "办理" in said:
            confirm(second, url)
    # Other journeys may have left pairs of other kinds: those are nobody's business here.
    decided = {"一人两户", "一号两人", *DECIDED}
    left = {kind: n - (kind in decided) for kind, n in before.items() if kind != "全部"}
    left = {kind: n for kind, n in left.items() if n}
    now = counts(first)
    assert {kind: n for kind, n in now.items() if kind != "全部"} == left

    take_in(first, path)
    assert counts(first) == now, "the same file asks nothing that was decided"
    first.goto(first.url)
    first.goto("/cases/pairs/?state=decided")
    expect(main).to_contain_text("新号码是对的，采用")

    # Undone by two again, it is asked again.
    first.goto(one)
    first.get_by_text("判断错了，要撤销").click()
    first.get_by_label("为什么撤销").fill("户口簿看错了")
    first.get_by_role("button", name="撤销这一判断").click()
    second.goto(one)
    second.get_by_role("button", name="同意撤销").click()
    expect(second.locator("main")).to_contain_text("待判断")
    assert counts(first)["一人两户"] == now.get("一人两户", 0) + 1
    assert troubles == []


def test_the_batch_that_brought_it_is_taken_back_or_says_what_stands_on_it(
    filled: Demo, enter: Enter
) -> None:
    page = enter("zhao")
    page.goto("/intake/")
    page.locator("table a").last.click()
    page.get_by_role("link", name="整批撤回").click()
    expect(page.locator("main")).to_contain_text("承接了脱贫属性")
