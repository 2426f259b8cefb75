"""A frozen figure followed down: province, city, county, household, clause, and back; a rule tried on that household."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.conftest import Demo, Enter, Troubles

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_a_figure_of_a_province_leads_to_a_household_and_its_clause(
    filled: Demo, enter: Enter, width: str
) -> None:
    page = enter("qiao", width=width)
    page.goto("/freezes/")
    for _try in range(60):
        if page.locator("table.sheet .pill-leaf").count():
            break
        page.wait_for_timeout(3_000)
        page.reload()
    number = str(page.locator("table.sheet tbody a").first.get_attribute("href")).strip("/").split("/")[-1]
    troubles = Troubles()
    troubles.watch(page)
    page.goto(f"/freezes/{number}/99/rules/exit.income/fails/")
    whole = _count(page.locator(".big-value").inner_text())
    below = [_count(text) for text in page.locator("ul.values li > span:nth-child(2)").all_inner_texts()]
    assert sum(below) == whole > 0
    for _level in range(2):
        page.locator("ul.values a").first.click()
        page.wait_for_load_state()
    county = page.url
    listed = _count(page.locator(".big-value").inner_text())
    assert "数据快照" in page.locator("main").inner_text() and 0 < listed <= whole
    name = page.locator("table.sheet tbody th a").first
    household = str(name.get_attribute("href"))
    name.click()
    expect(page).to_have_url(re.compile(re.escape(household)))
    page.locator(".outcome .clause a").first.click()
    expect(page).to_have_url(re.compile(r"/rulebook/rules/exit\."))
    page.go_back()
    page.go_back()
    assert page.url == county
    page.goto(f"/rulebook/rules/exit.income/try/{household.strip('/').split('/')[-1]}/")
    assert page.locator(".outcome-red").count() == 1
    assert page.locator("details.fold[open] .basis").count() == 1
    assert troubles == []


def _count(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))
