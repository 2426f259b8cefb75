"""What somebody with the application's role does to clues, visits, help and yearly judgements, each act beside what speaks against it.

Whether an act may be is said here once more, from rows and from what the test knows of its people; nothing asks a guard. What is accepted
although something speaks against it is noted with its reasons (`at_once`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import people
from decisions.hold_known import OFFICES, Rows
from relapse.hold_heard import WORKERS, Heard
from relapse.hold_noes import ASKED, REACHES, SHEET, UNASKED


@dataclass
class Leads(Heard):
    """Clues of a few households."""

    spoken: set[int] = field(default_factory=set)  # clues to which something was said in this sequence
    turns: int = 0

    def turn(self) -> int:
        self.turns += 1
        return self.turns

    def often(self, good: Any, *bad: Any, share: float = 0.8) -> Any:
        return good if self.rng.random() < share else self.rng.choice(bad)

    def put(self, table: str, why: list[str], **values: Any) -> int | None:
        """Inserts a row; noted where it is accepted although something speaks against it."""
        marks = ", ".join("%s" for _ in values)
        columns = ", ".join(f'"{name}"' for name in values)
        made = self.attempt(
            f"{table} {values} ({'; '.join(why)})", f"insert into public.{table} ({columns}) values ({marks}) returning id", *values.values(),
        )  # fmt: skip
        if made is not None:
            self.at_once += [f"{table} {made}: {each}" for each in why]
        return made

    def change(self, table: str, pk: int, why: list[str], **values: Any) -> bool:
        columns = ", ".join(f'"{name}" = %s' for name in values)
        done = self.attempt(
            f"{table} {pk} := {values} ({'; '.join(why)})", f"update public.{table} set {columns} where id = %s", *values.values(), pk
        )  # fmt: skip
        if done:
            self.at_once += [f"{table} {pk}: {each}" for each in why]
        return bool(done)

    def one(self, table: str, where: str = "true", *values: Any) -> dict[str, Any] | None:
        found = self.ask(f"select * from public.{table} where {where} order by id", *values)
        return self.rng.choice(found) if found else None

    def home(self) -> Any:
        return self.rng.choice(self.homes)

    def anybody(self, roles: tuple[str, ...]) -> int:
        """Mostly somebody whose post may; else anybody."""
        able = [
            pk for pk, who in self.known.items() if who.role in roles and people.VILLAGE.startswith(who.place)
        ]
        return int(self.rng.choice(able if self.rng.random() < 0.75 else list(self.known)))

    def against(self, by: int, code: str, roles: tuple[str, ...], home: int | None = None) -> list[str]:
        """What speaks against a person's acting at a place, and about a household."""
        who = self.known[by]
        wrong = [] if who.role in roles else [f"by {who.role}"]
        if who.until is not None and who.until < self.today:
            wrong.append("not in the post any more")
        if who.place != "CN" and not code.startswith(who.place):
            wrong.append("from elsewhere")
        if home is not None and self.people_of(by) & self.kin_of(home):
            wrong.append("kin")
        return wrong

    def lives(self, home: Any, code: str) -> list[str]:
        return [] if home.village_code == code else ["lies elsewhere"]

    # -- a clue and what is said ---------------------------------------------------------------------------------------

    def takes_down(self) -> None:
        home = self.home()
        came = self.today - timedelta(days=self.often(self.rng.choice([0, 1, 30]), 367, 800, -1))
        code = self.often(home.village_code, people.SECOND_VILLAGE, people.OTHER_VILLAGE)
        end, check, whole = (
            self.often("", "no_risk", "helped", "moved"),
            self.often(3, 0, 300),
            self.often(20, 0, 300),
        )
        why = [*self.lives(home, code)]
        why += ["of no such day"] if not self.today - timedelta(days=366) <= came <= self.today else []
        why += ["ended at once"] if end else []
        why += ["without days"] if check < 1 or whole < 1 else []
        why += (
            ["one is open"] if self.one("relapse_clue", "household_id = %s and \"end\" = ''", home.pk) else []
        )
        made = self.put(
            "relapse_clue", why, household_id=home.pk, village_code=code, came_on=came, check_days=check, whole_days=whole, check_due_on=date(2099, 1, 1),
            due_on=date(2099, 1, 1), recorded_at="2000-01-01", end=end, end_reason="", ended_by="",
        )  # fmt: skip
        if made is not None:
            row = self.ask("select * from public.relapse_clue where id = %s", made)[0]
            if row["contests_id"] != self.no_against(home.pk, came):
                self.at_once.append(f"clue {made} contests {row['contests_id']}")
            if (
                not 0 <= (row["check_due_on"] - came).days - min(check, 3) <= 10
                or not 20 <= (row["due_on"] - came).days <= 45
            ):
                self.at_once.append(f"clue {made} of {came} has its days on {row}")

    def says(self) -> None:
        clue = self.one("relapse_clue", self.often("\"end\" = ''", "true")) or self.one("relapse_clue")
        if clue is None:
            return
        origin = self.rng.choice(["household", "cadre", "list", "rule"])
        mark, words = (
            self.often("" if origin in ("household", "cadre") else f"m{self.rng.randrange(3)}", ""),
            self.often("住院" if origin in ("household", "cadre") else "", ""),
        )
        home = self.often(clue["household_id"], self.home().pk)
        came = self.today - timedelta(days=self.often(self.rng.choice([0, 1, 40]), -1))
        why = ["of another household"] if home != clue["household_id"] else []
        why += ["to what has ended"] if clue["end"] else []
        why += ["of a day to come"] if came > self.today else []
        why += ["nothing is said"] if not (mark if origin in ("list", "rule") else words) else []
        why += (
            ["said before"]
            if mark and self.one("relapse_cluesource", "clue_id = %s and mark = %s", clue["id"], mark)
            else []
        )
        made = self.put(
            "relapse_cluesource", why, clue_id=clue["id"], household_id=home, village_code=clue["village_code"], origin=origin, channel="", risk="illness", said=words,
            told_by="", rule="", list_kind="", mark=mark, came_on=came, by="x", post="x", at="2000-01-01",
        )  # fmt: skip
        if made is not None:
            self.said["said", clue["id"]] = self.turn()
            row = self.ask("select * from public.relapse_clue where id = %s", clue["id"])[0]
            person = origin in ("household", "cadre")
            self.spoken.add(clue["id"])
            if row["said_on"] != max(clue["said_on"], came):
                self.at_once.append(f"clue {clue['id']}: its newest of {row['said_on']}")
            if row["came_on"] != (min(clue["came_on"], came) if person else clue["came_on"]):
                self.at_once.append(f"clue {clue['id']} runs from {row['came_on']} after a saying of {came}")
            again = self.no_against(clue["household_id"], came) if person else None
            if row["contests_id"] != (clue["contests_id"] or again):
                self.at_once.append(
                    f"clue {clue['id']} contests {row['contests_id']} after a saying of {came}"
                )

    def visits(self) -> None:
        clue, proceeding = (
            self.one("relapse_clue", "\"end\" = ''") or self.one("relapse_clue"),
            self.one("decisions_proceeding", "household_id is not null"),
        )
        of = self.rng.choice([clue, clue, clue, proceeding])
        if of is None:
            return
        whose = self.often(of["household_id"], self.home().pk)
        home = next(one for one in self.homes if one.pk == whose)
        by, code = self.anybody(WORKERS), self.often(home.village_code, people.SECOND_VILLAGE)
        day = self.today - timedelta(days=self.often(self.rng.choice([0, 1, 60]), 61, -1))
        known = {
            **SHEET,
            **self.often(
                {},
                {self.rng.choice(ASKED): None},
                {self.rng.choice(ASKED[5:]): False},
                self.rng.choice(REACHES),
            ),
        }
        told = {"said": self.often("听了本户的话", ""), "reason": self.often("收入稳定", "")}
        why = [*self.against(by, home.village_code, WORKERS, home.pk), *self.lives(home, code)]
        why += ["recorded too late or too early"] if not 0 <= (self.today - day).days <= 60 else []
        why += ["of another household"] if of["household_id"] != home.pk else []
        why += ["to what has ended"] if (of["end"] if of is clue else of["course"] != "open") else []
        why += ["says nothing"] if not all(told.values()) else []
        why += ["had a part in the no"] if of is clue and self.people_of(by) & self.refused_by(of) else []
        why += self.goes_unheard(of["id"], day, self.people_of(by)) if of is proceeding else []
        made = self.put(
            "relapse_sheet", why, household_id=home.pk, village_code=code, visited_on=day, difficulties="", coping="", suggested="", known=self.often("{}", *UNASKED), outcomes="{}", post="x",
            judgement=self.often("no_risk", "at_risk", "not_known"), official_id=self.often(self.known[by].official, self.rng.choice(list(self.known.values())).official),
            clue_id=of["id"] if of is clue else None, proceeding_id=None if of is clue else of["id"], appointment_id=by, at="2000-01-01", **known, **told,
        )  # fmt: skip
        if made is not None:
            self.said["seen", made] = self.turn()
            row = self.ask("select official_id, deputises_id from public.relapse_sheet where id = %s", made)[
                0
            ]
            if (row["official_id"], row["deputises_id"]) != (
                self.known[by].official,
                self.known[by].deputises,
            ):
                self.at_once.append(f"sheet {made} in another's name")

    def helps(self) -> None:
        home = self.home()
        day = self.today - timedelta(days=self.often(self.rng.choice([0, 5]), 367, -1))
        told = {"what": self.often("粮油", ""), "giver": self.often("村委会", "")}
        amount, days, paper = (
            self.often(5_000, None, 0, -1),
            self.often(10, 0),
            self.often(None, self.files[0]),
        )
        code = self.often(home.village_code, people.OTHER_VILLAGE)
        why = [*self.lives(home, code)]
        why += ["of no such day"] if not 0 <= (self.today - day).days <= 366 else []
        why += ["of nothing, by nobody"] if not all(told.values()) else []
        why += ["of no amount"] if amount is not None and amount <= 0 else []
        why += ["owed never"] if days < 1 else []
        why += ["with its paper before it was owed"] if paper else []
        self.put(
            "relapse_relief", why, household_id=home.pk, village_code=code, kind="relief", given_on=day, amount_fen=amount, paper_days=days, paper_id=paper,
            paper_due_on=date(2099, 1, 1), paper_by="", by="x", post="x", at="2000-01-01", **told,
        )  # fmt: skip

    def brings_its_paper(self) -> None:
        if relief := self.one("relapse_relief"):
            what = self.often(
                {"paper_id": self.files[0], "paper_by": "x"},
                {"amount_fen": 1},
                {"given_on": self.today},
                {"paper_id": None},
                {"paper_due_on": date(2099, 1, 1)},
            )
            why = ["changed"] if "paper_id" not in what else []
            why += ["brought twice"] if relief["paper_id"] and what.get("paper_id") else []
            why += ["taken away"] if "paper_id" in what and what["paper_id"] is None else []
            self.change("relapse_relief", relief["id"], why, **what)

    # -- how a clue ends -----------------------------------------------------------------------------------------------

    def ends(self) -> None:
        clue = self.one("relapse_clue", self.often("\"end\" = ''", "true")) or self.one("relapse_clue")
        if clue is None:
            return
        how = self.rng.choice(["no_risk", "no_risk", "helped", "helped", "proceeding", "moved"])
        by = self.anybody(OFFICES[1:3] if how != "proceeding" else WORKERS)
        day, reason = (
            self.often(self.today, self.today - timedelta(days=1), self.today + timedelta(days=1)),
            self.often("支出已报销", ""),
        )
        its = (
            self.one("decisions_proceeding", "household_id = %s", clue["household_id"])
            if how == "proceeding"
            else None
        )
        its = (
            self.often(its, self.one("decisions_proceeding"))
            if how == "proceeding"
            else self.often(None, self.one("decisions_proceeding"))
        )
        why = ["ended twice"] if clue["end"] else []
        # Written as it is, an ended clue stays as it was: nothing is refused then.
        reason += f"{len(self.log)}" if clue["end"] else ""
        why += ["on another day"] if day != self.today else []
        why += self.ends_in(clue, how, by, reason, its)
        done = self.change(
            "relapse_clue", clue["id"], why, end=how, ended_on=day, end_reason=reason, ended_by="x", ended_appointment_id=by, proceeding_id=its["id"] if its else None,
            ended_official_id=self.rng.choice(list(self.known.values())).official,
        )  # fmt: skip
        if done:
            who = self.ask("select ended_official_id from public.relapse_clue where id = %s", clue["id"])[0]
            if who["ended_official_id"] != self.known[by].official:
                self.at_once.append(f"clue {clue['id']} ended in another's name")

    def ends_in(
        self, clue: dict[str, Any], how: str, by: int, reason: str, its: dict[str, Any] | None
    ) -> list[str]:
        home = clue["household_id"]
        if how == "moved":
            return ["moved by nobody's move"]
        why = self.against(by, clue["village_code"], WORKERS if how == "proceeding" else OFFICES[1:3], home)
        if how == "proceeding":
            name = self.told.begun.get(its["id"], "") if its else ""
            fits = (
                its is not None
                and its["household_id"] == home
                and its["course"] == "open"
                and self.book[name]["direction"] == "entering"
            )
            why += [] if its is None or self.will_visit(its) else ["in a procedure past its visit"]
            return why + ([] if fits else ["in no proceeding of its own"])
        why += [] if reason else ["without a reason"]
        if how == "helped" and not self.one(
            "relapse_relief", "household_id = %s and given_on >= %s", home, clue["came_on"]
        ):
            why.append("without help")
        sheets: Rows = self.ask(
            "select * from public.relapse_sheet where clue_id = %s order by id", clue["id"]
        )
        if not sheets:
            return [*why, "unheard"]
        last = sheets[-1]
        why += (
            ["heard before the last was said"]
            if self.said.get(("said", clue["id"]), -1) > self.said.get(("seen", last["id"]), -1)
            else []
        )
        why += (
            ["by whoever was there"]
            if self.people_of(by) & {last["official_id"], last["deputises_id"]}
            else []
        )
        why += self.sheet_lacks(clue, last, how, county := self.known[by].role == "county_office")
        if clue["contests_id"]:
            why += ["a second no not by the county"] if not county else []
            why += ["a second no by the first's people"] if self.people_of(by) & self.refused_by(clue) else []
        return why

    def judges_the_year(self) -> None:
        home, by = self.home(), self.anybody(WORKERS)
        year, day = (
            self.today.year - self.often(self.rng.choice([0, 1]), 2, -1),
            self.often(self.today, self.today - timedelta(days=1)),
        )
        reason = self.often("务工稳定", "")
        status = self.ask(
            "select status from public.registry_statusentry where household_id = %s order by id desc limit 1",
            home.pk,
        )
        why = self.against(by, home.village_code, WORKERS, home.pk)
        why += ["never left poverty"] if not status or status[0]["status"] != "exited" else []
        why += ["of another year"] if year not in (self.today.year, self.today.year - 1) else []
        why += ["on another day"] if day != self.today else []
        why += ["without a reason"] if not reason else []
        why += (
            ["judged already"]
            if self.one("relapse_assessment", "household_id = %s and year = %s", home.pk, year)
            else []
        )
        self.put(
            "relapse_assessment", why, household_id=home.pk, village_code=home.village_code, year=year, standing="stable", reason=reason, assessed_on=day, post="x",
            at="2000-01-01", official_id=self.rng.choice(list(self.known.values())).official, appointment_id=by,
        )  # fmt: skip

    def identifies(self) -> None:
        """A proceeding that a clue may go into, or may not."""
        self.begin(self.home(), self.rng.choice(["regular_watch", "regular_watch", "regular_removal"]))

    def lets_go(self) -> None:
        """The removal of a watched household goes on to the county and is signed there: over a clue that nobody ended it is not."""
        one = self.towards_letting_go(self.homes[0])
        if one is None or one["at_step"] != "county":
            return
        self.paper(one, "county_approval")
        self.snapshot(one)
        unheard = self.ask(
            "select 1 from public.relapse_clue c left join public.decisions_proceeding q on q.id = c.proceeding_id where c.household_id = %s and (c.\"end\" = '' or c.\"end\" = 'proceeding' and q.course = 'open')",
            one["household_id"],
        )
        able = self.eligible(one) or list(self.known)
        made = self.sign(one, self.rng.choice(able), detail={"mode": self.often("helped", "natural")})
        if made is not None:
            self.let_go += 1
            self.at_once += ["let go of over what nobody heard"] if unheard else []
