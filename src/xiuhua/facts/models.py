"""What the contract of records and an entry of the facts hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from xiuhua.rulebook.models import Marked, Name, Says, Strict, Text

Grain = Literal["person", "household", "period", "village", "county"]
RecordGrain = Literal["village", "village_year", "county", "person", "household", "period", "exit"]
FactType = Literal["boolean", "integer", "decimal", "text", "date"]

# Word put behind a number, by unit and language. `year` is a calendar year and `fen` is shown as yuan.
UNITS: dict[str, tuple[str, str]] = {
    "fen": (" 元", " yuan"),
    "yuan": (" 元", " yuan"),
    "m2": (" ㎡", " m²"),
    "mu": (" 亩", " mu"),
    "km": (" 公里", " km"),
    "percent": ("%", "%"),
    "litre": (" 升", " litres"),
    "minute": (" 分钟", " minutes"),
    "month": (" 个月", " months"),
    "day": (" 天", " days"),
    "age": (" 岁", " years old"),
    "year": (" 年", ""),
    "person": (" 人", " persons"),
    "household": (" 户", " households"),
    "times": (" 次", " times"),
    "metre": (" 米", " m"),
    "years": (" 年", " years"),
}


class Column(Strict):
    """One column of a record. `seen` names the column of the same record that tells its evidence."""

    name: Name
    type: Literal["boolean", "integer", "bigint", "decimal", "text", "date"]
    says: Says
    required: bool = False
    unit: Name | None = None
    codes: Name | None = None
    values: dict[str, Says] | None = None
    seen: Name | None = None

    @property
    def kind(self) -> FactType:
        """Its type in expressions, where whole numbers are all 64 bits wide."""
        return "integer" if self.type == "bigint" else self.type


class Relation(Marked):
    """One record: a relation that a room publishes, a freeze writes and facts read."""

    id: Annotated[Name, Field(pattern=r"^rec_")]
    grain: RecordGrain
    key: Annotated[list[Name], Field(min_length=1)]
    says: Says
    columns: Annotated[list[Column], Field(min_length=1)]

    def column(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)


class Fact(Marked):
    """What is known at one grain, as an expression over records and other facts."""

    id: Name
    grain: Grain
    type: FactType
    unit: Name | None = None
    codes: Name | None = None
    says: Says
    value: Text
    from_: Annotated[
        Literal["person", "household", "period", "previous", "village", "year", "county"] | None,
        Field(alias="from"),
    ] = None
    source: Text | None = None

    @property
    def scope(self) -> str:
        """The record whose columns the bare names of `value` mean."""
        return self.from_ or self.grain
