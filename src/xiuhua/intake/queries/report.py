"""A batch's findings as lines of JSON, for other programs and for looking back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from xiuhua.intake import books
from xiuhua.intake.models import Batch, Sighting
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.models import Place

PLACES = ("before", "after", "other", "place")
# Several names in one value, divided as Chinese divides them.
LISTS = ("names", "nearest")


def says(
    rule: str, field: str, params: dict[str, Any], names: dict[str, str] | None = None
) -> dict[str, str]:
    """The finding's sentence in Chinese and English. names: place codes to names, where a sentence names places."""
    one = IntakeRule.of(rule)
    if one is None:
        return {"zh": params.get("zh", rule), "en": params.get("en", rule)}
    label = _labels().get(field)
    told = {key: str(value) for key, value in params.items() if value not in (None, "")}
    for key in PLACES:
        if key in told and names and told[key] in names:
            told[key] = names[told[key]]
    if label:
        told = {"field_zh": label[0], "field_en": label[1], **told}
    listed = {key: told[key].replace("、", ", ") for key in LISTS if key in told}
    return {"zh": one.sentence("zh", **told), "en": one.sentence("en", **{**told, **listed})}


def _labels() -> dict[str, tuple[str, str]]:
    return {field.key: (field.zh, field.en) for book in books.BOOKS.values() for field in book.fields}


def lines(batch: Batch) -> Iterator[dict[str, Any]]:
    """One mapping a finding: rule, kind, file, sheet, row, column, household, person, says."""
    names = dict(Place.objects.filter(code__startswith=batch.place_code[:6]).values_list("code", "name"))
    for seen in (
        Sighting.objects.filter(batch=batch)
        .select_related("sheet")
        .order_by("sheet_id", "row", "column", "id")
        .iterator(2000)
    ):
        yield {
            "rule": seen.rule,
            "kind": seen.kind,
            "file": seen.sheet.file_name if seen.sheet else None,
            "sheet": seen.sheet.name if seen.sheet else None,
            "row": seen.row,
            "column": seen.column,
            "household": seen.household_number or None,
            "person": seen.person_number or None,
            "says": says(seen.rule, seen.field, seen.params, names),
        }


def write(batch: Batch, out: TextIO) -> int:
    """Writes the lines; returns how many."""
    count = 0
    for line in lines(batch):
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        count += 1
    return count
