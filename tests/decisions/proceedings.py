"""A household going through a procedure, for tests: people in all posts, a clock that can be moved, photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg

import people
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_today, live_ahead
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.apart import judged_before, kept_from
from xiuhua.decisions.queries.proceedings import current_step
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.completing import Completing
from xiuhua.decisions.services.proposing import Upload
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, PeriodRecord, StatusEntry

VOTE = {"entitled": 30, "present": 24, "yes": 20, "no": 3, "abstained": 1}
LOST = {**VOTE, "yes": 8, "no": 15}
# What speaks for having been listed wrongly: for two years above the line, by records that somebody checked.
BEFORE = {"year": 2019, "period_start": date(2018, 10, 1), "period_end": date(2019, 9, 30)}
# What a procedure of 2014-2020 is begun with by now; one of today takes no notice of it.
OF_THEN = Completing(date(2019, 6, 30), "当年的材料还在，系统里没有办理过程")
OF_THEN_BY_PAGE = {"completes_on": "2019-06-30", "completes_why": OF_THEN.why}


def listed_wrongly(home: Household) -> None:
    """Two years above the line, school and house secured, all of it checked: of the records as they stand the earliest is planted a year before."""
    told = PeriodRecord.objects.filter(household=home).order_by("year").values().first()
    assert told is not None
    PeriodRecord.objects.create(**{**told, **BEFORE, "id": None})
    Household.objects.filter(pk=home.pk).update(attribute="general", seen="checked", seen_on=date(2020, 9, 1))


class Days:
    """Moves the clock of the product and of the database together."""

    def __init__(self, owner_url: str) -> None:
        self.owner_url = owner_url
        self.ahead = 0

    def go(self, days: int) -> None:
        self.ahead += days
        with psycopg.connect(self.owner_url, autocommit=True) as session:
            session.execute(
                "insert into notices_clock (days_ahead) values (%s) on conflict (only_one) do update set days_ahead = excluded.days_ahead",
                [self.ahead],
            )
        live_ahead(self.ahead)

    def back(self) -> None:
        self.go(-self.ahead)


@dataclass
class Going:
    """One household, everybody who has a part in it, and what they do."""

    world: people.World
    household: Household
    days: Days
    village: list[Appointment] = field(default_factory=list)
    township: list[Appointment] = field(default_factory=list)
    county: list[Appointment] = field(default_factory=list)
    team: list[Appointment] = field(default_factory=list)
    # What is on a paper or a photo, by its step, round and piece: the very same on all of them, unless a test says else.
    content: Callable[..., bytes] = lambda *_of: b"photo"

    @classmethod
    def of(cls, world: people.World, household: Household, days: Days) -> Going:
        going = cls(world, household, days)
        someone, village, township = people.Someone, people.VILLAGE, people.TOWNSHIP
        staff, director = Office.VILLAGE_COMMITTEE, Title.VILLAGE_DIRECTOR
        station, officer = Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER
        made = people.persons(
            *(
                someone(f"村干{at}", f"cun{at}", village, Role.VILLAGE_WORKER, staff, director)
                for at in range(3)
            ),
            *(
                someone(f"乡干{at}", f"xiang{at}", township, Role.TOWNSHIP_OFFICE, station, officer)
                for at in range(3)
            ),
            *(someone(f"县干{at}", f"xian{at}", people.COUNTY, Role.COUNTY_OFFICE) for at in range(3)),
            someone("队员", "duiyuan", village, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.TEAM_MEMBER),
        )
        going.village, going.township, going.county, going.team = made[:3], made[3:6], made[6:9], made[9:]
        return going

    @contextmanager
    def acting(self, by: Appointment) -> Iterator[None]:
        with within(scope_of(by.place_code), who={"account": by.actor_name}):
            yield

    def begin(self, procedure: str, by: Appointment | None = None) -> Proceeding:
        by = by or self.village[0]
        with self.acting(by):
            return acts.begin(
                by=by, procedure=procedure, household=self.household, completing=OF_THEN
            ).proceeding

    def whose(self, one: Proceeding) -> list[Appointment]:
        """Who may do the step it is at, one after the other."""
        step = current_step(one)
        offices = {
            "village_worker": self.village,
            "village_committee": [*self.village[:1], *self.team, *self.village[1:]]
            if step.get("of_each")
            else self.village,
            "township_office": self.township,
            "county_office": self.county,
        }
        there = offices[next(who for who in step["who"] if who in offices)]
        with within(scope_of(people.COUNTY)):
            if "all" in step["apart_from"]:
                there = [by for by in there if not kept_from(by, one, step)]
            return [by for by in there if not judged_before(by, one, step)]

    def papers(self, one: Proceeding, by: Appointment, only: set[str] | None = None) -> None:
        wanted = [paper for paper in current_step(one)["evidence"] if only is None or paper["code"] in only]
        with self.acting(by):
            # What is written on its page comes from there.
            for written in (False, True):
                brought = [
                    Upload(
                        paper["code"],
                        f"{paper['code']}.jpg",
                        iter([self.content(one.at_step, one.round, paper["code"])]),
                    )
                    for paper in wanted
                    if (paper["kind"] == "sheet") is written
                ]
                if brought or not written:
                    acts.bring(by=by, proceeding=one, papers=brought, written=written)

    def hang(self, one: Proceeding, by: Appointment, days: int = 7) -> Notice:
        with self.acting(by):
            return notices.hang(
                by=by, reference=f"proceeding:{one.pk}:{one.at_step}:{one.round}", place_code=one.place_code,
                matter={"zh": "公示", "en": "Notice"}, lines=acts.lines_of(one),
                board=notices.Board("村务公开栏", days, "calendar", beijing_today()), photo_name="board.jpg", photo=[self.content(one.at_step, one.round, "hung")],
            ).notice  # fmt: skip

    def take_down(self, notice: Notice, by: Appointment, on: date | None = None) -> None:
        with self.acting(by):
            photo = [self.content(notice.reference, "down")]
            notices.take_down(
                by=by, notice=notice, on=on or beijing_today(), photo_name="board.jpg", photo=photo
            )

    def sign(self, one: Proceeding, by: Appointment, **detail: Any) -> Proceeding:
        with self.acting(by):
            return acts.sign(by=by, proceeding=one, detail=detail).proceeding

    def step(self, one: Proceeding) -> Proceeding:
        """Does the step that it is at as it should be done, by whoever should."""
        step, who = current_step(one), self.whose(one)
        if step["does"] in ("notice", "announcement"):
            notice = self.hang(one, who[0])
            self.days.go((notice.due_on - beijing_today()).days + 1)
            self.take_down(notice, who[0])
        else:
            self.papers(one, who[0])
        before = one.at_step
        detail: dict[str, Any] = {"vote": VOTE} if step["vote"] else {}
        if step["does"] == "household":
            detail["member"] = self.head()
        # Judges are apart from all before them: each judging step takes people of its own office.
        for by in who[: step["people"]]:
            one = self.sign(one, by, **detail)
        assert one.at_step != before or one.course != "open"
        return one

    def head(self) -> str:
        """Who signs for the household, by the key of the person."""
        with within(scope_of(people.COUNTY)):
            return str(Membership.objects.get(household=self.household, relation="head").person_id)

    def until(self, one: Proceeding, step: str) -> Proceeding:
        while one.at_step != step:
            one = self.step(one)
        return one

    def refuse_by_vote(self, one: Proceeding, by: Appointment, reason: str = "表决没有过半") -> Proceeding:
        """A meeting that was held, and did not agree."""
        self.papers(one, by)
        with self.acting(by):
            return acts.say_no(by=by, proceeding=one, reason=reason, detail={"vote": LOST}).proceeding

    def status(self) -> str:
        with within(scope_of(people.COUNTY)):
            newest = StatusEntry.objects.filter(household=self.household).order_by("-pk").first()
            return newest.status if newest else "none"
