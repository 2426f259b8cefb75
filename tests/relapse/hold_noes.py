"""What speaks against ending a clue as no risk, and what contests a no: said here once more, from rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from decisions.hold_driver import Driver

ASKED = (
    "net_income_fen", "medical_own_fen", "education_own_fen", "disaster_own_fen", "other_spending_fen", "food_clothing", "schooling", "medical", "house", "water",
)  # fmt: skip
SHEET = {**dict.fromkeys(ASKED[:5], 0), **dict.fromkeys(ASKED[5:], True), "net_income_fen": 100_000_000}
# What a sheet may say so that no risk is not anybody's to say; far from every measure, so that the model needs none.
REACHES: tuple[dict[str, Any], ...] = (
    {"net_income_fen": 0},
    {"medical_own_fen": 50_000_000},
    {"education_own_fen": 50_000_000},
    {"disaster_own_fen": 99_900_000},
)
# What was filled in and nobody asked; the first was checked lately.
UNASKED = (
    '{"house": {"asked": false, "recent": true}}',
    '{"house": {"asked": false, "recent": false}}',
    '{"house": {"asked": true, "recent": false}, "water": {"asked": false}}',
    '["house"]',
)


@dataclass
class Noes(Driver):
    """A no, the sheet that it rests on, and what is said against it."""

    def people_of(self, by: int) -> set[int]:
        who = self.known[by]
        return self.both(who.official) | ({who.deputises} if who.deputises else set())

    def no_against(self, home: int, came: date) -> int | None:
        """The no that what is said of a household on a day is the appeal against: the last thing that came to an end, if it is lately."""
        last = self.ask(
            """select c.* from public.relapse_clue c left join public.decisions_proceeding p on p.id = c.proceeding_id
            where c.household_id = %s and c."end" in ('no_risk', 'helped', 'proceeding') and not (c."end" = 'proceeding' and p.course in ('open', 'withdrawn', 'lapsed'))
            order by c.ended_on desc, c.id desc limit 1""",
            home,
        )
        lately = bool(last) and last[0]["end"] == "no_risk" and (came - last[0]["ended_on"]).days <= 30
        return int(last[0]["id"]) if lately else None

    def refused_by(self, clue: dict[str, Any]) -> set[int]:
        """Who went there for the no that a clue contests, and who said it."""
        if not clue["contests_id"]:
            return set()
        was = self.ask("select * from public.relapse_clue where id = %s", clue["contests_id"])[0]
        sheets = self.ask("select * from public.relapse_sheet where clue_id = %s", was["id"])
        seen = {who for one in sheets for who in (one["official_id"], one["deputises_id"]) if who}
        return seen | self.people_of(was["ended_appointment_id"])

    def sheet_lacks(self, clue: dict[str, Any], last: dict[str, Any], how: str, county: bool) -> list[str]:
        """What speaks against an end in its last sheet."""
        why: list[str] = []
        heard = self.ask(
            "select max(came_on) as day from public.relapse_cluesource where clue_id = %s", clue["id"]
        )
        why += (
            ["seen before the last was said"]
            if last["visited_on"] < max(clue["came_on"], heard[0]["day"] or clue["came_on"])
            else []
        )
        known = json.loads(last["known"])
        unasked = (
            bool(known)
            if isinstance(known, list)
            else [one for one in known.values() if not one["asked"] and not one.get("recent")]
        )
        if how == "no_risk" and unasked:
            why.append("no risk on what nobody asked")
        if how == "no_risk" and (last["judgement"] != "no_risk" or any(last[name] is None for name in ASKED)):
            why.append("not known taken for no risk")
        if how == "no_risk" and any(last[name] is False for name in ASKED[5:]):
            why.append("no risk without a guarantee")
        if (
            how == "no_risk"
            and not county
            and any(last[key] == value for one in REACHES for key, value in one.items())
        ):
            why.append("no risk at a measure, not by the county")
        return why
