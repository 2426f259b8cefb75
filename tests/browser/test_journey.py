"""What the product is for, once through, as an officer does it: files in, columns named, preview, merge, findings, a household."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Demo, Enter, Troubles
from xiuhua.cli.demo import HOUSEHOLDS, NEIGHBOUR, NEIGHBOUR_HOUSEHOLDS, SEED
from xiuhua.synth.county import invent, next_file, plant, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNHEARD_OF = "卡上第二串"


@pytest.fixture(scope="module")
def month_later(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The neighbour's files a month on; nobody ever called the household's number what the second of them calls it."""
    county = invent(SEED + 1, NEIGHBOUR_HOUSEHOLDS, code=NEIGHBOUR)
    plant(county)
    folder = tmp_path_factory.mktemp("later")
    paths = [path for path in write(next_file(county, 7).county, folder) if path.suffix == ".xlsx"]
    export = next(path for path in paths if path.stem == "贫困人口信息表")
    book = openpyxl.load_workbook(export)
    renamed = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=1, max_row=8):
            for cell in row:
                if cell.value == "户编号":
                    cell.value = UNHEARD_OF
                    renamed += 1
    book.save(export)
    assert renamed == len(book.worksheets)
    return paths


def name_the_column(page: Page) -> int:
    """Says on each sheet that asks what the unknown column is; how many asked."""
    asked = 0
    while page.get_by_role("link", name="对应列").count():
        page.get_by_role("link", name="对应列").first.click()
        select = page.get_by_label(f"“{UNHEARD_OF}”对应到")
        select.select_option(label="户编号")
        page.get_by_role("button", name="就这样对应，继续校验").click()
        page.wait_for_url("**/intake/*/")
        asked += 1
        assert asked < 20
    return asked


def test_files_in_columns_named_previewed_merged_and_a_household_opened(
    filled: Demo, enter: Enter, month_later: list[Path]
) -> None:
    page, troubles = enter("wai"), Troubles()
    troubles.watch(page)
    page.get_by_role("link", name="导入", exact=True).first.click()
    page.get_by_role("link", name="导入新表格").click()
    page.set_input_files("input[type=file]", [str(path) for path in month_later])
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url("**/intake/*/")

    # Read, and asked about the one column nobody knows; said once for all sheets of the same heading.
    page.get_by_role("link", name="对应列").first.wait_for(timeout=60_000)
    assert name_the_column(page) >= 1

    merge = page.get_by_role("button", name="并入").first
    merge.wait_for(timeout=120_000)
    batch = page.url
    page.goto(f"{batch}preview/?change=changed")
    # Every changed household says what it was and what it would be.
    rows = page.locator("table.sheet tbody tr")
    assert rows.count() >= 1
    assert rows.filter(has=page.locator(".after, .xi")).count() == rows.count()
    page.goto(batch)
    page.get_by_role("button", name="并入").first.click()
    page.get_by_text("已并入登记").wait_for(timeout=120_000)

    page.get_by_role("link", name="看问题清单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("问题清单")
    page.goto(f"/places/{NEIGHBOUR}/households/?show=doubt")
    page.locator("table.sheet tbody a").first.click()
    body = page.locator("main")
    for question in ("扶持谁", "谁来扶", "怎么扶", "如何退"):
        expect(body).to_contain_text(question)
    page.locator(".outcome details summary, .saw details summary").first.click()
    expect(body).to_contain_text("尚未录入")
    assert troubles == []


def test_the_number_of_a_member_is_opened_by_keyboard_and_the_opening_is_recorded(
    filled: Demo, enter: Enter
) -> None:
    page = enter("wai")
    page.goto(f"/places/{NEIGHBOUR}/households/?show=poor")
    page.locator("table.sheet tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/households/*/")
    masked = page.locator(".members .sealed").first.text_content()
    assert masked is None or "*" in masked
    page.locator(".members a.go").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/open/")
    for _turn in range(40):
        if page.evaluate("document.activeElement.matches('main form button')"):
            break
        if page.evaluate("document.activeElement.name === 'reason'"):
            page.keyboard.type("核对参保名单")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    number = page.locator(".opened")
    number.wait_for()
    assert (number.text_content() or "").startswith("99")
    expect(page.locator("main")).to_contain_text("已留痕")


def test_the_upload_says_what_is_wrong_with_a_file_that_is_none(
    filled: Demo, enter: Enter, tmp_path: Path
) -> None:
    page = enter("wai")
    broken = tmp_path / "花名册.xlsx"
    broken.write_bytes(b"this is no workbook")
    page.goto("/intake/new/")
    page.set_input_files("input[type=file]", str(broken))
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url("**/intake/*/")
    page.get_by_text("花名册.xlsx").first.wait_for(timeout=60_000)
    page.get_by_role("link", name="换一份重新导入").wait_for(timeout=60_000)


def test_a_neighbour_sees_nothing_of_it_by_page_search_count_or_guessed_address(
    filled: Demo, enter: Enter
) -> None:
    mine, theirs = enter("zhao"), enter("wai")
    mine.goto("/places/990521/households/?show=registered")
    row = mine.locator("table.sheet tbody tr").first
    name, number = row.locator("a").text_content(), row.locator(".sub").text_content()
    household = row.locator("a").get_attribute("href")
    mine.goto(str(household))
    opened = mine.locator(".members a.go").first.get_attribute("href")
    mine.goto("/intake/")
    batch = mine.locator("table a").first.get_attribute("href")

    guessed = (household, opened, batch, f"{batch}preview/", f"{batch}findings/", f"{batch}progress/",
               "/places/990521/", "/places/990521/households/", "/places/990521/opening/", "/findings/?place=990521",
               "/places/990521101/", "/places/9905/")  # fmt: skip
    for address in guessed:
        response = theirs.request.get(filled.address + str(address))
        assert response.status in (403, 404), (address, response.status)
        assert str(number) not in response.text() and str(name) not in response.text()
    for text in (str(number), str(name)):
        theirs.goto("/search/")
        theirs.fill("main input[name=q]", text)
        theirs.press("main input[name=q]", "Enter")
        theirs.wait_for_load_state("networkidle")
        found = theirs.locator(f"main a[href='{household}']")
        assert found.count() == 0
    theirs.goto(f"/places/{NEIGHBOUR}/households/")
    shown = theirs.locator(".chips a[aria-current]").text_content() or ""
    total = int("".join(filter(str.isdigit, shown)))
    assert total < HOUSEHOLDS * 2, "the neighbour's count includes our county"
