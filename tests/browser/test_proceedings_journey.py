"""Decisions as people in different posts take them, in a browser: each does their part, and is told in plain words what is not theirs.

A demonstration's day is moved on by the owner of its database (`notices_clock`): nobody waits for the days of a notice.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Demo, Enter, Troubles
from xiuhua.runtime import locations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHOTO = {
    "name": "photo.png", "mimeType": "image/png",
    "buffer": bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    ),
}  # fmt: skip
VOTE = {"entitled": 30, "present": 24, "yes": 20, "no": 3, "abstained": 1}
NOT_MINE = "这一步不由您现在的职务办理"
HAD_A_PART = "前面的步骤由您办过，这一步须由没有参与的人办"


class Stage:
    """The demonstration with people and households where journeys begin, and its day."""

    def __init__(self, demo: Demo, keys: dict[str, Any]) -> None:
        self.demo, self.keys = demo, keys
        self.location = locations.locate(demo.home)
        self.owner = locations.connection_urls(demo.home).owner
        self.ahead = 0

    def go(self, days: int) -> None:
        """So many days pass."""
        self.live(self.ahead + days)

    def live(self, ahead: int) -> None:
        self.ahead = ahead
        with psycopg.connect(self.owner, autocommit=True) as session:
            session.execute(
                "insert into notices_clock (days_ahead) values (%s) on conflict (only_one) do update set days_ahead = excluded.days_ahead",
                [ahead],
            )

    def checked(self, household: int) -> None:
        """Somebody went there and saw what the forms say: the records say so."""
        seen = "income house water water_reported insurance food_clothing".split()
        with psycopg.connect(locations.superuser_url(self.location, "xiuhua"), autocommit=True) as session:
            session.execute(
                f"update registry_periodrecord set {', '.join(f'{name}_seen = $$checked$$' for name in seen)} where household_id = %s",
                [household],
            )
            session.execute(
                "update registry_person set seen = 'checked' where id in (select person_id from registry_membership where household_id = %s)",
                [household],
            )

    def first_of(self, sql: str, *values: Any) -> Any:
        with psycopg.connect(locations.superuser_url(self.location, "xiuhua")) as session:
            row = session.execute(sql, values).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="module")
def stage(filled: Demo) -> Iterator[Stage]:
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("journey_start.py"))],
        env={**os.environ, "XIUHUA_HOME": str(filled.home), "DJANGO_SETTINGS_MODULE": "xiuhua.config.settings",
             "PYTHONPATH": os.pathsep.join([str(tests.parent / "src"), str(tests)])},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    stage = Stage(filled, json.loads(done.stdout.splitlines()[-1]))
    # The steps that were done already took some days of their own.
    stage.ahead = stage.first_of("select coalesce((select days_ahead from notices_clock), 0)")
    yield stage
    stage.live(0)


class Desk:
    """Everybody who signs in during a journey, each in a browser of their own, and what they do to one proceeding."""

    def __init__(self, enter: Enter, stage: Stage) -> None:
        self.enter, self.stage = enter, stage
        self.there: dict[str, Page] = {}
        self.troubles = Troubles()
        self.address = ""

    def at(self, who: str, address: str | None = None) -> Page:
        """A person's page of the proceeding, or of another address. Those of the village hold a phone."""
        if who not in self.there:
            self.there[who] = self.enter(who, width="phone" if who.startswith(("wang", "cun")) else "wide")
            self.troubles.watch(self.there[who])
        page = self.there[who]
        page.goto(address or self.address)
        return page

    def begin(self, who: str, household: int, procedure: str) -> None:
        """Begins a procedure from the household's own page."""
        page = self.at(who, f"/households/{household}/")
        page.get_by_role("link", name="办理程序").first.click()
        page.get_by_role("button", name=f"开始办理：{procedure}").click()
        page.wait_for_url(re.compile(r"/proceedings/\d+/$"))
        self.address = re.sub(r"^https?://[^/]+", "", page.url)

    def sign(
        self, who: str, *, papers: bool = True, act: str = "签办这一步", says: str = "已签办", reason: str = "", **told: Any
    ) -> Page:
        """Signs with the evidence that the step asks for, or says no; what the page answers is there."""
        page = self.at(who)
        form = page.locator("form[action$='/sign/']")
        if papers:
            for file in form.locator("input[type=file]").all():
                file.set_input_files(PHOTO)
        for name, value in told.items():
            one = form.locator(f"[name={name}]")
            if one.first.get_attribute("type") in ("radio", "checkbox"):
                form.locator(f"[name={name}][value={value}]").check()
            elif one.evaluate("one => one.tagName") == "SELECT":
                one.select_option(index=value)
            else:
                one.fill(str(value))
        if reason:
            form.locator("[name=reason]").fill(reason)
        form.get_by_role("button", name=act).click()
        expect(page.locator("main")).to_contain_text(says)
        return page

    def meeting(self, who: str) -> Page:
        return self.sign(who, **{f"vote_{name}": value for name, value in VOTE.items()})

    def not_theirs(self, *others: str) -> None:
        """People see where it is and are told that the step is not theirs; there is nothing to press."""
        for who in others:
            page = self.at(who)
            expect(page.locator("main")).to_contain_text(NOT_MINE)
            expect(page.locator("form[action$='/sign/']")).to_have_count(0)

    def hang(self, who: str, board: str = "村务公开栏") -> Page:
        """Hangs a notice that was written by hand."""
        page = self.at(who)
        page.get_by_text("没有用公示单，手写张贴的").click()
        form = page.locator("form[action$='/hang/']").last
        form.locator("[name=board]").fill(board)
        form.locator("[name=photo]").set_input_files(PHOTO)
        form.get_by_role("button", name="登记手写公示").click()
        expect(page.locator("main")).to_contain_text("公示已登记，到期前不能撤下")
        return page

    def days_run(self, who: str) -> Page:
        """The notice's days pass, and it comes down."""
        expect(self.at(who).locator("main")).to_contain_text("公示天数没有满，现在不能撤下")
        self.stage.go(DAYS)
        page = self.at(who)
        form = page.locator("form[action$='/take-down/']")
        form.locator("input[type=file]").set_input_files(PHOTO)
        form.get_by_role("button", name="登记撤下").click()
        expect(page.locator("main")).to_contain_text("公示已撤下")
        return page

    def posted(self, who: str) -> Page:
        """A notice hangs its days, comes down, and the step is signed."""
        self.hang(who)
        self.days_run(who)
        return self.sign(who)


