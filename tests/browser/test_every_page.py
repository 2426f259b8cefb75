"""Every page, at two widths, in both languages: nothing overflows, nothing is refused, one heading, its own language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser.axe import grave
from browser.conftest import WIDTHS, Demo, Enter, Troubles, fits, shown_at

# Dozens of pages each: on a slow hour of a machine with two other lanes beside, more than the five minutes of other tests.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

COUNTY = "990521"
# What a page may show in Chinese to an English reader: names, and what stands in the files themselves.
DATA = "main .data, main"
# What is always there: standards and rules, and the comparison of snapshots.
FIXED = {
    "rulebook": "/rulebook/",
    "clauses": "/rulebook/?by=clause",
    "figures": "/rulebook/?show=figures",
    "facts": "/rulebook/?show=facts",
    "measures": "/rulebook/?show=measures",
    "measure": "/rulebook/measures/to_verify/",
    "compare": "/freezes/compare/",
    "rule": "/rulebook/rules/exit.income/",
    "figure": "/rulebook/figures/income_line_yuan/",
    "fact": "/rulebook/facts/income_above_line/",
    "choose-household": "/rulebook/rules/exit.income/try/",
    "api": "/api/",
    "tokens": "/me/programs/",
    "national": "/national/",
    "national-export": "/national/export/",
    "pairs": "/cases/pairs/",
}
# What only the county of today has, as those see it whose turn it is.
OF_TODAY = {
    "he": ("/", "/cases/exits/", "/cases/proceedings/board/"),
    "tian": ("/", "/clues/", "/clues/yearly/", "/cases/proceedings/"),
}
OF_THE_COUNTY = {
    "home": "/",
    "place": f"/places/{COUNTY}/",
    "households": f"/places/{COUNTY}/households/",
    "doubts": f"/places/{COUNTY}/households/?show=doubt",
    "nobody": f"/places/{COUNTY}/households/?show=watched",
    "opening": f"/places/{COUNTY}/opening/",
    "boundaries": f"/places/{COUNTY}/outlines/",
    "findings": "/findings/",
    "mine": "/findings/?mine=1",
    "ageing": "/findings/ageing/",
    "closings": "/findings/closings/",
    "search": "/search/",
    "search-nobody": "/search/?q=诸葛亮",
    "cases": "/cases/",
    "batches": "/intake/",
    "upload": "/intake/new/",
    "exports": "/exports/",
    "take-away": f"/exports/new/workbench.households/?place={COUNTY}&show=unknown",
    "papers": f"/places/{COUNTY}/papers/",
    "report": f"/places/{COUNTY}/report/",
    "report-rows": f"/places/{COUNTY}/report/stood_after/",
    "people": "/people/",
    "password": "/me/",
    "proceedings": "/cases/proceedings/",
    "board": "/cases/proceedings/board/",
    "plan": f"/cases/plan/{COUNTY}/",
    "plan-households": f"/cases/plan/{COUNTY}/households/",
    "adjustment": f"/cases/adjustment/{COUNTY}/",
    "adjustment-households": f"/cases/adjustment/{COUNTY}/households/",
    "objections": "/cases/objections/",
    "public-notices": "/public/",
    "receipt": "/public/receipt/",
    "apply": f"/public/apply/?at={COUNTY}101",
    "clues": "/clues/",
    "find_clue": "/clues/new/",
    "yearly": "/clues/yearly/",
    "watched": "/clues/watched/",
    "freezes": "/freezes/",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def addresses(page: Page) -> dict[str, str]:
    """Pages of the county office, those with a number in their address found by following links."""
    found = FIXED | OF_THE_COUNTY
    page.goto(found["place"])
    township = page.locator("section.wide table.sheet a").first.get_attribute("href")
    page.goto(str(township))
    village = page.locator("section.wide table.sheet a").first.get_attribute("href")
    page.goto(found["doubts"])
    household = page.locator("table.sheet tbody a").first.get_attribute("href")
    page.goto(f"/places/{COUNTY}/households/?show=other")
    other = page.locator("table.sheet tbody a").first.get_attribute("href")
    page.goto(str(household))
    opened = page.locator(".members a.go").first.get_attribute("href")
    page.goto("/findings/")
    group = page.locator("ul.work a.go[href*='kind=warned']").first.get_attribute("href")
    page.goto(str(group))
    finding = page.locator("table.findings a.go").first.get_attribute("href")
    page.goto(str(finding))
    value = page.locator("ul.values a.go").first.get_attribute("href")
    page.goto("/intake/")
    batch = page.locator("table a").first.get_attribute("href")
    found |= leads(page)
    number = str(household).strip("/").split("/")[-1]
    found |= {
        f"change-{kind}": f"/cases/new/{number}/{kind}/"
        for kind in ("birth", "death", "split", "merge", "move_away")
    }
    found["try-rule"] = f"/rulebook/rules/exit.income/try/{number}/"
    found["changes"] = f"/cases/new/{number}/"
    found["kin"] = "/cases/kin/"
    page.goto(found["pairs"])
    found["pair"] = str(page.locator("table.sheet tbody a").first.get_attribute("href"))
    found["begin"] = f"/cases/proceedings/begin/{number}/"
    more = {"township": township, "village": village, "household": household, "other": other, "open": opened}
    return {
        **found,
        **{name: str(address) for name, address in more.items()},
        "group": str(group),
        "finding": str(finding),
        "explain": f"{finding}explain/",
        "correct": str(value),
        "batch": str(batch),
        "preview": f"{batch}preview/",
        "batch-findings": f"{batch}findings/",
    }


def leads(page: Page) -> dict[str, str]:
    """What other departments' lists brought, and the first of whom they name."""
    lists = f"/places/{COUNTY}/lists/"
    page.goto(lists)
    lead = page.locator("a.go[href*='/leads/']").first.get_attribute("href")
    return {"lists": lists, "lead": str(lead), "hear": f"{lead}hear/"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits_and_nothing_of_it_is_refused(filled: Demo, enter: Enter, language: str) -> None:
    page, troubles = enter("zhao", language=language), Troubles()
    found = addresses(page)
    troubles.watch(page)
    for at, (name, address) in enumerate(found.items()):
        shown_at(page, "wide")
        response = page.goto(address)
        assert response is not None and response.status == 200, (name, address)
        # Half a second of quiet on every page: what it asks for after it was loaded is the same in both languages.
        if language == "zh":
            page.wait_for_load_state("networkidle")
        assert page.locator("h1").count() == 1, name
        assert str(page.locator("html").get_attribute("lang")).startswith(language), name
        for turn, width in enumerate(WIDTHS):
            shown_at(page, width)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert over <= 0, f"{name} is {over} px too wide in {language} at {width}"
            small = page.evaluate(
                "[...document.querySelectorAll('main .btn, nav.bottom a')].filter(e => e.offsetHeight && e.offsetHeight < 40)"
                ".map(e => e.textContent.trim())"
            )
            assert small == [], f"too small for a thumb on {name} at {width}: {small}"
            # Once is enough, in turn at either width: what axe looks at is the same in both languages.
            if language == "zh" and turn == at % 2:
                assert grave(page) == [], (name, width)
        assert troubles == [], (name, troubles)


def leading_on(page: Page, who: str) -> list[str]:
    """The county of today: lists, and what the first line of each leads to."""
    opened = list(OF_TODAY[who])
    if who == "tian":
        page.goto("/clues/")
        lines = page.locator("table.sheet tbody")
        clue = str(lines.locator("a[href^='/clues/']:not([href*=applications])").first.get_attribute("href"))
        asked = lines.locator("a[href*='/clues/applications/']")
        opened += [str(asked.first.get_attribute("href"))] if asked.count() else []
        page.goto("/cases/proceedings/")
        held = page.locator("a[href*='/cases/meetings/']").first.get_attribute("href")
        led = page.locator("table.sheet tbody a").evaluate_all(
            "links => links.map(one => one.getAttribute('href'))"
        )
        opened += [clue, f"{clue}visit/", str(held), *dict.fromkeys(led)]
    return opened


@pytest.mark.parametrize("who", OF_TODAY)
def test_the_pages_of_today_fit_a_phone_in_english_too(filled: Demo, enter: Enter, who: str) -> None:
    page = enter(who, language="en", width="phone")
    for address in leading_on(page, who):
        troubles = Troubles()
        troubles.watch(page)
        page.goto(address)
        fits(page)
        assert troubles == [], address
        # Names, posts and what somebody said are told as they were written; a heading or a label never is.
        said = page.locator(
            "main :is(dt, th[scope=col], .field > label:not(.check), .btn, h2)"
        ).all_inner_texts()
        assert [one for one in said if CHINESE.search(one)] == [], address


def test_english_pages_have_no_chinese_but_data(filled: Demo, enter: Enter) -> None:
    page = enter("zhao", language="en")
    for name in ("/", "/intake/new/", "/findings/?mine=1", "/search/", "/me/"):
        page.goto(name)
        page.wait_for_load_state("networkidle")
        said = page.evaluate(
            "[...document.querySelectorAll('nav a, button, th, h2, label, .btn, .chips a')].map(e => e.textContent.trim())"
        )
        places = {"桁墟县", "中文"}
        left = [one for one in said if CHINESE.search(re.sub("|".join(places), "", one)) and "·" not in one]
        left = [one for one in left if not _is_data(one)]
        assert left == [], (name, left)


def _is_data(text: str) -> bool:
    """A person, a post's place, or a batch's link."""
    return bool(re.search(r"Batch|Officer|赵", text))


@pytest.mark.long  # `make screens` takes them
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pictures_of_the_readme_are_taken_from_the_running_product(
    filled: Demo, enter: Enter, screens: Path, language: str
) -> None:
    folder = screens / language
    folder.mkdir(parents=True, exist_ok=True)
    page = enter("zhao", language=language)
    known = dict(OF_THE_COUNTY)
    for name, lists, first in (
        ("batch", "batches", "table a"),
        ("household", "doubts", "table.sheet tbody a"),
    ):
        page.goto(known[lists])
        known[name] = str(page.locator(first).first.get_attribute("href"))
    for name, address in (
        ("home", known["home"]),
        ("intake-batch", known["batch"]),
        ("findings", known["findings"]),
        ("place", known["place"]),
        ("household", known["household"]),
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
    phone = enter("zhao", language=language, width="phone")
    phone.goto(known["household"])
    phone.wait_for_load_state("networkidle")
    phone.screenshot(path=folder / "household-phone.png")
    village = enter("tian", language=language, width="phone")
    village.goto("/clues/")
    village.screenshot(path=folder / "clues-phone.png")
    county = enter("he", language=language)
    county.goto("/cases/proceedings/")
    county.locator("table.sheet tbody a").first.click()
    county.wait_for_load_state("networkidle")
    county.screenshot(path=folder / "proceeding.png")
    assert {path.stem for path in folder.glob("*.png")} >= {
        "home",
        "place",
        "household",
        "clues-phone",
        "proceeding",
    }
