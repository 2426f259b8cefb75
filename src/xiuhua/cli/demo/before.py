"""What people of the first county, that of 2017, have under way: done once its workbooks are in: on the day itself, after
three exits of the weeks before that do not bear looking at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiuhua.cli.demo import acting, doubtful
from xiuhua.cli.demo.acting import VOTE, Team

if TYPE_CHECKING:
    from xiuhua.registry.models import Household

COUNTY = "990521"


def live() -> None:
    """Three exits, three households on different steps, a plan of which one sheet is approved, and the candidates of the adjustment."""
    from xiuhua.accounts.models import Appointment
    from xiuhua.cli.demo import HOUSEHOLDS, SEED, boundaries
    from xiuhua.decisions.models import Proceeding
    from xiuhua.decisions.services.adjusting import find_in
    from xiuhua.places.scope import scope_of, within

    def held(name: str) -> Appointment:
        return Appointment.objects.select_related("post", "official").get(official__account__username=name)

    with within(scope_of(COUNTY), who={"account": "demo"}):
        boundaries(COUNTY, SEED, HOUSEHOLDS, "guan")
        if Proceeding.objects.exists():
            return
        team = Team([held("wang"), held("cai")], [held("zhuoma"), held("dawa")], [held("zhao"), held("sun")])
        here = team.village[0].place_code
        poor, other = homes(here)
        gone = doubtful.ready(poor[1:-1])[:3]
        if len(gone) == 3:
            doubtful.told(team, gone)
            poor = [one for one in poor if one not in gone]
        if len(poor) > 3 and other:
            under_way(team, poor, other)
            plan(team, poor)
        find_in(here)


def homes(village: str) -> tuple[list[Household], list[Household]]:
    """The poor households of a village and those that are not registered."""
    from xiuhua.registry.models import Household, StatusEntry

    status = dict(StatusEntry.objects.filter(village_code=village).values_list("household_id", "status"))
    here = [
        one
        for one in Household.objects.filter(village_code=village, ended_on=None).order_by("pk")
        if one.head_name
    ]
    return [one for one in here if status.get(one.pk) == "poor"], [one for one in here if one.kind == "other"]


def under_way(team: Team, poor: list[Household], other: list[Household]) -> None:
    """One applies and waits for the meeting; of one the visit is signed by one of two; one exit was proposed by the meeting."""
    from xiuhua.cli.demo.stories import begun

    first, second = team.village
    applied = begun(first, "targeted_identification", other[0])
    acting.papers(applied, first)
    applied = acting.sign(applied, first)
    acting.papers(applied, first)
    for by in (first, second):
        applied = acting.sign(applied, by)
    waits = begun(second, "targeted_identification", other[1])
    acting.papers(waits, second)
    waits = acting.sign(waits, second)
    acting.papers(waits, second)
    acting.sign(waits, second)
    leaves = begun(first, "targeted_exit", poor[0])
    acting.papers(leaves, first)
    acting.sign(leaves, first, vote=VOTE)


def plan(team: Team, poor: list[Household]) -> None:
    """Years of exit of the village's poor: most approved by the township, one sheet waiting."""
    from xiuhua.decisions.services import planning
    from xiuhua.decisions.terms import Verdict

    by, above = team.village[0], team.township[0]
    with acting.acting(by):
        years = {one.pk: 2018 + at % 3 for at, one in enumerate(poor[1:-1])}
        sheet = (
            planning.propose(by=by, years=years, reason="按致贫原因和帮扶措施排定（演示）").sheets[0].sheet
        )
    with acting.acting(above):
        planning.answer(by=above, sheet=sheet, verdict=Verdict.APPROVED)
    with acting.acting(by):
        planning.propose(by=by, years={poor[-1].pk: 2020}, reason="新增一户，先排在最后一年（演示）")
