"""What an entry of the rulebook holds. Unknown keys are refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    StrictBool,
    StrictStr,
    ValidationError,
)

from xiuhua.rulebook.marked import Entry, Where

Name = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=55)]
RuleName = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=55)]
Text = Annotated[StrictStr, Field(min_length=1)]
Scalar = bool | int | Decimal | dt.date | str

Level = Literal["nation", "province", "city", "county", "township", "village"]
Certainty = Literal["cited", "background"]
# Length of a place's code at each level: 12 digits to the village, a suffix for the group.
LEVEL_OF_LENGTH: dict[int, Level] = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
LEVELS: tuple[Level, ...] = ("nation", "province", "city", "county", "township", "village")

EntryT = TypeVar("EntryT", bound="Marked")


class Strict(BaseModel):
    """Frozen, and nothing in it that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Marked(Strict):
    """An entry that knows where it stood."""

    _where: Where = PrivateAttr(default_factory=lambda: Where("?"))

    @property
    def where(self) -> Where:
        return self._where

    @classmethod
    def of(cls, entry: Entry, **more: Any) -> Self:
        """The entry checked against this model. Raises RulebookError at the line of the first fault."""
        try:
            made = cls.model_validate({**entry.data, **more})
        except ValidationError as problem:
            first = problem.errors()[0]
            path = [step for step in first["loc"] if isinstance(step, str | int)]
            said = ".".join(str(step) for step in path)
            raise entry.where.error(f"{said}: {first['msg']}", *path) from problem
        made._where = entry.where
        return made


class Source(str):
    """Where something stands: the name of a document, which is the same in every language, or a sentence, which has both.
    As a text it is the Chinese one."""

    en: str

    def __new__(cls, zh: str, en: str | None = None) -> Self:
        made = super().__new__(cls, zh)
        made.en = en or zh
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.en

    def says(self, language: str) -> str:
        return self.en if language.startswith("en") else str(self)


def _source(given: Any) -> Source:
    if isinstance(given, Source):
        return given
    if isinstance(given, str) and given:
        return Source(given)
    if (
        isinstance(given, dict)
        and set(given) == {"zh", "en"}
        and all(isinstance(one, str) and one for one in given.values())
    ):
        return Source(given["zh"], given["en"])
    raise ValueError("a source is a text, or a sentence as {zh, en}")


SourceText = Annotated[Source, PlainValidator(_source)]


class Says(Strict):
    """A sentence or name in the two languages."""

    zh: Text
    en: Text

    def says(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Code(Strict):
    code: Text
    zh: Text
    en: Text
    variants: list[Text] = []

    def says(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class CodeList(Marked):
    id: Name
    says: Says
    source: Text
    since: dt.date | None = None
    until: dt.date | None = None
    codes: Annotated[list[Code], Field(min_length=1)]

    def code(self, code: str) -> Code | None:
        return next((one for one in self.codes if one.code == code), None)


class FigureValue(Strict):
    """One value and when it held: a calendar year, or from a day on."""

    year: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    value: Scalar
    certainty: Certainty = "cited"
    source: SourceText | None = None

    @property
    def begins(self) -> dt.date:
        """First day it holds. Source: `year` or `since`."""
        return dt.date(self.year, 1, 1) if self.year is not None else self.since or dt.date.min

    @property
    def ends(self) -> dt.date | None:
        """Last day it holds by itself; None: until the next one."""
        return dt.date(self.year, 12, 31) if self.year is not None else self.until


class NationValue(FigureValue):
    certainty: Certainty


class PlacedValue(FigureValue):
    place: Annotated[StrictStr, Field(pattern=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]
    source: SourceText
    _folder: str = PrivateAttr(default="")

    @property
    def folder(self) -> str:
        """The office's own folder that it was read from; empty: it stands with its figure."""
        return self._folder

    @property
    def level(self) -> Level:
        return LEVEL_OF_LENGTH[len(self.place)]


class Figure(Marked):
    id: Name
    says: Says
    unit: Name | None = None
    owner: Level
    stricter: Literal["lower", "higher"] | None = None
    by: Literal["date", "year"]
    source: SourceText
    values: list[NationValue]
    places: list[PlacedValue] = []


class OwnValues(Marked):
    """What an office's folder adds to a figure that is known already: values of its own places, and nothing else."""

    id: Name
    places: Annotated[list[PlacedValue], Field(min_length=1)]


class Rule(Marked):
    """A demand on a household, a person, a year's record, a village or a county, with the clause it comes from.

    kind: `quality` where failing is a finding, something to put right; `standard` where it tells how far help has come;
    `candidate` where it is a lead for the yearly adjustment or for monitoring: somebody looks, nothing is decided by it.
    """

    id: RuleName
    programme: Name
    grain: Literal["person", "household", "period", "village", "county"]
    kind: Literal["quality", "standard", "candidate"] = "quality"
    says: Says
    fails: Says
    applies: Text | None = None
    holds: Text
    because: list[Text]
    veto: bool = False
    severity: Literal["red", "amber"]
    topic: Name
    source: SourceText
    clause: Says
    since: dt.date
    until: dt.date | None = None
    next: Says | None = None
    # Where somebody would look in a form: the columns, likeliest first, and the fact that picks the member concerned.
    about: list[Name] = []
    member: Name | None = None
    # Its not being known is work by itself: it goes into the pool of findings. Most are only shown at the household.
    asks_when_unknown: bool = False

    @property
    def column(self) -> str:
        """Its name in a result's columns: `r__<this>` the outcome, `v__<this>` the evidence."""
        return self.id.replace(".", "__")

    def in_force(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Bands(Strict):
    """Numbers by bands: the first edge, how wide a band is, the last edge, above which all is one band."""

    from_: Annotated[int, Field(alias="from")]
    step: Annotated[int, Field(gt=0)]
    to: int

    @property
    def edges(self) -> tuple[int, ...]:
        return tuple(range(self.from_, self.to + 1, self.step))


class Part(Strict):
    """One part of a measure: how it is called and, of a statement, when it is true."""

    says: Says
    of: Text | None = None


class Standard(Strict):
    """What a measure is held against: a figure, and the way in which it is met."""

    figure: Name
    met: Literal["at_most", "under", "at_least", "above"]


class Measure(Marked):
    """A published figure that is no rule: counted of the rows of one grain, by place, kind and status.

    form `parts`: rows by the value of `of` (a coded text; one of `parts`; a whole number, each by itself or in `bands`);
    `flags`: how many rows each statement of `parts` is true of; `share`: a sum `of` over a sum `per`; `gap`: poverty of
    whole households, `of` a head against the `line`, for `persons`. among: only rows of which it is true.
    """

    id: Name
    programme: Name
    grain: Literal["person", "household", "period", "village", "county"]
    form: Literal["parts", "flags", "share", "gap"]
    says: Says
    unit: Name
    among: Text | None = None
    of_: Annotated[Text | None, Field(alias="of")] = None
    per: Text | None = None
    line: Text | None = None
    persons: Text | None = None
    parts: dict[Name, Part] | None = None
    bands: Bands | None = None
    band_unit: Name | None = None
    standard: Standard | None = None
    source: SourceText
    since: dt.date
    until: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class CalendarYear(Marked):
    """A year's circular of holidays: weekdays off, and weekend days that are worked.

    announced: false where the circular was not seen, and `off` is what the law on holidays gives by itself.
    """

    id: Annotated[StrictStr, Field(pattern=r"^\d{4}$")]
    source: Text
    certainty: Certainty
    announced: StrictBool = True
    off: list[dt.date]
    works: list[dt.date]
