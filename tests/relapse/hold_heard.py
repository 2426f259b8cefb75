"""What went into a procedure, whether its visit heard that, and an identification that goes on to its visit over it: once more, from rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from decisions.hold_known import OFFICES, Rows
from relapse.hold_noes import SHEET, Noes

WORKERS = OFFICES[:3]
# Steps whose people find, hear or decide.
JUDGES = ("visit", "meeting", "review", "decision", "outside")


@dataclass
class Heard(Noes):
    """`said` counts what was said and seen, in order."""

    said: dict[tuple[str, int], int] = field(default_factory=dict)
    judged: int = 0  # how often a step that judges was signed of what contests a no
    heard: int = 0  # how often a step was signed over what had gone into its procedure

    def rests(self, one: dict[str, Any]) -> list[str]:
        """The steps of a proceeding that rest on the sheet of a visit."""
        return [
            each["id"]
            for each in self.steps(one)
            if any(paper["code"] == "judgement" for paper in each.get("evidence", []))
        ]

    def will_visit(self, one: dict[str, Any]) -> bool:
        """Whether what goes into it now is heard on a visit to come, which nobody has signed."""
        order, rests = [each["id"] for each in self.steps(one)], self.rests(one)
        signed = self.ask(
            "select 1 from public.decisions_signature where proceeding_id = %s and step = %s and round = %s and sign = 'signed'",
            one["id"], one["at_step"], one["round"],
        )  # fmt: skip
        here = order.index(one["at_step"])
        return not rests or any(
            order.index(each) > here or (each == one["at_step"] and not signed) for each in rests
        )

    def went_in(self, proceeding: int) -> Rows:
        return self.ask(
            "select * from public.relapse_clue where proceeding_id = %s and \"end\" = 'proceeding'",
            proceeding,
        )

    def goes_unheard(self, proceeding: int, day: date, people: set[int]) -> list[str]:
        """What speaks against a visit by some people on a day as the one on which a procedure rests."""
        clues = self.went_in(proceeding)
        told = self.ask(
            "select max(came_on) as day from public.relapse_cluesource where clue_id = any(%s)", [each["id"] for each in clues]
        )  # fmt: skip
        days = [*(each["came_on"] for each in clues), *(each["day"] for each in told if each["day"])]
        why = ["visited before what went into it was said"] if days and day < max(days) else []
        kept = {who for each in clues for who in self.refused_by(each)}
        return why + (["had a part in the no that went into it"] if people & kept else [])

    def sign(self, one: dict[str, Any], by: int, *told: Any, **more: Any) -> int | None:
        made = super().sign(one, by, *told, **more)
        sign = told[0] if told else more.get("sign", "signed")
        kept = {who for each in self.went_in(one["id"]) for who in self.refused_by(each)}
        step = next(
            (each for each in self.steps(one) if each["id"] == (more.get("step") or one["at_step"])), None
        )
        if made is not None and step is not None and sign != "withdrawn" and step["does"] in JUDGES:
            self.judged += bool(kept)
            self.at_once += [f"P{one['id']} {step['id']} {sign} by whoever had a part in the no that went into it"] if self.people_of(by) & kept else []  # fmt: skip
        if made is not None and sign == "signed" and (more.get("step") or one["at_step"]) in self.rests(one):
            clues = self.went_in(one["id"])
            self.heard += bool(clues)
            self.at_once += [f"P{one['id']} signed: {each}" for each in (self.unheard(one["id"]) if clues else [])]  # fmt: skip
        return made

    def unheard(self, proceeding: int) -> list[str]:
        sheets = self.ask(
            "select * from public.relapse_sheet where proceeding_id = %s order by id", proceeding
        )
        if not sheets:
            return ["nobody visited for what went into it"]
        last = sheets[-1]
        since = max(self.said.get(("said", each["id"]), -1) for each in self.went_in(proceeding))
        why = ["said after its visit"] if since > self.said.get(("seen", last["id"]), -1) else []
        return why + self.goes_unheard(
            proceeding, last["visited_on"], {last["official_id"], last["deputises_id"]} - {None}
        )


def is_said(d: Any, home: Any) -> None:
    """Something of a household today, into its open clue or as a new one."""
    mine = d.one("relapse_clue", "household_id = %s and \"end\" = ''", home.pk)
    days = {"check_days": 3, "whole_days": 20, "check_due_on": d.today, "due_on": d.today}
    made = mine["id"] if mine else d.put(
        "relapse_clue", [], household_id=home.pk, village_code=home.village_code, came_on=d.today, recorded_at="2000-01-01", end="", end_reason="", ended_by="", **days
    )  # fmt: skip
    if made is not None and d.put(
        "relapse_cluesource", [], clue_id=made, household_id=home.pk, village_code=home.village_code, origin="cadre", channel="", risk="illness", said="又病了", told_by="", rule="",
        list_kind="", mark="", came_on=d.today, by="x", post="x", at="2000-01-01",
    ):  # fmt: skip
        d.said["said", made] = d.turn()
        d.spoken.add(made)


def appeals(d: Any) -> None:
    """Two people say no of what was said of a household; it says so again, which goes into a procedure that anybody tries to judge."""
    home = d.home()
    is_said(d, home)
    clue = d.one("relapse_clue", "household_id = %s and \"end\" = ''", home.pk)
    there = [pk for pk in d.known if clue and not d.against(pk, home.village_code, WORKERS, home.pk) and not d.people_of(pk) & d.refused_by(clue)]  # fmt: skip
    if not there:
        return
    by = d.rng.choice(there)
    made = d.put(
        "relapse_sheet", [], household_id=home.pk, village_code=home.village_code, visited_on=d.today, difficulties="", coping="", suggested="", known="{}", outcomes="{}",
        post="x", judgement="no_risk", official_id=d.known[by].official, clue_id=clue["id"], appointment_id=by, at="2000-01-01", said="听了", reason="收入稳定", **SHEET,
    )  # fmt: skip
    if made is None:
        return
    d.said["seen", made] = d.turn()
    clue = d.ask("select * from public.relapse_clue where id = %s", clue["id"])[0]
    able = [pk for pk in d.known if not d.ends_in(clue, "no_risk", pk, "收入稳定", None)]
    if able:
        d.change(
            "relapse_clue", clue["id"], [], end="no_risk", ended_on=d.today, end_reason="收入稳定", ended_by="x", ended_appointment_id=d.rng.choice(able)
        )  # fmt: skip
        is_said(d, home)
        takes_up(d, home)


def takes_up(d: Any, of: Any = None) -> None:
    """An identification goes on to its visit and, now and then, past it; a clue goes into it, is visited or is not, and somebody signs."""
    home = of or d.home()
    found = [one for one in d.proceedings() if one["household_id"] == home.pk and d.told.begun[one["id"]] == "regular_watch"]  # fmt: skip
    if not found:
        d.begin(home, "regular_watch")
        return
    pk = found[0]["id"]
    now = lambda: d.ask("select * from public.decisions_proceeding where id = %s", pk)[0]  # noqa: E731
    for _ in range(4):
        if now()["at_step"] == "clue":
            d.works_on(now())
    if d.rng.random() < 0.5:
        is_said(d, home)
    if (clue := d.one("relapse_clue", "household_id = %s and \"end\" = ''", home.pk)) is not None:
        by = d.anybody(WORKERS)
        why = d.against(by, clue["village_code"], WORKERS, home.pk)
        why += [] if d.will_visit(now()) else ["in a procedure past its visit"]
        d.change(
            "relapse_clue", clue["id"], why, end="proceeding", ended_on=d.today, end_reason="", ended_by="x", ended_appointment_id=by, proceeding_id=pk
        )  # fmt: skip
    if now()["at_step"] != "visit":
        return
    if d.rng.random() < 0.7:
        by, day = d.anybody(WORKERS), d.today - timedelta(days=d.often(0, d.rng.choice([1, 30, 60])))
        why = [*d.against(by, home.village_code, WORKERS, home.pk), *d.goes_unheard(pk, day, d.people_of(by))]
        made = d.put(
            "relapse_sheet", why, household_id=home.pk, village_code=home.village_code, visited_on=day, difficulties="", coping="", suggested="", known="{}", outcomes="{}",
            post="x", judgement="at_risk", official_id=d.known[by].official, proceeding_id=pk, appointment_id=by, at="2000-01-01", said="听了", reason="自付三万", **SHEET,
        )  # fmt: skip
        if made is not None:
            d.said["seen", made] = d.turn()
    for _ in range(d.rng.choice([1, 4, 5])):
        if now()["at_step"] == "visit":
            d.works_on(now())
