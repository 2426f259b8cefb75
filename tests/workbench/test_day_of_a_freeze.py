"""Which freeze a leader's page tells, and by which day it was judged: the data's own, said where villages differ; another is no default."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import people
from freezes.frozen_county import taken
from intake import taking
from workbench.conftest import Town
from xiuhua.freezes.models import Freeze
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services.standings import compute_standings

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY


def test_a_leader_is_told_of_the_freeze_and_a_county_officer_live(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    address = f"/places/{COUNTY}/"
    assert not town.client(town.world.leader).get(address).context["source"]["frozen"], "there is none yet"
    # One village's newest data are of another day: live pages judge it by that.
    later = [
        key
        for (key,) in taking.ask(
            f"select id from registry_household where village_code = '{people.VILLAGE}' and ended_on is null"
        )
    ]
    with within(scope_of(COUNTY)):
        compute_standings(households=later, as_of=date(2018, 5, 1))
    own = taken(COUNTY)
    assert town.client(town.world.leader).get(address).context["source"]["frozen"]
    assert not town.client(town.world.county_office).get(address).context["source"]["frozen"]
    home = town.client(town.world.leader).get("/")
    assert home.context["leader"] and home.context["source"]["frozen"]
    assert "短板与待核实" in home.content.decode()
    [notice] = home.context["notices"]
    days = taking.ask(
        "select day, count(*) from (select max(as_of) as day from registry_standing group by village_code) v group by 1 order by 1 desc"
    )
    assert len(days) == 2 and days[0] == (date(2018, 5, 1), 1) and own.as_of == date(2018, 5, 1)
    told = "、".join(f"{day}（{n} 个村）" for day, n in days)
    assert f"各村数据的日期：{told}。快照一律按 2018-05-01 判断" in notice["sentence"]
    assert notice["sentence"] in home.content.decode()
    _by_another_day(town, own)


def _by_another_day(town: Town, own: Freeze) -> None:
    """By the rules of a day when the standards of leaving were not yet in force: nobody's default, and what was not asked is said."""
    leader, other = town.client(town.world.leader), taken(COUNTY, as_of=date(2015, 12, 31))
    home = leader.get("/")
    assert (
        home.context["source"]["url"] == f"/freezes/{own.pk}/"
        and "2018-05-01" in home.context["source"]["label"]
    )
    ways = re.findall(
        r'href="(/places/[^"]*freeze=\d+)"', leader.get(f"/freezes/{other.pk}/").content.decode()
    )
    assert ways == [f"/places/{COUNTY}/?freeze={other.pk}"]
    page = leader.get(ways[0])
    assert page.context["source"]["url"] == f"/freezes/{other.pk}/"
    assert page.context["source"]["label"].endswith("（规则按 2015-12-31）")
    assert "按 2015-12-31 的规则判断" in page.context["notices"][0]["sentence"]
    rows = page.context["standards"]
    assert len(rows) > 5 and {(one["fails"], one["unknown"], one["holds"]) for one in rows} == {
        (None, None, None)
    }
    assert all("2016-04-23 起施行" in one["not_asked"] for one in rows)
    assert page.context["cards"][1]["number"] is None
    assert "短板分布" in home.content.decode() and "短板分布" not in page.content.decode(), (
        "no village is green"
    )
    assert "都有记录" not in page.content.decode() and rows[0]["not_asked"] in page.content.decode()
    assert all(one["url"].endswith(f"?freeze={other.pk}") for one in page.context["children"])
    below = leader.get(page.context["children"][0]["url"])
    assert below.context["source"]["url"] == f"/freezes/{other.pk}/"
    figure = leader.get(f"/freezes/{other.pk}/{COUNTY}/rules/exit.income/fails/")
    assert (
        figure.context["notices"][0]["sentence"] == rows[0]["not_asked"]
        and "没有判断" in figure.content.decode()
    )
    compared = leader.get(f"/freezes/compare/?place={COUNTY}&a={own.pk}&b={other.pk}").context["rules"]
    assert rows[0]["not_asked"] in [one["alone"] for one in compared]
    assert leader.get(f"/places/{COUNTY}/?freeze=99999").status_code == 404
