"""What was told of families of the county of today, and what came of it: clues that ended, wait, or lie with nobody yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiuhua.cli.demo import acting
from xiuhua.cli.demo.acting import Team
from xiuhua.cli.demo.stories import Story, helped, said, visited

if TYPE_CHECKING:
    from xiuhua.accounts.models import Appointment
    from xiuhua.registry.models import Household


def no_risk(team: Team, home: Household, day: int) -> Story:
    """A clue that ended as no risk: heard, all known, said by somebody else than who was there."""
    yield day
    clue = said(team.village[1], home, "cadre", "schooling", "大女儿考上了大专，学费怕凑不齐")
    yield day + 2
    visited(
        team.village[0], home, "no_risk", "学校给了助学贷款，孩子自己勤工俭学，不难", "学费有助学贷款，家里收入稳定", clue=clue, net_income_fen=9_000_000, education_own_fen=600_000
    )  # fmt: skip
    yield day + 4
    from xiuhua.relapse import services
    from xiuhua.relapse.terms import End

    with acting.acting(team.township[0]):
        services.end(
            by=team.township[0],
            clue=clue,
            how=End.NO_RISK,
            reason="入户研判各项清楚，助学贷款已到账，电话回访属实",
        )


def help_was_enough(team: Team, home: Household, day: int) -> Story:
    """Urgent help ended it; its paper is still owed."""
    yield day
    clue = said(team.village[0], home, "cadre", "accident", "灶房失火，口粮和被褥烧了")
    helped(team.village[0], home, "relief", "口粮、被褥和 2000 元临时救助", "村委会、乡镇社会事务办", 200_000)
    yield day + 1
    visited(
        team.village[0],
        home,
        "at_risk",
        "口粮被褥都有了，灶房村里帮着在修",
        "急难已经帮到，灶房修好前再看一次",
        clue=clue,
    )
    yield day + 2
    from xiuhua.relapse import services
    from xiuhua.relapse.terms import End

    with acting.acting(team.township[0]):
        services.end(
            by=team.township[0], clue=clue, how=End.HELPED, reason="口粮被褥已送到，灶房由村里帮着修好"
        )


def heard(team: Team, home: Household, day: int) -> Story:
    """A clue whose household was heard; something is not known yet."""
    yield day
    clue = said(team.village[1], home, "household", "work", "厂里停工两个月没发工资", "phone")
    yield day + 1
    visited(
        team.village[0], home, "not_known", "厂里说下月补发，还不知道补多少", "工资补发多少还不清楚，月底再去", clue=clue, net_income_fen=None
    )  # fmt: skip


def told(team: Team, home: Household, day: int, risk: str, words: str) -> Story:
    """A clue on which nobody went yet: new, or overdue where it is old."""
    yield day
    said(team.township[0] if day < -5 else team.village[1], home, "household", risk, words, "paper")


def asked(
    village_code: str, head: str, day: int, risk: str, words: str, back: Appointment | None = None
) -> Story:
    """Somebody asks from the page; `back`: who could not tell whose it is and asks back."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.relapse import public, services
    from xiuhua.relapse.models import Application
    from xiuhua.relapse.terms import Risk

    yield day
    asked = public.Application(village_code, head, Risk(risk), words, "村口小卖部转告")
    public.apply(asked=asked, address="demo", day=beijing_today())
    if back is not None:
        yield day + 1
        with acting.acting(back):
            one = Application.objects.latest("pk")
            services.ask_back(by=back, application=one, reason="村里没有听说过这个姓名，请写清住在哪个组、家里还有谁", where="村委会便民窗口，周一至周五")  # fmt: skip


def judged(team: Team, home: Household, day: int, standing: str, reason: str) -> Story:
    """Where a household that left poverty stands this year, in one person's name."""
    yield day
    from xiuhua.common.clock import beijing_today
    from xiuhua.relapse.services import assess
    from xiuhua.relapse.terms import Standing

    by = team.village[0]
    with acting.acting(by):
        assess(by=by, household=home, year=beijing_today().year, standing=Standing(standing), reason=reason)
