"""Households looked at again by the rules: what fails goes into the pool of findings, what holds again is closed there.

The same rules and marks as an intake uses, over the register as it is; so a matter stands once, whoever found it. Sets of
households, a few queries each, safe to run again: a second look at nothing new writes nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.engine import Outcome, Result, load
from xiuhua.findings import services as findings
from xiuhua.findings.services import Why
from xiuhua.findings.terms import Kind, Way, due_on, known_as, rule_fingerprint
from xiuhua.places.scope import current_scope
from xiuhua.registry.queries.counting import STATUS
from xiuhua.registry.queries.rules import mark_of, of_the_pool
from xiuhua.registry.services.standings import AT_HAND, RELATIONS, compute_standings

GRAINS = ("person", "household", "period")
MOST_VALUES = 4
GONE = "drop table at_hand_household, at_hand_person, at_hand_period"

NUMBERS = f"""
select h.id, h.number, h.village_code, h.county_code, h.kind = 'registered' and coalesce({STATUS} = 'exited', false)
from registry_household h where h.id = any(%(wanted)s)
"""
PEOPLE = """
select p.id, coalesce(p.number, '') from registry_membership m join registry_person p on p.id = m.person_id
where m.until is null and m.household_id = any(%(wanted)s)
"""
# A row that waits outside of the register is judged by its file alone, and a noted one never was a fault.
STANDING = """
select f.id, f.rule, f.fingerprint, f.household_number, f.person_number, f.params ->> 'year'
from findings_finding f where f.state in ('open', 'explained', 'resting') and not f.held and f.rule = any(%(rules)s)
  and f.household_number = any(%(numbers)s) and f.place_code >= %(lo)s and f.place_code < %(hi)s
"""
# What is found of a household follows it to where it lives now.
FOLLOW = f"""
update findings_finding f set place_code = h.village_code, owner_id = case when exists (select 1 from accounts_post o
    where o.id = f.owner_id and (o.place_code = 'CN' or left(h.village_code, length(o.place_code)) = o.place_code))
  then f.owner_id else {findings.OWNER.replace("{place}", "h.village_code")} end
from registry_household h
where h.id = any(%(wanted)s) and f.household_number = h.number and f.place_code <> h.village_code
  and f.place_code >= h.county_code and f.place_code < h.county_code || ':' and f.state <> 'closed' and not f.held
  and not exists (select 1 from findings_finding x
    where x.place_code = h.village_code and x.fingerprint = f.fingerprint and x.state <> 'closed')
returning f.id
"""
# What a department's list says of people goes with them.
HITS_FOLLOW = """
update registry_listinghit t set village_code = m.village_code from registry_membership m
where m.household_id = any(%(wanted)s) and m.until is null and t.person_id = m.person_id and t.village_code <> m.village_code
"""
# What a file once showed of a household that has ended since is nobody's work any more.
ENDED = """f.household_number in (select h.number from registry_household h where h.id = any(%(wanted)s)
  and h.ended_on is not null and h.county_code = left(f.place_code, 6)) and not f.held"""
ENDED_WHY = (
    "本户已经结束，登记里没有要改的了",
    "The household has ended; nothing of it is left to put right",
)
COLUMNS = (
    "place_code",
    "kind",
    "rule",
    "household_number",
    "person_number",
    "params",
    "fingerprint",
    "exited",
)
FAILING = f"""
select place_code, kind, rule, '' as field, household_number, person_number, params, false as held, exited, '' as file_name, '' as sheet,
  null::int as "row", null::int as "column", fingerprint, {findings.OWNER.replace("{place}", "place_code")} as owner_id from failing
