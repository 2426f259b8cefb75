"""Counties to take in: one invented for the session, with its files as an office would hand them over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from intake import taking
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services import sign_opening
from xiuhua.synth.county import County, invent, plant, write


@dataclass(frozen=True)
class Files:
    """An invented county and its workbooks."""

    county: County
    paths: list[Path]
    faults: list[dict[str, Any]]

    def path(self, stem: str) -> Path:
        return next(path for path in self.paths if path.stem == stem)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Files]:
    """made(seed, households, faults=True, **how write() is to write): the county's files."""

    def make(
        seed: int, households: int, *, faults: bool = True, code: str = taking.COUNTY, **how: Any
    ) -> Files:
        county = invent(seed, households, code=code)
        if faults:
            plant(county)
        folder = tmp_path_factory.mktemp("county")
        paths = [path for path in write(county, folder, **how) if path.suffix in (".xlsx", ".csv")]
        key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
        return Files(county, paths, key["faults"])

    return make


@pytest.fixture(scope="session")
def small(made: Callable[..., Files]) -> Files:
    """120 registered households with faults."""
    return made(11, 120)


def sign(place: str = taking.COUNTY) -> None:
    """The county's opening, signed."""
    with within(scope_of(place), who={"account": "test"}):
        sign_opening(by=taking.WHO, county_code=place, statement="承接测试")
