"""What a procedure is: who takes which step in which order, on what evidence, in how many days, and what stops it.

A procedure says what the documents say; the engine of `decisions` holds to it in the database. It knows neither tables nor
pages. Roles are words of the field (`Who`), which the rooms of people translate to their posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, StrictStr, field_validator

from xiuhua.rulebook.marked import RulebookError
from xiuhua.rulebook.models import Figure, Level, Marked, Name, Rule, RuleName, Says, Strict, Text

Subject = Literal["household", "person", "village", "county"]
Does = Literal["application", "visit", "comparison", "meeting", "household", "notice", "review", "decision", "outside", "announcement"]  # fmt: skip
Who = Literal["village_worker", "village_committee", "work_team", "township_office", "county_office", "county_leader", "city_office", "province_office", "department", "outside"]  # fmt: skip
Evidence = Literal["photo", "scan", "minutes", "signature", "form", "sheet", "authorisation", "list"]
# Steps in which somebody says yes or no; a no must lead somewhere.
ANSWERED: frozenset[Does] = frozenset({"meeting", "household", "review", "decision", "outside"})
# Steps that hang for others to see and object to.
HUNG: frozenset[Does] = frozenset({"notice", "announcement"})


class Wanted(Strict):
    """A piece of evidence that a step rests on. `or_else`: what stands for it where it cannot be had, with its reason.

    kind `sheet`: written here, part by part, by a named person; a photo or scan of it is not it.
    """

    code: Name
    kind: Evidence
    says: Says
    or_else: Name | None = None
    expires_days: Annotated[StrictInt, Field(gt=0)] | None = None


class Days(Strict):
    """How long: `at_least` for what hangs, `at_most` for what is due; ids of figures, so that places and dates may differ.

    since: the step whose end starts the clock; none: the end of the step before.
    """

    at_least: Name | None = None
    at_most: Name | None = None
    count: Literal["calendar", "working"]
    since: Name | None = None


class Vote(Strict):
    """How a meeting decides. `quorum`, a fraction, of those entitled must be there: two thirds is no percentage. More than
    passes_percent of those there must agree."""

    quorum: Annotated[StrictStr, Field(pattern=r"^[1-9]\d?/[1-9]\d?$")]
    passes_percent: Annotated[StrictInt, Field(ge=1, le=100)]
    secret: bool = True

    @field_validator("quorum")
    @classmethod
    def _at_most_all(cls, said: str) -> str:
        part, whole = map(int, said.split("/"))
        if part > whole:
            raise ValueError(f"{said} is more than all of them")
        return said


def quorum_said(vote: Mapping[str, Any]) -> str:
    """The quorum of a meeting as a fraction. vote: as a procedure was learned, whichever version: the older ones wrote two thirds as 67
    percent, and so refused a meeting of exactly two thirds."""
    percent = vote.get("quorum_percent")
    return str(vote.get("quorum") or ("2/3" if percent == 67 else f"{percent}/100"))


def least_present(vote: Mapping[str, Any], entitled: int) -> int:
    """How many of those entitled must be there, at the least, for a meeting to decide. Counted without rounding."""
    part, whole = map(int, quorum_said(vote).split("/"))
    return -(-entitled * part // whole)


class Step(Strict):
    """One step. `people`: how many different people sign it, of_each: one of each of `who` among them; `apart_from`: steps whose
    people may not (`all`: of any before). `rules`: must hold where it is left by them; grounds: leads of which one at least was found
    true and checked, for what is taken from a household against its will.

    if_no: the step that follows a no; `refused` ends the case with its reasons, `ended` without a judgement.
    """

    id: Name
    does: Does
    says: Says
    level: Level
    who: Annotated[list[Who], Field(min_length=1)]
    people: Annotated[StrictInt, Field(ge=1, le=10)] = 1
    of_each: bool = False
    apart_from: list[Name] = []
    evidence: list[Wanted] = []
    days: Days | None = None
    vote: Vote | None = None
    rules: list[RuleName] = []
    grounds: list[RuleName] = []
    if_no: Name | None = None
    urgent_help: bool = False
    web: bool = False


class Effect(Strict):
    """What the case changes when it is decided, once: a status of the register, or a class of watching and how it ends."""

    status: Literal["poor", "exited", "returned", "removed"] | None = None
    watched: Literal["unstable", "marginal", "sudden", "none"] | None = None
    asks_class: bool = False
    # A figure of days: a household that was watched for less is not let go of.
    watched_for: Name | None = None
    village: Literal["exited"] | None = None
    county: Literal["exited"] | None = None


class Appeal(Strict):
    """Where somebody who was refused goes: never back to the village that refused."""

    level: Level
    days: Name


class Procedure(Marked):
    """One kind of case of one programme. A later version is another entry of the same `kind` with its own dates."""

    id: Name
    kind: Name
    programme: Name
    says: Says
    when: Says
    subject: Subject
    # leaving: what fails or is not known stops, and reported is not enough. entering: not known opens a visit, stops nothing.
    direction: Literal["leaving", "entering", "keeping"]
    # Where it begins from: the status of the household or place, or watched and unwatched; of a place also `none`: not poor.
    begins_with: list[Literal["none", "poor", "exited", "returned", "removed", "watched", "unwatched"]] = []
    rules: list[RuleName] = []
    steps: Annotated[list[Step], Field(min_length=1)]
    # The step at which the effect takes place.
    effect_at: Name
    effect: Effect
    # Belongs to the yearly adjustment: begins only while the county's window is open, where the county set one.
    window: bool = False
    # Lies at one step longer than this, it ends by itself; never an entering one.
    lapses: Days | None = None
    appeal: Appeal | None = None
    withdrawn_by: Literal["household", "village", "office"]
    source: Text
    clause: Says
    certainty: Literal["cited", "background", "local"]
    since: dt.date
    until: dt.date | None = None

    def step(self, id: str) -> Step:
        """One of its steps; KeyError for none."""
        for one in self.steps:
            if one.id == id:
                return one
        raise KeyError(id)

    def before(self, id: str) -> list[Step]:
        """The steps that come before one."""
        return self.steps[: [one.id for one in self.steps].index(id)]

    def in_force(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def checked(self, rules: dict[str, Rule], figures: dict[str, Figure]) -> Self:
        """Itself, found to make sense. Raises RulebookError at the line of what does not."""
        known = [one.id for one in self.steps]
        for index, id in enumerate(known):
            if id in known[:index] or id in ("all", "refused", "ended"):
                raise self._wrong(
                    f"step `{id}` is named twice, or has a name that means something else", "steps", index
                )
        if self.effect_at not in known:
            raise self._wrong(f"the effect takes place at `{self.effect_at}`, which is no step", "effect_at")
        if self.step(self.effect_at).does not in ("decision", "announcement"):
            raise self._wrong("the effect can only take place at a decision or an announcement", "effect_at")
        self._check_rules([*self.rules], rules, "rules")
        for index in range(len(self.steps)):
            self._check_step(index, known, rules, figures)
        if self.effect.watched_for is not None and (
            self.effect.watched_for not in figures or figures[self.effect.watched_for].unit != "day"
        ):
            raise self._wrong(f"`{self.effect.watched_for}` is no figure of days", "effect", "watched_for")
        if self.lapses is not None:
            self._check_days(self.lapses, known, figures, "lapses")
            if self.direction == "entering":
                raise self._wrong("nobody's application lapses: what is late there is late", "lapses")
            if self.lapses.at_most is None or self.lapses.since is not None:
                raise self._wrong(
                    "it lapses so many days after its step began: say at_most, and no since", "lapses"
                )
        if self.appeal is not None and self.appeal.days not in figures:
            raise self._wrong(f"unknown figure `{self.appeal.days}`", "appeal", "days")
        if self.appeal is not None and self.appeal.level in ("village", "nation"):
            raise self._wrong(
                "an appeal goes outside the village, to an office of the state", "appeal", "level"
            )
        self._check_sides()
        return self

    def _check_step(
        self, index: int, known: list[str], rules: dict[str, Rule], figures: dict[str, Figure]
    ) -> None:
        step, at = self.steps[index], ("steps", index)
        earlier = known[:index]
        for one in step.apart_from:
            if one != "all" and one not in earlier:
                raise self._wrong(
                    f"step {step.id} is kept apart from `{one}`, which does not come before it",
                    *at,
                    "apart_from",
                )
        if step.does in ANSWERED and step.if_no is None:
            raise self._wrong(f"step {step.id} can be answered with no: say what follows (if_no)", *at)
        if step.if_no is not None and step.if_no not in (*earlier, "refused", "ended"):
            raise self._wrong(
                f"step {step.id}: a no leads to `{step.if_no}`, which is no step before it", *at, "if_no"
            )
        if (step.does == "meeting") != (step.vote is not None):
            raise self._wrong(f"step {step.id}: a meeting votes, and only a meeting", *at)
        if step.does in HUNG and (step.days is None or step.days.at_least is None):
            raise self._wrong(f"step {step.id} hangs for a number of days: say at least how many", *at)
        codes = {one.code for one in step.evidence}
        for place, one_wanted in enumerate(step.evidence):
            if one_wanted.or_else is not None and one_wanted.or_else == one_wanted.code:
                raise self._wrong(
                    f"evidence `{one_wanted.code}` cannot stand for itself", *at, "evidence", place
                )
        if len(codes) != len(step.evidence):
            raise self._wrong(f"step {step.id} names a piece of evidence twice", *at, "evidence")
        if step.days is not None:
            self._check_days(step.days, earlier, figures, *at, "days")
        self._check_rules(step.rules, rules, *at, "rules")
        self._check_rules(step.grounds, rules, *at, "grounds")
        if not set(step.grounds) <= set(self.rules):
            raise self._wrong(f"step {step.id} has grounds that the procedure does not name", *at, "grounds")
        if step.of_each and not 1 < len(step.who) <= step.people:
            raise self._wrong(f"step {step.id}: one of each asks for several, and as many people", *at)

    def _check_days(
        self, days: Days, earlier: list[str], figures: dict[str, Figure], *path: str | int
    ) -> None:
        if days.at_least is None and days.at_most is None:
            raise self._wrong("days say at least or at most how many", *path)
        for id in (days.at_least, days.at_most):
            if id is not None and (id not in figures or figures[id].unit != "day"):
                raise self._wrong(f"`{id}` is no figure of days", *path)
        if days.since is not None and days.since not in earlier:
            raise self._wrong(f"days run from `{days.since}`, which is no step before", *path)

    def _check_rules(self, ids: list[str], rules: dict[str, Rule], *path: str | int) -> None:
        for id in ids:
            if id not in rules:
                raise self._wrong(f"unknown rule `{id}`", *path)

    def _check_sides(self) -> None:
        """Nobody sits on both sides: a review, decision or outside verdict is kept apart from all before it."""
        for index, step in enumerate(self.steps):
            if index and step.does in ("review", "decision", "outside") and "all" not in step.apart_from:
                raise self._wrong(
                    f"step {step.id} judges what others did: keep it apart from all of them", "steps", index
                )
        watches = self.effect.watched or self.effect.asks_class or "watched" in self.begins_with
        if watches and any(step.web for step in self.steps):
            raise self._wrong("who is watched hangs on the village's board only, never on the web", "steps")
        last = self.step(self.effect_at)
        if self.direction == "leaving" and not (self.rules and (last.rules or last.grounds)):
            raise self._wrong("nobody leaves but by rules, at the step of the effect too", "rules")
        if self.direction == "leaving" and self.subject == "household" and self.effect.status == "exited":
            told = [one for one in self.steps if one.does == "household"]
            if not told or not any(one.does == "notice" for one in self.steps):
                raise self._wrong("nobody leaves without being asked and without a notice", "steps")

    def _wrong(self, message: str, *path: str | int) -> RulebookError:
        return self.where.error(f"procedure {self.id}: {message}", *path)