# Seven days, and the holiday that the last of them may fall on.
DAYS = 12


@pytest.fixture
def desk(enter: Enter, stage: Stage) -> Iterator[Desk]:
    desk = Desk(enter, stage)
    yield desk
    assert desk.troubles == []


def now(page: Page) -> Locator:
    """What is to be done now."""
    return page.locator("section[aria-label='现在要办']")


def test_a_household_applies_and_is_registered(desk: Desk, stage: Stage) -> None:
    home = stage.keys["entering"]
    desk.begin("wang", home, "贫困户识别")
    desk.not_theirs("zhuoma", "zhao", "zhou")
    desk.sign("wang", papers=False, says="还缺材料")
    desk.sign("wang")
    desk.sign("wang")
    desk.sign("wang", papers=False, says="这一步您已经签办，还须另一人签办")
    desk.sign("cun0", papers=False)
    desk.not_theirs("zhuoma")
    desk.meeting("cun0")
    desk.posted("wang")
    desk.not_theirs("wang")
    desk.sign("zhuoma")
    desk.sign("zhao")
    desk.posted("wang")
    desk.sign("zhao", says=HAD_A_PART)
    desk.not_theirs("zhou")
    expect(desk.at("wang", f"/households/{home}/").locator("main")).not_to_contain_text("未脱贫")
    page = desk.sign("sun")
    expect(page.locator("main")).to_contain_text("状态已变更")
    desk.posted("wang")
    page = desk.at("wang", f"/households/{home}/")
    expect(page.locator("main")).to_contain_text("未脱贫")


def test_a_registered_household_leaves_by_what_was_checked_and_by_its_own_word(desk: Desk, stage: Stage) -> None:
    home, desk.address = stage.keys["leaving"], f"/cases/proceedings/{stage.keys['leaving_case']}/"
    desk.not_theirs("zhuoma", "zhao")
    desk.sign("wang")
    desk.sign("cun0", papers=False, says="有退出标准不达标、不清楚或没有核实，不能继续")
    stage.checked(home)
    desk.sign("cun0", papers=False)
    expect(now(desk.at("wang"))).to_contain_text("贫困户认可")
    desk.sign("wang", member=1)
    desk.sign("cun0", papers=False, member=1)
    desk.posted("wang")
    desk.sign("zhuoma")
    desk.not_theirs("zhuoma", "zhou", "wang")
    page = desk.sign("zhao")
    expect(page.locator("main")).to_contain_text("状态已变更")
    expect(page.locator("main")).to_contain_text("已核")
    expect(desk.at("shen", f"/households/{home}/").locator("main")).to_contain_text("已脱贫")
