"""Long work can be stopped by the one who began it, and taken up again where it stood."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import Demo, Enter
from xiuhua.cli.demo import NEIGHBOUR
from xiuhua.synth.county import invent, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_intake_is_stopped_and_goes_on(filled: Demo, enter: Enter, tmp_path: Path) -> None:
    # Large enough to be seen at work.
    county = invent(5, 1200, code=NEIGHBOUR)
    paths = [path for path in write(county, tmp_path) if path.suffix == ".xlsx"]
    page = enter("wai")
    page.goto("/intake/new/")
    page.set_input_files("input[type=file]", [str(path) for path in paths])
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url("**/intake/*/")
    page.get_by_role("progressbar").wait_for()
    page.get_by_role("button", name="停下来").click()
    page.get_by_role("button", name="继续").wait_for(timeout=60_000)
    expect(page.locator("main")).to_contain_text("已按要求停止")
    page.get_by_role("button", name="继续").click()
    # Nothing of a county invented anew agrees with what is there; the preview is as far as this test goes.
    page.get_by_role("button", name="不并入，停止这一批").wait_for(timeout=120_000)
    page.get_by_role("button", name="不并入，停止这一批").click()
    expect(page.locator("main")).to_contain_text("已按要求停止")
