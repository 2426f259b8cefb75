"""What somebody with the application's role does to proceedings, statement by statement.

Every act is one savepoint. What was accepted is noted with what was true at that moment (hold_model.Told), so that the model can judge it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DatabaseError, connection

import people
from decisions.hold_known import NOW, SPOILT, TABLES, Known, Rows, Told
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today, live_ahead
from xiuhua.decisions.services.basis import Basis, basis_of
from xiuhua.registry.models import Household

HUNG = ("notice", "announcement")
NAMES: dict[str, list[str]] = {}
VILLAGE = people.VILLAGE


@dataclass
class Acts:
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
    shots: dict[int, str | None] = field(default_factory=dict)
    forged: set[int] = field(default_factory=set)
    doubted: set[int] = field(default_factory=set)
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
            cursor.execute("savepoint act")
            try:
                cursor.execute(sql, values)
                came = cursor.fetchone()[0] if cursor.description else cursor.rowcount
                cursor.execute("set constraints all immediate")
            except DatabaseError as why:
                cursor.execute("rollback to savepoint act")
                cursor.execute("release savepoint act")
                self.refused += 1
                self.log.append(f"refused  {what}: {str(why).splitlines()[0]}")
                return None
            cursor.execute("release savepoint act")
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

    # -- acts that may be accepted ------------------------------------------------------------------------------------

    def begin(self, home: Household, name: str, **changed: Any) -> int | None:
        newest = self.ask(
            "select id, kind, until from public.decisions_procedure where name = %s order by id desc limit 1",
            name,
        )[0]
        values = {
            "procedure_id": newest["id"], "kind": newest["kind"], "place_code": home.village_code, "household_id": home.pk, "course": "open",
            "at_step": self.book[name]["steps"][0]["id"], "round": 1, "begun_at": "2000-01-01", "step_since": "2000-01-01",
            "as_of": min(self.today, newest["until"] or self.today), "effect_status": "", **changed,
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
        return made

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
            "rests": self.shots.get(now["shot"], "nothing"),
            "forged": now["shot"] in self.forged,
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
        """Whether one of both signed anything of a proceeding, or was stood in for in it."""
        signed = self.ask(
            "select official_id, deputises_id from public.decisions_signature where proceeding_id = %s", pk
        )
        return any(both & {one["official_id"], one["deputises_id"]} for one in signed)

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
            "brought_by": "x", "at": "2000-01-01", **changed,
        }  # fmt: skip
        made = self.attempt(
            f"paper P{one['id']} {values['step']} {what} {changed}",
            f"insert into public.decisions_paper ({', '.join(values)}) values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        if made is not None:
            self.brought[made] = self.today
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
            self.spoilt.get(one["household_id"]),
            status,
            one["as_of"],
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
            self.kept[key] = basis_of(one["household_id"], VILLAGE, one["as_of"], rules)
        return self.kept[key]

    def snapshot(
        self, one: dict[str, Any], records: Any = None, outcomes: Any = None, **changed: Any
    ) -> None:
        basis = self.basis(one)
        values = {
            "proceeding_id": one["id"], "place_code": VILLAGE, "round": 9, "step": one["at_step"], "as_of": one["as_of"], "digest": basis.digest, "at": "2000-01-01",
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
            self.shots[made] = self.spoilt.get(one["household_id"])
            if told[1] != basis.outcomes:
                self.forged.add(made)
            as_it_is = {"as_of": one["as_of"], "step": one["at_step"], "place_code": VILLAGE}
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
