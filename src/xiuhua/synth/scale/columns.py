"""An invented county as Arrow batches, column by column as the contract of records names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from xiuhua.facts.models import Relation
from xiuhua.facts.reader import read_records

from . import shares
from .arrow import dates, decimal, flags, text, whole
from .causes import OTHER_CAUSES
from .drawing import Codes, Flags
from .invention import invent
from .planning import CountyPlan, Plan, above, data_day, grounds
from .shapes import County, Years
from .villages import county_line, village_years, villages

TYPES = {
    "text": pa.string(), "boolean": pa.bool_(), "integer": pa.int32(), "bigint": pa.int64(),
    "decimal": pa.decimal128(12, 2), "date": pa.date32(),
}  # fmt: skip
BASIS = "registration_year"


def batches(plan: Plan, county: CountyPlan) -> dict[str, pa.RecordBatch]:
    """Invents a county; a batch a relation of the contract, rows in the order of a freeze. Text is dictionary-coded."""
    return columns(plan, invent(plan, county))


def columns(plan: Plan, county: County) -> dict[str, pa.RecordBatch]:
    """The batches of an invented county."""
    return {
        relation.id: _batch(relation, _MAKERS[grain](plan, county))
        for grain, relation in _relations().items()
        if grain in _MAKERS
    }


def places(plan: Plan) -> Iterator[pa.RecordBatch]:
    """Code, name and level of every place: first what lies above the counties, then a batch a county."""
    yield _places(list(above(plan)))
    for county in plan.counties:
        ground = grounds(plan, county)
        rows = [(code, name, "township") for code, name in ground.townships.items()]
        rows += [(code, name, "village") for code, name in zip(ground.codes, ground.names, strict=True)]
        yield _places(sorted(rows))


def _places(rows: list[tuple[str, str, str]]) -> pa.RecordBatch:
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(3)]
    return pa.RecordBatch.from_arrays(columns, ["code", "name", "level"])


@cache
def _relations() -> dict[str, Relation]:
    return {str(grain): relation for grain, relation in read_records().items()}


def _batch(relation: Relation, made: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """In the order of the contract; what nobody invents is not known. KeyError for a column that the contract lacks."""
    if strange := set(made) - {column.name for column in relation.columns}:
        raise KeyError(f"{relation.id} has no column {', '.join(sorted(strange))}")
    rows = len(next(iter(made.values())))
    arrays = [
        made[column.name] if column.name in made else pa.nulls(rows, TYPES[column.type])
        for column in relation.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, [column.name for column in relation.columns])


def _households(plan: Plan, county: County) -> dict[str, pa.Array]:
    homes, n = county.homes, len(county.homes.key)
    status = text(homes.status, shares.STATUS)
    helped = homes.helped
    return {
        "household_key": whole(homes.key, pa.int64()),
        "village_code": text(homes.village, county.grounds.codes),
        "kind": text(homes.kind, shares.KIND),
        "attribute": text(homes.attribute, shares.ATTRIBUTE),
        "main_cause": text(homes.cause, shares.CAUSE),
        "other_causes": text(homes.other_causes, OTHER_CAUSES),
        "status": status,
        "status_reported": status,
        "exit_year": whole(homes.exit_year, known=homes.exit_year >= 0),
        "members_reported": whole(homes.size),
        "phone_known": flags(homes.phone),
        "bank_known": flags(homes.bank, helped),
        "military_martyr": flags(homes.martyr, helped),
        "one_child": flags(homes.one_child, helped),
        "two_daughter": flags(homes.two_daughter, helped),
        "seen": text(homes.checked.astype(np.int8), shares.SEEN),
        "seen_on": dates(homes.seen_on) if n else pa.nulls(0, pa.date32()),
    }


def _persons(plan: Plan, county: County) -> dict[str, pa.Array]:
    people, homes = county.people, county.homes
    home = people.home
    helped = homes.helped[home]
    phone = homes.phone[home] & (helped & (people.work_months > 0) | (people.relation == 0))
    return {
        "person_key": whole(people.key, pa.int64()),
        "household_key": whole(homes.key[home], pa.int64()),
        "village_code": text(homes.village[home], county.grounds.codes),
        "relation": text(people.relation, shares.RELATION),
        "sex": text((~people.male).astype(np.int8), shares.SEX),
        "birth_date": dates(people.birth),
        "ethnicity": text(people.ethnicity, shares.ETHNICITY),
        "education": text(_where(helped, people.education), shares.EDUCATION),
        "student_status": text(_where(helped, people.student), shares.STUDENT),
        "health": text(_where(helped, people.health), shares.HEALTH),
        "labour": text(_where(helped, people.labour), shares.LABOUR),
        "work_place": text(people.work_place, shares.WORK_PLACE),
        "work_months": whole(people.work_months, known=helped),
        "basic_insured": flags(people.insured, helped),
        "serious_illness_insured": flags(people.serious_insured, helped),
        "pension_insured": flags(people.pension == 1, helped & (people.pension >= 0)),
        "dibao": flags(people.dibao, helped),
        "id_kind": text(people.id_kind, shares.ID_KIND),
        "id_valid": flags(people.id_valid, people.id_kind < 2),
        "disability_category": text(people.disability, shares.DISABILITY),
        "disability_grade": text(people.grade, shares.GRADE),
        "phone_known": flags(phone),
        "phone_valid": flags(phone, phone),
        "seen": text(homes.checked[home].astype(np.int8), shares.SEEN),
        "seen_on": dates(homes.seen_on[home]),
    }


def _periods(plan: Plan, county: County) -> dict[str, pa.Array]:
    years, n = county.years, len(county.years.home)
    begin, end = (np.where(years.last, data_day(plan.year - k), data_day(plan.year - k - 1)) for k in (1, 0))
    out = {
        "household_key": whole(county.homes.key[years.home], pa.int64()),
        "village_code": text(county.homes.village[years.home], county.grounds.codes),
        "year": whole(years.year),
        "period_start": dates(begin + 1),
        "period_end": dates(end),
        "basis": text(np.zeros(n, np.int8), (BASIS,)),
        **{name: whole(values, pa.int64()) for name, values in years.income.items()},
        **{name: whole(values, pa.int64(), years.spending_known) for name, values in years.spending.items()},
        "house_area_m2": decimal(years.area * 100),
        "house_structure": text(years.structure, shares.STRUCTURE),
        "house_built_year": whole(years.built),
        "house_grade": text(years.grade, shares.HOUSE),
        "house_dangerous_reported": flags(years.dangerous),
        "road_type": text(years.codes["road_type"], shares.ROAD),
        "fuel": text(years.codes["fuel"], shares.FUEL),
        **{name: flags(values == 1, values >= 0) for name, values in years.marks.items()},
    }
    for name, values in years.numbers.items():
        if name in ("water_litres_per_day", "water_minutes", "insured_persons"):
            out[name] = whole(values, known=values >= 0)
        else:
            out[name] = decimal(values, values >= 0)
    return out | _evidence(years, n)


def _evidence(years: Years, n: int) -> dict[str, pa.Array]:
    """Seen and day of each group; nothing where the group itself is empty."""
    water = (years.marks["water_quality_ok"] >= 0) | (years.numbers["water_litres_per_day"] >= 0)
    water |= (years.numbers["water_minutes"] >= 0) | (years.numbers["water_reliability_percent"] >= 0)
    filled = {
        "spending": years.spending_known,
        "water": water,
        "insurance": years.numbers["insured_persons"] >= 0,
        "food_clothing": years.marks["food_clothing_ok"] >= 0,
    }
    out = {}
    for group, (checked, day) in years.seen.items():
        known = filled.get(group)
        codes = checked.astype(np.int8)
        out[f"{group}_seen"] = text(codes if known is None else _where(known, codes), shares.SEEN)
        out[f"{group}_seen_on"] = dates(day, known)
    return out


_MAKERS = {
    "village": villages,
    "village_year": village_years,
    "county": county_line,
    "household": _households,
    "person": _persons,
    "period": _periods,
}


def _where(known: Flags, codes: Codes) -> Codes:
    return np.where(known, codes, np.int8(-1)).astype(np.int8)
