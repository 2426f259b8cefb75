"""One query a selection: records of the wanted households, facts layer by layer, rules once a row.

Every layer is a named query: `person`, `period`, `previous` and `household`, above them `year`, `village` and `county`, each
built up by the depth of its facts.
Inside a layer a column is called `c__name`, a fact `f__name`, the evidence of a fact `e__name`, a `seen` column as a
number `s__name`; what comes from another layer carries that layer's name in front.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from xiuhua.engine.checking import RuleNodes
from xiuhua.engine.evidence import EvidenceWriter, weakest
from xiuhua.engine.gathering import columns, decoded, gathered, sorted_by
from xiuhua.engine.names import BELOW, KEY, Names
from xiuhua.engine.needs import Layer, Needs
from xiuhua.engine.nodes import Aggregate, Node, Ref
from xiuhua.engine.writing import VILLAGE, WRITERS, Dialect
from xiuhua.facts.models import Relation

NEXT = ",\n  "
KEYS = {
    "household": ("household_key",),
    "person": ("person_key", "household_key"),
    "period": ("household_key", "year"),
    "village": ("village_code",),
    "county": ("county_code",),
}
# What one row for each owner is called that holds the operations over the records below.
GATHERED = {"household": "members", "village": "homes", "county": "villages"}
ONE_KEY = re.compile(r"select %s::\w+ as household_key")  # one household, by a parameter
# Where a village or a county is wanted: its households, and nothing else is computed. A county's villages lie in a range.
WANTED_HOUSEHOLDS = "SELECT h.household_key\nFROM {household} AS h\nWHERE h.village_code IN (SELECT village_code FROM wanted_villages)"
WANTED_VILLAGES = (
    "SELECT v.village_code\nFROM {village} AS v\nJOIN wanted_counties AS w"
    " ON v.village_code >= w.county_code AND v.village_code < w.county_code || ':' AND v.county_code = w.county_code"
)


@dataclass(frozen=True)
class Prepared:
    """Everything of a library that writing a query needs."""

    names: Names
    nodes: Mapping[str, Node]
    depths: Mapping[str, int]


class Query:
    """Writes the layers that some needs ask for, in one engine's SQL."""

    def __init__(
        self,
        prepared: Prepared,
        needs: Needs,
        dialect: Dialect,
        as_of: dt.date,
        wanted: str | None,
        relations: Mapping[str, str],
        kept_villages: str | None = None,
    ) -> None:
        self.names = prepared.names
        self.nodes = prepared.nodes
        self.depths = prepared.depths
        self.needs = needs
        self.dialect = dialect
        self.as_of = as_of
        self.wanted = wanted
        self.relations = relations
        self.kept_villages = kept_villages
        self.queries: list[tuple[str, str]] = []
        if wanted is not None:
            self._want(wanted)

    def _want(self, wanted: str) -> None:
        """From what is asked for down to the households that are read for it."""
        grain = self.needs.grain
        if grain not in ("village", "county"):
            self.queries.append(("wanted", wanted))
            return
        if grain == "county":
            self.queries.append(("wanted_counties", wanted))
            wanted = WANTED_VILLAGES.format(village=self.table("village"))
        self.queries.append(("wanted_villages", wanted))
        if self.needs.layers["village"].aggregates:
            self.queries.append(("wanted", WANTED_HOUSEHOLDS.format(household=self.table("household"))))

    def text(self, final: str) -> str:
        """The whole statement. PostgreSQL would copy a layer's expressions into every use of them, and DuckDB computes
        each once in any case: so layers are kept apart there and left open here."""
        kept = "MATERIALIZED" if self.dialect == "postgres" else "NOT MATERIALIZED"
        named = [f"{name} AS {self._kept(name, kept)} (\n{sql}\n)" for name, sql in self.queries]
        return (f"WITH {', '.join(named)}\n" if named else "") + final

    def _kept(self, name: str, kept: str) -> str:
        """What is asked for is worked out once; a single key is left open for indexes: else everybody of the area is walked through."""
        if name == "wanted" and self.wanted is not None and ONE_KEY.fullmatch(self.wanted):
            return "NOT MATERIALIZED"
        return "MATERIALIZED" if name.startswith("wanted") or name in ("latest", "latest_years") else kept

    def table(self, grain: str) -> str:
        name = self.names.relations[grain].id
        return self.relations.get(name, name)

    def scope(self, alias: str, word: str = "WHERE") -> str:
        if self.wanted is None:
            return ""
        return f"\n{word} {alias}.household_key IN (SELECT household_key FROM wanted)"

    def root(self) -> str:
        """Writes the layers below the asked grain and returns the name of its last one."""
        if self.needs.grain == "household":
            return self._household()
        if self.needs.grain == "person":
            return self._person()
        if self.needs.grain == "village":
            return self._village()
        if self.needs.grain == "county":
            return self._county()
        return self._years("period", None)

    def outcome(self, writing: Writing, nodes: RuleNodes) -> str:
        """SQL of a rule's outcome as a small code, each expression once: 0 not applicable, 1 holds, 2 fails, 3 not known."""
        small = "SMALLINT" if self.dialect == "postgres" else "TINYINT"
        number = "INTEGER" if self.dialect == "postgres" else "TINYINT"
        code = f"COALESCE(2 - CAST({writing.sql(nodes.holds)} AS {number}), 3)"
        if nodes.applies is not None:
            # Where it is not known whether a rule applies, only holding can be said.
            applies = f"COALESCE(CAST({writing.sql(nodes.applies)} AS {number}), 2)"
            code = f"(CASE {applies} WHEN 0 THEN 0 WHEN 1 THEN {code} ELSE CASE {code} WHEN 1 THEN 1 ELSE 3 END END)"
        return f"CAST({code} AS {small})"

    # -- names inside a layer ---------------------------------------------------------------------------------------

    def writer(self, layer: Layer) -> Writing:
        return Writing(self, layer)

    def facts_on(self, base: str, layer: Layer) -> str:
        """Adds the layer's facts on top of `base`, a query for each depth; returns the last query's name."""
        self.queries.append((f"{layer.scope}_0", base))
        last = f"{layer.scope}_0"
        writing = self.writer(layer)
        for depth in sorted({self.depths[fact] for fact in layer.facts}):
            added = []
            for fact in sorted(one for one in layer.facts if self.depths[one] == depth):
                added.append(f"{writing.sql(self.nodes[fact])} AS f__{fact}")
                if fact in layer.evidence:
                    added.append(f"{writing.evidence(self.nodes[fact])} AS e__{fact}")
            name = f"{layer.scope}_{depth}"
            self.queries.append((name, f"SELECT *,\n  {NEXT.join(added)}\nFROM {last}"))
            last = name
        return last

    def own(self, layer: Layer, alias: str, relation: Relation, prefix: str = "") -> list[str]:
        """A record's needed columns and evidence, whole numbers made 64 bits wide."""
        return columns(relation, layer.columns, layer.seens, alias, prefix)

    def above(self, layer: Layer) -> tuple[list[str], str]:
        """Columns and joins of household and village that a layer below the household reads."""
        found, joins = [], ""
        for scope, alias in (("household", "h"), ("village", "g")):
            names, seens = layer.above[scope], layer.above_seens[scope]
            if names or seens:
                relation = self.names.relations[scope]
                found += columns(relation, names, seens, alias, f"{scope}__")
                key = "village_code" if scope == "village" else "household_key"
                joins += f"\nLEFT JOIN {self.table(scope)} AS {alias} ON {alias}.{key} = r.{key}"
        return found, joins

    # -- layers -----------------------------------------------------------------------------------------------------

    def _person(self) -> str:
        layer = self.needs.layers["person"]
        found, joins = self.above(layer)
        listed = [f"r.{key}" for key in ("person_key", "household_key", "village_code")]
        listed += self.own(layer, "r", self.names.relations["person"]) + found
        base = f"SELECT {', '.join(listed)}\nFROM {self.table('person')} AS r{joins}{self.scope('r')}"
        return self.facts_on(base, layer)

    def _below(self, owner: Layer) -> str | None:
        """One row an owner that has any: members of a household, households of a village, villages of a county, every
        operation over them once."""
        if not owner.aggregates:
            return None
        below = BELOW[owner.scope]
        last = {"person": self._person, "household": self._household, "village": self._village}[below]()
        writing = self.writer(self.needs.layers[below])
        key, name = KEY[owner.scope], GATHERED[owner.scope]
        listed = [key]
        for aggregate, number in owner.aggregates.items():
            listed.append(f"{gathered(aggregate, writing.sql(aggregate.arg))} AS a{number}")
            if aggregate in owner.aggregate_evidence:
                listed.append(f"MIN({writing.member_evidence(aggregate)}) AS e{number}")
        self.queries.append((name, f"SELECT {NEXT.join(listed)}\nFROM {last}\nGROUP BY {key}"))
        return name

    def _gathered(self, owner: Layer, alias: str) -> tuple[list[str], str]:
        """Columns and join of what was gathered below an owner's records, which have an alias."""
        name = self._below(owner)
        if not name:
            return [], ""
        key = KEY[owner.scope]
        listed = [
            f"{decoded(aggregate, f'm.a{number}', key)} AS a{number}"
            for aggregate, number in owner.aggregates.items()
        ]
        listed += [f"m.e{owner.aggregates[one]}" for one in sorted_by(owner)]
        return listed, f"\nLEFT JOIN {name} AS m ON m.{key} = {alias}.{key}"

    def _years(self, scope: str, latest: str | None) -> str:
        """Records of years: all (no `latest`), the reference year's, or those of the calendar year before it."""
        layer = self.needs.layers[scope]
        found, joins = self.above(layer)
        listed = ["r.household_key", "r.village_code", "CAST(r.year AS BIGINT) AS year"]
        listed += self.own(layer, "r", self.names.relations["period"]) + found
        if latest is None:
            source, where = f"{self.table('period')} AS r", self.scope("r")
        else:
            before = " - 1" if scope == "previous" else ""
            source = (
                f"{latest} AS k\nJOIN {self.table('period')} AS r "
                f"ON r.household_key = k.household_key AND r.year = k.year{before}"
            )
            where = ""
        return self.facts_on(f"SELECT {', '.join(listed)}\nFROM {source}{joins}{where}", layer)

    def _latest(self) -> str:
        sql = (
            f"SELECT r.household_key, MAX(r.year) AS year\nFROM {self.table('period')} AS r\n"
            f"WHERE r.year <= {self.as_of.year}{self.scope('r', 'AND')}\nGROUP BY r.household_key"
        )
        self.queries.append(("latest", sql))
        return "latest"

    def _household(self) -> str:
        layer = self.needs.layers["household"]
        listed = ["h.household_key", "h.village_code"]
        listed += self.own(layer, "h", self.names.relations["household"])
        joins = ""
        used = [scope for scope in ("period", "previous") if self.uses(scope)]
        latest = self._latest() if used else None
        for scope in used:
            name, alias = self._years(scope, latest), scope[:2]
            listed += self._carried(self.needs.layers[scope], alias)
            joins += f"\nLEFT JOIN {name} AS {alias} ON {alias}.household_key = h.household_key"
        if latest:
            listed.append("k.year AS year" if not self.uses("period") else "pe.year AS year")
            joins += (
                "" if self.uses("period") else "\nLEFT JOIN latest AS k ON k.household_key = h.household_key"
            )
        more, join = self._gathered(layer, "h")
        listed, joins = listed + more, joins + join
        if layer.above["exit"] or layer.above_seens["exit"]:
            left = self.names.relations["exit"]
            listed += columns(left, layer.above["exit"], layer.above_seens["exit"], "x", "exit__")
            joins += f"\nLEFT JOIN {self.table('exit')} AS x ON x.household_key = h.household_key"
        if layer.above["village"] or layer.above_seens["village"]:
            village = self.names.relations["village"]
            listed += columns(village, layer.above["village"], layer.above_seens["village"], "g", "village__")
            joins += f"\nLEFT JOIN {self.table('village')} AS g ON g.village_code = h.village_code"
        base = f"SELECT {NEXT.join(listed)}\nFROM {self.table('household')} AS h{joins}{self.scope('h')}"
        return self.facts_on(base, layer)

    def _latest_years(self) -> str:
        """The reference year of each village: the latest with a record, not after the day asked for."""
        where = (
            ""
            if self.wanted is None
            else "\nAND r.village_code IN (SELECT village_code FROM wanted_villages)"
        )
        sql = (
            f"SELECT r.village_code, MAX(r.year) AS year\nFROM {self.table('village_year')} AS r\n"
            f"WHERE r.year <= {self.as_of.year}{where}\nGROUP BY r.village_code"
        )
        self.queries.append(("latest_years", sql))
        return "latest_years"

    def _village(self) -> str:
        layer, relations = self.needs.layers["village"], self.names.relations
        if self.kept_villages:
            return self._villages_kept(layer, self.kept_villages)
        listed = ["v.village_code", "v.county_code", *self.own(layer, "v", relations["village"])]
        joins = ""
        if self.uses("year"):
            year = self.needs.layers["year"]
            listed.append("CAST(y.year AS BIGINT) AS year")
            listed += columns(relations["village_year"], year.columns, year.seens, "y", "year__")
            joins += (
                f"\nLEFT JOIN {self._latest_years()} AS k ON k.village_code = v.village_code\nLEFT JOIN"
                f" {self.table('village_year')} AS y ON y.village_code = k.village_code AND y.year = k.year"
            )
        more, join = self._gathered(layer, "v")
        listed, joins = listed + more, joins + join
        if layer.above["county"] or layer.above_seens["county"]:
            listed += columns(
                relations["county"], layer.above["county"], layer.above_seens["county"], "c", "county__"
            )
            joins += f"\nLEFT JOIN {self.table('county')} AS c ON c.county_code = v.county_code"
        where = (
            ""
            if self.wanted is None
            else "\nWHERE v.village_code IN (SELECT village_code FROM wanted_villages)"
        )
        return self.facts_on(
            f"SELECT {NEXT.join(listed)}\nFROM {self.table('village')} AS v{joins}{where}", layer
        )

    def _villages_kept(self, layer: Layer, kept: str) -> str:
        """Villages whose facts were written down, so that nothing below them is read; 0 was said where nothing bears evidence."""
        listed = ["v.village_code", "v.county_code", *self.own(layer, "v", self.names.relations["village"])]
        listed += [f"q.f__{one}" for one in sorted(layer.facts)]
        listed += [f"NULLIF(q.e__{one}, 0) AS e__{one}" for one in sorted(layer.evidence)]
        source = f"{self.table('village')} AS v\nLEFT JOIN {kept} AS q ON q.village_code = v.village_code"
        within = (
            "" if self.wanted is None else "\nJOIN wanted_villages AS w ON w.village_code = v.village_code"
        )
        self.queries.append(("village_kept", f"SELECT {NEXT.join(listed)}\nFROM {source}{within}"))
        return "village_kept"

    def _county(self) -> str:
        layer = self.needs.layers["county"]
        listed = ["c.county_code", *self.own(layer, "c", self.names.relations["county"])]
        more, joins = self._gathered(layer, "c")
        where = (
            ""
            if self.wanted is None
            else "\nWHERE c.county_code IN (SELECT county_code FROM wanted_counties)"
        )
        base = f"SELECT {NEXT.join(listed + more)}\nFROM {self.table('county')} AS c{joins}{where}"
        return self.facts_on(base, layer)

    def uses(self, scope: str) -> bool:
        layer = self.needs.layers[scope]
        return bool(layer.columns or layer.facts or layer.seens)

    def _carried(self, layer: Layer, alias: str) -> list[str]:
        """What of a year's layer the household reads; what it does not use, DuckDB drops and PostgreSQL carries."""
        names = [f"c__{one}" for one in sorted(layer.columns)] + [f"s__{one}" for one in sorted(layer.seens)]
        names += [f"f__{one}" for one in sorted(layer.facts)] + [
            f"e__{one}" for one in sorted(layer.evidence)
        ]
        return [f"{alias}.{name} AS {layer.scope}__{name}" for name in names]


