"""The demonstration's county of today has every state that its guides walk through, reached by services in the order of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from browser.conftest import Demo, Enter
from runtime.holders import wait_until
from xiuhua.runtime.locations import locate, superuser_url

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNTY = "990523"
Told = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def told(demo: Demo) -> Iterator[Told]:
    """Asks the running demonstration as its superuser: past row-level security, reading only."""
    with psycopg.connect(superuser_url(locate(demo.home), "xiuhua"), autocommit=True) as session:
        yield lambda sql: session.execute(sql).fetchall()


def test_it_has_every_state_that_a_guide_speaks_of(told: Told) -> None:
    mine = f"place_code like '{COUNTY}%'"
    courses = Counter(told(f"select kind, course from decisions_proceeding where {mine}"))
    assert courses[("household_exit", "decided")] == 3, "an exit with its whole chain, two that are doubtful"
    assert courses[("household_exit", "ended")] == 1, "one that its household refused"
    assert courses[("identification", "refused")] == 1 and courses[("watch", "decided")] == 3
    steps = {
        step for (step,) in told(f"select at_step from decisions_proceeding where {mine} and course = 'open'")
    }
    assert {"visit", "meeting", "notice", "township", "county"} <= steps
    assert {word for (word,) in told("select watch_class from registry_watchentry")} == {
        "unstable",
        "marginal",
        "sudden",
    }
    ends = Counter(end for (end,) in told('select "end" from relapse_clue'))
    assert ends["no_risk"] == ends["helped"] == 1 and ends["proceeding"] >= 7
    open_ones = "from relapse_clue c where \"end\" = ''"
    assert told(f"select 1 {open_ones} and check_due_on < notices_today() limit 1"), "an overdue one"
    assert told(f"select 1 {open_ones} and came_on = notices_today()"), "a new one"
    assert told(f"select 1 {open_ones} and exists (select from relapse_sheet s where s.clue_id = c.id)"), (
        "a heard one"
    )
    origins = {word for (word,) in told("select distinct origin from relapse_cluesource")}
    assert {"household", "cadre", "list"} <= origins
    assert told("select 1 from relapse_relief where paper_id is null") and told(
        "select 1 from relapse_relief where paper_id is not null"
    )
    assert told(
        "select 1 from notices_notice n join notices_objection o on o.notice_id = n.id where o.answered_at is null and n.taken_down_on is null"
    )
    assert told("select 1 from decisions_appeal where answered_at is null")
    asked = Counter(told("select source_id is null, exists (select from relapse_reply r where r.application_id = a.id) from relapse_application a"))  # fmt: skip
    assert asked[(True, False)] >= 1 and asked[(True, True)] == 1, "asked from the page, and asked back"
    verdicts = [
        word
        for (word,) in told(
            f"select a.verdict from decisions_sheet s left join decisions_sheetanswer a on a.sheet_id = s.id where s.{mine}"
        )
    ]
    assert Counter(verdicts) == {"approved": 1, None: 1}, "a plan approved, and a sheet that waits"
    assert told(f"select 1 from decisions_candidate where {mine}")


def test_its_months_passed_in_order_and_it_is_today_again(told: Told) -> None:
    # The other county's stories may be under way: they live before today, all in one transaction.
    wait_until(lambda: told("select days_ahead from notices_clock") == [(0,)], 60)
    days = [
        day
        for (day,) in told(
            f"select at from decisions_signature where place_code like '{COUNTY}%' order by id"
        )
    ]
    assert days == sorted(days) and (days[-1] - days[0]).days > 150
    judges = told(
        "select count(*) from decisions_signature a join decisions_signature b on a.proceeding_id = b.proceeding_id and a.step = 'township'"
        " and b.step = 'meeting' and a.official_id = b.official_id"
    )
    assert judges == [(0,)], "whoever had a part in it does not judge it"


def test_what_does_not_bear_looking_at_stands_out_in_both_counties(filled: Demo, enter: Enter) -> None:
    page = enter("shen")
    page.goto("/cases/exits/?way=here")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    for kind in ("被脱贫", "数字脱贫", "假脱贫·退出后不达标"):
        expect(rows.filter(has_text=kind)).to_have_count(1)
    expect(page.locator("main")).to_contain_text("这一页看了 3 户，其中 0 户六项查得清、没有疑点")
    # Of some hundreds that were taken over, few are doubtful; whose papers were not seen are told apart, and last.
    page.goto("/cases/exits/")
    assert page.locator("#not_seen").count() == 0 and 3 < page.locator("tbody tr").count() < 50
    page.goto("/cases/exits/?way=not_seen")
    assert page.locator("#not_seen tbody tr").count() > 50
    page = enter("luo")
    page.goto("/cases/exits/?way=here")
    expect(page.locator("main")).to_contain_text("这一页看了 3 户，其中 1 户六项查得清、没有疑点")
    for kind in ("被脱贫", "刚过标准"):
        expect(page.locator("tbody tr").filter(has_text=kind)).to_have_count(1)
