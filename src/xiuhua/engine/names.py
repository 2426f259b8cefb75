"""Which names an expression may use, where, and what they are."""

from __future__ import annotations

from dataclasses import dataclass

from xiuhua.engine.nodes import Kind, Ref
from xiuhua.facts.models import Column, Fact, Relation
from xiuhua.rulebook.models import CodeList, Figure, Says, Scalar

# What a prefix may be in each scope; an empty prefix is the scope itself.
PREFIXES: dict[str, tuple[str, ...]] = {
    "person": ("household", "village"),
    "period": ("household", "village"),
    "previous": ("household", "village"),
    "household": ("period", "previous", "exit", "village"),
    "village": ("year", "county"),
    "year": ("village", "county"),
    "county": (),
}
GRAIN_OF_SCOPE = {"previous": "period", "year": "village_year"}
# Over which records the operations over many go, in each scope that has them.
BELOW = {"household": "person", "village": "household", "county": "village"}
# A record's key towards the one above it.
KEY = {"household": "household_key", "village": "village_code", "county": "county_code"}


class ExpressionError(Exception):
    """An expression that is outside the subset, or names or types in it that do not fit."""


@dataclass(frozen=True)
class Name:
    """What a column or a fact is called, and how its values are written."""

    id: str
    says: Says
    kind: Kind
    unit: str | None
    codes: str | None
    values: dict[str, Says] | None


@dataclass(frozen=True)
class Names:
    """All records, facts, figures and code lists that expressions can speak of."""

    relations: dict[str, Relation]
    facts: dict[str, Fact]
    figures: dict[str, Figure]
    codes: dict[str, CodeList]

    def resolve(self, scope: str, prefix: str, name: str) -> Ref:
        """The column or fact meant in a scope. Raises ExpressionError."""
        if prefix and prefix != scope and prefix not in PREFIXES[scope]:
            raise ExpressionError(f"`{prefix}.` cannot be used in the scope of {scope}")
        target = prefix or scope
        grain = GRAIN_OF_SCOPE.get(target, target)
        fact = self.facts.get(name)
        # Facts of a household read facts of its members and years; the other way round would turn in a circle.
        from_above = target != scope and target in ("household", "village", "county")
        if fact is not None and fact.grain == grain and not from_above:
            return Ref(target, name, Kind(fact.type), True)
        column = self.relations[grain].column(name)
        if column is not None:
            return Ref(target, name, Kind(column.kind), False)
        if fact is not None and fact.grain == grain:
            raise ExpressionError(
                f"from the scope of {scope} only columns of {target} can be read, not fact {name}"
            )
        if fact is not None:
            raise ExpressionError(f"fact `{name}` is of grain {fact.grain} and cannot be read as of {target}")
        raise ExpressionError(f"unknown fact or column `{f'{prefix}.' if prefix else ''}{name}` of {target}")

    def column(self, ref: Ref) -> Column:
        found = self.relations[GRAIN_OF_SCOPE.get(ref.scope, ref.scope)].column(ref.name)
        if found is None:
            raise ExpressionError(f"unknown column {ref.name}")
        return found

    def name(self, ref: Ref) -> Name:
        """How a reference is called and written."""
        if ref.is_fact:
            fact = self.facts[ref.name]
            return Name(fact.id, fact.says, ref.kind, fact.unit, fact.codes, None)
        column = self.column(ref)
        return Name(column.name, column.says, ref.kind, column.unit, column.codes, column.values)

    def required(self, ref: Ref) -> bool:
        """Whether a column is never null there. A record of a year, an exit, a village or a county may be missing as a whole."""
        if ref.is_fact or ref.scope in ("previous", "exit", "village", "year", "county"):
            return False
        return self.column(ref).required


def kind_of(value: Scalar) -> Kind:
    """Type of a value written in YAML."""
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int):
        return Kind.INTEGER
    if isinstance(value, str):
        return Kind.TEXT
    return Kind.DECIMAL if not hasattr(value, "isoformat") else Kind.DATE


def figure_kind(figure: Figure) -> Kind:
    """Type of a figure's values: decimal where one of them is."""
    kinds = {kind_of(one.value) for one in (*figure.values, *figure.places)}
    if not kinds:
        raise ExpressionError(f"figure {figure.id} has no value at all")
    return Kind.DECIMAL if Kind.DECIMAL in kinds else kinds.pop()
