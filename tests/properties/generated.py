"""Generated facts, rules and registers for `test_engines_agree`: small, with nulls, ties, empty households, missing years."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from properties.naive import Tree, text

COLUMNS: dict[str, dict[str, list[str]]] = {
    "person": {
        "boolean": ["basic_insured", "dibao", "phone_known"],
        "integer": ["work_months"],
        "text": ["school_grade", "disability_category"],
        "date": ["birth_date", "seen_on"],
        "decimal": [],
    },
    "household": {
        "boolean": ["one_child", "bank_known"],
        "integer": ["members_reported", "exit_year"],
        "text": ["other_causes"],
        "date": ["seen_on"],
        "decimal": [],
    },
    "period": {
        "boolean": ["toilet", "water_quality_ok", "water_safe_reported"],
        "integer": ["wage_fen", "business_fen", "water_litres_per_day", "year"],
        "text": ["basis"],
        "date": ["period_end"],
        "decimal": ["house_area_m2", "arable_mu"],
    },
    "exit": {
        "boolean": ["recomputed"],
        "integer": ["days_taken", "sitting"],
        "text": [],
        "date": ["decided_on"],
        "decimal": [],
    },
    "village": {
        "boolean": ["poor_village"],
        "integer": ["rural_persons"],
        "text": ["name"],
        "date": [],
        "decimal": [],
    },
    "village_year": {
        "boolean": ["road_hardened", "broadband"],
        "integer": ["licensed_doctors", "collective_income_fen", "year"],
        "text": [],
        "date": ["seen_on"],
        "decimal": [],
    },
    "county": {
        "boolean": ["poor_county"],
        "integer": ["rural_persons"],
        "text": ["name"],
        "date": ["seen_on"],
        "decimal": [],
    },
}
PREFIXES = {
    "person": ["household", "village"],
    "period": ["household", "village"],
    "household": ["period", "previous", "exit", "village"],
    "village": ["year", "county"],
    "county": [],
}
RECORD = {"previous": "period", "year": "village_year"}
BELOW = {"household": "person", "village": "household", "county": "village"}
GRAINS = ("person", "period", "household", "village", "county")
WORDS = ["a", "b", "a,b"]
DAYS = [
    dt.date(2016, 2, 29),
    dt.date(2016, 3, 1),
    dt.date(2015, 12, 31),
    dt.date(2000, 2, 29),
    dt.date(2017, 9, 1),
]
VILLAGES = ["990521001001", "990521002001", "990522001001", "990531001001"]
COUNTIES = ["990521", "990541"]
SEEN = [None, "reported", "checked"]
KINDS = ["boolean", "integer", "decimal", "text", "date"]


@dataclass
class Known:
    """Facts made so far: id to kind, by grain; and their trees."""

    kinds: dict[str, dict[str, str]] = field(default_factory=lambda: {grain: {} for grain in GRAINS})
    trees: dict[str, Tree] = field(default_factory=dict)


def literal(kind: str) -> st.SearchStrategy[Tree]:
    values: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": st.integers(-3, 20) | st.sampled_from([2015, 2016, 100]),
        "decimal": st.sampled_from([Decimal("0.5"), Decimal("2.5"), Decimal("10.25")]),
        "text": st.sampled_from(WORDS),
        "date": st.sampled_from(DAYS),
    }
    return values[kind].map(lambda one: ("lit", one))


@st.composite
def named(draw: st.DrawFn, kind: str, scope: str, known: Known) -> Tree:
    """A column or fact of the scope, or of a record around it."""
    options: list[Tree] = [("name", "", one) for one in COLUMNS[scope][kind]]
    options += [("name", "", one) for one, its in known.kinds[scope].items() if its == kind]
    for prefix in PREFIXES[scope]:
        record = RECORD.get(prefix, prefix)
        options += [("name", prefix, one) for one in COLUMNS[record][kind]]
        if record == "period" and scope == "household":
            options += [("name", prefix, one) for one, its in known.kinds["period"].items() if its == kind]
    if kind == "integer":
        options += [("figure", "placed"), ("figure", "stricter")]
    return draw(st.sampled_from(options)) if options else draw(literal(kind))


@st.composite
def expression(draw: st.DrawFn, kind: str, scope: str, known: Known, depth: int) -> Tree:
    """An expression of one type within the subset."""
    if depth == 0:
        return draw(st.one_of(named(kind, scope, known), named(kind, scope, known), literal(kind)))

    def deeper(its: str, where: str = scope) -> Tree:
        return draw(expression(its, where, known, depth - 1))

    ways = ["name", "case", "coalesce"]
    ways += {
        "boolean": ["and", "or", "not", "compare", "compare", "in", "between", "null", "ratio", "listed"],
        "integer": [
            "arithmetic",
            "arithmetic",
            "div",
            "years",
            "days",
            "pick",
            "abs",
            "year_of",
            "figure_in",
        ],
        "decimal": ["arithmetic", "pick"],
        "text": [],
        "date": ["as_of"],
    }[kind]
    if scope in BELOW:
        ways += {
            "boolean": ["some"] * 3,
            "integer": ["count"] * 3 + ["total", "least"],
            "date": ["least"],
        }.get(kind, [])
    way = draw(st.sampled_from(ways))
    if way == "name":
        return draw(named(kind, scope, known))
    if way == "case":
        last = ("lit", None) if draw(st.booleans()) else deeper(kind)
        return ("case", deeper("boolean"), deeper(kind), last)
    if way == "coalesce":
        return ("coalesce", deeper(kind), deeper(kind))
    if kind == "boolean":
        return draw(boolean(way, scope, known, depth))
    return draw(scalar(way, kind, scope, known, depth))


@st.composite
def boolean(draw: st.DrawFn, way: str, scope: str, known: Known, depth: int) -> Tree:
    def deeper(its: str, where: str = scope) -> Tree:
        return draw(expression(its, where, known, depth - 1))

    if way in ("and", "or"):
        return (way, deeper("boolean"), deeper("boolean"))
    if way == "not":
        return ("not", deeper("boolean"))
    if way == "null":
        return (draw(st.sampled_from(["is null", "is not null"])), deeper(draw(st.sampled_from(KINDS))))
    if way == "compare":
        its = draw(st.sampled_from(KINDS))
        ops = ["=", "<>"] if its in ("boolean", "text") else ["=", "<>", "<", "<=", ">", ">="]
        return (draw(st.sampled_from(ops)), deeper(its), deeper(its))
    if way == "in":
        its = draw(st.sampled_from(["integer", "text"]))
        items = draw(st.lists(literal(its).map(lambda one: one[1]), min_size=1, max_size=3))
        return (draw(st.sampled_from(["in", "not in"])), deeper(its), items)
    if way == "between":
        return ("between", deeper("integer"), deeper("integer"), deeper("integer"))
    if way == "ratio":
        return ("ratio_at_least", deeper("integer"), deeper("integer"), draw(literal("integer")))
    if way == "listed":
        return ("listed", deeper("text"), deeper("text"))
    return (draw(st.sampled_from(["some", "every"])), deeper("boolean", BELOW[scope]))


@st.composite
def scalar(draw: st.DrawFn, way: str, kind: str, scope: str, known: Known, depth: int) -> Tree:
    def deeper(its: str, where: str = scope) -> Tree:
        return draw(expression(its, where, known, depth - 1))

    if way == "arithmetic":
        op = draw(st.sampled_from(["+", "-", "*"]))
        # Products only with a constant: generated towers of products would leave 64 bits, which no record does.
        return (op, deeper(kind), draw(literal("integer")) if op == "*" else deeper(kind))
    if way == "div":
        return ("div", deeper("integer"), deeper("integer"))
    if way in ("years", "days"):
        return (f"{way}_between", deeper("date"), deeper("date"))
    if way == "pick":
        return (draw(st.sampled_from(["least_of", "greatest_of"])), deeper(kind), deeper(kind))
    if way == "abs":
        return ("abs", deeper("integer"))
    if way == "year_of":
        return ("year_of", deeper("date"))
    if way == "figure_in":
        return ("figure_in", "placed", deeper("integer"))
    if way == "as_of":
        return ("as_of",)
    if way == "count":
        return (draw(st.sampled_from(["how_many", "known_count"])), deeper("boolean", BELOW[scope]))
    if way == "total":
        return ("total", deeper("integer", BELOW[scope]))
    return (draw(st.sampled_from(["least", "most"])), deeper(kind, BELOW[scope]))


@st.composite
def books(draw: st.DrawFn) -> tuple[Known, list[dict[str, Any]], list[dict[str, Any]]]:
    """Facts and rules: their trees, and their entries as a rulebook has them."""
    known, facts, rules = Known(), [], []
    for grain in (*("person", "period") * 2, *("household",) * 3, *("village",) * 3, *("county",) * 2):
        kind = draw(st.sampled_from(KINDS))
        tree = draw(expression(kind, grain, known, 2))
        id = f"fact_{len(facts)}"
        facts.append(
            {"id": id, "grain": grain, "type": kind, "says": {"zh": id, "en": id}, "value": text(tree)}
        )
        known.kinds[grain][id] = kind
        known.trees[id] = tree
    for grain in ("household", "household", "person", "period", "village", "village", "county"):
        id = f"rule.{len(rules)}"
        applies = draw(st.none() | expression("boolean", grain, known, 2))
        holds = draw(expression("boolean", grain, known, 3))
        because = draw(st.lists(st.sampled_from(sorted(known.kinds[grain])), unique=True))
        rules.append({"id": id, "grain": grain, "applies": applies, "holds": holds, "because": because})
    return known, facts, rules


def rows_of(relation: str) -> st.SearchStrategy[dict[str, Any]]:
    """A record with everything possibly unknown."""
    values = {
        "boolean": st.booleans(),
        "integer": st.integers(-2, 30) | st.sampled_from([2015, 2016, 1_000_000]),
        "decimal": st.sampled_from([Decimal("0.00"), Decimal("2.50"), Decimal("10.25"), Decimal("99.99")]),
        "text": st.sampled_from(WORDS),
        "date": st.sampled_from(DAYS),
    }
    found = {
        name: st.none() | values[kind]
        for kind, names in COLUMNS[relation].items()
        for name in names
        if name != "year"
    }
    seens = {
        "person": ["seen"],
        "household": ["seen"],
        "period": ["income_seen", "house_seen", "living_seen"],
        "exit": ["seen"],
        "village_year": ["seen"],
        "county": ["seen"],
    }
    seens["period"] += ["water_seen", "water_reported_seen"]
    for seen in seens.get(relation, []):
        found[seen] = st.sampled_from(SEEN)
    return st.fixed_dictionaries(found)


@st.composite
def registers(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows of every relation; households without members, without years, with years missing between; a village without
    households or years, a village and a county nobody wrote down, a county without villages."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for code in VILLAGES[:3]:
        above = {"village_code": code, "township_code": code[:9], "county_code": code[:6]}
        tables["village"].append({**draw(rows_of("village")), **above})
        for year in sorted(draw(st.sets(st.sampled_from([2014, 2015, 2016, 2018]), max_size=2))):
            row = {**draw(rows_of("village_year")), "village_code": code, "year": year}
            tables["village_year"].append(row)
    for code in COUNTIES:
        tables["county"].append({**draw(rows_of("county")), "county_code": code})
    people = 0
    for key in range(1, draw(st.integers(1, 5)) + 1):
        fixed = {"household_key": key, "village_code": draw(st.sampled_from(VILLAGES))}
        tables["household"].append({**draw(rows_of("household")), **fixed})
        if draw(st.booleans()):
            tables["exit"].append({**draw(rows_of("exit")), **fixed})
        for row in draw(st.lists(rows_of("person"), max_size=4)):
            people += 1
            tables["person"].append({**row, **fixed, "person_key": people})
        for year in sorted(draw(st.sets(st.sampled_from([2014, 2015, 2016, 2017, 2018]), max_size=3))):
            tables["period"].append({**draw(rows_of("period")), **fixed, "year": year})
    return tables
