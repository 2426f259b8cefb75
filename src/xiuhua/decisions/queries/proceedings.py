"""Reads of proceedings: what step one is at, what it rests on, whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db import connection

from xiuhua.common.asking import ask
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Procedure, Proceeding
from xiuhua.registry.queries.standards import newest_day

Step = dict[str, Any]


class Listed(NamedTuple):
    """Of a proceeding what a list shows of it; it has twice as many columns."""

    pk: int
    procedure_id: int
    household_id: int | None
    place_code: str
    course: str
    at_step: str
    round: int
    step_since: date
    due_on: date | None
    closed_on: date | None


@lru_cache(maxsize=256)
def _read(pk: int, digest: str) -> Procedure:
    return Procedure.objects.get(pk=pk, digest=digest)


EVERY = "select id, digest from decisions_procedure order by id"


class Procedures(dict[int, Procedure]):
    """Procedures by key, the same for all requests: read, never written. What is in one never changes, so what lists want to know of all
    of them is made out once."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    @cached_property
    def steps(self) -> dict[tuple[int, str], tuple[int, Step]]:
        """By procedure and id: the number of each step, and its definition."""
        return {
            (pk, step["id"]): (at, step)
            for pk, one in self.items()
            for at, step in enumerate(one.definition["steps"])
        }

    @cached_property
    def meetings(self) -> tuple[list[str], list[int]]:
        """Steps at which a village meeting hears of a household: their ids, and beside each its procedure."""
        found = [
            (step["id"], pk)
            for pk, one in self.items()
            if one.definition["subject"] == "household"
            for step in one.definition["steps"]
            if step["does"] == "meeting"
        ]
        return [step for step, _pk in found], [pk for _step, pk in found]


@lru_cache(maxsize=16)
def _known(every: tuple[tuple[int, str], ...]) -> Procedures:
    return Procedures({pk: _read(pk, digest) for pk, digest in every})


def procedures() -> Procedures:
    """All procedures that were ever read, by key, the oldest first; each is read once a process."""
    return procedures_of(ask(EVERY, {}))


def procedures_of(every: Iterable[tuple[int, str]]) -> Procedures:
    """`procedures`, where their keys and digests were asked for with something else, in any order."""
    return _known(tuple(sorted(every)))


def current_step(one: Proceeding) -> Step:
    """The definition of the step that a proceeding is at."""
    steps: list[Step] = one.procedure.definition["steps"]
    return next(step for step in steps if step["id"] == one.at_step)


def papers_of_step(step: Step) -> list[dict[str, Any]]:
    """The evidence of a step, each with what stands for it where it cannot be had, called so (`stands_for`: instead of which)."""
    told: list[dict[str, Any]] = []
    for one in step["evidence"]:
        told.append({**one, "stands_for": ""})
        if one["or_else"]:
            zh, en = one["says"]["zh"], one["says"]["en"]
            says = (
                {
                    "zh": f"{zh}：由代理人签的，代理人签字和委托书（或监护证明）",
                    "en": f"{en}: where a representative signs, that signature with the authority or proof of guardianship",
                }
                if step["does"] == "household"
                else {
                    "zh": f"{zh}：本人不签的，两人在场写明经过的记录",
                    "en": f"{en}: where it is refused, a record by two who were there",
                }
            )
            told.append({"code": one["or_else"], "kind": "minutes", "says": says, "or_else": None, "expires_days": None, "stands_for": one["code"]})  # fmt: skip
    return told


def least_days(step: Step, place_code: str) -> int | None:
    """For how many days what a step hangs has to hang at least at a place; None for a step that hangs nothing."""
    days = step["days"] or {}
    return placed(days.get("least"), days.get("least_at"), place_code)


def placed(nation: int | None, at: dict[str, int] | None, place_code: str) -> int | None:
    """So many days as the nation has it or the nearest place set for itself, whichever is more; as the database counts."""
    own = {code: n for code, n in (at or {}).items() if place_code.startswith(code)}
    said = [n for n in (nation, own[max(own, key=len)] if own else None) if n is not None]
    return max(said, default=None)


def effect_here(one: Proceeding) -> dict[str, Any]:
    """What the procedure changes, where it is at the step that changes it; empty at any other."""
    definition: dict[str, Any] = one.procedure.definition
    return dict(definition["effect"]) if definition["effect_at"] == one.at_step else {}


def appointed_rules(one: Proceeding) -> list[str]:
    """The rules that are looked at: those of the procedure, its grounds among them, and of the step."""
    return list(dict.fromkeys([*one.procedure.definition["rules"], *current_step(one)["rules"]]))


def comes_out_otherwise(one: Proceeding) -> str:
    """The step whose outcomes did not come out of their own records when they were computed again; empty where none. As the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_comes_out_otherwise(%s)", [one.pk])
        return str(cursor.fetchone()[0])


def day_of(procedure: Procedure, place_code: str) -> date:
    """The day whose rules hold: today; in the records of a past programme, the day of the place's newest data.

    A kind that was done differently later has several procedures, each with its own days: the day is one of them all, so that
    only the one in force then can be begun.
    """
    versions = Procedure.objects.filter(kind=procedure.kind, programme=procedure.programme)
    since, until = min(one.since for one in versions), [one.until for one in versions]
    today = beijing_today()
    ends = max((day for day in until if day), default=None) if None not in until else None
    if ends is None or today <= ends:
        return today
    return min(max(newest_day(place_code), since), ends)


def is_past(procedure: Procedure) -> bool:
    """Whether a procedure's time is over: it completes records of its years, and begins nothing of today."""
    return procedure.until is not None and procedure.until < beijing_today()


def judged_on(one: Proceeding) -> date:
    """The day on which a step looks at the records: today, so that nothing grows old while it waits; of a past programme the day
    on which it was begun."""
    return one.as_of if is_past(one.procedure) else beijing_today()


def in_force(procedure: Procedure, day: date) -> bool:
    """Whether a procedure is in force on a day."""
    return procedure.since <= day and (procedure.until is None or day <= procedure.until)


def place_states(code: str) -> set[str]:
    """Where a village or county stands: poor, none (its list says that it is not poor), exited; empty: nobody said."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_place_states(%s)", [code])
        return set(cursor.fetchone()[0])


def household_states(home: int) -> set[str]:
    """Where a household stands, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_states_of(%s)", [home])
        return set(cursor.fetchone()[0] or ())
