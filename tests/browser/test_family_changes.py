"""Each change of people by two people in different posts: a village worker on a phone, an office at its desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Demo, Enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAY = "2026-11-02"
# A white pixel: what matters is that a picture is a picture.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0005fe02fea7355c6b0000000049454e44ae426082"
)
_next = count()


@pytest.fixture(scope="module")
def homes(filled: Demo) -> list[str]:
    """Households of the worker's village with three members or more; the first that asks reads the list."""
    return []


def home(page: Page, homes: list[str]) -> str:
    """A household that no other journey of this run has touched."""
    if not homes:
        page.goto("/")
        place = page.locator("a[href*='/places/']").first.get_attribute("href")
        page.goto(f"{place}households/?show=registered")
        rows = page.locator("table.sheet tbody tr").evaluate_all(
            "rows => rows.map(row => [row.querySelector('a').getAttribute('href'), row.querySelector('td.num').textContent])"
        )
        homes += [str(address) for address, people in rows if int(people.strip() or 0) >= 3]
    return homes[next(_next)]


def roster(page: Page, *relations: str) -> None:
    """Relations for the members that the form asks about, in their order; who is past the end is left as they are."""
    selects = page.locator("select[name^=relation_]")
    for at, relation in enumerate(relations):
        if at < selects.count():
            selects.nth(at).select_option(relation)


def everybody(page: Page, first: str, rest: str = "other") -> None:
    roster(page, first, *[rest] * (page.locator("select[name^=relation_]").count() - 1))


def somebody_new(page: Page, name: str, relation: str, born: str = "") -> None:
    page.fill("[name=name]", name)
    page.select_option("[name=sex]", "female")
    page.select_option("[name=relation]", relation)
    if born:
        page.fill("[name=birth_date]", born)


def last_member(page: Page) -> None:
    """Not the head, who stands first."""
    page.locator("main ul a[href*='person=']").last.click()


def other_number(page: Page, homes: list[str], mine: str) -> str:
    """The number of another household of the village."""
    back = page.url
    page.goto(next(one for one in reversed(homes) if one != mine))
    said = page.locator("h1").text_content() or ""
    page.goto(back)
    return re.findall(r"\d{10,}", said)[0]


def propose(
    page: Page, address: str, kind: str, fill: Callable[[], None], before: Callable[[], None] | None = None
) -> str:
    """From the household's page to the case; returns its address."""
    page.goto(address)
    page.get_by_role("link", name="人口变更").first.click()
    page.locator(f"main a[href$='/{kind}/']").click()
    if before:
        before()
    page.fill("[name=effective_on]", DAY)
    fill()
    paper = page.locator("input[type=file]").first
    paper.set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": PIXEL})
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    expect(page.locator("main")).to_contain_text(re.compile("待审核|待接收"))
    fits(page)
    # Whoever proposed is offered to take it back, and nothing else.
    assert page.get_by_role("button", name="审核通过").count() == 0
    return page.url


def decide(page: Page, case: str, button: str = "审核通过") -> None:
    page.goto(case)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()


