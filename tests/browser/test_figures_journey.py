"""A figure followed from the nation to one household and the clause, and back; every page on the way can be used by all."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.axe import grave
from browser.conftest import WIDTHS, Demo, Enter, Troubles, fits, shown_at
from runtime.holders import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROVINCE, CITY, COUNTY = "99", "9905", "990521"


def settled(page: Page, address: str) -> None:
    """Opens a page and waits until its charts are drawn."""
    page.goto(address)
    page.wait_for_load_state("networkidle")


def number(text: str) -> int:
    """The first number of a text."""
    found = re.search(r"\d[\d,]*", text)
    assert found is not None, text
    return int(found[0].replace(",", ""))


@pytest.fixture
def frozen(filled: Demo, enter: Enter) -> Demo:
    """The demonstration once its province was frozen and tallied."""
    page = enter("qiao")

    def done() -> bool:
        page.goto("/freezes/")
        return page.locator("table.sheet .pill-leaf").count() > 0

    wait_until(done, 300, why=lambda: page.locator("main").inner_text())
    return filled


def test_from_the_nation_to_a_household_and_its_clause_and_back(frozen: Demo, enter: Enter) -> None:
    page = enter("yu")
    troubles = Troubles()
    troubles.watch(page)
    settled(page, "/places/CN/")
    trail = [page.url]
    for place in (PROVINCE, CITY, COUNTY):
        page.locator(f"#below a[href='/places/{place}/']").first.click()
        page.wait_for_load_state("networkidle")
        trail.append(page.url)
        assert page.locator("h1").count() == 1
    drawn = page.locator("svg.map-wide a.spot")
    assert drawn.count() > 5, "the county's villages are on the map"
    drawn.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/places/{COUNTY}\d{{6}}/"))
    trail.append(page.url)
    figure = page.locator("table.standards tbody tr").filter(has=page.locator("a.t-straw")).first
    told = number(figure.locator("a.t-straw").inner_text())
    figure.locator("a.t-straw").click()
    page.wait_for_load_state("networkidle")
    households = page.locator("table.sheet tbody tr")
    assert households.count() == told, "the figure opens to as many households as it counts"
    trail.append(page.url)
    households.first.locator("th a").click()
    page.wait_for_load_state("networkidle")
    assert "/households/" in page.url
    unknown = page.locator("li.outcome-straw").first
    expect(unknown).to_be_visible()
    unknown.locator(".clause a").first.click()
    page.wait_for_load_state("networkidle")
    assert "/rulebook/" in page.url, "the clause is a page of its own"
    page.go_back()
    for address in reversed(trail):
        page.go_back()
        assert page.url == address
    assert troubles == []


def test_a_frozen_figure_says_its_freeze_and_opens_by_place_down_to_households(
    frozen: Demo, enter: Enter
) -> None:
    page = enter("qiao")
    settled(page, f"/places/{PROVINCE}/")
    source = page.locator("p.source")
    expect(source).to_contain_text("数据快照")
    link = page.locator("table.standards a.t-red").first
    told = number(link.inner_text())
    link.click()
    page.wait_for_load_state("networkidle")
    assert "/freezes/" in page.url and f"/{PROVINCE}/rules/" in page.url
    assert str(told) in page.locator("main").inner_text().replace(",", "")
    for place in (CITY, COUNTY):
        page.locator(f"main a[href^='/freezes/'][href*='/{place}/rules/']").first.click()
        page.wait_for_load_state("networkidle")
    assert page.locator("main a[href^='/households/']").count() > 0, "in a county it opens to households"
    # A province's freeze keeps its villages in the files; their pages tell them from there.
    settled(page, f"/places/{COUNTY}/?live=0")
    village = page.locator("svg.map-wide a.spot").first.get_attribute("href")
    page.goto(f"{village}?live=0")
    expect(page.locator("p.source")).to_contain_text("数据快照")
    settled(page, f"/places/{PROVINCE}/")
    assert page.locator("svg.map-wide a.spot").count() == page.locator("table.compare tbody tr").count() > 1
    assert page.locator("ul.work li").count() > 2, "what comes first"
    page.locator("p.source a").first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_contain_text("数据快照")


def test_a_county_is_frozen_by_its_office_and_then_told_alike_live_and_frozen(
    frozen: Demo, enter: Enter
) -> None:
    page = enter("zhao")
    # Others may have worked since the province was frozen: the office takes one of its own.
    page.goto("/freezes/")
    page.locator("[name=reason]").fill("核对实时与快照")
    page.get_by_role("button", name="生成数据快照").click()
    page.wait_for_load_state("networkidle")

    def done() -> bool:
        page.goto("/freezes/")
        return page.locator("table.sheet tbody tr").first.locator(".pill-leaf").count() > 0

    wait_until(done, 200, why=lambda: page.locator("main").inner_text())

    def told(live: str) -> list[str]:
        settled(page, f"/places/{COUNTY}/?live={live}")
        return page.locator("table.standards").first.locator("td.num").all_inner_texts()

    assert [number(one) for one in told("1")] == [number(one) for one in told("0")]


def told_of(page: Page, link: str) -> tuple[int, list[str]]:
    """Follows a link of a page to the figure behind it: its number as shown there, and the line by which it is checked."""
    page.goto(link)
    shown = number(page.locator("p.big-value").inner_text())
    page.locator("details.fold summary").filter(has_text="自己核对").click()
    return shown, shlex.split(page.locator("details.fold code.breaks").first.inner_text())


def on_another_machine(frozen: Demo, folder: Path, freeze: str, figures: list[str]) -> str:
    """What `xiuhua tally` says in an empty folder, with the freeze's files and nothing else of the installation."""
    shutil.copytree(frozen.home / "freezes" / freeze, folder / freeze)
    (folder / "home").mkdir()
    source = str(Path(__file__).parents[2] / "src")
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PYTHONPATH": source}
    wanted = [word for figure in figures for word in ("--figure", figure)]
    done = subprocess.run(
        [sys.executable, "-m", "xiuhua.cli", "tally", freeze, "--out", "figures", *wanted],
        env=bare, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not list((folder / "home").iterdir()), "no database was begun for it"
    return done.stdout


def test_figures_on_screen_are_those_that_the_files_give_in_an_empty_folder_elsewhere(
    frozen: Demo, enter: Enter, tmp_path: Path
) -> None:
    page = enter("zhao")
    settled(page, f"/places/{COUNTY}/?live=0")
    ways = {
        "建档立卡户": page.locator("main a[href*='/facts/is_registered/']").first,
        "未达标": page.locator("table.standards a.t-red").first,
        "收入段": page.locator("a[href*='/measures/income_bands/']").first,
    }
    links = {what: str(way.get_attribute("href")) for what, way in ways.items()}
    here = number(ways["未达标"].inner_text())
    poverty = page.locator("ul.values li").filter(has=page.locator("a[href*='/poverty_gap/poor/']"))
    percents = [float(one.rstrip("%")) for one in poverty.locator("span:nth-child(2)").all_inner_texts()]
    assert len(percents) == 3, "headcount, depth and severity are on the page"
    links["贫困人口"] = str(poverty.locator("a").first.get_attribute("href"))
    source = page.locator("p.source a").first.get_attribute("href")
    told = {what: told_of(page, link) for what, link in links.items()}
    assert here == told["未达标"][0]
    assert all(shown > 0 for shown, _line in told.values())
    page.goto(str(source))
    digests = page.locator("dl.facts code.breaks").all_inner_texts()
    (freeze,) = {line[2] for _shown, line in told.values()}
    said = on_another_machine(frozen, tmp_path, freeze, [line[-1] for _shown, line in told.values()])
    assert digests[0] in said and f"sha256 {digests[1]}" in said, (
        "the freeze, and the tally that its page names"
    )
    found = re.findall(r"figure \S+: (\d+)\n  (.*)", said)
    assert {what: int(n) for what, (n, _rest) in zip(told, found, strict=True)} == {
        what: shown for what, (shown, _line) in told.items()
    }
    counted = dict(zip(*[iter(found[-1][1].split())] * 2, strict=True))
    people, line = int(counted["persons"]), int(counted["persons"]) * int(counted["per"])
    foster = [int(counted["poor"]) / people, int(counted["gap"]) / line, int(counted["gap2"]) / line]
    assert [round(100 * one, 4) for one in foster] == pytest.approx(percents, abs=0.01)


def test_nobody_stumbles_on_the_pages_of_the_journey(frozen: Demo, enter: Enter) -> None:
    page = enter("yu")
    settled(page, f"/places/{COUNTY}/?live=1")
    village = page.locator("svg.map-wide a.spot").first.get_attribute("href")
    figure = page.locator("table.standards a.t-straw").first.get_attribute("href")
    settled(page, str(figure))
    household = page.locator("table.sheet tbody th a").first.get_attribute("href")
    settled(page, f"/places/{PROVINCE}/")
    opened = page.locator("table.standards a.t-red").first.get_attribute("href")
    # Frozen figures down to households, and two snapshots of the county: any two, its own and the province's where both were taken.
    settled(page, f"/places/{COUNTY}/?live=0")
    frozen_ones = [
        str(page.locator(way).first.get_attribute("href"))
        for way in (
            "table.standards a.t-red",
            "a[href*='/measures/causes/']",
            "a[href*='/facts/is_registered/']",
        )
    ]
    freeze = frozen_ones[0].split("/")[2]
    compared = (
        f"/freezes/compare/?place={COUNTY}&b={freeze}",
        f"/freezes/compare/?place={COUNTY}&a={freeze}&b={freeze}",
    )
    of_a_rule = f"/freezes/compare/rules/exit.income/?place={COUNTY}&a={freeze}&b={freeze}"
    settled(page, str(household))
    clause = page.locator(".outcome .clause a").first.get_attribute("href")
    addresses = (
        "/", "/places/CN/", f"/places/{PROVINCE}/", f"/places/{CITY}/", f"/places/{CITY}/?live=1",
        f"/places/{COUNTY}/", f"/places/{COUNTY}/?live=0", village, figure, opened, household, clause, "/freezes/",
        *frozen_ones, *compared, of_a_rule,
    )  # fmt: skip
    for at, address in enumerate(addresses):
        for turn, width in enumerate(WIDTHS):
            shown_at(page, width)
            if not turn:
                page.goto(str(address))
            fits(page)
            # What axe looks at changes with the width on maps alone; elsewhere once is enough, in turn at either.
            if "/places/" in str(address) or turn == at % 2:
                assert grave(page) == [], (address, width)


def test_a_leader_begins_with_what_is_wrong(frozen: Demo, enter: Enter) -> None:
    page = enter("zhou")
    page.wait_for_load_state("networkidle")
    cards = page.locator(".stats .stat")
    assert "存疑" in cards.nth(0).inner_text() and "待核实" in cards.nth(1).inner_text()
    assert page.locator("table.standards tbody tr").count() >= 6
    assert page.locator("svg.map-wide a.spot").count() > 5
