"""The rulebook, the facts and the records as one thing that can be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from xiuhua.engine import cases as case_files
from xiuhua.engine import checking
from xiuhua.engine.checking import RuleNodes, Vocabularies
from xiuhua.engine.declared import MeasureNodes, measure_nodes
from xiuhua.engine.evidence import Evidence
from xiuhua.engine.names import Name, Names
from xiuhua.engine.needs import Needs
from xiuhua.engine.nodes import Node, Ref
from xiuhua.engine.outcomes import Outcome, Result, Seen, placeholders
from xiuhua.engine.selecting import KEYS, Prepared, Query
from xiuhua.engine.tables import ddl
from xiuhua.engine.writing import Dialect
from xiuhua.facts import reader as facts_reader
from xiuhua.facts.models import Fact, Relation
from xiuhua.rulebook import figures as figure_times
from xiuhua.rulebook import reader as rulebook_reader
from xiuhua.rulebook.figures import Refused, Value
from xiuhua.rulebook.models import CodeList, Figure, Measure, Rule, Says

Grain = Literal["household", "person", "period", "village", "county"]
MOST_KEPT = 64


@dataclass(frozen=True)
class Selection:
    """A query and what its columns are.

    One row a household, person, household-year, village or county: keys, `village_code`, then `f__`, `e__`, `r__`, `v__` columns.
    The text holds no `%` but those of `wanted`, so that parameters can be passed for it.
    """

    sql: str
    columns: tuple[str, ...]
    dialect: Dialect
    grain: Grain
    as_of: dt.date
    rules: tuple[str, ...]
    facts: tuple[str, ...]
    """Names of shown facts, as in `f__<name>`."""
    shown: Mapping[str, Ref] = field(repr=False)


@dataclass(frozen=True)
class Library:
    """All rules, facts, figures and code lists by id, checked. Made by `load`."""

    rules: Mapping[str, Rule]
    facts: Mapping[str, Fact]
    figures: Mapping[str, Figure]
    codes: Mapping[str, CodeList]
    relations: Mapping[str, Relation]
    """By grain: village, village_year, county, household, person, period, exit."""
    measures: Mapping[str, Measure]
    refused_figures: list[Refused]
    names: Names = field(repr=False)
    nodes: Mapping[str, Node] = field(repr=False)
    rule_nodes: Mapping[str, RuleNodes] = field(repr=False)
    measure_nodes: Mapping[str, MeasureNodes] = field(repr=False)
    rule_figures: Mapping[str, list[str]] = field(repr=False)
    prepared: Prepared = field(repr=False)
    vocabularies: Vocabularies = field(repr=False)
    selections: dict[tuple[Any, ...], Selection] = field(default_factory=dict, repr=False, compare=False)
    """Those that were asked for, by what was asked."""

    def rule(self, id: str) -> Rule:
        return self.rules[id]

    def figure(self, id: str, on: dt.date, place: str = "CN") -> Value | None:
        """A figure on a day in a place (its code; CN: the nation), with certainty and source; None where nobody set one.

        Raises KeyError for an unknown id.
        """
        return figure_times.value(self.figures[id], on, place)

    def figures_of(self, rule: str) -> list[str]:
        """Ids of the figures that a rule rests on, through its facts."""
        return self.rule_figures[rule]

    def columns_of(self, rule: str) -> list[str]:
        """Names of the record columns that a rule rests on, through its facts: first those it points to, then its reasons."""
        nodes = self.rule_nodes[rule]
        found: dict[str, None] = dict.fromkeys(self.rules[rule].about)
        for node in (
            *nodes.because.values(),
            nodes.holds,
            *([nodes.applies] if nodes.applies is not None else []),
        ):
            found |= dict.fromkeys(checking.columns_read(node, self.nodes))
        return list(found)

    def relation_ddl(self, dialect: Dialect) -> list[str]:
        """CREATE TABLE for the relations, in the contract's order of columns."""
        return [ddl(relation, dialect) for relation in self.relations.values()]

    def check_cases(self, folder: Path) -> None:
        """Raises RulebookError for a case that cannot be run, or a rule without a case for an outcome it can have."""
        case_files.check(folder, self.rules, self.relations, self.facts, self.outcomes_possible)

    def outcomes_possible(self, rule: str) -> list[Result]:
        """Outcomes that a rule can have while it is in force."""
        return case_files.possible(self.rule_nodes[rule], self.names, self.nodes)

    def select(
        self,
        dialect: Dialect,
        grain: Grain,
        as_of: dt.date,
        wanted: str | None = None,
        relations: Mapping[str, str] | None = None,
        rules: Iterable[str] | None = None,
        facts: Iterable[str] | None = None,
        bare: bool = False,
        kept_villages: str | None = None,
    ) -> Selection:
        """The query that computes rules and facts, live (`postgres`) or over a freeze (`duckdb`).

        wanted: SQL yielding `household_key`, for villages `village_code`, for counties `county_code`; None: all. relations: what stands for `rec_household` and so
        on in FROM, where it is not that name. rules: ids; None: all of this grain. facts: ids or columns
        (`period.house_grade`) shown besides those that the rules show; None: no others; with `rules=[]` and None, all
        facts of the grain. bare: outcomes alone, without the facts that rules show and without evidence, where only the
        few that fail will be opened. kept_villages: a relation by `village_code` with `f__` and `e__` columns, whose facts of villages were
        written down: a county's are computed from it, and no household is read. Raises KeyError for an unknown id, ExpressionError for a name that cannot be read.
        """
        chosen = (
            [one for one in self.rules if self.rules[one].grain == grain] if rules is None else list(rules)
        )
        wrong = [one for one in chosen if self.rules[one].grain != grain]
        if wrong:
            raise ValueError(f"{wrong[0]} is a rule of grain {self.rules[wrong[0]].grain}, not {grain}")
        around = tuple((relations or {}).items())
        shown = None if facts is None else tuple(facts)
        asked = (dialect, grain, as_of, wanted, around, tuple(chosen), shown, bare, kept_villages)
        # Pages and acts ask the same over and over, and writing a query takes longer than a database takes to answer it.
        found = self.selections.get(asked)
        if found is None:
            found = self._select(
                dialect, grain, as_of, wanted, dict(around), chosen, shown, bare, kept_villages
            )
            if len(self.selections) >= MOST_KEPT:
                self.selections.clear()
            self.selections[asked] = found
        return found

    def _select(
        self,
        dialect: Dialect,
        grain: Grain,
        as_of: dt.date,
        wanted: str | None,
        relations: Mapping[str, str],
        chosen: list[str],
        facts: Iterable[str] | None,
        bare: bool,
        kept_villages: str | None,
    ) -> Selection:
        shown = self._shown(grain, [] if bare else chosen, [] if bare and facts is None else facts)
        needs = Needs(grain, self.names, self.nodes)
        for ref in shown.values():
            (needs.value if bare else needs.evidence)(ref, grain)
        for one in chosen:
            nodes = self.rule_nodes[one]
            for node in (nodes.applies, nodes.holds):
                if node is not None:
                    needs.value(node, grain)
        query = Query(self.prepared, needs, dialect, as_of, wanted, relations, kept_villages)
        root = query.root()
        listed = self._listed(query, needs, grain, shown, chosen, as_of, bare)
        body = ",\n  ".join(f"{sql} AS {name}" if sql != name else name for name, sql in listed.items())
        text = query.text(f"SELECT {body}\nFROM {root}")
        return Selection(text, tuple(listed), dialect, grain, as_of, tuple(chosen), tuple(shown), shown)

    def _shown(self, grain: Grain, rules: list[str], facts: Iterable[str] | None) -> dict[str, Ref]:
        if facts is None:
            facts = [] if rules else [one.id for one in self.facts.values() if one.grain == grain]
        shown: dict[str, Ref] = {}
        for rule in rules:
            shown |= self.rule_nodes[rule].shown
        return shown | {checking.shown_as(one): checking.name_ref(one, grain, self.names) for one in facts}

    def _listed(
        self,
        query: Query,
        needs: Needs,
        grain: Grain,
        shown: dict[str, Ref],
        rules: list[str],
        as_of: dt.date,
        bare: bool,
    ) -> dict[str, str]:
        """Columns of the result and the SQL of each, over the last layer."""
        writing = query.writer(needs.root)
        keys = [*KEYS[grain]] if grain in ("village", "county") else [*KEYS[grain], "village_code"]
        years = {"household": ("period", "previous"), "village": ("year",)}.get(grain, ())
        if any(query.uses(scope) for scope in years):
            keys.append("year")
        listed = {key: key for key in keys}
        for name, ref in shown.items():
            listed[f"f__{name}"] = writing.sql(ref)
            if not bare:
                listed[f"e__{name}"] = f"COALESCE({writing.evidence(ref)}, 0)"
        for one in rules:
            rule, nodes = self.rules[one], self.rule_nodes[one]
            listed[f"r__{rule.column}"] = query.outcome(writing, nodes) if rule.in_force(as_of) else "0"
            if bare:
                continue
            known = [
                f"(CASE WHEN {writing.sql(ref)} IS NOT NULL THEN {writing.evidence(ref)} END)"
                for ref in nodes.because.values()
                if writing.bears_evidence(ref)
            ]
            listed[f"v__{rule.column}"] = f"COALESCE({', '.join([_least(known), '0'])})" if known else "0"
        return listed

    def outcomes(self, row: Mapping[str, Any], selection: Selection) -> list[Outcome]:
        """Every rule's outcome of one row of a selection, given by column name."""
        return [self.outcome(one, row, selection) for one in selection.rules]

    def outcome(self, id: str, row: Mapping[str, Any], selection: Selection) -> Outcome:
        """One rule's outcome of one row of a selection that has it."""
        rule = self.rules[id]
        nodes = self.rule_nodes[rule.id]
        facts = [self.seen(name, ref, row) for name, ref in nodes.shown.items()]
        found = [self._figure_seen(one, row, selection) for one in self.figures_of(rule.id)]
        return Outcome(
            rule,
            Result(row[f"r__{rule.column}"]),
            Evidence(row[f"v__{rule.column}"]),
            facts,
            [one for one in found if one is not None],
        )

    def _figure_seen(self, id: str, row: Mapping[str, Any], selection: Selection) -> Value | None:
        """Of a figure by year, the value of the row's year of reference."""
        day, year = selection.as_of, row.get("year")
        if self.figures[id].by == "year" and year is not None:
            day = dt.date(int(year), 12, 31)
        return self.figure(id, day, row["village_code"] if "village_code" in row else row["county_code"])

    def seen(self, name: str, ref: Ref, row: Mapping[str, Any]) -> Seen:
        """One shown fact or column of a row."""
        known: Name = self.names.name(ref)
        words: Mapping[str, Says] = {}
        id = self.vocabularies.id_of(ref)
        if id is not None and ("." in id or id in self.codes):
            words = self.vocabularies.words(id)
        return Seen(name, row[f"f__{name}"], Evidence(row[f"e__{name}"]), known.says, known.unit, words)

    def facts_seen(self, row: Mapping[str, Any], selection: Selection) -> list[Seen]:
        """Every shown fact of one row, with name, value in words and evidence."""
        return [self.seen(name, ref, row) for name, ref in selection.shown.items()]


