"""What somebody with the application's role does to plans of exit, windows of the adjustment, targets and candidates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import people
from decisions.hold_known import OFFICES, Rows
from relapse.hold_leads import WORKERS, Leads

LEADING = (*OFFICES[1:], "leader")
READY: dict[str, Any] = {"fails": [], "unknown": [], "unchecked": []}
READINESS: list[Any] = [
    None,
    READY,
    {**READY, "fails": ["exit.income"]},
    {"fails": []},
    {**READY, "unknown": "x"},
    [],
]


@dataclass
class Plans(Leads):
    """Sheets of plans and windows of a county."""

    def said_by(self, by: int) -> dict[str, Any]:
        other = self.rng.choice(list(self.known.values())).official
        return {"appointment_id": by, "official_id": other, "actor": "x", "post": "x", "at": "2000-01-01"}

    # -- a plan is filed by one and answered by another -----------------------------------------------------------------

    def planned(self, home: int | None, place: str, *, off: bool = True) -> int | None:
        """The year of the line that somebody approved last; `off`: also of one that took it off the plan."""
        found: Rows = self.ask(
            "select l.year from public.decisions_planline l join public.decisions_sheetanswer a on a.sheet_id = l.sheet_id where a.verdict = 'approved' and l.household_id is not distinct from %s and (l.household_id is not null or l.place_code = %s) order by a.id desc",
            home, place,
        )  # fmt: skip
        return next((one["year"] for one in found if off or one["year"] is not None), None)

    def proposes(self) -> None:
        """A sheet and mostly a line or a window on it."""
        kind = self.rng.choice(["plan", "plan", "window"])
        place = self.rng.choice(
            [people.COUNTY]
            if kind == "window"
            else [people.VILLAGE, people.VILLAGE, people.VILLAGE, people.COUNTY]
        )
        place, reason = (
            self.often(place, people.TOWNSHIP, people.OTHER_VILLAGE, people.SECOND_VILLAGE),
            self.often("与规划一致", " "),
        )
        roles = ("county_office",) if kind == "window" else OFFICES
        by = self.anybody(roles)
        why = self.against(by, place, roles)
        why += ["no reason"] if not reason.strip() else []
        why += ["lies in another county"] if not place.startswith(people.COUNTY) else []
        why += ["a county's own"] if kind == "window" and len(place) != 6 else []
        made = self.put(
            "decisions_sheet", why, kind=kind, place_code=place, reason=reason, filed_in=0, **self.said_by(by)
        )
        if made is not None and self.rng.random() < 0.9:
            sheet = self.ask("select * from public.decisions_sheet where id = %s", made)[0]
            self.at_once += (
                [] if sheet["official_id"] == self.known[by].official else [f"sheet {made} in another's name"]
            )
            (self.opens if kind == "window" else self.lines)(sheet)

    def lines(self, sheet: dict[str, Any] | None = None) -> None:
        sheet = sheet or self.one("decisions_sheet")
        if sheet is None:
            return
        place = self.often(sheet["place_code"], people.VILLAGE, people.SECOND_VILLAGE)
        home = self.home() if len(place) == 12 and self.rng.random() < 0.6 else None
        year, readiness, words = (
            self.rng.choice([2019, 2020, 2021, None, 1999]),
            self.rng.choice(READINESS),
            self.rng.choice(["", "先进一步"]),
        )
        before = self.planned(home.pk if home else None, place)
        there = self.ask(
            "select household_id from public.decisions_planline where sheet_id = %s", sheet["id"]
        )
        why = ["on another sheet"] if sheet["kind"] != "plan" or sheet["place_code"] != place else []
        why += (
            ["after it was answered"]
            if self.one("decisions_sheetanswer", "sheet_id = %s", sheet["id"])
            else []
        )
        why += (
            ["a second line"]
            if any(one["household_id"] == (home.pk if home else None) for one in there)
            else []
        )
        why += ["no such year"] if year is not None and not 2014 <= year <= 2100 else []
        why += ["as it was"] if year == before else []
        if home is not None:
            status = self.ask(
                "select status from public.registry_statusentry where household_id = %s order by id desc limit 1",
                home.pk,
            )
            kind = self.ask("select kind from public.registry_household where id = %s", home.pk)[0]["kind"]
            why += self.lives(home, place)
            why += (
                ["is not poor"]
                if kind != "registered" or not status or status[0]["status"] not in ("poor", "returned")
                else []
            )
        elif len(place) not in (6, 12):
            why.append("neither a village nor a county")
        last = self.planned(home.pk if home else None, place, off=False)
        if year is not None and last is not None and year < last:
            whole = isinstance(readiness, dict) and all(
                isinstance(readiness.get(name), list) for name in READY
            )
            why += ["forward unlooked"] if not whole else []
            why += ["forward without a word"] if whole and any(readiness.values()) and not words else []
        made = self.put(
            "decisions_planline", why, sheet_id=sheet["id"], place_code=place, household_id=home.pk if home else None, year=year, before=self.rng.choice([None, 2030]),
            readiness=None if readiness is None else json.dumps(readiness), acknowledged=words,
        )  # fmt: skip
        if (
            made is not None
            and self.ask("select before from public.decisions_planline where id = %s", made)[0]["before"]
            != before
        ):
            self.at_once.append(f"line {made} forgets that {before} was planned")

    def opens(self, sheet: dict[str, Any] | None = None) -> None:
        sheet = sheet or self.one("decisions_sheet")
        if sheet is None:
            return
        first = self.today + timedelta(days=self.rng.choice([-30, 5]))
        days = self.often(
            (first, first + timedelta(days=20)),
            (None, None),
            (first, None),
            (first, first - timedelta(days=1)),
        )
        place = self.often(sheet["place_code"], people.OTHER_COUNTY)
        why = ["on another sheet"] if sheet["kind"] != "window" or sheet["place_code"] != place else []
        why += (
            ["after it was answered"]
            if self.one("decisions_sheetanswer", "sheet_id = %s", sheet["id"])
            else []
        )
        why += (
            ["opens and never closes"]
            if (days[0] is None) != (days[1] is None) or (None not in days and days[1] < days[0])
            else []
        )
        why += ["a second window"] if self.one("decisions_window", "sheet_id = %s", sheet["id"]) else []
        self.put(
            "decisions_window",
            why,
            sheet_id=sheet["id"],
            place_code=place,
            year=self.today.year,
            opens_on=days[0],
            closes_on=days[1],
        )

    def answers_a_plan(self) -> None:
        sheet = (
            self.one("decisions_sheet", "id not in (select sheet_id from public.decisions_sheetanswer)")
            if self.rng.random() < 0.8
            else self.one("decisions_sheet")
        )
        if sheet is None:
            return
        verdict = self.rng.choice(["approved", "approved", "approved", "refused", "withdrawn"])
        by, reason = self.anybody(LEADING), self.often("同意", " ")
        who, filer = self.known[by], self.known[sheet["appointment_id"]]
        why = self.against(
            by,
            sheet["place_code"],
            tuple({one.role for one in self.known.values()}) if verdict == "withdrawn" else LEADING,
        )
        why += ["answered twice"] if self.one("decisions_sheetanswer", "sheet_id = %s", sheet["id"]) else []
        if verdict == "withdrawn":
            why += ["taken back by another"] if who.official != sheet["official_id"] else []
        else:
            why += (
                ["by whoever filed it"]
                if {who.official, who.deputises} & ({sheet["official_id"], filer.deputises} - {None})
                else []
            )
            why += (
                ["a county's by the county"]
                if sheet["kind"] == "plan" and len(sheet["place_code"]) == 6 and len(who.place) >= 6
                else []
            )
        why += ["a no without reasons"] if verdict == "refused" and not reason.strip() else []
        if verdict == "approved":
            for line in self.ask("select * from public.decisions_planline where sheet_id = %s", sheet["id"]):
                if line["before"] != self.planned(line["household_id"], line["place_code"]):
                    why.append("over what changed meanwhile")
        self.put(
            "decisions_sheetanswer",
            why,
            sheet_id=sheet["id"],
            place_code=sheet["place_code"],
            verdict=verdict,
            reason=reason,
            **self.said_by(by),
        )

    def shuts(self) -> None:
        """The county opens its window some days from now, as it should be done: filed by one, answered by another."""
        able = [
            pk for pk, who in self.known.items()
            if who.role == "county_office" and who.place == people.COUNTY and who.deputises is None and (who.until is None or who.until >= self.today)
        ]  # fmt: skip
        by = self.rng.choice(able)
        others = [pk for pk in able if self.known[pk].official != self.known[by].official]
        first = self.today + timedelta(days=5)
        sheet = self.put(
            "decisions_sheet", [], kind="window", place_code=people.COUNTY, reason="年度动态调整", filed_in=0, **self.said_by(by)
        )  # fmt: skip
        if sheet is None or not others:
            return
        shared = {"sheet_id": sheet, "place_code": people.COUNTY}
        self.put(
            "decisions_window", [], **shared, year=self.today.year, opens_on=first, closes_on=first + timedelta(days=20)
        )  # fmt: skip
        self.put(
            "decisions_sheetanswer", [], **shared, verdict="approved", reason="同意", **self.said_by(self.rng.choice(others))
        )  # fmt: skip

    def begins_in_no_window(self) -> None:
        # Just shut, what waits for the window is begun at once: later something else may have opened it again.
        shuts = self.rng.random() < 0.5
        if shuts:
            self.shuts()
        newest = self.ask(
            "select w.* from public.decisions_window w join public.decisions_sheetanswer a on a.sheet_id = w.sheet_id and a.verdict = 'approved' order by a.id desc limit 1"
        )
        waiting = ["targeted_identification", "targeted_exit"]
        name = self.rng.choice(waiting if shuts else [*waiting, "targeted_return", "regular_watch"])
        made = self.begin(self.home(), name)
        shut = (
            bool(newest)
            and newest[0]["opens_on"] is not None
            and not newest[0]["opens_on"] <= self.today <= newest[0]["closes_on"]
        )
        if made is not None and shut and self.book[name].get("window"):
            self.at_once.append(f"{name} begun while the window is closed: {newest[0]}")

    def sets_a_target(self) -> None:
        place, by, basis = (
            self.often(people.TOWNSHIP, people.COUNTY, people.OTHER_TOWNSHIP),
            self.anybody(LEADING),
            self.often("规划", " "),
        )
        why = self.against(by, place, LEADING)
        why += ["by itself"] if self.known[by].place == place else []
        why += ["resting on nothing"] if not basis.strip() else []
        why += ["lies in another county"] if not place.startswith(people.COUNTY) else []
        self.put(
            "decisions_plantarget",
            why,
            place_code=place,
            year=2020,
            measure="households",
            count=3,
            basis=basis,
            **self.said_by(by),
        )

    def answers_a_candidate(self) -> None:
        home, by, reason = self.home(), self.anybody(WORKERS), self.often("已核", " ")
        code = self.often(home.village_code, people.OTHER_VILLAGE)
        why = [*self.against(by, home.village_code, WORKERS), *self.lives(home, code)]
        why += ["no reason"] if not reason.strip() else []
        self.put(
            "decisions_candidateanswer",
            why,
            place_code=code,
            household_id=home.pk,
            category="exit",
            year=2020,
            reason=reason,
            **self.said_by(by),
        )
