"""What follows a decision: an appeal that is taken down and heard, a proceeding that lies too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from decisions.hold_acts import VILLAGE
from decisions.hold_hung import Hung
from decisions.hold_known import APPEAL_DAYS, LAPSE_DAYS, Heard


@dataclass
class Appealing(Hung):
    """Acts after the decision; what must not have been accepted is noted at once."""

    def appeal(self, one: dict[str, Any], taken: int, came_on: date, **changed: Any) -> None:
        """taken: the appointment that takes it down; whoever decided does not, and what was answered is not heard again."""
        who = self.known[taken]
        both = {who.official, who.deputises} - {None}
        there = self.ask("select answered_at from public.decisions_appeal where proceeding_id = %s and round = %s and joins_id is null", one["id"], one["round"])  # fmt: skip
        wrong = self.decided_by(one) & both or (who.until is not None and who.until < self.today)
        values = {
            "proceeding_id": one["id"], "place_code": VILLAGE, "round": 9, "channel": "paper", "came_on": came_on, "said": "不服", "taken_by": "x",
            "taken_at": "2000-01-01", "taken_official_id": who.official, "taken_appointment_id": taken, "answer": "", "answered_by": "", **changed,
        }  # fmt: skip
        made = self.attempt(
            f"appeal P{one['id']} of {came_on} {changed}",
            f"insert into public.decisions_appeal ({', '.join(values)}) values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        procedure = self.book[self.told.begun[one["id"]]]
        leaving = procedure["direction"] == "leaving"
        own = procedure.get("withdrawn_by") == "household" and not leaving
        ended = one["course"] == "refused" or (one["course"] == "withdrawn" and own)
        base = one["closed_on"] if ended else one["effect_on"] if leaving else None
        if made is not None and (
            base is None
            or not base <= came_on <= self.today
            or (not there and (came_on - base).days > APPEAL_DAYS + 3)
            or (there and there[0]["answered_at"] is not None)
            or wrong
            or changed
        ):
            self.at_once.append(f"appeal {made} of {came_on} {changed} against {one}")

    def decided_by(self, one: dict[str, Any]) -> set[int]:
        """Whoever said no, took it back, or signed what took effect, and whom they stand in for."""
        effect = self.book[self.told.begun[one["id"]]]["effect_at"]
        sign = {"refused": "no", "withdrawn": "withdrawn"}.get(one["course"], "signed")
        found = self.ask("select appointment_id as by, step, round from public.decisions_signature where proceeding_id = %s and sign = %s", one["id"], sign)  # fmt: skip
        return {
            who
            for each in found
            if (each["step"] == effect if sign == "signed" else each["round"] == one["round"])
            for who in self.two(each["by"])
        }

    def hear(self, appeal: dict[str, Any], by: int, upheld: bool, answer: str = "查实") -> None:
        pk = appeal["proceeding_id"]
        one = next(each for each in self.proceedings(None) if each["id"] == pk)
        signed = self.ask("select 1 from public.decisions_signature where proceeding_id = %s", pk)
        answered = self.ask(
            "select o.answered_official_id as who from public.notices_objection o join public.notices_notice n on n.id = o.notice_id where n.reference ~ %s and o.upheld is not null", f"^proceeding:{pk}:",
        )  # fmt: skip
        took = self.ask("select taken_official_id as who from public.decisions_appeal where %s in (id, joins_id)", appeal["id"])  # fmt: skip
        who = self.known[by]
        both = {who.official, who.deputises} - {None}
        wrong = [
            *(["a party"] if self.party(pk, both) or both & {each["who"] for each in answered} else []),  # type: ignore[arg-type]
            *(["who took it down"] if both & {each["who"] for each in took} else []),  # type: ignore[arg-type]
            *(["what joined another"] if appeal["joins_id"] is not None else []),
            *(["kin"] if both & self.kin_of(one["household_id"]) else []),
            *(["nobody's post any more"] if who.until is not None and who.until < self.today else []),
            *(["no reasons"] if not answer.strip() else []),
        ]  # fmt: skip
        kind = self.ask("select kind from public.decisions_proceeding where id = %s", pk)[0]["kind"]
        again = self.ask("select 1 from public.decisions_proceeding where kind = %s and household_id = %s and course = 'open'", kind, one["household_id"])  # fmt: skip
        done = self.attempt(
            f"appeal {appeal['id']} of P{pk} heard by {by}: {upheld}",
            "update public.decisions_appeal set upheld = %s, answer = %s, answered_by = 'x', answered_appointment_id = %s, answered_at = now() where id = %s",
            upheld, answer, by, appeal["id"],
        )  # fmt: skip
        if done:
            self.told.heard[appeal["id"]] = Heard(len(self.told.heard), len(signed), self.today, bool(again))
            self.at_once += [f"appeal {appeal['id']} heard by {each} {by}" for each in wrong]
            self.reached(pk)

    def lapse(self, one: dict[str, Any]) -> None:
        reached = self.since.get(self.reference(one))
        if self.attempt(f"lapse P{one['id']}", "select public.decisions_lapse(%s)::int", one["id"]) == 1:
            self.told.lapsed.add(one["id"])
            procedure = self.book[self.told.begun[one["id"]]]
            if (
                procedure["direction"] == "entering"
                or reached is None
                or (self.today - reached).days <= LAPSE_DAYS
                or one["effect_on"]
            ):
                self.at_once.append(f"P{one['id']} lapsed at {one['at_step']}, reached {reached}")
