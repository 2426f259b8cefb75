"""What a batch asks somebody to decide, as pairs of two sides; and what was decided before, which it does not ask again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.decisions.models import Pair
from xiuhua.decisions.queries.pairs import settled
from xiuhua.decisions.services.pairs import Asked, Side, close_pairs, open_pairs
from xiuhua.decisions.terms import Answer, PairKind
from xiuhua.findings.terms import beside
from xiuhua.intake.models import Batch
from xiuhua.intake.services.operators import operator
from xiuhua.intake.services.sightings import Seen
from xiuhua.intake.terms import IntakeRule as Rule

# Rules whose findings are questions about two sides.
RULES = (
    Rule.SAME_PERSON_TWO_HOUSEHOLDS, Rule.ID_USED_TWICE, Rule.ID_CHANGED, Rule.PERSON_MOVED, Rule.HOUSEHOLD_MOVED, Rule.ID_ELSEWHERE,
)  # fmt: skip
KINDS = (
    PairKind.SAME_PERSON, PairKind.ID_TWICE, PairKind.ID_CHANGED, PairKind.PERSON_MOVED, PairKind.HOUSEHOLD_MOVED, PairKind.ID_ELSEWHERE,
)  # fmt: skip
# One number on so many rows is a placeholder: each row is asked about with the first only.
CROWD = 12

SEEN = """
select x.id, x.rule, x.fingerprint, x.field, x."column", x.params, r.sheet_id, r.row, f.file_name, f.name, r.household_number, r.person_number,
  r.village_code, r.person, r.id_blind, coalesce(r.household ->> 'head_name', h.household ->> 'head_name')
from intake_sighting x
join intake_stagedrow r on r.batch_id = %(batch)s and r.household_number = x.household_number and r.sheet_id = x.sheet_id and r.row = x.row
join intake_sheet f on f.id = x.sheet_id
left join intake_stagedhousehold h on h.batch_id = x.batch_id and h.number = r.household_number
where x.batch_id = %(batch)s and x.rule = any(%(rules)s) order by x.id
"""

SHARING = """
select null::bigint, null, null, null, null::int, '{}'::jsonb, r.sheet_id, r.row, f.file_name, f.name, r.household_number, r.person_number,
  r.village_code, r.person, r.id_blind, coalesce(r.household ->> 'head_name', h.household ->> 'head_name')
from intake_stagedrow r join intake_sheet f on f.id = r.sheet_id
left join intake_stagedhousehold h on h.batch_id = r.batch_id and h.number = r.household_number
where r.batch_id = %(batch)s and r.id_blind = any(%(blinds)s) order by r.sheet_id, r.row
"""

KNOWN = """
select p.id, p.number, p.name, p.sex, p.birth_date, p.id_sealed, p.id_blind, p.id_kind, p.id_valid, p.seen, p.seen_on,
  coalesce(p.changed_by, p.brought_by), m.relation, h.id, h.number, h.head_name, h.village_code
from registry_person p join registry_membership m on m.person_id = p.id and m.until is null join registry_household h on h.id = m.household_id
where p.county_code = %(county)s and (p.number = any(%(numbers)s) or p.id_blind = any(%(blinds)s)) order by p.id
"""

HOUSEHOLDS = """
select h.number, h.id, h.head_name, h.village_code, coalesce(h.changed_by, h.brought_by) from registry_household h
where h.county_code = %(county)s and h.number = any(%(numbers)s)
"""

FROM_ID = ("id_kind", "id_valid", "sex", "birth_date", "disability_category", "disability_grade")


@dataclass(frozen=True)
class Row:
    """A staged row with the finding that was seen there, if one was."""

    sighting: int | None
    rule: str | None
    fingerprint: str | None
    field: str | None
    column: int | None
    params: Mapping[str, Any]
    sheet: int
    row: int
    file: str
    sheet_name: str
    household: str | None
    person: str | None
    village: str | None
    said: Mapping[str, Any]
    blind: bytes | None
    head: str | None

    @property
    def who(self) -> tuple[str | None, str | None]:
        return self.household, self.person


@dataclass(frozen=True)
class AskedAt:
    """A pair that a finding asks about; `mine` is the side that the finding's row is."""

    row: Row
    asked: Asked
    mine: Side


