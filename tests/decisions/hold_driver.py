"""Somebody with the application's role, all the people of a county and no scruples: works on proceedings, and tries what must not be."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from decisions.hold_acts import HUNG, VILLAGE
from decisions.hold_appeals import Appealing
from decisions.hold_known import WATCHED_DAYS, Rows
from decisions.hold_model import violations
from decisions.proceedings import VOTE
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import proceedings as services
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused

# What is begun: about half of it to leave.
PROCEDURES = [
    "targeted_exit",
    "targeted_identification",
    "targeted_removal",
    "targeted_return",
    "regular_watch",
    "regular_removal",
]
ENTERS = {"watch_class": "sudden", "measures": ["work"]}


@dataclass
class Driver(Appealing):
    """Goes on with the work as it should be done, or tries something else; the same seed does the same."""

    # In how many sequences a household was watched no more.
    let_go: int = 0

    # -- honest work --------------------------------------------------------------------------------------------------

    def eligible(self, one: dict[str, Any]) -> list[int]:
        """People whose turn it is, by the rulebook."""
        step = self.step(one)
        signed = self.ask(
            "select official_id, step, round from public.decisions_signature where proceeding_id = %s",
            one["id"],
        )
        apart = step.get("apart_from", [])
        out = {
            each["official_id"]
            for each in signed
            if (each["step"] != step["id"] and ("all" in apart or each["step"] in apart))
            or (each["step"], each["round"]) == (step["id"], one["round"])
        }
        out |= {
            official
            for at, both in self.acts_of(one["id"])
            for official in both
            if at != step["id"] and ("all" in apart or at in apart)
        }
        kin = {
            official
            for official, until in self.kin.get(one["household_id"], [])
            if until is None or until >= self.today
        }
        roles = {
            "village_worker" if who in ("work_team", "village_committee") else who for who in step["who"]
        }
        there = {who.official: who.office for who in self.known.values()}
        done = {
            there.get(each["official_id"])
            for each in signed
            if (each["step"], each["round"]) == (step["id"], one["round"])
        }
        sides = set(step["who"]) - done if step.get("of_each") else set()
        return [
            pk for pk, who in self.known.items()
            if who.role in roles and (not sides or who.office in sides) and who.official not in out | kin and who.until is None and who.deputises is None and VILLAGE.startswith(who.place)
        ]  # fmt: skip

    def work(self) -> None:
        """The next thing that has to be done in one of the open proceedings, or a new one."""
        opened = self.proceedings()
        if not opened:
            home = self.rng.choice(self.homes)
            self.begin(
                home,
                self.rng.choice(PROCEDURES),
            )
            return
        self.works_on(self.rng.choice(opened))

    def works_on(self, one: dict[str, Any]) -> None:
        """The next thing that has to be done in a proceeding."""
        step = self.step(one)
        if step["does"] in HUNG:
            notice = self.notice(one)
            if notice is None:
                self.hang(one)
                return
            if notice["taken_down_on"] is None:
                self._bring_down(notice)
                return
        else:
            there = {
                each["what"]
                for each in self.ask(
                    "select what from public.decisions_paper where proceeding_id = %s and step = %s and round = %s",
                    one["id"],
                    step["id"],
                    one["round"],
                )
            }
            missing = [paper["code"] for paper in step.get("evidence", []) if paper["code"] not in there]
            if missing:
                self.paper(one, missing[0])
                return
        effect = self.book[self.told.begun[one["id"]]]["effect_at"] == step["id"]
        if effect or step.get("rules") or step.get("grounds"):
            self.snapshot(one)
        able = self.eligible(one)
        if able:
            self._signs(
                one,
                self.rng.choice(self.at_it(one, able) or able),
                self.told_at(one, step) or ({**ENTERS, "mode": "natural"} if effect else {}),
            )

    def towards_letting_go(self, home: Household) -> dict[str, Any] | None:
        """The removal of a watched household, some way on from where it is: begun when its time has come, or a day too early. None where there is none."""
        since = self.ask("select since from public.registry_watchentry where household_id = %s order by id desc limit 1", home.pk)  # fmt: skip
        waits = WATCHED_DAYS - (self.today - since[0]["since"]).days if since else 0
        if waits > 0 and self.rng.random() < 0.9:
            self.move(waits - self.rng.choice([0, 0, 0, 1]))
        if not self._let_go_of(home) and self.begin(home, "regular_removal") is None:
            return None
        if self.rng.random() < 0.85:
            self.see_anew(home.pk)
        for _ in range(self.rng.choice([3, 30, 30])):
            one = self._let_go_of(home)
            if one is None or one["at_step"] == "county":
                break
            before = self.accepted
            self.works_on(one)
            if self.accepted == before and self.rng.random() < 0.7:
                break
        return self._let_go_of(home)

    def _let_go_of(self, home: Household) -> dict[str, Any] | None:
        found = [one for one in self.proceedings() if one["household_id"] == home.pk and self.told.begun[one["id"]] == "regular_removal"]  # fmt: skip
        return found[0] if found else None

    def told_at(self, one: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
        """What an honest signature says at a step: the votes, or who signed for the household."""
        if step.get("vote"):
            return {"vote": VOTE}
        if step["does"] == "household":
            return {"member": self.rng.choice(sorted(self.members_of(one["household_id"])))}
        return {}

    def _bring_down(self, notice: dict[str, Any]) -> None:
        if self.ask(
            "select 1 from public.notices_objection where notice_id = %s and answered_at is null",
            notice["id"],
        ):
            self.answer(
                notice["id"],
                self.rng.random() < 0.3,
                self.rng.choice(
                    [who.official for who in self.known.values() if who.role == "township_office"]
                ),
            )
        elif self.today <= notice["due_on"] and self.rng.random() < 0.9:
            self.move((notice["due_on"] - self.today).days + 1)
        else:
            self.take_down(notice["id"])

    def _signs(self, one: dict[str, Any], by: int, detail: dict[str, Any]) -> None:
        """By raw SQL mostly; now and then by the service, as a page does."""
        rules = (
            self.step(one).get("rules")
            or self.step(one).get("grounds")
            or self.book[self.told.begun[one["id"]]]["effect_at"] == one["at_step"]
        )
        if rules or self.rng.random() < 0.85:
            self.sign(one, by, detail=detail)
            return
        moment, who = self.moment(one), next(each for each in self.by if each.pk == by)
        try:
            with within(scope_of(who.place_code), who={"account": "driver"}):
                done = services.sign(by=who, proceeding=Proceeding.objects.get(pk=one["id"]), detail=detail)
        except Refused as why:
            self.log.append(f"refused  service sign P{one['id']} {one['at_step']} by {by}: {why.en}")
            return
        self.log.append(f"accepted service sign P{one['id']} {one['at_step']} by {by}")
        assert done.signature is not None
        self.told.at[done.signature.pk] = moment
        self.reached(one["id"])

    # -- what one runs ------------------------------------------------------------------------------------------------

    def run(
        self, tries: list[Callable[[Driver], None]], seed: int, length: int, before: dict[str, Rows]
    ) -> list[str]:
        """One sequence from where things stand, undone afterwards; what it broke."""
        self.rng = random.Random(seed)
        held = self.held()
        self.log, self.at_once = [], []
        with connection.cursor() as cursor:
            cursor.execute("savepoint sequence")
        try:
            for _ in range(length):
                if self.rng.random() < 0.5:
                    self.work()
                else:
                    self.rng.choice(tries)(self)
            # No step of a household has a page on the web.
            if self.ask("select notice_id from public.notices_publication"):
                self.at_once.append("a household stands on the web")
            rows = self.rows()
            made = rows["registry_watchentry"][len(before["registry_watchentry"]) :]
            self.let_go += any(one["watch_class"] == "none" for one in made)
            return self.at_once + violations(rows, before, self.book, self.known, self.told)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("rollback to savepoint sequence")
                cursor.execute("release savepoint sequence")
            self.put_back(held)


def one_of(d: Driver, course: str | None = None) -> dict[str, Any] | None:
    found = d.proceedings(course)
    return d.rng.choice(found) if found else None
