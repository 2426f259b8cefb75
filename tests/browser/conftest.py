"""The demonstration as a new user starts it, in a process of its own, and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from runtime.holders import throw_away_home, wait_until
from xiuhua.runtime.locations import locate, superuser_url

PASSWORD = "xiuhua-demo-2026"
# A busy machine answers late; a page that is wrong is as wrong after twenty seconds.
expect.set_options(timeout=20_000)
STORIES = (
    "select 1 from procrastinate_jobs where task_name like 'demo.%' and status in ('todo', 'doing') limit 1"
)
# The first that is there: without windows and tabs of its own a page costs it half as much.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WIDTHS = {"wide": 1440, "phone": 390}


@dataclass(frozen=True)
class Demo:
    """A running demonstration: its address, its home folder, the process that keeps it."""

    address: str
    home: Path
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`xiuhua demo`, answering; its workbooks may still be on their way in."""
    with throw_away_home() as home, (home / "log").open("wb") as log:
        port = free_port()
        environment = {**os.environ, "XIUHUA_HOME": str(home)}
        for name in ("DJANGO_SETTINGS_MODULE", "XIUHUA_DEMO"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, "-m", "xiuhua.cli", "demo", "--port", str(port)],
            env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(
                lambda: answers(address) or process.poll() is not None,
                300,
                why=lambda: (home / "log").read_text(errors="replace"),
            )
            assert process.poll() is None, (home / "log").read_text(errors="replace")
            yield Demo(address, home, process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; in CI its absence is an error."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        assert not os.environ.get("CI"), "no Chromium on this machine"
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


class Troubles(list[str]):
    """What a browser complains of: refused scripts and styles, failed requests, uncaught errors."""

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("response", lambda got: self.append(f"{got.status} {got.url}") if got.status >= 400 else None)


Enter = Callable[..., Page]
_sessions: dict[tuple[str, str | None], Any] = {}


def fits(page: Page) -> None:
    """Nothing of the page lies beyond the width of the screen."""
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"


def shown_at(page: Page, width: str) -> None:
    """The same page on a screen of another width, as when a window is made smaller: not asked for again."""
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    # Drawn twice: what a chart does when its place becomes another, it has done.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def signed_in(
    browser: Browser, demo: Demo, username: str | None, *, language: str = "zh", width: str = "wide"
) -> Page:
    """A browser of one's own, signed in; None stays outside. Whoever asks closes its context."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900},
        locale="zh-CN" if language == "zh" else "en-GB",
        base_url=demo.address,
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    kept = (demo.address, username)
    # A password is slow to check, on purpose: who came in by the door once in this run comes back with the session of then.
    if kept in _sessions:
        context.add_cookies(_sessions[kept])
    page.goto("/")
    if username is not None and "sign-in" in page.url:
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        _sessions[kept] = [one for one in context.cookies() if one["name"].startswith("session")]
    return page


@pytest.fixture
def enter(demo: Demo, browser: Browser) -> Iterator[Enter]:
    """Opens a browser of one's own and signs in: enter("zhao", language="en", width="phone"). None: stays outside."""
    opened: list[BrowserContext] = []

    def go(username: str | None, *, language: str = "zh", width: str = "wide") -> Page:
        page = signed_in(browser, demo, username, language=language, width=width)
        opened.append(page.context)
        return page

    yield go
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def filled(demo: Demo, browser: Browser) -> Demo:
    """The demonstration once both counties' workbooks are merged, as their officers see it."""
    for username in ("zhao", "wai"):
        page = signed_in(browser, demo, username)
        page.goto("/intake/")
        page.locator("table a").first.click()
        page.get_by_text("已并入登记").wait_for(timeout=180_000)
        page.context.close()
    # The first county's stories live on days before today, and the day is everybody's.
    with psycopg.connect(superuser_url(locate(demo.home), "xiuhua"), autocommit=True) as session:
        wait_until(lambda: not session.execute(STORIES).fetchone(), 240)
    return demo


@pytest.fixture(scope="session")
def screens() -> Iterator[Path]:
    """Where screenshots go: docs/screens of the project when asked (make screens), else nowhere that stays."""
    asked = os.environ.get("XIUHUA_SCREENS")
    folder = Path(asked) if asked else Path(tempfile.mkdtemp(prefix="xh-screens-"))
    yield folder
    if not asked:
        shutil.rmtree(folder)
