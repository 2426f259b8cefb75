"""A county of 2026 beside the county of 2017: its poor left poverty, and it watches that nobody falls back.

Its workbooks are taken in seven months ago and its families live through these months (`stories`), before anybody looks. What
was begun and not finished by a killed start is begun anew.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from xiuhua.cli.demo import acting, clue_stories, doubtful, stories
from xiuhua.cli.demo.acting import Team

if TYPE_CHECKING:
    from xiuhua.accounts.models import Appointment
    from xiuhua.registry.models import Household
    from xiuhua.synth.shapes import County
    from xiuhua.synth.shapes import Household as Invented

TODAY = "990523"
FIRST, LISTED = -215, -12
STILL_POOR, READY = 11, 6
PER_HEAD_FEN = 620_000


def modernise(county: County) -> str:
    """Lets the county's households leave poverty, but a few of one village; returns that village's code.

    The few are for stories of exit, plan and adjustment; of some of them everything holds and was checked.
    """
    rng = Random(f"today/{county.code}")
    village = Counter(one.village.code for one in county.households).most_common(1)[0][0]
    stay = [one for one in county.households if one.village.code == village and one.status == "poor"][
        :STILL_POOR
    ]
    for one in county.households:
        if not any(one is each for each in stay[READY:]):
            settle(rng, one)
        one.status = "poor" if any(one is each for each in stay) else "exited"
    return village


def settle(rng: Random, home: Invented) -> None:
    """Income over the line, a safe house and water, everybody insured, all of it seen."""
    from xiuhua.synth.living import set_income, set_water

    home.status = "exited"
    set_income(rng, home, PER_HEAD_FEN + rng.randrange(-200_000, 400_000))
    last = home.last
    last.house_grade, home.house_dangerous = (
        "B" if last.house_grade in ("C", "D") else last.house_grade,
        False,
    )
    set_water(rng, home, last, safe=True)
    last.food_clothing_ok, last.insured_persons = True, len(home.members)
    last.seen, last.seen_on = "checked", date(2017, 9, 10)
    for person in home.members:
        person.serious_illness_insured = True


def people(county: County, village: str) -> None:
    """Its officials: three in one village, two in its township, three in the bureau, a leader and an auditor."""
    from xiuhua.accounts.terms import Office, Role, Title
    from xiuhua.cli.demo import appoint
    from xiuhua.places.services import ensure

    here = next(one for one in county.villages if one.code == village)
    ensure(here.township_code, here.township)
    ensure(here.code, here.name)
    for username, name, place, office, title, role in (
        ("he", "何文", county.code, Office.RURAL_BUREAU, Title.OFFICER, Role.COUNTY_OFFICE),
        ("fang", "方敏", county.code, Office.RURAL_BUREAU, Title.OFFICER, Role.COUNTY_OFFICE),
        ("luo", "罗平", county.code, Office.RURAL_BUREAU, Title.DIRECTOR, Role.COUNTY_OFFICE),
        (
            "ma",
            "马俊",
            here.township_code,
            Office.TOWNSHIP_STATION,
            Title.TOWNSHIP_OFFICER,
            Role.TOWNSHIP_OFFICE,
        ),
        (
            "ding",
            "丁梅",
            here.township_code,
            Office.TOWNSHIP_STATION,
            Title.TOWNSHIP_OFFICER,
            Role.TOWNSHIP_OFFICE,
        ),
        ("tian", "田秀兰", here.code, Office.WORK_TEAM, Title.FIRST_SECRETARY, Role.VILLAGE_WORKER),
        ("gao", "高远", here.code, Office.VILLAGE_COMMITTEE, Title.VILLAGE_DIRECTOR, Role.VILLAGE_WORKER),
        ("bai", "白雪", here.code, Office.VILLAGE_COMMITTEE, Title.VILLAGE_CLERK, Role.VILLAGE_WORKER),
        ("xu", "许志强", county.code, Office.GOVERNMENT, Title.HEAD, Role.LEADER),
        ("cao", "曹静", county.code, Office.AUDIT, Title.AUDITOR, Role.AUDITOR),
    ):
        appoint(username, name, place, office, title, role)


def lived() -> bool:
    """Whether the county's months are told already."""
    from xiuhua.decisions.models import Proceeding
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(TODAY)):
        return Proceeding.objects.exists()


