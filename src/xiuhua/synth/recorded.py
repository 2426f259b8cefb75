"""The people of a county whose workbooks are written, as the freeze of them: what is true, not what stands in a cell by fault."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from xiuhua.engine import freezing
from xiuhua.facts.reader import read_records

from .scale.drawing import mixed
from .shapes import County, Household, Person, Year

_GROUPS = ("income", "house", "living", "water", "water_reported", "insurance", "food_clothing")


def freeze(county: County, folder: Path) -> freezing.Manifest:
    """A sealed freeze of a small county in `folder`, which may hold other files but no freeze.

    Its year and day are those of the county. Roll households have their head and the number of members, as the books do.
    """
    relations = freezing.relations_of({str(grain): one for grain, one in read_records().items()})
    numbers = [h.number for h in county.households] + [r.number for r in county.roll]
    keys = dict(zip(numbers, mixed(np.arange(len(numbers)), 3).tolist(), strict=True))
    rows = {
        "rec_village": _villages(county),
        "rec_household": _households(county, keys),
        "rec_person": _persons(county, keys),
        "rec_period": _periods(county, keys),
        "rec_county": iter([{"county_code": county.code, "name": county.name}]),
        "rec_place": _places(county),
    }
    with freezing.writer(folder, relations) as writer:
        for name, made in rows.items():
            relation = relations[name]
            order = freezing.shape.order_of(relation)
            ordered = sorted(made, key=lambda row: tuple(row[column] for column in order))
            schema = freezing.arrow_schema(relation)
            table = pa.Table.from_pylist(
                [{n: row.get(n) for n in schema.names} for row in ordered], schema=schema
            )
            writer.write(name, "00" if name == "rec_place" else county.code[:2], table)
    day = county.data_date
    return freezing.seal(
        folder,
        area=(county.code, county.name),
        as_of=day,
        taken_at=dt.datetime(day.year, day.month, day.day, 20, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        taken_by="xiuhua synth",
        id=str(
            uuid.uuid5(
                uuid.NAMESPACE_URL, f"xiuhua-synth/{county.code}/{county.seed}/{len(county.households)}"
            )
        ),
        synthetic=True,
        seed=county.seed,
    )


def _places(county: County) -> Iterator[dict[str, Any]]:
    yield {"code": "CN", "name": "全国", "level": "nation"}
    yield {"code": county.code[:2], "name": county.province, "level": "province"}
    yield {"code": county.code[:4], "name": county.city, "level": "city"}
    yield {"code": county.code, "name": county.name, "level": "county"}
    for code, name in {v.township_code: v.township for v in county.villages}.items():
        yield {"code": code, "name": name, "level": "township"}
    for village in county.villages:
        yield {"code": village.code, "name": village.name, "level": "village"}


def _villages(county: County) -> Iterator[dict[str, Any]]:
    for v in county.villages:
        yield {
            "village_code": v.code, "name": v.name, "township_code": v.township_code, "county_code": county.code,
            "poor_village": v.poor, "deep_poor_village": v.deep_poor, "rural_households": v.rural_households,
            "rural_persons": v.rural_persons,
        }  # fmt: skip


def _households(county: County, keys: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen = {"seen": "reported", "seen_on": county.data_date}
    for h in county.households:
        yield seen | {
            "household_key": keys[h.number], "village_code": h.village.code, "kind": "registered",
            "attribute": h.attribute, "main_cause": h.main_cause, "status": h.status, "status_reported": h.status,
            "members_reported": len(h.members), "phone_known": h.phone is not None,
        }  # fmt: skip
    for r in county.roll:
        yield seen | {
            "household_key": keys[r.number], "village_code": r.village.code, "kind": "other",
            "members_reported": r.persons,
        }  # fmt: skip


def _persons(county: County, keys: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen = {"seen": "reported", "seen_on": county.data_date}
    people = iter(mixed(np.arange(county.persons + len(county.roll)), 4).tolist())
    for h in county.households:
        for p in h.members:
            yield seen | _person(h, p) | {"household_key": keys[h.number], "person_key": next(people)}
    for r in county.roll:
        number = r.head_id
        yield seen | {
            "person_key": next(people), "household_key": keys[r.number], "village_code": r.village.code, "relation": "head",
            "sex": "male" if int(number[16]) % 2 else "female",
            "birth_date": dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
            "id_kind": "resident18", "id_valid": True,
        }  # fmt: skip


def _person(h: Household, p: Person) -> dict[str, Any]:
    card = len(p.id_number) == 20
    return {
        "village_code": h.village.code, "relation": p.relation, "sex": p.sex, "birth_date": p.birth_date,
        "ethnicity": p.ethnicity, "education": p.education, "student_status": p.student_status, "health": p.health,
        "labour": p.labour, "work_place": p.work_place, "work_months": p.work_months,
        "serious_illness_insured": p.serious_illness_insured, "id_kind": "disability20" if card else "resident18",
        "id_valid": True, "phone_known": h.phone is not None, "phone_valid": True if h.phone else None,
    }  # fmt: skip


def _periods(county: County, keys: dict[str, int]) -> Iterator[dict[str, Any]]:
    for h in county.households:
        for y in h.years:
            groups: dict[str, Any] = {f"{group}_seen": y.seen or "reported" for group in _GROUPS}
            groups |= {f"{group}_seen_on": y.seen_on or county.data_date for group in _GROUPS}
            yield groups | _period(h, y) | {"household_key": keys[h.number]}


def _period(h: Household, y: Year) -> dict[str, Any]:
    last = y is h.last
    return {
        "village_code": h.village.code, "year": y.year, "period_start": dt.date(y.year - 1, 10, 1),
        "period_end": dt.date(y.year, 9, 30), "basis": "registration_year", "wage_fen": y.wage_fen,
        "business_fen": y.business_fen, "property_fen": y.property_fen, "transfer_fen": y.transfer_fen,
        "business_cost_fen": y.business_cost_fen, "net_income_reported_fen": y.net_income_fen,
        "net_income_per_head_reported_fen": h.per_head_fen if last else None,
        "house_area_m2": Decimal(y.house_area_m2), "house_grade": y.house_grade,
        "house_dangerous_reported": h.house_dangerous if last else None, "road_type": y.road_type,
        "has_life_power": y.has_life_power, "arable_mu": Decimal(y.arable_tenth_mu) / 10,
        "water_quality_ok": y.water_quality_ok, "water_litres_per_day": y.water_litres_per_day,
        "water_minutes": y.water_minutes,
        "water_reliability_percent": None if y.water_reliability_percent is None else Decimal(y.water_reliability_percent),
        "water_safe_reported": h.water_safe if last else None,
        "water_difficult_reported": h.water_difficult if last else None, "insured_persons": y.insured_persons,
        "food_clothing_ok": y.food_clothing_ok,
    }  # fmt: skip