KINDS: dict[str, Callable[[Page, list[str], str], None]] = {
    "birth": lambda page, homes, mine: somebody_new(page, "安安", "daughter"),
    "marriage_in": lambda page, homes, mine: somebody_new(page, "白兰", "daughter_in_law", "1999-03-04"),
    "adoption_in": lambda page, homes, mine: somebody_new(page, "小北", "daughter", "2020-03-04"),
    "death": lambda page, homes, mine: None,
    "marriage_out": lambda page, homes, mine: None,
    "adoption_out": lambda page, homes, mine: None,
    "new_head": lambda page, homes, mine: roster(page, "other", "head", *["other"] * 8),
    "split": lambda page, homes, mine: roster(page, "", "", "head"),
    "move": lambda page, homes, mine: page.locator("[name=village]").select_option(index=1) and None,
}
MEMBER = {"death", "marriage_out", "adoption_out"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_proposed_on_a_phone_and_carried_out_by_another(
    enter: Enter, filled: Demo, homes: list[str], kind: str
) -> None:
    village = enter("wang", width="phone")
    mine = home(village, homes)
    members = village.locator(".members li")
    village.goto(mine)
    before = members.count()
    case = propose(
        village, mine, kind, lambda: KINDS[kind](village, homes, mine), (lambda: last_member(village)) if kind in MEMBER else None
    )  # fmt: skip
    village.goto(mine)
    assert members.count() == before, "it changed before anybody decided"
    office = enter("zhao" if kind == "move" else "zhuoma")
    decide(office, case)
    expect(office.locator("main")).to_contain_text("登记已经变更")
    office.goto(mine)
    more = {"birth": 1, "marriage_in": 1, "adoption_in": 1, "new_head": 0, "move": 0}.get(kind, -1)
    assert office.locator(".members li").count() == before + more
    expect(office.locator("main")).to_contain_text("已办结")


def test_whoever_married_out_returns_and_a_household_goes_into_another(
    enter: Enter, homes: list[str]
) -> None:
    village, office = enter("wang", width="phone"), enter("zhuoma")
    mine = home(village, homes)
    decide(office, propose(village, mine, "marriage_out", lambda: None, lambda: last_member(village)))
    back = propose(
        village,
        mine,
        "return",
        lambda: village.select_option("[name=relation]", "other"),
        lambda: last_member(village),
    )  # type: ignore[func-returns-value]
    decide(office, back)
    expect(office.locator("main")).to_contain_text("登记已经变更")

    def fill() -> None:
        number = other_number(village, homes, mine)
        village.fill("[name=effective_on]", DAY)
        village.fill("[name=into]", number)
        everybody(village, "other")

    decide(office, propose(village, mine, "merge", fill))
    office.goto(mine)
    expect(office.locator("main")).to_contain_text("这一户已经结束")


def test_a_household_leaves_for_another_county_which_receives_it(enter: Enter, homes: list[str]) -> None:
    village, office, receiver = enter("wang", width="phone"), enter("zhuoma"), enter("wai")
    mine = home(village, homes)
    case = propose(
        village, mine, "move_away", lambda: village.locator("[name=county]").select_option(index=1) and None
    )
    assert receiver.request.get(mine).status == 404 and receiver.request.get(case).status == 404
    decide(office, case, "同意迁出")
    receiver.goto("/cases/")
    receiver.get_by_role("link", name="去接收").first.click()
    receiver.locator("[name=village]").select_option(index=1)
    receiver.get_by_role("button", name="接收", exact=True).click()
    receiver.wait_for_url("**/households/*/")
    assert receiver.locator(".members li").count() >= 3
    office.goto(mine)
    expect(office.locator("main")).to_contain_text("整户迁出")


def test_a_household_moves_to_another_township_which_is_asked_first(enter: Enter, homes: list[str]) -> None:
    village, receiver, office = enter("wang", width="phone"), enter("sangji", width="phone"), enter("zhao")
    mine = home(village, homes)
    receiver.goto("/")
    township = (
        (receiver.locator("a[href*='/places/']").first.get_attribute("href") or "").strip("/").split("/")[-1]
    )
    there = f"[name=village] option[value^='{township}']"

    def fill() -> None:
        village.select_option("[name=village]", village.locator(there).first.get_attribute("value"))

    case = propose(village, mine, "move", fill)
    expect(village.locator("main")).to_contain_text("答复是否接收，再由县级审核")
    office.goto(case)
    assert office.get_by_role("button", name="审核通过").count() == 0, "the township is asked first"
    assert receiver.request.get(mine).status == 404 and receiver.request.get(case).status == 404
    receiver.goto("/cases/")
    receiver.get_by_role("link", name="去接收").first.click()
    fits(receiver)
    receiver.get_by_role("button", name="接收", exact=True).click()
    expect(receiver.locator("main")).to_contain_text("等县级审核")
    decide(office, case)
    expect(office.locator("main")).to_contain_text("登记已经变更")
    receiver.reload()
    receiver.goto(mine)
    assert receiver.locator(".members li").count() >= 3
