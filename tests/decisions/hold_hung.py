"""What somebody with the application's role hangs, takes down, objects to and answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from decisions.hold_acts import HUNG, VILLAGE, Acts
from decisions.hold_known import ABOVE, LENGTHS, OFFICES


@dataclass
class Hung(Acts):
    """Notices and objections."""

    registered: dict[int, dict[str, Any]] = field(default_factory=dict)

    def said_of(self, home: int | None) -> dict[str, Any]:
        """What a notice says of a household, or of the village itself; nobody comes or goes while it runs."""
        if home is None:
            return {"village": "上坝村"}
        if home not in self.registered:
            [told] = self.ask(
                "select head_name, (select count(*) from public.registry_membership m where m.household_id = h.id and m.until is null) as people from public.registry_household h where id = %s",
                home,
            )
            self.registered[home] = {"village": "上坝村", "head": told["head_name"], "people": told["people"]}
        return self.registered[home]

    def its_own(self, home: int | None, said: Any) -> bool:
        """Whether what hangs is of that household, or of the village, and of nobody else."""
        right = self.said_of(home)
        return isinstance(said, list) and len(said) == 1 and (
            said[0].get("village", "上坝村") == "上坝村" and said[0].get("head", "") == right.get("head", "")
            and said[0].get("people") in (None, right.get("people")) and (home is None or "matter" not in said[0])
        )  # fmt: skip

    def hang(self, one: dict[str, Any], **changed: Any) -> int | None:
        lines = json.dumps([self.said_of(one["household_id"])], ensure_ascii=False)
        values = {
            "reference": self.reference(one), "place_code": VILLAGE, "matter": "{}", "lines": lines, "board": "村务公开栏", "days": 7, "count": "calendar",
            "hung_on": self.today, "due_on": self.today, "hung_by": "x", "hung_proof_id": self.files[0], "recorded_at": "2000-01-01", "taken_down_by": "", "hung_appointment_id": self.somebody(one, self.step(one)), **changed,
        }  # fmt: skip
        why = self.kept_from(one, self.step(one), values["hung_appointment_id"])
        made = self.attempt(
            f"hang {values['reference']} {changed}",
            f"insert into public.notices_notice ({', '.join(values)}) values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        step = next(
            (each for each in self.steps(one) if each["id"] == str(values["reference"]).split(":")[2]), one
        )
        if made is not None and why:
            self.at_once.append(f"{values['reference']} hung by {why}")
        if made is not None and not self.its_own(one["household_id"], json.loads(str(values["lines"]))):
            self.at_once.append(
                f"{values['reference']} says {values['lines']}, it is of {self.said_of(one['household_id'])}"
            )
        if made is not None and step.get("does") not in HUNG:
            self.at_once.append(f"{values['reference']} hung, for which nothing hangs")
        reached = self.since.get(str(values["reference"]))
        if (
            made is not None
            and str(values["reference"]).startswith("proceeding:")
            and (reached is None or values["hung_on"] < reached)
        ):
            self.at_once.append(
                f"{values['reference']} hung on {values['hung_on']}, its step was reached {reached}"
            )
        return made

    def take_down(self, notice: int, on: date | None = None, by: int | None = None) -> None:
        """By one of those whose step it is; by: an appointment, 0 for nobody's."""
        _word, pk, at, _turn = self.ask("select reference from public.notices_notice where id = %s", notice)[0]["reference"].split(":")  # fmt: skip
        one = next(each for each in self.proceedings(None) if each["id"] == int(pk))
        step = next(each for each in self.steps(one) if each["id"] == at)
        by = self.somebody(one, step) if by is None else by
        why = self.kept_from(one, step, by)
        if self.attempt(
            f"take down {notice} {on} by {by}",
            "update public.notices_notice set taken_down_on = %s, taken_down_by = 'x', taken_down_proof_id = %s, taken_down_appointment_id = %s where id = %s",
            on or self.today, self.files[0], by or None, notice,
        ) and why:  # fmt: skip
            self.at_once.append(f"notice {notice} taken down by {why}")

    def notice(self, one: dict[str, Any]) -> dict[str, Any] | None:
        found = self.ask("select * from public.notices_notice where reference = %s", self.reference(one))
        return found[0] if found else None

    def object(self, notice: int) -> None:
        self.attempt(
            f"object to {notice}",
            "insert into public.notices_objection (notice_id, place_code, channel, said_sealed, came_on, taken_by, answer, answered_by) values (%s, %s, 'phone', 'x', %s, 'x', '', '') returning id",
            notice,
            VILLAGE,
            self.today,
        )

    def answer(self, notice: int, upheld: bool, official: int) -> None:
        done = self.attempt(
            f"answer {notice} by {official} {upheld}",
            "update public.notices_objection set answer = 'x', upheld = %s, answered_by = 'x', answered_official_id = %s, answered_at = now() where notice_id = %s and answered_at is null",
            upheld,
            official,
            notice,
        )
        if done:
            told = self.ask("select reference, place_code from public.notices_notice where id = %s", notice)[
                0
            ]
            pk, step = int(told["reference"].split(":")[1]), told["reference"].split(":")[2]
            one = next(each for each in self.proceedings(None) if each["id"] == pk)
            level = next(each for each in self.steps(one) if each["id"] == step)["level"]
            both = self.both(official)
            self.at_once += [f"an objection answered by a party {official}"] if self.party(pk, both) else []
            self.at_once += (
                [f"an objection answered by kin {official}"]
                if both & self.kin_of(one["household_id"])
                else []
            )
            above = told["place_code"][: ABOVE[LENGTHS[level]]]
            if not any(
                who.official == official
                and who.role in OFFICES[1:]
                and above.startswith(who.place)
                and (who.until is None or who.until >= self.today)
                for who in self.known.values()
            ):
                self.at_once.append(f"an objection to what was handled at {level} answered by {official}")
