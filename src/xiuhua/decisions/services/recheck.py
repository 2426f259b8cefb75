"""What a step was decided on, computed again from the records that were kept with it, in the second engine.

Whoever holds the application's role could write a false outcome beside true records; computed again it does not come out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import Recheck, Snapshot
from xiuhua.decisions.services.basis import told, versions
from xiuhua.engine import load
from xiuhua.engine.door import Grain
from xiuhua.engine.tables import TYPES
from xiuhua.places.scope import scope_of, within

KEYS: dict[Grain, str] = {"household": "household_key", "village": "village_code", "county": "county_code"}
KEPT = "facts_village"
PIECE = 200


@dataclass(frozen=True)
class Again:
    """A snapshot computed again. agrees: null where nothing can be said, and then `why` says why.

    differs: per rule what was written then and what comes out now. versions: name -> (then, now) of those that differ.
    """

    agrees: bool | None
    differs: list[dict[str, Any]]
    versions: dict[str, list[str]]
    whole: bool
    why: tuple[str, str] | None = None


def again(shot: Snapshot) -> Again:
    """Computes a snapshot's outcomes from its records alone. Reads one row besides; writes nothing."""
    now = versions()
    moved = {
        name: [shot.versions.get(name, ""), digest]
        for name, digest in now.items()
        if shot.versions.get(name) != digest
    }
    whole = digest_of(shot) == shot.digest
    grain = _grain(shot)
    if grain is None:
        why = ("依据的规则不是同一级的", "Its rules are not of one level")
        return Again(None if whole else False, [], moved, whole, why)
    came = _computed(shot, grain)
    expected = {*shot.outcomes, *_appointed(shot)}
    differs = [
        {"rule": rule, "then": shot.outcomes.get(rule), "now": came.get(rule)}
        for rule in sorted(expected)
        if _comparable(shot, shot.outcomes.get(rule)) != _comparable(shot, came.get(rule))
    ]
    if whole and not differs:
        return Again(True, [], moved, whole)
    if whole and moved and _known(shot):
        why = ("规则或事实的版本已经变了", "Rules or facts have changed since")
        return Again(None, differs, moved, whole, why)
    return Again(False, differs, moved, whole)


def digest_of(shot: Snapshot) -> str:
    """The digest that its parts come to."""
    parts = [shot.as_of.isoformat(), shot.records, shot.outcomes, shot.versions]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _known(shot: Snapshot) -> bool:
    """Whether its versions were ever in force here: something decided by them came out the same. Else they may be made up."""
    return Recheck.objects.filter(agrees=True, snapshot__versions=shot.versions).exists()


def _appointed(shot: Snapshot) -> list[str]:
    """Rules that the step had to look at; left out, they would be missed by nobody."""
    definition = shot.proceeding.procedure.definition
    step = next((one for one in definition["steps"] if one["id"] == shot.step), None)
    return [*definition["rules"], *(step["rules"] if step else [])]


def _comparable(shot: Snapshot, outcome: dict[str, Any] | None) -> dict[str, Any] | None:
    """An outcome without its evidence, where the kept villages do not say how their figures are known (kept before they did)."""
    lines = shot.records.get(KEPT, [])
    if outcome is None or not lines or any(name.startswith("e__") for name in lines[0]):
        return outcome
    return {name: value for name, value in outcome.items() if name != "evidence"}


def _grain(shot: Snapshot) -> Grain | None:
    grains = {
        load().rules[rule].grain for rule in {*shot.outcomes, *_appointed(shot)} if rule in load().rules
    }
    return next((grain for grain in KEYS if grains <= {grain}), None)


def _computed(shot: Snapshot, grain: Grain) -> dict[str, dict[str, Any]]:
    """Every rule of a snapshot as it comes out of its records; those that the rulebook no longer has are left out."""
    library = load()
    rules = [rule for rule in {*shot.outcomes, *_appointed(shot)} if rule in library.rules]
    if not rules:
        return {}
    with duckdb.connect() as session:
        for relation, statement in zip(
            library.relations.values(), library.relation_ddl("duckdb"), strict=True
        ):
            session.execute(statement)
            names = [one.name for one in relation.columns]
            lines = shot.records.get(relation.id, [])
            if lines:
                marks = ", ".join("?" for _ in names)
                session.executemany(
                    f"insert into {relation.id} ({', '.join(names)}) values ({marks})",
                    [[line.get(name) for name in names] for line in lines],
                )
        about = _subject(shot, grain)
        wanted = f"select {about} as {KEYS[grain]}"
        kept = _keep_villages(session, shot) if grain == "county" else None
        selection = library.select(
            "duckdb", grain, shot.as_of, wanted=wanted, rules=sorted(rules), kept_villages=kept
        )
        found = session.execute(selection.sql)
        columns = [one[0] for one in found.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    return {one.rule.id: told(one) for one in library.outcomes(rows[0], selection)} if rows else {}


def _keep_villages(session: duckdb.DuckDBPyConnection, shot: Snapshot) -> str:
    """What a county's villages came to, as a relation of its own."""
    library = load()
    facts = {one.id: TYPES["duckdb"][one.type] for one in library.facts.values() if one.grain == "village"}
    typed = [f"f__{name} {type_}" for name, type_ in facts.items()] + [f"e__{name} INTEGER" for name in facts]
    session.execute(f"CREATE TABLE {KEPT} (village_code VARCHAR, {', '.join(typed)})")
    lines = shot.records.get(KEPT, [])
    if lines:
        marks = ", ".join("?" for _ in range(1 + len(typed)))
        session.executemany(
            f"INSERT INTO {KEPT} VALUES ({marks})",
            [
                [line["village_code"], *(line.get(name) for name in facts), *(line.get(f"e__{name}") for name in facts)]
                for line in lines
            ],
        )  # fmt: skip
    return KEPT


def _subject(shot: Snapshot, grain: Grain) -> str:
    if grain == "household":
        return f"cast({int(shot.proceeding.household_id or 0)} as bigint)"
    return f"'{shot.place_code[:6] if grain == 'county' else int(shot.place_code)}'"


def keep(shot: Snapshot) -> Again:
    """Computes a snapshot again and keeps what came of it."""
    found = again(shot)
    Recheck.objects.create(
        snapshot=shot, place_code=shot.place_code, agrees=found.agrees, versions=found.versions, at=beijing_now(),
        differs=found.differs if found.whole else [{"digest": [shot.digest, digest_of(shot)]}, *found.differs],
    )  # fmt: skip
    return found


def keep_all(place_code: str, *, every: bool = False) -> int:
    """Computes again what was not yet, or everything of an area, some a transaction; how many. Safe to run again."""
    area, last, done = scope_of(place_code), 0, 0
    while True:
        with within(area, who={"account": "nightly"}):
            shots = list(_due(last, every))
            for shot in shots:
                keep(shot)
        if not shots:
            return done
        last, done = shots[-1].pk, done + len(shots)


def _due(last: int, every: bool) -> Iterable[Snapshot]:
    found = Snapshot.objects.filter(pk__gt=last).select_related("proceeding__procedure").order_by("pk")
    return (found if every else found.filter(rechecks__isnull=True))[:PIECE]
