"""What files say against families that changed by cases: somebody who left, a household that ended, another head. It is
asked; the register stays as the case left it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiuhua.findings.terms import beside
from xiuhua.intake import books
from xiuhua.intake.services.recognising import NOBODY
from xiuhua.intake.services.sightings import Seen
from xiuhua.intake.terms import IntakeRule as Rule
from xiuhua.registry.terms import Ending, Leaving

Columns = Mapping[int, Mapping[str, int]]

LEFT = """
select distinct on (r.person_number) r.sheet_id, r."row", r.household_number, r.person_number, r.village_code,
  case when r.village_code <> w.village_code then r.person ->> 'name' else k.name end, m.ended_because, m.until, w.number, w.village_code
from staged r join kept_person k on k.number = r.person_number and k.kept_in is null
join lateral (select * from registry_membership g where g.person_id = k.id and g.ended_because <> 'undone' order by g.until desc, g.id desc limit 1) m on true
join registry_household w on w.id = m.household_id
order by r.person_number, r.sheet_id, r."row"
"""
ENDED = """
select distinct on (k.id) r.sheet_id, r."row", k.number, k.village_code, k.head_name, k.ended_because, k.ended_on, i.number, i.village_code
from kept_household k join staged r on r.household_number = k.number left join registry_household i on i.id = k.merged_into_id
where k.ended_on is not null order by k.id, r.sheet_id, r."row"
"""
RELATED = """
select distinct on (r.person_number) r.sheet_id, r."row", r.household_number, r.person_number, r.village_code, coalesce(r.person ->> 'name', k.name), r.person ->> 'relation', k.relation
from staged r join kept_person k on k.number = r.person_number and k.told_by_case is not null
join kept_household h on h.id = k.kept_in and h.number = r.household_number
where r.person ->> 'relation' is not null and r.person ->> 'relation' <> k.relation order by r.person_number, r.sheet_id, r."row"
"""


def against_cases(cursor: Any, values: dict[str, Any], sheets: Columns) -> list[Seen]:
    """A finding for each, at its cell."""
    seen = []
    cursor.execute(LEFT)
    for sheet, row, household, person, village, name, why, day, left, there in cursor.fetchall():
        params = {"name": name or "", "day": day.isoformat(), **_why(Leaving, why)}
        at = _column(sheets[sheet], "person_number")
        rule = Rule.PERSON_LEFT
        if left != household and why != Leaving.DEATH:
            rule = Rule.PERSON_LEFT_FOR
            params |= beside(village, there, other=left) if village else {"place": there[:9]}
        seen.append(
            Seen(rule, rule.kind, sheet, row, at, "person_number", household or "", person, village or "", params)
        )  # fmt: skip
    cursor.execute(ENDED)
    for sheet, row, household, village, name, why, day, into, there in cursor.fetchall():
        united = beside(village, there, into=into) if into else {}
        params = {"name": name or household, "day": day.isoformat(), **united, **_why(Ending, why)}
        at = _column(sheets[sheet], "household_number")
        seen.append(
            Seen(Rule.HOUSEHOLD_ENDED, Rule.HOUSEHOLD_ENDED.kind, sheet, row, at, "household_number", household, "", village, params)
        )  # fmt: skip
    cursor.execute(RELATED)
    for sheet, row, household, person, village, name, said, kept in cursor.fetchall():
        params = {"name": name or ""}
        params["value_zh"], params["value_en"] = books.words("relation", said)
        params["before_zh"], params["before_en"] = books.words("relation", kept)
        at = _column(sheets[sheet], "relation")
        seen.append(
            Seen(Rule.RELATION_DIFFERS, Rule.RELATION_DIFFERS.kind, sheet, row, at, "relation", household, person, village or "", params)
        )  # fmt: skip
    cursor.execute(NOBODY)
    for sheet, row, household, village, name, book, before in cursor.fetchall():
        field, rule = "head_name" if book == "household_roll" else "name", Rule.HEAD_NOT_ON_RECORD
        params = {"name": name or "", "before": before or ""}
        at = _column(sheets[sheet], field)
        seen.append(Seen(rule, rule.kind, sheet, row, at, field, household, "", village or "", params))
    return seen


def _why(terms: Any, code: str) -> dict[str, str]:
    one = terms(code) if code else None
    return {"why_zh": one.zh if one else "", "why_en": one.en.lower() if one else ""}


def _column(columns: Mapping[str, int], key: str) -> int | None:
    return columns[key] + 1 if key in columns else None