def _figures(rule: RuleNodes, nodes: Mapping[str, Node]) -> list[str]:
    found = checking.figures_read(rule.holds, nodes)
    if rule.applies is not None:
        found |= checking.figures_read(rule.applies, nodes)
    return sorted(found)


def _least(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"LEAST({', '.join(items)})"


def load(
    rulebook: Path | None = None,
    facts: Path | None = None,
    records: Path | None = None,
    strict: bool = True,
    further: Path | None = None,
) -> Library:
    """Reads and checks everything. The package's own is read once; other folders are a freeze's and those of tests.

    further: a folder of further programmes; None: with our own rulebook, the one that the office names.
    strict: a lower level's forbidden figure refuses the load; otherwise it is kept in `refused_figures`.
    Raises RulebookError, whose text begins with file:line.
    """
    if rulebook is facts is records is further is None and strict:
        return _own()
    return _load(rulebook, facts, records, strict, further)


@cache
def _own() -> Library:
    return _load(None, None, None, True)


def _load(
    rulebook: Path | None,
    facts: Path | None,
    records: Path | None,
    strict: bool,
    further: Path | None = None,
) -> Library:
    book = rulebook_reader.read_rulebook(rulebook or rulebook_reader.FOLDER, strict, further)
    read = facts_reader.read_facts(facts or facts_reader.FOLDER, records or facts_reader.RECORDS)
    names = Names(read.relations, read.facts, book.figures, book.codes)
    nodes = checking.fact_nodes(names)
    depths = checking.depths(names, nodes)
    rule_nodes = {id: checking.rule_nodes(rule, names, placeholders(rule)) for id, rule in book.rules.items()}
    checking.check_vocabularies(names, nodes, {id: (book.rules[id], rule_nodes[id]) for id in book.rules})
    vocabularies = Vocabularies(names, nodes)
    return Library(
        rules=book.rules,
        facts=read.facts,
        figures=book.figures,
        codes=book.codes,
        relations=read.relations,
        measures=book.measures,
        refused_figures=book.refused_figures,
        names=names,
        nodes=nodes,
        rule_nodes=rule_nodes,
        measure_nodes={id: measure_nodes(one, names, vocabularies) for id, one in book.measures.items()},
        rule_figures={id: _figures(one, nodes) for id, one in rule_nodes.items()},
        prepared=Prepared(names, nodes, depths),
        vocabularies=vocabularies,
    )
