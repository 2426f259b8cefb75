"""What happened to families of the county of today: each a story told day by day, all of them on one calendar.

A story yields the day (from today, negative: past) on which it goes on. `tell` lets them go on in the order of the days, so
that the record grows as it would have grown. Everything is done by a service, in the post whose turn it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

from xiuhua.cli.demo import acting
from xiuhua.cli.demo.acting import LOST, VOTE, Team
from xiuhua.cli.demo.seeing import looked_at

if TYPE_CHECKING:
    from xiuhua.accounts.models import Appointment
    from xiuhua.decisions.models import Proceeding
    from xiuhua.registry.models import Household
    from xiuhua.relapse.models import Clue

Story = Generator[int, None, None]
Goes = Generator[int, None, "Proceeding"]


def tell(stories: Iterable[Story]) -> None:
    """Lets every story go on whenever its day comes; afterwards it is today again."""
    order = count()
    waiting: list[tuple[int, int, Story]] = []
    for story in stories:
        heapq.heappush(waiting, (next(story), next(order), story))
    try:
        reached = None
        while waiting:
            day, _n, story = heapq.heappop(waiting)
            if day != reached:
                acting.live_on(day)
                reached = day
            if (then := next(story, None)) is not None:
                heapq.heappush(waiting, (max(then, day), next(order), story))
    finally:
        acting.live_on(0)


# -- pieces of stories ------------------------------------------------------------------------------------------------


def said(by: Appointment, home: Household, origin: str, risk: str, words: str, channel: str = "") -> Clue:
    """A clue is taken down, or joins the one that is open."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.relapse import services
    from xiuhua.relapse.services.clues import Saying
    from xiuhua.relapse.terms import Channel, Origin, Risk

    saying = Saying(
        Origin(origin),
        Risk(risk),
        words,
        beijing_today(),
        Channel(channel) if channel else None,
        home.head_name or "",
    )
    with acting.acting(by):
        return services.take_down(by=by, household=home, saying=saying).clue


def visited(by: Appointment, home: Household, judgement: str, words: str, reason: str, **more: Any) -> None:
    """The household is heard and the sheet filled in; `more`: clue or proceeding, and what was not known."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.relapse import services

    link = {key: more.pop(key) for key in ("clue", "proceeding") if key in more}
    answers = {
        "visited_on": beijing_today(), "said": words, "net_income_fen": 3_650_000, "medical_own_fen": 420_000, "education_own_fen": 0,
        "disaster_own_fen": 0, "other_spending_fen": 0, "food_clothing": True, "schooling": True, "medical": True, "house": True,
        "water": True, "judgement": judgement, "reason": reason, **more,
    }  # fmt: skip
    with acting.acting(by):
        services.judge_visit(by=by, household=home, answers=answers, **link)


def helped(by: Appointment, home: Household, kind: str, what: str, giver: str, fen: int | None) -> Any:
    """Help that came before its paper."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.decisions.terms import Help
    from xiuhua.relapse import services
    from xiuhua.relapse.services.helping import What

    with acting.acting(by):
        return services.give_help(
            by=by, household=home, what=What(Help(kind), what, giver, beijing_today(), fen)
        ).relief


def begun(by: Appointment, procedure: str, home: Household) -> Proceeding:
    """Begins it; what is of 2014-2020 completes the records of the county's files."""
    from xiuhua.decisions.services import proceedings
    from xiuhua.decisions.services.completing import Completing

    of_then = Completing(date(2017, 9, 30), "当年的审批材料还在，系统里没有办理过程（演示）")
    told = of_then if procedure.startswith("targeted_") else None
    with acting.acting(by):
        return proceedings.begin(by=by, procedure=procedure, household=home, completing=told).proceeding


def led_on(by: Appointment, clue: Clue) -> Proceeding:
    """The clue goes into the procedure of identification."""
    from xiuhua.relapse import services

    with acting.acting(by):
        one = services.begin(by=by, clue=clue).clue.proceeding
    assert one is not None
    return one


def through(
    team: Team, one: Proceeding, day: int, until: str = "", every: int = 2, member: str = "", **decided: Any
) -> Goes:
    """Step by step, some days apart, until it reaches a step or ends. `decided`: what the county says besides yes; `member`: who
    signs for the household where that is not its head."""
    from xiuhua.decisions.queries.proceedings import current_step
    from xiuhua.decisions.terms import NOBODY

    while one.course == "open" and one.at_step != until:
        step, who = current_step(one), team.whose(one)
        signer = (member or head_of(one)) if step["does"] == "household" else ""
        if step["does"] in ("notice", "announcement"):
            notice = acting.hang(one, who[0])
            day += 10
            yield day
            acting.take_down(one, notice, who[0])
        elif any(paper["kind"] == "sheet" for paper in step["evidence"]):
            acting.papers(one, who[0], but=("judgement",))
            assert one.household is not None
            visited(
                who[0], one.household, "at_risk", "这几个月药费自己垫了不少，打工也停了", "自付医药费多，务工收入断了", proceeding=one,
                net_income_fen=None, medical_own_fen=2_680_000, difficulties="药还要长期吃，家里少了一个劳力", coping="跟亲戚借了一万，已申请临时救助",
            )  # fmt: skip
        else:
            acting.papers(one, who[0], also="representation" if signer == NOBODY else "")
        detail: dict[str, Any] = {"vote": VOTE} if step["vote"] else {}
        if signer:
            detail |= {"member": signer, "reason": "户主在外务工，由他人代签" if signer == NOBODY else ""}
        if step["id"] == one.procedure.definition["effect_at"]:
            detail |= decided
        for by in who[: step["people"]]:
            one = acting.sign(one, by, **detail)
        day += every
        if one.course == "open" and one.at_step != until:
            yield day
    return one