def live() -> None:
    """Takes its workbooks in, seven months ago, and lets the months pass; in one transaction, all or nothing."""
    from xiuhua.cli.demo import SEED, TODAY_HOUSEHOLDS, boundaries
    from xiuhua.intake.models import Batch
    from xiuhua.intake.tasks import advance_batch
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(TODAY)):
        batch = Batch.objects.order_by("pk").get()
    with acting.living_on(FIRST):
        advance_batch(batch.pk, TODAY)
    with within(scope_of(TODAY), who={"account": "demo"}):
        boundaries(TODAY, SEED + 2, TODAY_HOUSEHOLDS, "he")
        told()


def told() -> None:
    """The stories, in the order of their days, and what is there today besides: a plan, candidates, a list, clues by rules."""
    team = team_of()
    homes = Homes(team.village[0].place_code)
    first, second, third = homes.exited(), homes.exited(), homes.exited()
    ready = homes.ready()
    stories.tell(
        [
            stories.exited(team, ready[0], -190),
            stories.would_not(team, ready[1], -120),
            *doubted(team, ready[2:]),
            stories.watched(team, first, -214, "illness", "unstable", ["health", "work"]),
            stories.watched(team, homes.other(), -90, "income", "marginal", ["public_post", "industry"]),
            stories.watched(team, second, -60, "accident", "sudden", ["relief", "health"], urgent=True),
            stories.removal_begun(team, first, -4),
            stories.on_its_way(team, third, -26, "illness", "township"),
            stories.on_its_way(team, homes.other(), -9, "work", "meeting"),
            stories.on_its_way(team, homes.exited(), -8, "house", "meeting"),
            stories.on_its_way(team, homes.other(), -34, "disability", "county"),
            stories.objected(team, homes.exited(), -14),
            stories.appealed(team, homes.other(), -20),
            clue_stories.no_risk(team, homes.exited(), -40),
            clue_stories.help_was_enough(team, homes.other(), -7),
            clue_stories.heard(team, homes.exited(), -3),
            clue_stories.told(team, homes.other(), -9, "death", "丈夫上月去世，两个孩子上学"),
            clue_stories.told(team, homes.exited(), -1, "house", "后墙裂了，下雨不敢住"),
            clue_stories.told(team, homes.other(), 0, "poverty", "冬天取暖的煤买不起"),
            clue_stories.judged(team, first, -30, "watch", "老人长期服药，务工收入不稳，已在监测"),
            clue_stories.judged(team, second, -29, "watch", "摔伤住院，已纳入监测"),
            clue_stories.judged(team, third, -29, "help", "两个孩子上学，缺技术，需要就业帮扶"),
            clue_stories.asked(
                team.village[0].place_code,
                homes.other().head_name or "",
                -2,
                "illness",
                "老人摔断了腿，住院一万多，家里没人挣钱",
            ),
            clue_stories.asked(
                team.village[0].place_code,
                "韦阿福",
                -4,
                "work",
                "厂里关了门，孩子的学费还没有着落",
                back=team.village[2],
            ),
            planned(team, homes),
            listed(team),
        ]
    )
    candidates()


def doubted(team: Team, homes: list[Household]) -> list[stories.Story]:
    """Two exits that stand out to whoever looks into them: signed for by somebody else, and a step above the line."""
    told = (doubtful.not_asked, doubtful.just_above)
    return [
        story(team, home, -110 + 8 * at) for at, (story, home) in enumerate(zip(told, homes, strict=False))
    ]


def team_of() -> Team:
    """Its officials by account name."""
    from xiuhua.accounts.models import Appointment

    def held(name: str) -> Appointment:
        return Appointment.objects.select_related("post", "official").get(official__account__username=name)

    return Team(
        [held("tian"), held("gao"), held("bai")], [held("ma"), held("ding")], [held("he"), held("fang"), held("luo")]
    )  # fmt: skip


