"""A stage for journeys of proceedings: people of every post, households, the demonstration's clock, what somebody does at a desk."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.conftest import Demo, Troubles, signed_in
from xiuhua.runtime import locations

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
    """The demonstration with people and households where journeys begin, its day, and everybody who has signed in so far."""

    def __init__(self, demo: Demo, browser: Browser, keys: dict[str, Any]) -> None:
        self.demo, self.browser, self.keys = demo, browser, keys
        self.location = locations.locate(demo.home)
        self.owner = locations.connection_urls(demo.home).owner
        # The steps that were done already took some days of their own.
        self.ahead = self.first_of("select coalesce((select days_ahead from notices_clock), 0)")
        self.there: dict[str | None, Page] = {}
        self.troubles = Troubles()

    def page(self, who: str | None) -> Page:
        """Somebody's browser; None: anybody's, who has not signed in. Those of the village hold a phone."""
        if who not in self.there:
            phone = who is not None and who.startswith(("wang", "cun"))
            self.there[who] = signed_in(self.browser, self.demo, who, width="phone" if phone else "wide")
            self.troubles.watch(self.there[who])
        return self.there[who]

    def go(self, days: int) -> None:
        """So many days pass."""
        self.live(self.ahead + days)

    def past_the_notice(self) -> None:
        """The day after the last one of what was hung last."""
        self.go(
            self.first_of("select due_on - notices_today() + 1 from notices_notice order by id desc limit 1")
        )

    def live(self, ahead: int) -> None:
        self.ahead = ahead
        with psycopg.connect(self.owner, autocommit=True) as session:
            session.execute(
                "insert into notices_clock (days_ahead) values (%s) on conflict (only_one) do update set days_ahead = excluded.days_ahead",
                [ahead],
            )

    def checked(self, household: int) -> None:
        """Somebody went there and saw what the forms say: the records say so."""
        seen = ["income", "house", "water", "water_reported", "insurance", "food_clothing"]
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
def stage(filled: Demo, browser: Browser) -> Iterator[Stage]:
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("journey_start.py"))],
        env={**os.environ, "XIUHUA_HOME": str(filled.home), "DJANGO_SETTINGS_MODULE": "xiuhua.config.settings",
             "PYTHONPATH": os.pathsep.join([str(tests.parent / "src"), str(tests)])},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    stage = Stage(filled, browser, json.loads(done.stdout.splitlines()[-1]))
    yield stage
    for page in stage.there.values():
        page.context.close()
    stage.live(0)


class Desk:
    """What people in different posts do to one proceeding."""

    def __init__(self, stage: Stage, address: str = "") -> None:
        self.stage, self.address = stage, address

    def at(self, who: str | None, address: str | None = None) -> Page:
        """A person's page of the proceeding, or of another address."""
        page = self.stage.page(who)
        page.goto(address or self.address)
        return page

    def barred(self, who: str, address: str) -> None:
        """A page that a post has no right to says so, and what to do."""
        page = self.at(who, address)
        expect(page.locator("main")).to_contain_text("没有办理这一项的权限")

    def chooses(self, page: Page, procedure: str) -> None:
        """A procedure of today; one of 2014-2020 completes a record and says why."""
        of_then = page.get_by_role("button", name=f"补齐记录：{procedure}")
        if of_then.count():
            page.get_by_label("为什么要补").fill("当年的审批表还在，系统里没有办理过程")
        of_then.or_(page.get_by_role("button", name=f"开始办理：{procedure}")).click()

    def begin(self, who: str, household: int, procedure: str) -> None:
        """Begins a procedure from the household's own page."""
        page = self.at(who, f"/households/{household}/")
        page.get_by_role("link", name="办理程序").first.click()
        self.chooses(page, procedure)
        page.wait_for_url(re.compile(r"/proceedings/\d+/$"))
        self.address = re.sub(r"^https?://[^/]+", "", page.url)

    def sign(
        self,
        who: str,
        *,
        papers: bool = True,
        only: str = "",
        act: str = "签办这一步",
        says: str = "已签办",
        reason: str = "",
        sources: tuple[str, ...] = ("vehicle", "house"),
        drawn: bool = False,
        **told: Any,
    ) -> Page:
        """Signs with the evidence that the step asks for, or says no; what the page answers is there. `drawn`: with a finger."""
        page = self.at(who)
        form = page.locator("form[action$='/sign/']")
        if drawn:
            self._draw(form.locator("canvas"))
            papers = False
        if papers:
            for file in form.locator(f"input[type=file][name*='paper_{only}']").all():
                file.set_input_files(PHOTO)
            for one in sources:
                for box in form.locator(f"[name^=sources_][value={one}]:visible").all():
                    box.check()
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

    def _draw(self, canvas: Locator) -> None:
        """Somebody signs, wipes it off, and signs again."""
        canvas.evaluate("one => one.scrollIntoView({block: 'center'})")
        box, mouse = canvas.bounding_box(), canvas.page.mouse
        assert box is not None
        field = canvas.locator("xpath=../input")
        for wipe in (True, False):
            mouse.move(box["x"] + 40, box["y"] + 60)
            mouse.down()
            mouse.move(box["x"] + 140, box["y"] + 110, steps=6)
            mouse.move(box["x"] + 200, box["y"] + 50, steps=6)
            mouse.up()
            expect(field).to_have_value(re.compile("^data:image/png;base64,"))
            if wipe:
                canvas.page.get_by_role("button", name="擦掉重签").click()
                expect(field).to_have_value("")

    def meeting(self, who: str) -> Page:
        return self.sign(who, **{f"vote_{name}": value for name, value in VOTE.items()})

    def not_theirs(self, *others: str) -> None:
        """People see where it is and are told that the step is not theirs; there is nothing to press, and what is sent all the same is refused."""
        for who in others:
            page = self.at(who)
            expect(page.locator("main")).to_contain_text(NOT_MINE)
            expect(page.locator("form[action$='/sign/']")).to_have_count(0)
            self._sends(page)

    def _sends(self, page: Page) -> None:
        """A paper for the step, or a notice, past the page: refused in words, or by the right; and nothing of it is kept."""
        key = int(self.address.rstrip("/").split("/")[-1])
        hung, code = self.stage.first_of(
            "select array[s ->> 'does', s #>> '{evidence,0,code}'] from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id,"
            " jsonb_array_elements(p.definition -> 'steps') s where c.id = %s and s ->> 'id' = c.at_step", key,
        )  # fmt: skip
        kept = "select (select count(*) from decisions_paper) + (select count(*) from notices_notice)"
        before = self.stage.first_of(kept)
        posts = hung in ("notice", "announcement")
        told = {"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
        told |= {"board": "x", "hung_on": self.stage.first_of("select notices_today()::text"), "days": "7", "photo": PHOTO} if posts else {"act": "papers", f"paper_{code}": PHOTO}  # fmt: skip
        answer = page.request.post(f"{page.url}{'hang' if posts else 'sign'}/", multipart=told)
        said = answer.text()
        assert answer.status == 403 or ("不由您" in said and "材料已收到" not in said and "公示已登记" not in said), said[:2000]  # fmt: skip
        assert self.stage.first_of(kept) == before

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
        self.stage.past_the_notice()
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


@pytest.fixture
def desk(stage: Stage) -> Iterator[Desk]:
    yield Desk(stage)
    # A page that is refused, and a form that says what is wrong with it, answer 403 and 422.
    assert [one for one in stage.troubles if "403" not in one and "422" not in one] == []


def case(key: int) -> str:
    return f"/cases/proceedings/{key}/"


def now(page: Page) -> Locator:
    """What is to be done now."""
    return page.locator("section[aria-label='现在要办']")