def asked(batch: Batch) -> list[AskedAt]:
    """The pairs of a batch's findings, each with its row. The same pair comes once for each finding that asks about it."""
    values: dict[str, Any] = {
        "batch": batch.pk,
        "county": batch.place_code[:6],
        "rules": [rule.value for rule in RULES],
    }
    seen = [_row(one) for one in _rows(SEEN, values)]
    if not seen:
        return []
    blinds = [row.blind for row in seen if row.blind is not None]
    sharing = [_row(one) for one in _rows(SHARING, values | {"blinds": blinds})]
    numbers = list({row.person for row in (*seen, *sharing) if row.person})
    known = _rows(KNOWN, values | {"blinds": blinds, "numbers": numbers})
    homes = {
        one[0]: one
        for one in _rows(
            HOUSEHOLDS, values | {"numbers": list({row.household for row in seen if row.household})}
        )
    }
    return list(_Asking(batch, seen, sharing, known, homes).all())


class _Asking:
    """Rows and records at hand, looked up by number and by ID."""

    def __init__(
        self, batch: Batch, seen: list[Row], sharing: list[Row], known: list[Any], homes: dict[str, Any]
    ) -> None:
        self.batch, self.seen, self.homes = batch, seen, homes
        self.sharing: dict[bytes | None, list[Row]] = defaultdict(list)
        for row in sharing:
            self.sharing[row.blind].append(row)
        self.by_number = {one[1]: one for one in known if one[1]}
        self.by_blind: dict[bytes | None, list[Any]] = defaultdict(list)
        for one in known:
            self.by_blind[_bytes(one[6])].append(one)
        self.prints: dict[tuple[int, int], list[str]] = defaultdict(list)
        for row in seen:
            if row.fingerprint:
                self.prints[row.sheet, row.row].append(row.fingerprint)

    def all(self) -> Iterable[AskedAt]:
        for row in self.seen:
            match row.rule:
                case Rule.SAME_PERSON_TWO_HOUSEHOLDS | Rule.ID_USED_TWICE:
                    yield from self._sharing(row)
                case Rule.ID_CHANGED | Rule.PERSON_MOVED if row.person in self.by_number:
                    kept = Side.of_register(self.by_number[row.person])
                    kind = PairKind.ID_CHANGED if row.rule == Rule.ID_CHANGED else PairKind.PERSON_MOVED
                    yield self._one(row, kind, kept, self._side(row), mine="right")
                case Rule.HOUSEHOLD_MOVED if row.household in self.homes:
                    yield self._one(row, PairKind.HOUSEHOLD_MOVED, *self._moved(row), mine="right")
                case Rule.ID_ELSEWHERE:
                    there = Side({"village": row.params.get("other", ""), "source": {"where": "elsewhere"}})
                    yield self._one(row, PairKind.ID_ELSEWHERE, self._side(row), there, mine="left")

    def _one(
        self, row: Row, kind: PairKind, left: Side, right: Side, *, mine: str, other: Row | None = None
    ) -> AskedAt:
        prints = {mine: self.prints[row.sheet, row.row]}
        if other is not None:
            prints["right" if mine == "left" else "left"] = self.prints[other.sheet, other.row]
        found = Asked(kind, left, right, row.rule or "", findings=prints)
        return AskedAt(row, found, left if mine == "left" else right)

    def _sharing(self, row: Row) -> Iterable[AskedAt]:
        mine = self._side(row)
        rows = self.sharing[row.blind]
        others: list[tuple[Side, Row | None]] = []
        met = {row.who}
        for one in rows:
            if one.who not in met:
                met.add(one.who)
                others.append((self._side(one), one))
        staged = {one.person for one in rows} | {row.person}
        others += [(Side.of_register(one), None) for one in self.by_blind[row.blind] if one[1] not in staged]
        for side, other in others[:1] if len(others) > CROWD else others:
            name = mine.said.get("name")
            same = name is not None and name == side.said.get("name")
            kind = PairKind.SAME_PERSON if same else PairKind.ID_TWICE
            if mine.key <= side.key:
                yield self._one(row, kind, mine, side, mine="left", other=other)
            else:
                yield self._one(row, kind, side, mine, mine="right", other=other)

    def _side(self, row: Row) -> Side:
        # Of a number that two people have, the check concludes nothing and keeps it apart; here it is what is asked about.
        told = {**row.said.get("shared", {}), **row.said}
        said = {key: told.get(key) for key in ("name", "relation", "seen", "seen_on", *FROM_ID)}
        kept = self.by_number.get(row.person)
        there = kept is not None and kept[14] == row.household
        said |= {
            "household": row.household or "", "person": row.person or "", "village": row.village or (kept[16] if there and kept else ""),
            "head": row.head or (kept[15] if there and kept else None),
            "person_id": kept[0] if there and kept else None, "household_id": kept[13] if there and kept else None,
            "source": {"where": "file", "file": row.file, "sheet": row.sheet_name, "row": row.row, "column": row.column, "field": row.field,
                       "batch": self.batch.pk},
        }  # fmt: skip
        sealed = told.get("id_sealed")
        return Side(said, bytes.fromhex(sealed[2:]) if sealed else None, row.blind)

    def _moved(self, row: Row) -> tuple[Side, Side]:
        number, pk, head, village, batch = self.homes[row.household or ""]
        about = {
            "household": number,
            "person": "",
            "name": head,
            "head": head,
            "household_id": pk,
            "person_id": None,
        }
        left = Side({**about, "village": village, "source": {"where": "register", "batch": batch}})
        right = Side(
            {
                **about,
                "village": row.village,
                "head": row.head or head,
                "source": self._side(row).said["source"],
            }
        )
        return left, right