"""


@dataclass(frozen=True)
class Looked:
    """What a look came to: households, findings standing after it, and how many of those before were closed."""

    households: int = 0
    failing: int = 0
    closed: int = 0

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            self.households + other.households, self.failing + other.failing, self.closed + other.closed
        )


@dataclass(frozen=True)
class Home:
    """A household as its findings name it."""

    number: str
    village: str
    county: str
    exited: bool


@dataclass
class Look:
    """One look at a set of households on a day."""

    wanted: list[int]
    as_of: date
    homes: dict[int, Home] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    fingerprints: set[str] = field(default_factory=set)


def rules_of_the_pool(grain: str | None = None) -> list[str]:
    """Rules of households, their people and years whose failing is a finding; of one grain where it is given."""
    return [
        rule.id
        for rule in load().rules.values()
        if rule.grain in GRAINS and of_the_pool(rule.id) and grain in (None, rule.grain)
    ]


def look_again(
    *, households: Iterable[int], as_of: date, by: str = "", post: str = "", standings: bool = True
) -> Looked:
    """Runs the rules over households of the acting area and brings the pool in line. One transaction of the caller's.

    `by`, `post`: whose act made it necessary; empty for the nightly look. `standings`: what the lists keep is computed too.
    """
    look = Look(sorted(set(households)), as_of)
    if not look.wanted:
        return Looked()
    values = {"wanted": look.wanted}
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, values)
        look.homes = {key: Home(*told) for key, *told in cursor.fetchall()}
        look.wanted = list(look.homes)
        cursor.execute(PEOPLE, values)
        look.people = dict(cursor.fetchall())
        cursor.execute(FOLLOW, values)
        if gone_along := [pk for (pk,) in cursor.fetchall()]:
            cursor.execute("select findings_history_follows(%s)", [gone_along])
        cursor.execute(HITS_FOLLOW, values)
        cursor.execute(AT_HAND, values)
        for grain in GRAINS:
            _failing(cursor, look, grain)
        closed = _close(cursor, look, by, post)
        scope = current_scope()
        closed += findings.close_matching(
            ENDED, values, lo=scope.lo, hi=scope.hi, way=Way.GONE, why=Why(by, post, *ENDED_WHY)
        )
        cursor.execute(GONE)
        _take(cursor, look, by, post)
    if standings:
        compute_standings(households=look.wanted, as_of=as_of)
    return Looked(len(look.wanted), len(look.rows), closed)


def _failing(cursor: Any, look: Look, grain: Any) -> None:
    """Adds what fails, and what is not known where the rulebook asks for it: first the bare outcomes, then what was seen."""
    library = load()
    rules = rules_of_the_pool(grain)
    wrong = " or ".join(
        f"r__{library.rules[rule].column} in (2, 3)"
        if library.rules[rule].asks_when_unknown
        else f"r__{library.rules[rule].column} = 2"
        for rule in rules
    )
    bare = library.select("postgres", grain, look.as_of, relations=RELATIONS, rules=rules, bare=True)
    cursor.execute(f"select distinct household_key from ({bare.sql}) o where {wrong}")
    keys = [row[0] for row in cursor.fetchall()]
    if not keys:
        return
    for row, outcomes in _outcomes(cursor, look, grain, rules, keys, wrong):
        for outcome in outcomes:
            if outcome.fails or (outcome.not_known and outcome.rule.asks_when_unknown):
                _add(look, grain, row, outcome)


def _outcomes(
    cursor: Any, look: Look, grain: Any, rules: list[str], keys: list[int], where: str = "true"
) -> Iterator[tuple[Mapping[str, Any], list[Outcome]]]:
    """Rows of some households with the outcomes of some rules and what each saw."""
    library = load()
    selection = library.select(
        "postgres", grain, look.as_of, relations=RELATIONS, rules=rules,
        wanted="select unnest(%(keys)s::bigint[]) as household_key",
    )  # fmt: skip
    cursor.execute(f"select * from ({selection.sql}) o where {where}", {"keys": keys})
    names = [column.name for column in cursor.description]
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        yield row, library.outcomes(row, selection)


def _mark(look: Look, grain: str, row: Mapping[str, Any], rule: str) -> str:
    """The mark of a matter as a file makes it."""
    key = row["person_key"] if grain == "person" else None
    person = known_as(look.people.get(key, ""), key) if key is not None else ""
    year = row["year"] if grain == "period" else None
    return rule_fingerprint(rule, look.homes[row["household_key"]].number, person, year)


def _add(look: Look, grain: str, row: Mapping[str, Any], outcome: Outcome) -> None:
    home = look.homes[row["household_key"]]
    person = look.people.get(row["person_key"], "") if grain == "person" else ""
    mark = _mark(look, grain, row, outcome.rule.id)
    if mark in look.fingerprints:
        return
    look.fingerprints.add(mark)
    params: dict[str, Any] = {**_sentence(outcome), "mark": mark_of(outcome)}
    if grain == "period":
        params["year"] = row["year"]
    elif grain == "person" and not person:
        params["person_id"] = row["person_key"]
    kind = Kind.WARNED if outcome.fails else Kind.UNKNOWN
    told = json.dumps(params, ensure_ascii=False, default=str)
    look.rows.append(
        (home.village, kind.value, outcome.rule.id, home.number, person, told, mark, home.exited)
    )


def _sentence(outcome: Outcome) -> dict[str, str]:
    if outcome.fails:
        return {"zh": outcome.says("zh"), "en": outcome.says("en")}
    missing = [one.label for one in outcome.missing[:MOST_VALUES]]
    zh, en = (
        "、".join(one.says("zh") for one in missing) or "几处记录",
        ", ".join(one.says("en") for one in missing) or "some records",
    )
    return {
        "zh": f"尚不清楚是否“{outcome.rule.says.zh}”：缺{zh}",
        "en": f"Not known whether “{outcome.rule.says.en}”: {en} missing",
    }


def _close(cursor: Any, look: Look, by: str, post: str) -> int:
    """Closes what stands and was looked at and does not fail any more. What has become unknown stays: nothing says it holds."""
    numbers = {home.number: key for key, home in look.homes.items()}
    scope = current_scope()
    cursor.execute(
        STANDING,
        {"rules": rules_of_the_pool(), "numbers": list(numbers), "lo": scope.lo, "hi": scope.hi},
    )
    standing = [row for row in cursor.fetchall() if row[2] not in look.fingerprints]
    by_grain: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in standing:
        by_grain[load().rules[row[1]].grain].append(row)
    shut: dict[tuple[Way, str, str], list[int]] = defaultdict(list)
    for grain, rows in by_grain.items():
        for pk, way, zh, en in _judged(cursor, look, grain, rows, numbers):
            shut[way, zh, en].append(pk)
    return sum(
        findings.close_some(ids=ids, lo=scope.lo, hi=scope.hi, way=way, why=Why(by, post, zh, en))
        for (way, zh, en), ids in shut.items()
    )


def _judged(
    cursor: Any, look: Look, grain: str, rows: list[tuple[Any, ...]], numbers: dict[str, int]
) -> Iterator[tuple[int, Way, str, str]]:
    """Of findings of one grain that fail no more: the key, the way and the words in which each is closed."""
    rules = list({row[1] for row in rows})
    keys = [numbers[row[3]] for row in rows]
    found: dict[tuple[str, str], Outcome] = {}
    for row, outcomes in _outcomes(cursor, look, grain, rules, keys):
        for one in outcomes:
            found[one.rule.id, _mark(look, grain, row, one.rule.id)] = one
    for pk, rule, mark, *_about in rows:
        outcome = found.get((rule, mark))
        if outcome is None:
            yield (
                pk,
                Way.GONE,
                "这一成员或年度已不在本户的登记里",
                "The member or year is no longer on the household's record",
            )
        elif outcome.code is Result.HOLDS:
            yield pk, Way.HOLDS, *_saw(outcome)
        elif outcome.code is Result.NOT_APPLICABLE:
            says = outcome.rule.says
            yield pk, Way.GONE, f"“{says.zh}”不再适用于本户", f"“{says.en}” no longer applies"


def _saw(outcome: Outcome) -> tuple[str, str]:
    """That a rule holds, and what it saw, in both languages."""
    told = []
    for language, comma in (("zh", "，"), ("en", ", ")):
        seen = [
            f"{one.says(language)} {one.text(language)}" for one in outcome.facts if one.value is not None
        ]
        says = outcome.rule.says.says(language)
        begin = f"“{says}”按规则复核已符合" if language == "zh" else f"“{says}” holds again"
        rest = comma.join(seen[:MOST_VALUES])
        told.append(f"{begin}{'：' if language == 'zh' else ': '}{rest}" if rest else begin)
    return told[0], told[1]


def _take(cursor: Any, look: Look, by: str, post: str) -> None:
    if not look.rows:
        return
    cursor.execute(
        "create temp table failing (place_code text, kind text, rule text, household_number text, person_number text, params jsonb,"
        " fingerprint text, exited boolean) on commit drop"
    )
    with cursor.copy(f"copy failing ({', '.join(COLUMNS)}) from stdin") as copy:
        for row in look.rows:
            copy.write_row(row)
    county = next(iter(look.homes.values())).county
    findings.take(
        source=FAILING, values={}, batch=None, due_on=due_on(beijing_today(), county), place_code=county, by=by, post=post,
    )  # fmt: skip
    cursor.execute("drop table failing")
