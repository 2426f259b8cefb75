"""Cases of rules as officials write and read them (`tests/rules/*.yaml`)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from xiuhua.rulebook.marked import read_entries
from xiuhua.rulebook.models import Marked, RuleName, Scalar, Strict, Text

Expected = Literal["holds", "fails", "not_known", "not_applicable"]
Row = dict[str, Scalar | None]


class Home(Strict):
    """A household of a village. times: as many of the same kind stand there."""

    household: Row = {}
    members: list[Row] = []
    periods: list[Row] = []
    times: Annotated[int, Field(ge=1, le=1000)] = 1


class Hamlet(Strict):
    """A village of a county."""

    village: Row = {}
    years: list[Row] = []
    homes: list[Home] = []


class Case(Strict):
    """A household, a village or a county on a day, and what the rule must say of it. What is not named in a row is null.

    Of a household: household, members, periods, exit (how it was let out), village. Of a village: village, years, homes, county. Of a county: county,
    villages.
    """

    name: Text
    as_of: dt.date
    household: Row = {}
    members: list[Row] = []
    periods: list[Row] = []
    exit: Row | None = None
    village: Row | None = None
    years: list[Row] = []
    homes: list[Home] = []
    county: Row | None = None
    villages: list[Hamlet] = []
    expect: Expected | None = None
    expect_members: list[Expected] | None = None
    expect_periods: list[Expected] | None = None
    evidence: Literal["none", "reported", "checked"] | None = None
    facts: dict[str, Any] = {}

    @property
    def expected(self) -> set[str]:
        """All outcomes that the case shows."""
        one = {self.expect} if self.expect else set()
        return {*one, *(self.expect_members or []), *(self.expect_periods or [])}


class RuleCases(Marked):
    """The cases of one rule."""

    rule: RuleName
    cases: Annotated[list[Case], Field(min_length=1)]


def read_cases(folder: Path) -> list[RuleCases]:
    """Every case file of a folder. Raises RulebookError."""
    return [RuleCases.of(entry) for path in sorted(folder.glob("**/*.yaml")) for entry in read_entries(path)]