def leave_settled(batch: Batch) -> int:
    """Takes out of a batch's findings what somebody decided before; what was judged wrong is told as to be corrected.

    Returns how many findings are not asked again.
    """
    found = asked(batch)
    known = settled(batch.place_code[:6], {one.asked.mark for one in found})
    by_sighting: dict[int, list[AskedAt]] = defaultdict(list)
    for one in found:
        if one.row.sighting is not None:
            by_sighting[one.row.sighting].append(one)
    count = 0
    with connection.cursor() as cursor:
        for sighting, among in by_sighting.items():
            if any(one.asked.mark not in known for one in among):
                continue
            count += 1
            told = next(filter(None, (_told(one, known[one.asked.mark]) for one in among)), None)
            if told is None:
                cursor.execute("delete from intake_sighting where id = %s", [sighting])
            else:
                cursor.execute(
                    "update intake_sighting set rule = %s, kind = %s, params = %s, fingerprint = %s where id = %s",
                    [
                        told.rule,
                        told.kind,
                        json.dumps(told.params, ensure_ascii=False),
                        told.fingerprint(),
                        sighting,
                    ],
                )
    return count


def _told(one: AskedAt, pair: Pair) -> Seen | None:
    """What is still told of a row whose pair was decided; None where nothing is."""
    stored = Side(pair.left).key == one.mine.key
    mine = "left" if stored else "right"
    wrong = {Answer.LEFT_WRONG: "left", Answer.RIGHT_WRONG: "right"}.get(Answer(pair.answer))
    gone = {Answer.KEEP_LEFT: "right", Answer.KEEP_RIGHT: "left", Answer.RELEASE: "left"}.get(
        Answer(pair.answer)
    )
    if wrong == mine:
        rule = Rule.NUMBER_TO_CORRECT
    elif gone == mine:
        # Out of the register by a case, the row does nothing; else it would bring the person in.
        rule = Rule.ROW_LEFT_ASIDE if pair.case_id else Rule.ROW_TO_REMOVE
    elif pair.answer == Answer.KEEP:
        rule = Rule.ROW_LEFT_ASIDE
    else:
        return None
    other = getattr(pair, "right" if mine == "left" else "left")
    county = pair.county_code
    params = {
        "name": one.mine.said.get("name") or one.mine.said.get("head") or "",
        **beside(
            one.mine.said.get("village") or county, other.get("village"), other=other.get("household") or ""
        ),
        "pair": pair.pk,
    }
    row = one.row
    return Seen(
        rule,
        rule.kind,
        row.sheet,
        row.row,
        row.column,
        row.field or "",
        row.household or "",
        row.person or "",
        row.village or "",
        params,
    )


def open_for(batch: Batch) -> None:
    """After merging: what the batch asks is open as pairs, and what it did not ask again of its households is not needed any more."""
    found = {one.asked.mark: one.asked for one in asked(batch)}
    by, county = operator(batch), batch.place_code[:6]
    if found:
        open_pairs(by=by, county_code=county, asked=found.values(), batch=batch.pk)
    if batch.sheets.filter(book="person_export").exists():
        numbers = list(batch.households.values_list("number", flat=True))
        close_pairs(
            by=by, county_code=county, households=numbers, kinds=KINDS, still=found,
            because=f"第 {batch.pk} 批导入里已不再有这个问题",
        )  # fmt: skip


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _row(one: tuple[Any, ...]) -> Row:
    values = list(one)
    for at in (5, 13):
        values[at] = json.loads(values[at]) if isinstance(values[at], str) else values[at] or {}
    values[14] = _bytes(values[14])
    return Row(*values)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
