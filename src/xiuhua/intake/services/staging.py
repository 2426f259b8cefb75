"""One read sheet into staged rows: values sorted to their tables, IDs and phones sealed, then one COPY.

A sheet of 100,000 rows is worked column by column: each distinct value becomes its piece of JSON once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import Any

from django.db import connection

from xiuhua.common.books import Book
from xiuhua.common.sealing import keyring
from xiuhua.intake import books
from xiuhua.intake.models import Sheet
from xiuhua.intake.reading import Parsed, identity, shown
from xiuhua.intake.services.settling import repeated, settle
from xiuhua.intake.services.sightings import Seen, copy_rows, write_sightings
from xiuhua.intake.services.villages import Villages
from xiuhua.intake.terms import IntakeRule
from xiuhua.registry.books import SEALED

Cells = Sequence[Any]
MOST_NUMBER = 40  # of a household or a person, as the register keeps them
# A text in JSON, as json.dumps(…, ensure_ascii=False) writes it, without making an encoder for each.
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True)
class Staged:
    """What staging one sheet gave: rows written, findings seen, households whose values differ between rows."""

    rows: int
    seen: list[Seen]


def stage(*, sheet: Sheet, book: Book, parsed: Parsed, villages: Villages, data_date: date) -> Staged:
    """Replaces the sheet's staged rows. Runs in the caller's transaction and scope."""
    table = _Table(sheet, book, parsed, villages, data_date)
    table.build()
    with connection.cursor() as cursor:
        cursor.execute("delete from intake_stagedrow where sheet_id = %s", [sheet.pk])
        cursor.execute("delete from intake_sighting where sheet_id = %s", [sheet.pk])
        of_sheet = {
            "batch_id": sheet.batch_id,
            "place_code": sheet.place_code,
            "sheet_id": sheet.pk,
            "book": book.id,
        }
        copy_rows(cursor, "intake_stagedrow", COLUMNS, table.rows(), of_sheet)
        write_sightings(cursor, sheet.batch_id, sheet.place_code, table.seen)
    return Staged(len(parsed.rows), table.seen)


COLUMNS = (
    "row", "household_number", "person_number", "year", "village_code", "id_blind", "household", "person", "period",
    "village", "refused",
)  # fmt: skip


class _Table:
    """The columns of one sheet on their way to staged rows."""

    def __init__(self, sheet: Sheet, book: Book, parsed: Parsed, villages: Villages, data_date: date) -> None:
        self.sheet, self.book, self.parsed, self.villages, self.data_date = (
            sheet,
            book,
            parsed,
            villages,
            data_date,
        )
        self.count = len(parsed.rows)
        self.columns: Mapping[str, Cells] = parsed.columns
        self.seen: list[Seen] = []
        self.refused: set[int] = set(parsed.refused_rows)

    def column(self, key: str) -> Cells:
        return self.columns.get(key) or [None] * self.count

    def build(self) -> None:
        self.households = self.column("household_number")
        self.codes = self._villages()
        self._counties()
        self._identities()
        self.people = self._person_numbers()
        self.years = self._years()
        if self.book.id == "person_export":
            self._settle()
        for fault in self.parsed.faults:
            at = self._index[fault.row]
            self.seen.append(
                Seen(fault.rule, fault.kind, self.sheet.pk, fault.row, fault.column, fault.field,
                     self.households[at] or "", self.people[at] or "", self.codes[at] or "", self._params(fault, at))
            )  # fmt: skip

    @property
    def _index(self) -> dict[int, int]:
        if not hasattr(self, "_index_"):
            self._index_ = {row: at for at, row in enumerate(self.parsed.rows)}
        return self._index_

    def _params(self, fault: Any, at: int) -> dict[str, Any]:
        params = dict(fault.params)
        if self.years[at] and self.book.grain == "period":
            params["year"] = self.years[at]
        return params

    def _settle(self) -> None:
        """What rows of a household say of the household is one thing, or nothing until somebody has said what is right."""
        keys = repeated(self.book)
        self.columns, disagreements = settle(self.columns, keys, self.households, self.column("relation"))
        for one in disagreements:
            row = self.parsed.rows[one.other]
            params: dict[str, Any] = {"where_zh": f"第 {row} 行", "where_en": f"in row {row}"}
            if one.key not in SEALED:
                params["value_zh"], params["value_en"] = books.words(one.key, one.value)
                params["before_zh"], params["before_en"] = books.words(one.key, one.before)
            self.seen.append(
                Seen(IntakeRule.ROWS_DISAGREE, IntakeRule.ROWS_DISAGREE.kind, self.sheet.pk, self.parsed.rows[one.at],
                     self._place_of(one.key), one.key, one.household, "", self.codes[one.at] or "", params)
            )  # fmt: skip

    def _villages(self) -> list[str | None]:
        if "village" not in self.columns and "village_code" not in self.columns:
            return [None] * self.count
        townships, names, codes = self.column("township"), self.column("village"), self.column("village_code")
        if self.book.grain == "village":
            return list(codes)
        found = [self.villages.code_of(*asked) for asked in zip(townships, names, codes, strict=True)]
        wrong: set[tuple[str, str]] = set()
        for at, code in enumerate(found):
            number = self.households[at] or ""
            if code is None:
                self.refused.add(self.parsed.rows[at])
                if number and (number, townships[at] or "") in wrong:
                    continue  # said once for each household and township, at its first row
                wrong.add((number, townships[at] or ""))
                near = self.villages.nearest(townships[at], names[at])
                self.seen.append(
                    Seen(IntakeRule.VILLAGE_UNKNOWN, IntakeRule.VILLAGE_UNKNOWN.kind, self.sheet.pk, self.parsed.rows[at],
                         self._place_of("village"), "village", number,
                         params={"value": shown(names[at] or codes[at] or ""), "place": shown(townships[at] or ""),
                                 "nearest": "、".join(near)})
                )  # fmt: skip
        return found

    def _counties(self) -> None:
        """A county tells of itself only."""
        if self.book.grain != "county":
            return
        mine = self.sheet.place_code[:6]
        for at, code in enumerate(self.column("county_code")):
            if code and code != mine:
                rule = IntakeRule.COUNTY_OTHER
                params = {"value": shown(code), "place": mine}
                row = self.parsed.rows[at]
                self.refused.add(row)
                self.seen.append(
                    Seen(rule, rule.kind, self.sheet.pk, row, self._place_of("county_code"), "county_code", params=params)
                )  # fmt: skip

    def _place_of(self, key: str) -> int | None:
        column = self.sheet.columns.get(key)
        return None if column is None else column + 1

    def _identities(self) -> None:
        key = "head_id_number" if "head_id_number" in self.columns else "id_number"
        self.numbers = self.column(key)
        ring = keyring()
        distinct = {number for number in self.numbers if number}
        self.blinds = {number: ring.blind(number) for number in distinct}
        pieces: dict[str | None, str] = {None: ""}
        for number in distinct:
            who = identity(number)
            # A null takes nothing away from what is known: it is left out.
            said = f'"id_kind":"{who.kind}","id_valid":{"true" if who.valid else "false"}'
            if who.sex:
                said += f',"sex":"{who.sex}"'
            if who.birth_date:
                said += f',"birth_date":"{who.birth_date.isoformat()}"'
            if who.disability_category:
                said += f',"disability_category":"{who.disability_category}"'
            if who.disability_grade:
                said += f',"disability_grade":"{who.disability_grade}"'
            sealed, blind = ring.seal(number).hex(), self.blinds[number].hex()
            pieces[number] = f'"id_sealed":"\\\\x{sealed}","id_blind":"\\\\x{blind}",{said}'
        self.identity_pieces = pieces

    def _person_numbers(self) -> Cells:
        """The national number; where a book has none, one made of the household and what makes the person known."""
        if self.book.id not in books.PERSON_BOOKS:
            return [None] * self.count
        given = self.column("person_number")
        if self.book.id == "household_roll":
            return [household and f"{household}#1" for household in self.households]
        names = self.column("name")
        return [
            number
            or (household and f"{household}#{self.blinds[i].hex()[:8] if i else name or ''}"[:MOST_NUMBER])
            for number, household, i, name in zip(given, self.households, self.numbers, names, strict=True)
        ]

    def _years(self) -> Cells:
        if self.book.id == "person_export":
            return [self.data_date.year] * self.count
        return self.column("year")

    def rows(self) -> Iterable[tuple[Any, ...]]:
        household, person, period, village = self._json()
        first: set[str] = set()
        blinds, refused = self.blinds, self.refused
        # What all rows of a household repeat is kept at its first row only.
        repeats = self.book.id == "person_export"
        for row, number, who, year, code, identity_number, h, p, y, v in zip(
            self.parsed.rows, self.households, self.people, self.years, self.codes, self.numbers,
            household, person, period, village, strict=True,
        ):  # fmt: skip
            if repeats:
                if number in first:
                    h = y = "{}"
                else:
                    first.add(number)
            yield (
                row,
                number,
                who,
                year,
                code,
                blinds.get(identity_number),
                h,
                p,
                y,
                v,
                row in refused,
            )

    def _json(self) -> tuple[Iterable[str], Iterable[str], Iterable[str], Iterable[str]]:
        if self.book.grain in books.OF_PLACES:
            return (
                repeat("{}", self.count),
                repeat("{}", self.count),
                repeat("{}", self.count),
                self._village_json(),
            )
        return self._household_json(), self._person_json(), self._period_json(), repeat("{}", self.count)

    def _pieces(self, wanted: Iterable[str], names: dict[str, str] | None = None) -> list[list[str]]:
        """For each wanted column, the JSON piece of every row ('' where the file says nothing)."""
        names = names or {}
        return [_encode(names.get(key, key), self.columns[key]) for key in wanted if key in self.columns]

    def _household_json(self) -> Iterable[str]:
        columns = self._pieces(sorted(books.HOUSEHOLD_COLUMNS - {"head_name"}))
        columns += self._pieces(["group"], {"group": "group_name"})
        if self.book.id != "yearly_record":
            columns += self._pieces(["head_name"])
        if self.book.id == "person_export":
            relations, names = self.column("relation"), self.column("name")
            self.heads = {
                h: n for h, r, n in zip(self.households, relations, names, strict=True) if r == "head" and n
            }
            columns.append(
                [f'"head_name":{_quoted(self.heads[h])}' if h in self.heads else "" for h in self.households]
            )
        columns += self._sealed("phone", "phone") + self._sealed("bank_account", "bank")
        if (kind := books.HOUSEHOLD_KIND.get(self.book.id)) is None:
            return _objects(columns, self.count)
        said = f'"kind":"{kind}","seen":"reported","seen_on":"{self.data_date.isoformat()}"'
        return _objects([[said] * self.count, *columns], self.count)

    def _sealed(self, key: str, name: str) -> list[list[str]]:
        if key not in self.columns:
            return []
        ring = keyring()
        pieces: dict[Any, str] = {None: ""}
        for value in set(self.columns[key]) - {None}:
            pieces[value] = (
                f'"{name}_sealed":"\\\\x{ring.seal(value).hex()}","{name}_blind":"\\\\x{ring.blind(value).hex()}"'
            )
        return [[pieces[value] for value in self.columns[key]]]

    def _person_json(self) -> Iterable[str]:
        if self.book.id not in books.PERSON_BOOKS:
            return repeat("{}", self.count)
        said = f'"seen":"reported","seen_on":"{self.data_date.isoformat()}"'
        identities = [self.identity_pieces[number] for number in self.numbers]
        if self.book.id == "household_roll":
            return _objects(
                [
                    [said + ',"relation":"head"'] * self.count,
                    *self._pieces(["head_name"], {"head_name": "name"}),
                    identities,
                ],
                self.count,
            )
        # Sex and birth date come from a valid ID; a column of the file speaks only where there is none.
        derived = [
            "" if number else piece
            for number, piece in zip(self.numbers, self._joined(["sex", "birth_date"]), strict=True)
        ]
        columns = self._pieces(sorted(books.PERSON_COLUMNS - {"sex", "birth_date", "phone_valid"}))
        return _objects([[said] * self.count, *columns, derived, identities], self.count)

    def _joined(self, keys: Sequence[str]) -> list[str]:
        columns = self._pieces(keys)
        return (
            [",".join(filter(None, pieces)) for pieces in zip(*columns, strict=True)]
            if columns
            else [""] * self.count
        )

    def _period_json(self) -> Iterable[str]:
        columns = {
            key: _encode(key, self.columns[key])
            for key in sorted(books.PERIOD_COLUMNS)
            if key in self.columns
        }
        if not columns:
            return repeat("{}", self.count)
        if self.book.id == "person_export":
            how: Cells = ["reported"] * self.count
            when: Cells = [self.data_date] * self.count
        else:
            how = [value or "reported" for value in self.column("seen")]
            when = self.column("seen_on")
        for topic, speaks_for in sorted(books.seen_topics().items()):
            carried = [columns[key] for key in speaks_for if key in columns]
            if not carried or (self.book.id == "person_export" and topic in {"house_seen", "income_seen"}):
                continue  # the export's yes or no beside a graded house does not say how the grade was seen
            said = _encode(topic, how)
            on = _encode(f"{topic}_on", when)
            known = [any(cells) for cells in zip(*carried, strict=True)]
            columns[topic] = [s if k else "" for s, k in zip(said, known, strict=True)]
            columns[f"{topic}_on"] = [s if k else "" for s, k in zip(on, known, strict=True)]
        return _objects(list(columns.values()), self.count)

    def _of_places(self) -> frozenset[str]:
        told = {"village_year": books.VILLAGE_YEAR_COLUMNS, "county": books.COUNTY_COLUMNS}
        return told.get(self.book.grain, books.VILLAGE_COLUMNS)

    def _village_json(self) -> Iterable[str]:
        return _objects(
            self._pieces(["county", "township", "village", *sorted(self._of_places())]), self.count
        )


def _encode(name: str, cells: Cells) -> list[str]:
    """The JSON piece of each cell. The values of a column are of one type, so equal ones are written alike."""
    pieces = {cell: f'"{name}":{_value(cell)}' for cell in set(cells) if cell is not None}
    pieces[None] = ""
    return list(map(pieces.__getitem__, cells))


def _value(cell: Any) -> str:
    if isinstance(cell, str):
        return _quoted(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | Decimal):
        return str(cell)
    if isinstance(cell, date):
        return f'"{cell.isoformat()}"'
    return json.dumps(cell, ensure_ascii=False)


def _objects(columns: Sequence[Sequence[str]], count: int) -> Iterable[str]:
    if not columns:
        return repeat("{}", count)
    return ("{" + ",".join(filter(None, pieces)) + "}" for pieces in zip(*columns, strict=True))
