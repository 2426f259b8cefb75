"""What must be true of proceedings whatever was tried, said once more and without the product: only the rulebook's YAML is shared.

`violations` reads the tables as rows and replays what was signed. Nothing here asks the engine, a guard or a query of the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from decisions.hold_entries import one_open, statuses, watched
from decisions.hold_known import ABOVE, HEARERS, LENGTHS, MAY_CHANGE, OFFICES, ROLES, SIDES, Known, Rows, Told
from decisions.hold_steps import (
    class_of,
    complete,
    counted,
    takes_effect,
    unproved,
    watched_its_time,
    who_signs,
)


def violations(
    rows: dict[str, Rows],
    before: dict[str, Rows],
    book: dict[str, dict[str, Any]],
    people: dict[int, Known],
    told: Told,
) -> list[str]:
    """What is not as it must be, in words; empty where all is."""
    found = [*nothing_lost(rows, before)]
    by = {one["id"]: one for one in rows["decisions_proceeding"]}
    effects: dict[int, list[dict[str, Any]]] = {}
    for proceeding in by.values():
        name = told.begun.get(proceeding["id"], "")
        if not name:
            found.append(f"proceeding {proceeding['id']} begun by nobody's act")
            continue
        found += Judging(proceeding, book[name], rows, people, told, effects).replayed()
    found += (
        one_open(rows["decisions_proceeding"])
        + statuses(rows, effects, by, book, told)
        + watched(rows, effects, by)
    )
    return found


def nothing_lost(
    rows: dict[str, Rows], before: dict[str, Rows], may_change: dict[str, set[str]] = MAY_CHANGE
) -> list[str]:
    found = []
    for table, old in before.items():
        now = {one["id"]: one for one in rows[table]}
        free = may_change.get(table, set())
        for one in old:
            if one["id"] not in now:
                found.append(f"{table} {one['id']} is gone")
            elif any(now[one["id"]][name] != value for name, value in one.items() if name not in free):
                found.append(f"{table} {one['id']} was changed")
    return found


@dataclass
class Course:
    """Where a proceeding is, by its signatures alone."""

    at: int = 0
    turn: int = 1
    course: str = "open"
    effect: bool = False
    # Whether what was taken back last ended it, or waits for another person.
    ends: bool = True
    signed: Rows = field(default_factory=list)
    overruled: set[tuple[str, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Judging:
    """One proceeding against its procedure, with all rows and everybody known."""

    proceeding: dict[str, Any]
    procedure: dict[str, Any]
    rows: dict[str, Rows]
    people: dict[int, Known]
    told: Told
    effects: dict[int, list[dict[str, Any]]]

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.procedure["steps"]]

    def replayed(self) -> list[str]:
        """Goes through the signatures in order by the rulebook alone, and holds the row against where that leads."""
        pk, now, found = self.proceeding["id"], Course(), []
        mine = [one for one in self.rows["decisions_signature"] if one["proceeding_id"] == pk]
        appeals = [
            one
            for one in self.rows["decisions_appeal"]
            if one["proceeding_id"] == pk and one["answered_at"] is not None
        ]
        found += [
            f"appeal {one['id']} decided by nobody's act"
            for one in appeals
            if one["id"] not in self.told.heard
        ]
        appeals = sorted(
            (one for one in appeals if one["id"] in self.told.heard),
            key=lambda one: self.told.heard[one["id"]].turn,
        )
        for one in sorted(mine, key=lambda one: one["id"]):
            while appeals and self.told.heard[appeals[0]["id"]].signed <= len(now.signed):
                found += self.heard(appeals.pop(0), now)
            found += self.one(one, now)
            now.signed.append(one)
        for one in appeals:
            found += self.heard(one, now)
        self.objected(now)
        if now.course == "open" and pk in self.told.lapsed:
            now.course = "lapsed"
        row = (
            self.proceeding["at_step"],
            self.proceeding["round"],
            self.proceeding["course"],
            self.proceeding["effect_on"] is not None,
        )
        leads = (self.ids[now.at], now.turn, now.course, now.effect)
        return found if row == leads else [*found, f"P{pk} says {row}, its signatures lead to {leads}"]

    def objected(self, now: Course) -> None:
        """An objection that was upheld at the notice it is at ends it as refused."""
        step = self.procedure["steps"][now.at]
        reference = f"proceeding:{self.proceeding['id']}:{step['id']}:{now.turn}"
        hung = {one["id"] for one in self.rows["notices_notice"] if one["reference"] == reference}
        upheld = any(one["notice_id"] in hung and one["upheld"] for one in self.rows["notices_objection"])
        if now.course == "open" and step["does"] == "notice" and upheld:
            now.course = "refused"

    def heard(self, one: dict[str, Any], now: Course) -> list[str]:
        """An appeal that was decided: by whom it goes to, and what follows from it."""
        self.objected(now)
        label, who, told = (
            f"appeal {one['id']} of P{self.proceeding['id']}",
            self.people.get(one["answered_appointment_id"]),
            self.told.heard[one["id"]],
        )
        lengths = [LENGTHS[self.procedure["appeal"]["level"]]]
        last = next((x for x in reversed(now.signed) if x["sign"] == "no" and x["round"] == now.turn), None)
        if now.effect:
            last = next(
                x
                for x in reversed(now.signed)
                if x["step"] == self.procedure["effect_at"] and x["sign"] == "signed"
            )
        if last is not None:
            lengths.append(ABOVE[len(self.people[last["appointment_id"]].place)])
        elif now.course == "withdrawn":
            lengths += [
                ABOVE[len(self.people[x["appointment_id"]].place)]
                for x in now.signed
                if x["sign"] == "withdrawn" and x["round"] == now.turn
            ]
        elif now.course == "refused":
            lengths.append(ABOVE[ABOVE[LENGTHS[self.procedure["steps"][now.at]["level"]]]])
        found = []
        if (
            who is None
            or len(who.place) != min(lengths)
            or who.role != HEARERS[min(lengths)]
            or not self.proceeding["place_code"].startswith(who.place)
        ):
            found.append(f"{label}: heard by {who}, it goes to {min(lengths)}")
        if not now.effect and now.course not in ("refused", "withdrawn") and one["upheld"]:
            # Decided once; while it was heard the matter went on by an earlier appeal's way.
            found.append(f"{label}: there was nothing to give back")
        if one["upheld"] and now.course in ("refused", "withdrawn") and not told.again:
            now.overruled |= {
                (self.ids[now.at], who_said)
                for x in now.signed
                if x["sign"] == "no" and x["step"] == self.ids[now.at]
                for who_said in (x["official_id"], self.people[x["appointment_id"]].deputises)
                if who_said
            }
            now.course, now.turn = "open", now.turn + 1
        elif one["upheld"] and now.effect:
            self.effects[self.proceeding["id"]][-1]["back"] = one["id"]
            now.course = "ended" if now.course == "open" else now.course
        return found

    def withdrawn(
        self, label: str, one: dict[str, Any], who: Known, step: dict[str, Any], now: Course
    ) -> list[str]:
        """Who may take it back: the office, or the household, in a writing signed by one of it once it has begun to ask for something.
        What has left the village ends with the second person, or with the office where it lies."""
        found = [] if one["reason"] else [f"{label}: without a reason"]
        if who.role not in (OFFICES[1:] if self.procedure.get("withdrawn_by") == "office" else OFFICES[:3]):
            found.append(f"{label}: by {who.role}")
        now.ends = True
        if self.procedure.get("withdrawn_by") == "household" and self.procedure["direction"] != "leaving":
            there = [
                x
                for x in self.rows["decisions_paper"]
                if x["id"] in self.told.at[one["id"]]["papers"]
                and x["proceeding_id"] == self.proceeding["id"]
            ]
            written = any(
                (x["what"], x["step"], x["round"]) == ("withdrawal", step["id"], now.turn) for x in there
            )
            own = any(x["sign"] != "withdrawn" for x in now.signed) or any(
                x["what"] != "withdrawal" for x in there
            )
            if own and not written:
                found.append(f"{label}: not in the household's writing")
            if own and one["detail"].get("member") not in self.told.at[one["id"]]["members"]:
                found.append(f"{label}: signed by nobody of the household")
            now.ends = not own or self.ends_with(one, who, step, now)
        return found + ([f"{label}: taken back after it took effect"] if now.effect else [])

    def ends_with(self, one: dict[str, Any], who: Known, step: dict[str, Any], now: Course) -> bool:
        levels = {each["id"]: each["level"] for each in self.procedure["steps"]}
        done = {x["step"] for x in now.signed if x["sign"] != "withdrawn"} | {step["id"]}
        if all(levels[each] == "village" for each in done):
            return True
        here = step["level"] != "village" and any(
            who.role == ROLES.get(each) and (each not in SIDES or who.office == each) for each in step["who"]
        )
        both = {who.official, who.deputises}
        others = [
            {x["official_id"], self.people[x["appointment_id"]].deputises} - {None}
            for x in now.signed
            if (x["sign"], x["step"], x["round"]) == ("withdrawn", step["id"], now.turn)
        ]
        return here or any(not both & each for each in others)

    def one(self, one: dict[str, Any], now: Course) -> list[str]:
        who, step = self.people.get(one["appointment_id"]), self.procedure["steps"][now.at]
        label = f"P{self.proceeding['id']} {one['step']}/{one['sign']}"
        found = [f"{label}: signed after the end"] if now.course != "open" else []
        if one["step"] != step["id"] or one["round"] != now.turn:
            found.append(f"{label}: out of order, the step is {step['id']} round {now.turn}")
        if who is None or who.official != one["official_id"]:
            return [*found, f"{label}: signed in another's name"]
        found += who_signs(label, one, who, step, self.told, self.proceeding)
        if one["sign"] == "withdrawn":
            found += self.withdrawn(label, one, who, step, now)
            now.course = "withdrawn" if now.ends else now.course
            return found
        if (step["id"], who.official) in now.overruled or (step["id"], who.deputises) in now.overruled:
            found.append(f"{label}: by whoever was overruled")
        if one["sign"] in ("no", "returned"):
            return found + self.back(label, one, step, now)
        return found + self.on(label, one, step, now)

    def back(self, label: str, one: dict[str, Any], step: dict[str, Any], now: Course) -> list[str]:
        to = step.get("if_no") if one["sign"] == "no" else one["detail"].get("to")
        found = [] if one["reason"] else [f"{label}: without a reason"]
        if one["sign"] == "no" and step.get("vote"):
            # A meeting's no: with the papers of a yes, and a count that did not carry it.
            moment = self.told.at[one["id"]]
            found += unproved(label, step, self.rows, moment, self.proceeding, now.turn)
            if counted(one, step) is not False:
                found.append(f"{label}: no meeting said so")
        if one["sign"] == "no" and to in ("refused", "ended"):
            now.course = to
        elif to in self.ids[: now.at + 1] and (one["sign"] == "no" or step["does"] in ("review", "decision")):
            now.at, now.turn = self.ids.index(to), now.turn + 1
        else:
            found.append(f"{label}: leads to {to}")
        return found

    def over_a_forgery(self, label: str, one: dict[str, Any], now: Course) -> list[str]:
        """Signed although what was kept at an earlier step, the last time it was done, had been found not to come out again."""
        moment, newest = self.told.at[one["id"]], {}
        if now.effect or not moment["doubted"]:
            return []
        for shot in self.rows["decisions_snapshot"]:
            if shot["proceeding_id"] == self.proceeding["id"] and shot["id"] in moment["kept"]:
                newest[shot["step"]] = max(shot["id"], newest.get(shot["step"], 0))
        doubted = [step for step in self.ids[: now.at] if newest.get(step) in moment["doubted"]]
        return [f"{label}: signed over the forgery at {step}" for step in doubted]

    def on(self, label: str, one: dict[str, Any], step: dict[str, Any], now: Course) -> list[str]:
        mine = {
            x["official_id"]
            for x in now.signed
            if (x["step"], x["round"], x["sign"]) == (step["id"], now.turn, "signed")
        }
        found = [f"{label}: one person twice"] if one["official_id"] in mine else []
        effect = self.procedure["effect_at"] == step["id"]
        found += self.over_a_forgery(label, one, now)
        found += watched_its_time(label, one, self.procedure, now.signed, self.told)
        if (effect or step.get("rules") or step.get("grounds")) and self.told.at[one["id"]][
            "rests"
        ] != self.told.at[one["id"]]["as_they_stand"]:
            found.append(f"{label}: rests on records that are not as they stand")
        if len(mine) + 1 < step.get("people", 1):
            return found
        if step.get("of_each"):
            now_signing = [
                *(
                    x
                    for x in now.signed
                    if (x["step"], x["round"], x["sign"]) == (step["id"], now.turn, "signed")
                ),
                one,
            ]
            there = {self.people[x["appointment_id"]].office for x in now_signing}
            found += [f"{label}: nobody of {side}" for side in step["who"] if side not in there]
        found += complete(label, one, step, self.procedure, self.rows, self.told, self.proceeding, now.turn)
        if effect:
            now.effect = True
            found += takes_effect(label, one, self.procedure["effect"], self.told.at[one["id"]])
            self.effects.setdefault(self.proceeding["id"], []).append(
                {
                    "status": self.procedure["effect"].get("status") or "",
                    "watch": class_of(one, self.procedure["effect"]),
                }
            )
        if now.at == len(self.procedure["steps"]) - 1:
            now.course = "decided"
        else:
            now.at += 1
        return found
