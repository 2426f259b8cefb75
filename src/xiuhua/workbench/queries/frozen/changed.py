"""Households whose outcome of a rule is another in the later freeze: what it was, what it is, and the values behind both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.engine import load
from xiuhua.engine.tally import behind
from xiuhua.places.scope import scope_of
from xiuhua.workbench.queries.frame import may, names_apart, said
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen.opening import COUNTY, household_of, people_of, register, unit_of
from xiuhua.workbench.queries.frozen.pairing import Pair, change
from xiuhua.workbench.queries.leads import let_go
from xiuhua.workbench.queries.standard import because
from xiuhua.workbench.terms import Lane

# Worst first: who fails now, who is not known now, who is no longer there, then what became better.
ORDER = {"fails": 0, "not_known": 1, "": 2, "not_applicable": 3, "holds": 4}


def context(by: Appointment, found: Pair, rule: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Keys `changed`, `ways`, `again`, `no_list` and `pager` of workbench/compare_rule.html."""
    nothing: dict[str, Any] = {"changed": [], "ways": [], "again": None, "pager": None}
    if not may(by, "workbench:household"):
        return {**nothing, "no_list": _("您的职务不看住户；数字到这里为止。")}
    if len(found.place.code) < COUNTY:
        return {**nothing, "no_list": _("打开一个县，看是哪些户变了。")}
    if load().rules[rule].grain not in behind.HOUSEHOLD_GRAINS:
        return {**nothing, "no_list": _("这条规则说的是村或县，没有住户名单。")}
    for freeze in (found.before, found.after):
        if gone := let_go(scope_of(found.place.code), freeze.taken_at, "rules", rule):
            return {**nothing, "no_list": gone}
    table = units(found, rule)
    if table is None:
        return {
            **nothing,
            "no_list": _(
                "有一份快照的文件不在原处，或与封存时不同，不能比较到户。把完好的文件夹放回原处后再看。"
            ),
        }
    moved = different(table)
    way = query.get("way", "")
    chosen = [row for row in moved if way in ("", f"{row['before']}-{row['after']}")]
    first, turned = pager(
        len(chosen), query.get("page", ""), lambda number: found.url(rule, page=number, way=way)
    )
    return {
        "no_list": "",
        "found": len(moved),
        "ways": _ways(found, rule, moved, way),
        "again": _again(found, table),
        "changed": rows(by, found, rule, chosen[first : first + PAGE]),
        "pager": turned,
    }


def units(found: Pair, rule: str) -> pa.Table | None:
    """Units of both freezes side by side, both by today's rules; None where the files of one were moved away."""
    area = scope_of(found.place.code)
    sides = []
    for freeze, name in ((found.before, "before"), (found.after, "after")):
        records = words.records(freeze, found.place.code)
        if records is None:
            return None
        got = behind.units(records, "rules", rule, area.lo, area.hi, library=load())
        keys = ["household_key", *([got.unit] if got.unit else [])]
        table = got.table.select([*keys, "village_code", "lane"])
        sides.append(table.rename_columns([*keys, f"village_{name}", name]))
    return sides[0].join(sides[1], keys=keys, join_type="full outer")


def different(table: pa.Table) -> list[dict[str, Any]]:
    """Rows whose outcome is another, worst first. before, after: lanes; empty where there was no such unit."""
    before, after = (pc.fill_null(table.column(name), "") for name in ("before", "after"))
    rows = table.filter(pc.not_equal(before, after)).to_pylist()
    for row in rows:
        row["before"], row["after"] = row["before"] or "", row["after"] or ""
        row["village_code"] = row["village_after"] or row["village_before"]
    # To be met by nobody new and to be asked of nobody new are no change of a household's outcome.
    rows = [row for row in rows if {row["before"], row["after"]} != {"", "not_applicable"}]
    rows.sort(
        key=lambda row: (ORDER[row["after"]], ORDER[row["before"]], row["village_code"], row["household_key"])
    )
    return rows


def _ways(found: Pair, rule: str, moved: list[dict[str, Any]], way: str) -> list[dict[str, Any]]:
    """Each change of outcome with how many made it."""
    counted = Counter((row["before"], row["after"]) for row in moved)
    order = sorted(counted, key=lambda one: (ORDER[one[1]], ORDER[one[0]]))
    every = {"label": _("全部"), "count": len(moved), "url": found.url(rule), "current": not way}
    return [
        every,
        *(
            {
                "label": f"{lane(before)} → {lane(after)}",
                "count": counted[before, after],
                "url": found.url(rule, way=f"{before}-{after}"),
                "current": way == f"{before}-{after}",
            }
            for before, after in order
        ),
    ]


def lane(code: str) -> str:
    """An outcome in words; without one the household was not in the freeze."""
    return said(Lane(code)) if code else _("不在册")


def _again(found: Pair, table: pa.Table) -> list[dict[str, Any]] | None:
    """Outcomes of both by today's rules, where one of them was counted by others."""
    if not words.otherwise(found.before) and not words.otherwise(found.after):
        return None
    sides = [Counter(table.column(name).to_pylist()) for name in ("before", "after")]
    return [
        {"label": said(Lane(code)), **change(sides[0].get(code, 0), sides[1].get(code, 0))}
        for code in words.OUTCOMES
    ]


def rows(by: Appointment, found: Pair, rule: str, moved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changed households as the page and the workbook list them."""
    if not moved:
        return []
    known = register([row["household_key"] for row in moved])
    villages = names_apart(row["village_code"] for row in moved)
    unit = behind.UNIT.get(load().rules[rule].grain)
    people = people_of([row["person_key"] for row in moved] if unit == "person_key" else [])
    why = {
        name: _why(freeze, found.place.code, rule, moved, name)
        for freeze, name in ((found.before, "before"), (found.after, "after"))
    }
    return [
        {
            **household_of(by, row["household_key"], known),
            "village": villages.get(row["village_code"], row["village_code"]),
            "before": lane(row["before"]),
            "after": lane(row["after"]),
            "before_state": row["before"],
            "after_state": row["after"],
            "before_because": why["before"][at],
            "after_because": why["after"][at],
            "unit": unit_of(unit, row, people),
        }
        for at, row in enumerate(moved)
    ]


def _why(freeze: Any, place_code: str, rule: str, moved: list[dict[str, Any]], name: str) -> list[str]:
    """What the rule saw of each row in one freeze, in a line; empty where the household was not in it."""
    records = words.records(freeze, place_code)
    there = [at for at, row in enumerate(moved) if row[name]]
    told = [""] * len(moved)
    if records is None or not there:
        return told
    grain = load().rules[rule].grain
    unit = behind.UNIT.get(grain)
    columns = {
        "household_key": [moved[at]["household_key"] for at in there],
        "village_code": [moved[at][f"village_{name}"] for at in there],
        **({unit: [moved[at][unit] for at in there]} if unit else {}),
    }
    selection, seen = behind.seen(records, grain, pa.table(columns), [rule], library=load())
    for at, row in zip(there, seen, strict=True):
        if row is not None:
            told[at] = because(load().outcome(rule, row, selection))
    return told


def every(by: Appointment, found: Pair, rule: str) -> Iterator[dict[str, Any]]:
    """All changed households, some hundreds at a time."""
    table = units(found, rule)
    moved = different(table) if table is not None else []
    for first in range(0, len(moved), 500):
        yield from rows(by, found, rule, moved[first : first + 500])
