"""Who may do what of a proceeding, by the rulebook and by what they did before."""

from __future__ import annotations

from typing import Any

import people
from decisions.hold_known import OFFICES, ROLES, SIDES

VILLAGE = people.VILLAGE


class Posts:
    """A part of hold_acts.Acts, which says what is known here."""

    book: Any
    known: Any
    told: Any
    rng: Any
    today: Any
    ask: Any
    steps: Any
    kin_of: Any

    def acts_of(self, pk: int) -> list[tuple[str, set[int]]]:
        """Who did what in a proceeding, and for whom: its step, and the one or two people."""
        first = self.book[self.told.begun[pk]]["steps"][0]["id"]
        found = self.ask(
            """select step, appointment_id as by from public.decisions_signature where proceeding_id = %s
            union all select step, appointment_id from public.decisions_paper where proceeding_id = %s
            union all select %s, begun_appointment_id from public.decisions_proceeding where id = %s
            union all select split_part(n.reference, ':', 3), x.by from public.notices_notice n, lateral (values (n.hung_appointment_id), (n.taken_down_appointment_id)) x(by)
              where split_part(n.reference, ':', 2) = %s::text""",
            pk, pk, first, pk, pk,
        )  # fmt: skip
        return [(one["step"], self.two(one["by"])) for one in found if one["by"] is not None]

    def two(self, by: int) -> set[int]:
        """Who acts, and whom they stand in for in this post."""
        return {self.known[by].official, self.known[by].deputises} - {None}  # type: ignore[return-value]

    def kept_from(
        self,
        one: dict[str, Any],
        step: dict[str, Any],
        by: int | None,
        code: str = "",
        acts: list[tuple[str, set[int]]] | None = None,
    ) -> str:
        """Why somebody does nothing at a step, by the rulebook and by what they did before (`acts`); empty where they may."""
        who = self.known.get(by or 0)
        if (
            who is None
            or not VILLAGE.startswith(who.place)
            or (who.until is not None and who.until < self.today)
        ):
            return "nobody's post here"
        may = set(step["who"])
        if code == "withdrawal":
            may = set(
                OFFICES[1:]
                if self.book[self.told.begun[one["id"]]]["withdrawn_by"] == "office"
                else OFFICES[:3]
            )
        elif code == "authorisation":
            may |= {
                each
                for other in self.steps(one)
                for paper in other.get("evidence", [])
                if paper["code"] == code
                for each in other["who"]
            }
        if not any(
            who.role == ROLES.get(each, each) and (each not in SIDES or who.office == each) for each in may
        ):
            return f"a {who.role} {who.office}"
        both, apart = self.two(by or 0), step.get("apart_from", []) if code != "withdrawal" else []
        if both & self.kin_of(one["household_id"]):
            return "kin"
        if not apart:
            return ""
        acts = self.acts_of(one["id"]) if acts is None else acts
        done = [at for at, people in acts if people & both and at != step["id"]]
        return "a party" if any("all" in apart or at in apart for at in done) else ""

    def somebody(self, one: dict[str, Any], step: dict[str, Any]) -> int:
        """One of those who may do a step, first whoever has done some of it; where nobody may, anybody."""
        acts = self.acts_of(one["id"]) if one["id"] else []
        able = [pk for pk in self.known if not self.kept_from(one, step, pk, acts=acts)]
        return self.rng.choice(self.at_it(one, able, acts) or able or list(self.known))

    def at_it(
        self, one: dict[str, Any], able: list[int], acts: list[tuple[str, set[int]]] | None = None
    ) -> list[int]:
        """Those of some who brought, hung or signed something at the step that a proceeding is at: others are left for the steps that judge."""
        acts = self.acts_of(one["id"]) if acts is None else acts
        here = {who for at, people in acts if at == one["at_step"] for who in people}
        return [pk for pk in able if self.two(pk) & here]