def head_of(one: Proceeding) -> str:
    """Who signs for the household: its head, by the key of the person; somebody who is none of it where no head is on record."""
    from xiuhua.decisions.terms import NOBODY
    from xiuhua.registry.models import Membership

    found = Membership.objects.filter(household=one.household_id, until__isnull=True, relation="head").first()
    return str(found.person_id) if found else NOBODY


# -- stories ----------------------------------------------------------------------------------------------------------


def watched(
    team: Team,
    home: Household,
    day: int,
    risk: str,
    watch_class: str,
    measures: list[str],
    *,
    urgent: bool = False,
) -> Story:
    """From a clue to a household that is watched; where it is urgent, helped first, the paper brought later."""
    yield day
    clue = said(team.village[0], home, "household", risk, "住院和停工，日子接不上了", "phone")
    relief = None
    if urgent:
        relief = helped(team.village[0], home, "relief", "临时救助金", "乡镇社会事务办", 300_000)
    yield day + 1
    visited(
        team.village[1], home, "at_risk", "老人摔伤住院，儿子停工照看", "支出骤增，收入中断", clue=clue, suggested=watch_class, net_income_fen=None,
        medical_own_fen=2_680_000,
    )  # fmt: skip
    one = led_on(team.village[0], clue)
    yield day + 2
    one = yield from through(team, one, day + 2, watch_class=watch_class, measures=measures)
    if relief is not None:
        from xiuhua.relapse import services

        with acting.acting(team.village[0]):
            services.bring_paper(
                by=team.village[0],
                relief=relief,
                name="审批表.png",
                pieces=[acting.photo(f"relief {relief.pk}")],
            )


def removal_begun(team: Team, home: Household, day: int) -> Story:
    """Watched for half a year: its removal has begun, and its standards have to be looked at anew."""
    yield day
    begun(team.village[0], "regular_removal", home)


def on_its_way(team: Team, home: Household, day: int, risk: str, until: str) -> Story:
    """A clue that led to a proceeding, which waits at a step."""
    yield day
    clue = said(team.village[0], home, "cadre", risk, "走访时看到家里有困难")
    yield day + 1
    one = led_on(team.village[1], clue)
    yield from through(team, one, day + 1, until)


def objected(team: Team, home: Household, day: int) -> Story:
    """It hangs on the board, and somebody objected; the township has not answered yet."""
    one = yield from _at_notice(team, home, day)
    yield -3
    notice = acting.hang(one, team.village[0])
    yield -1
    from xiuhua.common.clock import beijing_today
    from xiuhua.notices.services import bring

    with acting.acting(team.village[1]):
        bring(
            by=team.village[1], notice=notice, channel="phone", came_on=beijing_today(), said="他家儿子去年在县城开了店，是不是算进去了", who=""
        )  # fmt: skip


def _at_notice(team: Team, home: Household, day: int) -> Goes:
    yield day
    clue = said(team.village[1], home, "household", "disaster", "大风掀了羊圈，损失了二十多只羊", "spoken")
    yield day + 1
    one = led_on(team.village[0], clue)
    return (yield from through(team, one, day + 1, "notice"))


def exited(team: Team, home: Household, day: int) -> Story:
    """A household left poverty, every step with its people, evidence and days."""
    yield day - 5
    looked_at(team, home)
    yield day
    one = begun(team.village[0], "targeted_exit", home)
    yield from through(team, one, day, every=3)


def would_not(team: Team, home: Household, day: int) -> Story:
    """The household did not agree that it left poverty, and said why."""
    yield day - 5
    looked_at(team, home)
    yield day
    one = begun(team.village[0], "targeted_exit", home)
    one = yield from through(team, one, day, "agreement", every=3)
    yield day + 7
    acting.papers(one, team.village[0])
    acting.say_no(
        one, team.village[0], "本户不认可：今年的收入大半是一次卖羊所得，明年没有", member=head_of(one)
    )


def appealed(team: Team, home: Household, day: int) -> Story:
    """The meeting said no; the household does not accept it, and the county has not answered yet."""
    yield day
    one = begun(team.village[1], "targeted_identification", home)
    one = yield from through(team, one, day, "meeting")
    yield day + 6
    acting.papers(one, team.village[0])
    acting.say_no(one, team.village[0], "评议没有通过：同意 8 票，未过到会人数的一半", vote=LOST)
    yield day + 10
    from xiuhua.common.clock import beijing_today
    from xiuhua.decisions.services.appeals import appeal

    with acting.acting(team.township[1]):
        appeal(
            by=team.township[1], proceeding=one, channel="spoken", came_on=beijing_today(),
            said="评议那天本人在县医院，没有人替我说明。家里三口人只有一份低保，房子去年鉴定是 C 级，请县里来看。",
        )  # fmt: skip
