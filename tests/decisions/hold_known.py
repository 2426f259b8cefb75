"""What a model of proceedings knows by itself: people, offices, figures, what was noted when something was accepted, and the rulebook's YAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

Rows = list[dict[str, Any]]


TABLES = (
    "decisions_proceeding", "decisions_signature", "decisions_paper", "decisions_snapshot", "decisions_kin", "notices_notice",
    "notices_objection", "registry_statusentry", "registry_watchentry", "decisions_appeal",
)  # fmt: skip


# What of a row may change afterwards, and only as the model expects it.
MAY_CHANGE = {
    "decisions_proceeding": {"course", "at_step", "round", "step_since", "effect_on", "effect_status", "due_on", "closed_on"},
    "decisions_kin": {"until"},
    "notices_notice": {"taken_down_on", "taken_down_by", "taken_down_proof_id", "taken_down_appointment_id"},
    "notices_objection": {"answer", "upheld", "answered_by", "answered_official_id", "answered_at"},
    "decisions_appeal": {"upheld", "answer", "answered_by", "answered_appointment_id", "answered_at"},
}  # fmt: skip


ROLES = {
    "village_worker": "village_worker", "village_committee": "village_worker", "work_team": "village_worker", "township_office": "township_office", "county_office": "county_office",
    "county_leader": "leader", "city_office": "higher_office", "province_office": "higher_office", "outside": "auditor",
}  # fmt: skip


OFFICES = ("village_worker", "township_office", "county_office", "higher_office")


LENGTHS = {"village": 12, "township": 9, "county": 6, "city": 4, "province": 2}


# Whose side somebody is on, where a step wants one of each.
SIDES = {"village_committee", "work_team"}


# Of which columns that are spoilt the grounds of a removal do not speak.
NO_GROUND_LOST = (None, "food_clothing_ok")


ABOVE = {12: 9, 9: 6, 6: 4, 4: 2, 2: 2}


HEARERS = {9: "township_office", 6: "county_office", 4: "higher_office", 2: "higher_office"}


# Figures of the rulebook that no place of the test set otherwise.
APPEAL_DAYS, LAPSE_DAYS, WATCHED_DAYS, CHECK_DAYS = 30, 180, 180, 180


CLASSES = ("unstable", "marginal", "sudden")


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
    office: str = ""


@dataclass(frozen=True)
class Heard:
    """When an appeal was decided: its turn among all, how many had signed by then, the day, whether another of the kind was open."""

    turn: int
    signed: int
    day: date
    again: bool


@dataclass
class Told:
    """What the driver saw at the moment when something was accepted: later nobody could tell."""

    # signature id -> the day, officials that were kin, evidence at the step, notices of the step, whether the records were sound.
    at: dict[int, dict[str, Any]] = field(default_factory=dict)
    begun: dict[int, str] = field(default_factory=dict)  # proceeding -> its procedure
    heard: dict[int, Heard] = field(default_factory=dict)  # appeal -> when it was decided
    lapsed: set[int] = field(default_factory=set)  # proceedings that were let lapse

    def kept(self) -> Told:
        return Told(dict(self.at), dict(self.begun), dict(self.heard), set(self.lapsed))


# What of the records is spoilt, and how it is put right again.
SPOILT = {
    "house_grade": ("D", "B"),
    "house_seen": ("reported", "checked"),
    "food_clothing_ok": (None, True),
    "income_seen": ("reported", "checked"),
}
# The newest year of a household and its people, as somebody sees them on a day.
SEEN_ANEW = (
    """update public.registry_periodrecord p set period_start = x.day - 364, period_end = x.day, income_seen_on = x.day, house_seen_on = x.day,
      water_seen_on = x.day, water_reported_seen_on = x.day, insurance_seen_on = x.day, food_clothing_seen_on = x.day
    from (select %s::date as day, %s::bigint as home) x
    where p.id = (select q.id from public.registry_periodrecord q where q.household_id = x.home order by q.year desc limit 1)""",
    """update public.registry_person p set seen_on = x.day from (select %s::date as day, %s::bigint as home) x
    where p.id in (select m.person_id from public.registry_membership m where m.household_id = x.home)""",
)
# How a household stands, what its step rests on and which papers there are, in one question.
NOW = """select (select s.status from public.registry_statusentry s where s.household_id = %s order by s.id desc limit 1) as status,
  (select h.kind from public.registry_household h where h.id = %s) as kind, w.watch_class, w.since,
  (select max(x.id) from public.decisions_snapshot x where x.proceeding_id = %s and x.step = %s and x.round = %s) as shot,
  (select array_agg(p.id) from public.decisions_paper p where p.proceeding_id = %s) as papers
from (select 1) one left join lateral (select x.watch_class, x.since from public.registry_watchentry x where x.household_id = %s order by x.id desc limit 1) w on true"""
