"""What somebody with the application's role does to proceedings, statement by statement.

Every act is one savepoint. What was accepted is noted with what was true at that moment (hold_model.Told), so that the model can judge it.
"""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DatabaseError, connection

from decisions.hold_known import (
    NOW,
    OFFICES,
    SEEN_ANEW,
    SPOILT,
    TABLES,
    WATCHED_DAYS,
    Known,
    Rows,
    Told,
)
from decisions.hold_posts import VILLAGE, Posts
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today, live_ahead
from xiuhua.decisions.services.basis import Basis, basis_of
from xiuhua.registry.models import Household

HUNG = ("notice", "announcement")
NAMES: dict[str, list[str]] = {}
# Whoever works with households begins.
BEGINS = {"id": "", "who": OFFICES[:3]}


@dataclass
class Acts(Posts):
    """One county's worth of people at a few households, and all that can be tried. `rng` decides everything."""

    book: dict[str, dict[str, Any]]
    homes: list[Household]
    by: list[Appointment]
    known: dict[int, Known]
    files: list[int]
    elsewhere: int
    owner: Any
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    told: Told = field(default_factory=Told)
    ahead: int = 0
    kin: dict[int, list[list[Any]]] = field(default_factory=dict)
    spoilt: dict[int, str] = field(default_factory=dict)
    since: dict[str, date] = field(default_factory=dict)
    brought: dict[int, date] = field(default_factory=dict)
    shots: dict[int, tuple[str | None, date | None]] = field(default_factory=dict)
    forged: set[int] = field(default_factory=set)
    doubted: set[int] = field(default_factory=set)
    # When the records of a household were last seen by somebody, where that was after it began.
    fresh: dict[int, date] = field(default_factory=dict)
    at_once: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    members: dict[int, set[str]] = field(default_factory=dict)
    kept: dict[Any, Basis] = field(default_factory=dict)
    accepted: int = 0
    refused: int = 0

    # -- the ground under the acts ------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return beijing_today()

    def move(self, days: int) -> None:
        self.ahead += days
        self.owner.execute(
            "insert into notices_clock (days_ahead) values (%s) on conflict (only_one) do update set days_ahead = excluded.days_ahead",
            [self.ahead],
        )
        live_ahead(self.ahead)

    def ask(self, sql: str, *values: Any) -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            # The same few questions are asked ten thousand times; what their columns are called does not change meanwhile.
            names = NAMES.get(sql) or NAMES.setdefault(sql, [one.name for one in cursor.description])
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def attempt(self, what: str, sql: str, *values: Any) -> int | None:
        """One statement in a savepoint: the id it returned, or how many rows it touched; None where it was refused."""
        with connection.cursor() as cursor:
            try:
                # Sent at once, some ten thousand times a run: what the second of them answers is read.
                cursor.execute(
                    f"savepoint act; {sql}; set constraints all immediate; release savepoint act", values
                )
                cursor.nextset()
                came = cursor.fetchone()[0] if cursor.description else cursor.rowcount
            except DatabaseError as why:
                cursor.execute("rollback to savepoint act; release savepoint act")
                self.refused += 1
                self.log.append(f"refused  {what}: {str(why).splitlines()[0]}")
                return None
        self.accepted += 1
        self.log.append(f"accepted {what}: {came}")
        return int(came) if came is not None else None

    def rows(self) -> dict[str, Rows]:
        found = {}
        for table in TABLES:
            found[table] = self.ask(f"select * from public.{table} order by id")
        for one in found["decisions_signature"]:
            one["detail"] = json.loads(one["detail"]) if isinstance(one["detail"], str) else one["detail"]
        return found

    def proceedings(self, course: str | None = "open") -> Rows:
        found = self.ask(
            "select id, household_id, at_step, round, course, as_of, procedure_id, effect_on, closed_on from public.decisions_proceeding order by id"
        )
        return [one for one in found if course in (None, one["course"])]

    def steps(self, one: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.book[self.told.begun[one["id"]]]["steps"])

    def step(self, one: dict[str, Any]) -> dict[str, Any]:
        return next(each for each in self.steps(one) if each["id"] == one["at_step"])

    def reference(self, one: dict[str, Any], step: str | None = None) -> str:
        return f"proceeding:{one['id']}:{step or one['at_step']}:{one['round']}"

    def judged_on(self, one: dict[str, Any]) -> date:
        """The day whose records a step rests on: today; of a programme whose time is over, the day of its data."""
        until = self.book[self.told.begun[one["id"]]].get("until")
        day: date = one["as_of"] if until is not None and until < self.today else self.today
        return day

    def stands(self, home: int) -> tuple[str | None, date | None]:
        """How the records of a household are: what of them is spoilt, and when they were seen."""
        return self.spoilt.get(home), self.fresh.get(home)

    def held(self) -> Any:
        """All that goes back when what was tried is undone; for `put_back`."""
        return (
            self.told.kept(), copy.deepcopy(self.kin), dict(self.spoilt), dict(self.since), dict(self.brought), dict(self.shots),
            set(self.forged), set(self.doubted), dict(self.fresh), self.ahead,
        )  # fmt: skip

    def put_back(self, held: Any) -> None:
        (self.told, self.kin, self.spoilt, self.since, self.brought, self.shots, self.forged, self.doubted, self.fresh, ahead) = held  # fmt: skip
        if ahead != self.ahead:
            self.move(ahead - self.ahead)

    # -- acts that may be accepted ------------------------------------------------------------------------------------

    def begin(self, home: Household, name: str, **changed: Any) -> int | None:
        newest = self.ask(
            "select id, kind, until from public.decisions_procedure where name = %s order by id desc limit 1",
            name,
        )[0]
        values = {
            "procedure_id": newest["id"], "kind": newest["kind"], "place_code": home.village_code, "household_id": home.pk, "course": "open",
            "at_step": self.book[name]["steps"][0]["id"], "round": 1, "begun_at": "2000-01-01", "step_since": "2000-01-01",
            "as_of": min(self.today, newest["until"] or self.today), "effect_status": "", "begun_appointment_id": self.somebody({"id": 0, "household_id": home.pk}, BEGINS), **changed,
        }  # fmt: skip
        listed = ", ".join(values)
        made = self.attempt(
            f"begin {name} {changed}",
            f"insert into public.decisions_proceeding ({listed}) values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        if made is not None:
            self.told.begun[made] = name
            self.reached(made)
            if self.book[name]["effect"].get("watched") == "none" and not self.watched_its_time(home.pk):
                self.at_once.append(f"{name} of {home.pk} begun before it was watched its time")
            if why := self.kept_from(
                {"id": made, "household_id": values["household_id"]}, BEGINS, values["begun_appointment_id"]
            ):
                self.at_once.append(f"P{made} begun by {why}")
        return made

    def watched_its_time(self, home: int) -> bool:
        found = self.ask("select watch_class, since from public.registry_watchentry where household_id = %s order by id desc limit 1", home)  # fmt: skip
        return bool(found) and found[0]["watch_class"] != "none" and (self.today - found[0]["since"]).days >= WATCHED_DAYS  # fmt: skip

    def reached(self, pk: int) -> None:
        for one in self.ask("select id, at_step, round from public.decisions_proceeding where id = %s", pk):
            self.since.setdefault(self.reference(one), self.today)

    def moment(self, one: dict[str, Any]) -> dict[str, Any]:
        """What is true now, as far as a signature asks for it."""
        day = self.today
        home = one["household_id"]
        now = self.ask(NOW, home, home, one["id"], one["at_step"], one["round"], one["id"], home)[0]
        return {
            "day": day,
            "kin": self.kin_of(home),
            "members": self.members_of(home),
            "papers": set(now["papers"] or []),
            "brought": dict(self.brought),
            "sound": home not in self.spoilt,
            "state": self.spoilt.get(home),
            "fresh": self.fresh.get(home),
            "judged": self.judged_on(one),
            "as_they_stand": self.stands(home),
            "rests": self.shots.get(now["shot"], "nothing"),
            "forged": now["shot"] in self.forged,
            "acts": self.acts_of(one["id"]),
            "kept": set(self.shots) if self.doubted else set(),
            "doubted": set(self.doubted),
            "stands": now,
            "since": self.since,
        }

    def members_of(self, home: int) -> set[str]:
        """Who may be named as having signed for a household; nobody comes or goes while it runs."""
        if home not in self.members:
            found = self.ask("select person_id from public.registry_membership where household_id = %s", home)
            self.members[home] = {str(one["person_id"]) for one in found}
        return self.members[home]

    def kin_of(self, home: int) -> set[int]:
        return {who for who, until in self.kin.get(home, []) if until is None or until >= self.today}

    def both(self, official: int) -> set[int]:
        """A person and everybody they stand in for today, in any post."""
        stands = {
            who.deputises
            for who in self.known.values()
            if who.official == official and (who.until is None or who.until >= self.today)
        }
        return {official, *stands} - {None}  # type: ignore[return-value]

    def party(self, pk: int, both: set[int]) -> bool:
        """Whether one of both did anything in a proceeding, or was stood in for in it."""
        return any(both & people for _step, people in self.acts_of(pk))

    def sign(
        self,
        one: dict[str, Any],
        by: int,
        sign: str = "signed",
        reason: str = "",
        detail: Any = None,
        step: str | None = None,
        **changed: Any,
    ) -> int | None:
        moment = self.moment(one)
        values = {
            "proceeding_id": one["id"], "place_code": VILLAGE, "number": 1, "round": one["round"], "step": step or one["at_step"], "sign": sign,
            "appointment_id": by, "official_id": self.known[by].official, "actor": "x", "post": "x", "reason": reason, "at": "2000-01-01", **changed,
        }  # fmt: skip
        listed = ", ".join([*values, "detail"])
        marks = ", ".join([*["%s"] * len(values), "%s::jsonb"])
        made = self.attempt(
            f"sign P{one['id']} {values['step']} {sign} by {by} {detail}", f"insert into public.decisions_signature ({listed}) values ({marks}) returning id",
            *values.values(), json.dumps({} if detail is None else detail),
        )  # fmt: skip
        if made is not None:
            self.told.at[made] = moment
            self.reached(one["id"])
        return made

    def paper(self, one: dict[str, Any], what: str, **changed: Any) -> None:
        values = {
            "proceeding_id": one["id"], "place_code": VILLAGE, "round": 7, "step": one["at_step"], "what": what, "file_id": self.rng.choice(self.files),
            "brought_by": "x", "at": "2000-01-01", "appointment_id": self.somebody(one, self.step(one)), **changed,
        }  # fmt: skip
        why = self.kept_from(one, self.step(one), values["appointment_id"], what)
        made = self.attempt(
            f"paper P{one['id']} {values['step']} {what} {changed}",
            f"insert into public.decisions_paper ({', '.join(values)}) values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        if made is not None:
            self.brought[made] = self.today
            if why:
                self.at_once.append(
                    f"paper {made} {what} of P{one['id']} brought at {one['at_step']} by {why}"
                )
            row = self.ask("select step, round, file_id from public.decisions_paper where id = %s", made)[0]
            if (row["step"], row["round"]) != (one["at_step"], one["round"]) or row[
                "file_id"
            ] not in self.files:
                self.at_once.append(f"paper {made} of {row}, the step is {one['at_step']} {one['round']}")

    def basis(self, one: dict[str, Any]) -> Basis:
        status = self.ask(
            "select max(id) as newest from public.registry_statusentry where household_id = %s",
            one["household_id"],
        )[0]["newest"]
        key = (
            one["household_id"],
            self.stands(one["household_id"]),
            status,
            self.judged_on(one),
            self.told.begun[one["id"]],
        )
        if key not in self.kept:
            whole = self.book[self.told.begun[one["id"]]]
            rules = sorted(
                {
                    *whole.get("rules", []),
                    *(rule for step in whole["steps"] for rule in step.get("rules", [])),
                }
            )
            self.kept[key] = basis_of(one["household_id"], VILLAGE, self.judged_on(one), rules)
        return self.kept[key]

    def snapshot(
        self, one: dict[str, Any], records: Any = None, outcomes: Any = None, **changed: Any
    ) -> None:
        basis = self.basis(one)
        values = {
            "proceeding_id": one["id"], "place_code": VILLAGE, "round": 9, "step": one["at_step"], "as_of": self.judged_on(one), "digest": basis.digest, "at": "2000-01-01",
            **changed,
        }  # fmt: skip
        told = [basis.records if records is None else records, outcomes or basis.outcomes, basis.versions]
        listed = ", ".join([*values, "records", "outcomes", "versions"])
        marks = ", ".join([*["%s"] * len(values), *["%s::jsonb"] * 3])
        made = self.attempt(
            f"snapshot P{one['id']} {changed}",
            f"insert into public.decisions_snapshot ({listed}) values ({marks}) returning id",
            *values.values(),
            *(json.dumps(each) for each in told),
        )
        if made is not None:
            self.shots[made] = self.stands(one["household_id"])
            if told[1] != basis.outcomes:
                self.forged.add(made)
            as_it_is = {"as_of": self.judged_on(one), "step": one["at_step"], "place_code": VILLAGE}
            if told[0] != basis.records or any(values[name] != value for name, value in as_it_is.items()):
                self.at_once.append(f"snapshot {made} of P{one['id']} keeps what is not so: {changed}")

    def recheck(self, shot: int, agrees: bool) -> None:
        made = self.attempt(
            f"snapshot {shot} computed again: {agrees}",
            "insert into public.decisions_recheck (snapshot_id, place_code, agrees, differs, versions, at) values (%s, %s, %s, '[]', '{}', now()) returning id",
            shot,
            VILLAGE,
            agrees,
        )
        if made is not None and not agrees:
            self.doubted.add(shot)

    def tell_kin(self, home: int, official: int) -> None:
        made = self.attempt(
            f"kin {official} of {home}",
            "insert into public.decisions_kin (official_id, place_code, household_id, relation, told_by, at) values (%s, %s, %s, '堂弟', 'x', now()) returning id",
            official,
            VILLAGE,
            home,
        )
        if made is not None:
            self.kin.setdefault(home, []).append([official, None])

    def spoil(self, home: int) -> None:
        """Records change under the proceeding: what holds and was checked does so no more, or does so again."""
        column = self.spoilt.get(home) or self.rng.choice(sorted(SPOILT))
        value = SPOILT[column][1] if home in self.spoilt else SPOILT[column][0]
        if self.attempt(
            f"{column} of {home} becomes {value}",
            f"update public.registry_periodrecord set {column} = %s where household_id = %s",
            value,
            home,
        ):
            if home in self.spoilt:
                del self.spoilt[home]
            else:
                self.spoilt[home] = column

    def see_anew(self, home: int) -> None:
        """Somebody goes there: the year to today is on record and checked, all of it sound."""
        if home in self.spoilt:
            self.spoil(home)
        if all(self.attempt(f"{home} is seen anew", sql, self.today, home) for sql in SEEN_ANEW):
            self.fresh[home] = self.today