class Writing:
    """Values and evidence of expressions by the names of one layer."""

    def __init__(self, query: Query, layer: Layer) -> None:
        self.names = query.names
        self.layer = layer
        place = "county_code" if layer.scope == "county" else VILLAGE
        self._sql = WRITERS[query.dialect](
            query.as_of, query.names.figures, self._column, self._aggregate, place
        )
        self._evidence = EvidenceWriter(self._evidence_of, self._aggregate_evidence, self._sql.sql)

    def sql(self, node: Node) -> str:
        return self._sql.sql(node)

    def evidence(self, node: Node) -> str:
        """SQL of a value's evidence, null where nothing bears any."""
        return weakest(self._evidence.atoms(node))

    def bears_evidence(self, node: Node) -> bool:
        return bool(self._evidence.atoms(node))

    def member_evidence(self, aggregate: Aggregate) -> str:
        """Of one member; that somebody is a member at all is as well known as the person's record. Nobody says how a
        village is known."""
        if self.bears_evidence(aggregate.arg):
            return self.evidence(aggregate.arg)
        return "s__seen" if "seen" in self.layer.seens else weakest(frozenset())

    def _prefix(self, ref: Ref) -> str:
        own = ref.scope == self.layer.scope or (self.layer.scope == "previous" and ref.scope == "period")
        return "" if own else f"{ref.scope}__"

    def _column(self, ref: Ref) -> str:
        if self.layer.scope in ("person", "period", "previous") and self._prefix(ref):
            return f"{ref.scope}__c__{ref.name}"
        return f"{self._prefix(ref)}{'f' if ref.is_fact else 'c'}__{ref.name}"

    def _evidence_of(self, ref: Ref) -> str | None:
        if ref.is_fact:
            return f"{self._prefix(ref)}e__{ref.name}"
        seen = self.names.column(ref).seen
        return f"{self._prefix(ref)}s__{seen}" if seen else None

    def _aggregate(self, aggregate: Aggregate) -> str:
        return f"a{self.layer.aggregates[aggregate]}"

    def _aggregate_evidence(self, aggregate: Aggregate) -> str:
        return f"e{self.layer.aggregates[aggregate]}"
