"""An invented county as the rec_* relations of facts/records.yaml, in a DuckDB of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

import xiuhua.facts
from xiuhua.synth.county import County
from xiuhua.synth.shapes import Household, Year

_TYPES = {"text": "VARCHAR", "decimal": "DECIMAL(18, 4)"}
_GROUPS = ("income", "spending", "house", "living", "water", "water_reported", "insurance", "food_clothing")


def database(county: County) -> duckdb.DuckDBPyConnection:
    """A connection that holds the county's true values (cells planted in writing are not in it)."""
    relations = yaml.safe_load((Path(xiuhua.facts.__file__).parent / "records.yaml").read_text("utf-8"))
    rows = {
        "rec_village": [],
        "rec_household": list(_households(county)),
        "rec_person": list(_persons(county)),
    }
    rows["rec_period"] = list(_periods(county))
    con = duckdb.connect()
    for relation in relations:
        columns = [(c["name"], _TYPES.get(c["type"], c["type"])) for c in relation["columns"]]
        con.execute(f"create table {relation['id']} ({', '.join(f'{n} {t}' for n, t in columns)})")
        mine = rows.get(relation["id"], [])
        if mine:
            assert set(mine[0]) <= {n for n, _ in columns}
            con.register("mine", pa.table({n: [row.get(n) for row in mine] for n, _ in columns}))
            con.execute(f"insert into {relation['id']} select * from mine")
            con.unregister("mine")
    return con


def _households(county: County) -> Iterator[dict[str, Any]]:
    for key, h in enumerate(county.households, 1):
        yield {
            "household_key": key, "village_code": h.village.code, "kind": "registered", "attribute": h.attribute,
            "main_cause": h.main_cause, "status": h.status, "status_reported": h.status,
            "members_reported": len(h.members), "phone_known": h.phone is not None,
            "seen": "reported", "seen_on": county.data_date,
        }  # fmt: skip


def _persons(county: County) -> Iterator[dict[str, Any]]:
    for key, h in enumerate(county.households, 1):
        for at, p in enumerate(h.members):
            yield {
                "person_key": key * 100 + at, "household_key": key, "village_code": h.village.code,
                "relation": p.relation, "sex": p.sex, "birth_date": p.birth_date, "ethnicity": p.ethnicity,
                "education": p.education, "student_status": p.student_status, "health": p.health, "labour": p.labour,
                "work_place": p.work_place, "work_months": p.work_months,
                "serious_illness_insured": p.serious_illness_insured,
                "id_kind": "disability20" if len(p.id_number) == 20 else "resident18", "id_valid": True,
                "phone_known": h.phone is not None, "phone_valid": True if h.phone else None,
                "seen": "reported", "seen_on": county.data_date,
            }  # fmt: skip


def _periods(county: County) -> Iterator[dict[str, Any]]:
    for key, h in enumerate(county.households, 1):
        for y in h.years:
            row = _period(h, y) | {"household_key": key}
            for group in _GROUPS:
                row |= {
                    f"{group}_seen": y.seen or "reported",
                    f"{group}_seen_on": y.seen_on or county.data_date,
                }
            yield row


def _period(h: Household, y: Year) -> dict[str, Any]:
    last = y is h.last
    return {
        "village_code": h.village.code, "year": y.year, "period_start": date(y.year - 1, 10, 1),
        "period_end": date(y.year, 9, 30), "wage_fen": y.wage_fen, "business_fen": y.business_fen,
        "property_fen": y.property_fen, "transfer_fen": y.transfer_fen, "business_cost_fen": y.business_cost_fen,
        "net_income_reported_fen": y.net_income_fen,
        "net_income_per_head_reported_fen": h.per_head_fen if last else None, "house_area_m2": y.house_area_m2,
        "house_grade": y.house_grade, "house_dangerous_reported": h.house_dangerous if last else None,
        "road_type": y.road_type, "has_life_power": y.has_life_power, "arable_mu": y.arable_tenth_mu / 10,
        "water_quality_ok": y.water_quality_ok, "water_litres_per_day": y.water_litres_per_day,
        "water_minutes": y.water_minutes, "water_reliability_percent": y.water_reliability_percent,
        "water_safe_reported": h.water_safe if last else None,
        "water_difficult_reported": h.water_difficult if last else None,
        "insured_persons": y.insured_persons, "food_clothing_ok": y.food_clothing_ok,
    }  # fmt: skip
