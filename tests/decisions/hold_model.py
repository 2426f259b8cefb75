"""What must be true of proceedings whatever was tried, said once more and without the product: only the rulebook's YAML is shared.

`violations` reads the tables as rows and replays what was signed. Nothing here asks the engine, a guard or a query of the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import yaml

Rows = list[dict[str, Any]]
TABLES = (
    "decisions_proceeding", "decisions_signature", "decisions_paper", "decisions_snapshot", "decisions_kin", "notices_notice",
    "notices_objection", "registry_statusentry",
)  # fmt: skip
# What of a row may change afterwards, and only as the model expects it.
MAY_CHANGE = {
    "decisions_proceeding": {"course", "at_step", "round", "step_since", "effect_on", "effect_status", "due_on", "closed_on"},
    "decisions_kin": {"until"},
    "notices_notice": {"taken_down_on", "taken_down_by", "taken_down_proof_id"},
    "notices_objection": {"answer", "upheld", "answered_by", "answered_official_id", "answered_at", "who_sealed", "said_sealed"},
}  # fmt: skip
ROLES = {
    "village_worker": "village_worker", "work_team": "village_worker", "township_office": "township_office", "county_office": "county_office",
    "county_leader": "leader", "city_office": "higher_office", "province_office": "higher_office", "outside": "auditor",
}  # fmt: skip


def procedures(folder: Any) -> dict[str, dict[str, Any]]:
    """Procedures of the rulebook by id, read as plain YAML."""
    found = {}
    for path in sorted(folder.glob("*/procedures*.yaml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            found[one["id"]] = one
    return found


@dataclass(frozen=True)
class Known:
    """A person as the test made them, whatever the tables say now: appointment -> official, role, place, last day."""

    official: int
    role: str
    place: str
    until: date | None = None
    deputises: int | None = None


@dataclass
class Told:
    """What the driver saw at the moment when something was accepted: later nobody could tell."""

    # signature id -> the day, officials that were kin, evidence at the step, notices of the step, whether the records were sound.
    at: dict[int, dict[str, Any]] = field(default_factory=dict)
    begun: dict[int, str] = field(default_factory=dict)  # proceeding -> status at its beginning


def violations(
    rows: dict[str, Rows],
    before: dict[str, Rows],
    book: dict[str, dict[str, Any]],
    people: dict[int, Known],
    told: Told,
) -> list[str]:
    """What is not as it must be, in words; empty where all is."""
    found = [*_nothing_lost(rows, before)]
    by = {one["id"]: one for one in rows["decisions_proceeding"]}
    effects: dict[int, list[tuple[str, int]]] = {}
    for proceeding in by.values():
        name = told.begun.get(proceeding["id"], "")
        if not name:
            found.append(f"proceeding {proceeding['id']} begun by nobody's act")
            continue
        found += Judging(proceeding, book[name], rows, people, told, effects).replayed()
    found += _one_open(rows["decisions_proceeding"]) + _statuses(rows, effects, by, book, told)
    return found


def _nothing_lost(rows: dict[str, Rows], before: dict[str, Rows]) -> list[str]:
    found = []
    for table, old in before.items():
        now = {one["id"]: one for one in rows[table]}
        free = MAY_CHANGE.get(table, set())
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
    signed: Rows = field(default_factory=list)


@dataclass(frozen=True)
class Judging:
    """One proceeding against its procedure, with all rows and everybody known."""

    proceeding: dict[str, Any]
    procedure: dict[str, Any]
    rows: dict[str, Rows]
    people: dict[int, Known]
    told: Told
    effects: dict[int, list[tuple[str, int]]]

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.procedure["steps"]]

    def replayed(self) -> list[str]:
        """Goes through the signatures in order by the rulebook alone, and holds the row against where that leads."""
        pk, now, found = self.proceeding["id"], Course(), []
        for one in sorted(
            (one for one in self.rows["decisions_signature"] if one["proceeding_id"] == pk),
            key=lambda one: one["id"],
        ):
            found += self.one(one, now)
            now.signed.append(one)
        self.objected(now)
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

    def one(self, one: dict[str, Any], now: Course) -> list[str]:
        who, step = self.people.get(one["appointment_id"]), self.procedure["steps"][now.at]
        label = f"P{self.proceeding['id']} {one['step']}/{one['sign']}"
        found = [f"{label}: signed after the end"] if now.course != "open" else []
        if one["step"] != step["id"] or one["round"] != now.turn:
            found.append(f"{label}: out of order, the step is {step['id']} round {now.turn}")
        if who is None or who.official != one["official_id"]:
            return [*found, f"{label}: signed in another's name"]
        found += _who(label, one, who, step, now.signed, self.people, self.told, self.proceeding)
        if one["sign"] == "withdrawn":
            now.course = "withdrawn"
            return found + ([f"{label}: taken back after it took effect"] if now.effect else [])
        if one["sign"] in ("no", "returned"):
            return found + self.back(label, one, step, now)
        return found + self.on(label, one, step, now)

    def back(self, label: str, one: dict[str, Any], step: dict[str, Any], now: Course) -> list[str]:
        to = step.get("if_no") if one["sign"] == "no" else one["detail"].get("to")
        found = [] if one["reason"] else [f"{label}: without a reason"]
        if one["sign"] == "no" and to in ("refused", "ended"):
            now.course = to
        elif to in self.ids[: now.at + 1] and (one["sign"] == "no" or step["does"] in ("review", "decision")):
            now.at, now.turn = self.ids.index(to), now.turn + 1
        else:
            found.append(f"{label}: leads to {to}")
        return found

    def on(self, label: str, one: dict[str, Any], step: dict[str, Any], now: Course) -> list[str]:
        mine = {
            x["official_id"]
            for x in now.signed
            if (x["step"], x["round"], x["sign"]) == (step["id"], now.turn, "signed")
        }
        found = [f"{label}: one person twice"] if one["official_id"] in mine else []
        if len(mine) + 1 < step.get("people", 1):
            return found
        found += _complete(label, one, step, self.procedure, self.rows, self.told, self.proceeding, now.turn)
        if self.procedure["effect_at"] == step["id"]:
            now.effect = True
            self.effects.setdefault(self.proceeding["id"], []).append(
                (self.procedure["effect"].get("status") or "", now.turn)
            )
        if now.at == len(self.procedure["steps"]) - 1:
            now.course = "decided"
        else:
            now.at += 1
        return found


def _who(
    label: str,
    one: dict[str, Any],
    who: Known,
    step: dict[str, Any],
    signed: Rows,
    people: dict[int, Known],
    told: Told,
    proceeding: dict[str, Any],
) -> list[str]:
    found, moment = [], told.at[one["id"]]
    if not proceeding["place_code"].startswith(who.place):
        found.append(f"{label}: from elsewhere")
    if who.until is not None and who.until < moment["day"]:
        found.append(f"{label}: not in the post any more")
    if who.official in moment["kin"] or who.deputises in moment["kin"]:
        found.append(f"{label}: by kin")
    if one["sign"] == "withdrawn":
        return found
    if who.role not in {ROLES.get(each) for each in step["who"]}:
        found.append(f"{label}: by {who.role}")
    apart = step.get("apart_from", [])
    for before in signed:
        other = people[before["appointment_id"]]
        same = bool({before["official_id"], other.deputises} & {who.official, who.deputises} - {None})
        if same and before["step"] != step["id"] and ("all" in apart or before["step"] in apart):
            found.append(f"{label}: judged by whoever did {before['step']}")
    return found


def _complete(
    label: str,
    one: dict[str, Any],
    step: dict[str, Any],
    procedure: dict[str, Any],
    rows: dict[str, Rows],
    told: Told,
    proceeding: dict[str, Any],
    turn: int,
) -> list[str]:
    found, moment = [], told.at[one["id"]]
    if step["does"] in ("notice", "announcement"):
        found += _hung(label, step, rows, moment, proceeding, turn)
    else:
        for paper in step.get("evidence", []):
            codes = {paper["code"], paper.get("or_else")}
            brought = [
                x for x in rows["decisions_paper"]
                if x["proceeding_id"] == proceeding["id"] and x["step"] == step["id"] and x["round"] == turn and x["what"] in codes and x["id"] in moment["papers"]
            ]  # fmt: skip
            days = paper.get("expires_days")
            if not any(
                days is None or moment["brought"][x["id"]] + timedelta(days=days) >= moment["day"]
                for x in brought
            ):
                found.append(f"{label}: without {paper['code']}")
    if step.get("vote"):
        vote = one["detail"].get("vote") or {}
        counts = [vote.get(name) for name in ("yes", "no", "abstained", "present", "entitled")]
        if not all(type(n) is int and n >= 0 for n in counts):
            found.append(f"{label}: a vote without its numbers")
        else:
            yes, no, abstained, present, entitled = (int(str(n)) for n in counts)
            if (
                yes + no + abstained != present
                or present > entitled
                or present * 100 < step["vote"]["quorum_percent"] * entitled
                or yes * 100 <= step["vote"]["passes_percent"] * present
            ):
                found.append(f"{label}: the vote does not carry it")
    if procedure["direction"] == "leaving" and step.get("rules") and not moment["sound"]:
        found.append(f"{label}: a standard fails or was not checked")
    if procedure["effect_at"] == step["id"] or step.get("rules"):
        shots = [
            x
            for x in rows["decisions_snapshot"]
            if x["proceeding_id"] == proceeding["id"] and x["step"] == step["id"] and x["round"] == turn
        ]
        if not shots:
            found.append(f"{label}: nothing was kept of what it rests on")
        elif any(x["as_of"] != proceeding["as_of"] for x in shots):
            found.append(f"{label}: kept of another day")
    return found


def _hung(
    label: str,
    step: dict[str, Any],
    rows: dict[str, Rows],
    moment: dict[str, Any],
    proceeding: dict[str, Any],
    turn: int,
) -> list[str]:
    reference = f"proceeding:{proceeding['id']}:{step['id']}:{turn}"
    its = [x for x in rows["notices_notice"] if x["reference"] == reference]
    if len(its) != 1:
        return [f"{label}: hung {len(its)} times"]
    notice = its[0]
    found = []
    # Seven days at the least, the day of hanging not counted, taken down after the last one.
    if notice["taken_down_on"] is None or notice["taken_down_on"] <= notice["hung_on"] + timedelta(days=7):
        found.append(f"{label}: came down too early or not at all")
    if notice["taken_down_on"] is not None and notice["taken_down_on"] > moment["day"]:
        found.append(f"{label}: taken down in the future")
    if notice["hung_on"] < moment["since"][reference]:
        found.append(f"{label}: hung before the step was reached")
    for objection in rows["notices_objection"]:
        if objection["notice_id"] == notice["id"] and (
            objection["answered_at"] is None or (objection["upheld"] and step["does"] == "notice")
        ):
            found.append(f"{label}: closed over an objection")
    return found


def _one_open(proceedings: Rows) -> list[str]:
    seen: set[tuple[str, int]] = set()
    found = []
    for one in proceedings:
        key = (one["kind"], one["household_id"])
        if one["course"] == "open" and key in seen:
            found.append(f"two open of {key}")
        if one["course"] == "open":
            seen.add(key)
    return found


def _statuses(
    rows: dict[str, Rows],
    effects: dict[int, list[tuple[str, int]]],
    by: dict[int, dict[str, Any]],
    book: dict[str, dict[str, Any]],
    told: Told,
) -> list[str]:
    """A status is by the opening, once and first, or by an effect that took place, once; and it follows from where the household stood."""
    found: list[str] = []
    entries: dict[int, str] = {}
    by_case: dict[int, list[str]] = {}
    for one in sorted(rows["registry_statusentry"], key=lambda one: one["id"]):
        home = one["household_id"]
        if one["basis"] == "opening":
            if home in entries:
                found.append(f"household {home}: an opening over a status")
        elif (
            one["basis"] == "case"
            and one["case_number"][1:].isdigit()
            and int(one["case_number"][1:]) in effects
        ):
            pk = int(one["case_number"][1:])
            by_case.setdefault(pk, []).append(one["status"])
            begins = book[told.begun[pk]].get("begins_with", [])
            stands = {entries.get(home, "none"), "unwatched"}
            if by[pk]["household_id"] != home or (begins and not stands & set(begins)):
                found.append(f"household {home}: {one['status']} from {stands} by P{pk}")
        else:
            found.append(f"household {home}: a status by nothing ({one['basis']} {one['case_number']})")
        entries[home] = one["status"]
    for pk, happened in effects.items():
        wanted = [status for status, _turn in happened if status]
        if by_case.get(pk, []) != wanted or len(happened) != 1:
            found.append(f"P{pk} took effect {happened}, statuses are {by_case.get(pk)}")
    return found