class Homes:
    """Households of one village, each taken for one story only."""

    def __init__(self, village: str) -> None:
        from xiuhua.decisions.queries.readiness import stands
        from xiuhua.registry.models import Household, StatusEntry

        here = list(Household.objects.filter(village_code=village, ended_on=None).order_by("pk"))
        status = dict(StatusEntry.objects.filter(village_code=village).values_list("household_id", "status"))
        named = [one for one in here if one.head_name]
        self._poor = [one for one in named if status.get(one.pk) == "poor"]
        self._exited = iter([one for one in named if status.get(one.pk) == "exited"])
        self._other = iter([one for one in named if one.kind == "other"])
        self._ready = {
            pk for pk, one in stands([one.pk for one in self._poor]).items() if not (one.fails or one.unknown)
        }

    def exited(self) -> Household:
        return next(self._exited)

    def other(self) -> Household:
        return next(self._other)

    def ready(self) -> list[Household]:
        """Poor households of which every standard of exit holds, by a form at least."""
        return [one for one in self._poor if one.pk in self._ready]

    def still(self) -> list[Household]:
        """The other poor."""
        return [one for one in self._poor if one.pk not in self._ready]


def planned(team: Team, homes: Homes) -> stories.Story:
    """Years of exit of the programme that ended, to complete the records of then: filed by the village and approved by the township; one
    filed since waits."""
    from xiuhua.decisions.queries.plans import programme
    from xiuhua.decisions.services import planning
    from xiuhua.decisions.terms import Verdict

    yield -100
    still, (_first, last, _ends) = homes.still(), programme()
    village, township = team.village[0], team.township[0]
    with acting.acting(village):
        years = {one.pk: last - at % 2 for at, one in enumerate(still[:-1])}
        sheet = (
            planning.propose(by=village, years=years, reason="补齐当年计划：按入户核查的困难和措施")
            .sheets[0]
            .sheet
        )
    yield -97
    with acting.acting(township):
        planning.answer(by=township, sheet=sheet, verdict=Verdict.APPROVED)
    yield -2
    with acting.acting(village):
        planning.propose(by=village, years={still[-1].pk: last}, reason="补齐当年计划：当时排在最后一年")


def listed(team: Team) -> stories.Story:
    """The civil affairs' list of dibao and the insurers' of medical spending come in; clues come of them."""
    yield LISTED
    from xiuhua.common.clock import beijing_today
    from xiuhua.intake.services.receive import receive
    from xiuhua.intake.tasks import advance_batch
    from xiuhua.registry.services import Basis

    by = team.county[0]
    basis = Basis(
        "县民政局、医保局数据共享协议（演示）", "防返贫监测比对", beijing_today() + timedelta(days=90)
    )
    with acting.acting(by), tempfile.TemporaryDirectory(prefix="xiuhua-demo-") as folder:
        uploads = [(path.name, iter([path.read_bytes()])) for path in lists(Path(folder))]
        batch = receive(
            by=by,
            place_code=by.place_code,
            uploads=uploads,
            data_date=beijing_today(),
            and_merge=True,
            listing=basis,
        ).batch
        advance_batch(batch.pk, batch.place_code)


def lists(folder: Path) -> list[Path]:
    """The two lists, of people whom the county's register knows, some from each township."""
    from xiuhua.common.sealing import unseal
    from xiuhua.registry.models import Person

    known = Person.objects.exclude(id_sealed=None).filter(memberships__until=None).order_by("pk")
    people = [(one.name, unseal(bytes(one.id_sealed))) for one in known[::17] if one.id_sealed]
    people = [one for one in people if len(one[1]) == 18]
    shapes = (
        ("民政_低保名单.csv", ("姓名", "公民身份号码", "保障金额", "享受起始日期"), people[:8], (430, 520, 610)),
        ("医保_个人自付名单.csv", ("姓名", "公民身份号码", "个人自付费用", "结算日期"), people[8:14], (12_400, 26_800, 41_300)),
    )  # fmt: skip
    out = []
    for name, headings, who, amounts in shapes:
        path = folder / name
        with path.open("w", encoding="gb18030", newline="") as file:
            rows = [(*one, amounts[at % 3], "2026-03-01") for at, one in enumerate(who)]
            csv.writer(file).writerows([headings, *rows])
        out.append(path)
    return out


def candidates() -> None:
    """Whom the rules of the yearly adjustment point at, and which families they say may slip."""
    from xiuhua.decisions.services.adjusting import find_candidates

    find_candidates(TODAY)
