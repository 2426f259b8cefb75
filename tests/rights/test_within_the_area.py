"""What a role may be told within its own area: files of every kind, and a frozen figure walked down to households.

Pages, lists and the interface for programs are held by the matrix (`Walk._beyond_role`, `Walk._narrowed`).
"""

from __future__ import annotations

from typing import Any

import pytest

from freezes.frozen_county import taken
from people import sign_in
from rights.answers import opened
from rights.planted import EYES, LEAD, Country, Node, plant
from rights.walking import Walk
from xiuhua.config import exports, rights
from xiuhua.files.models import Export
from xiuhua.files.services import content, make
from xiuhua.places.scope import within

pytestmark = [pytest.mark.database, pytest.mark.timeout(600)]
HERE, ELSEWHERE = "990521101201", "990621101201"


@pytest.fixture
def country(fresh_database: Any, settings: Any) -> Country:
    settings.API_CALLS_A_MINUTE = 1_000_000
    return plant()


def asked_for(walk: Walk, kind: str, node: Node) -> str | None:
    """Everything in a file of a kind about a place, asked for as its page asks; None where it is not to be had like that."""
    query = {
        "place": node.code, "household": node.texts["number"], "batch": str(node.keys.get("batch", "")), "section": "rules",
        "freeze": str(walk.country.nodes[HERE].keys["freeze"]), "id": "exit.income", "lane": "not_known", "figure": "stood_after",
        "since": "2012-01-01", "until": "2030-01-01",
    }  # fmt: skip
    answer = walk.client.post(f"/exports/new/{kind}/", {**query, "form": "csv", "reason": "核对"})
    if answer.status_code != 302:
        return None
    with within(walk.scope):
        export = Export.objects.latest("pk")
    done = make(export.pk, export.place_code)
    if done.file is None:
        return None
    with within(walk.scope):
        return content(done.file).decode("utf-8-sig", "replace")


@pytest.mark.slow
def test_no_file_tells_a_role_of_a_household_what_it_may_not_know(country: Country) -> None:
    country.nodes[HERE].keys["freeze"] = taken(HERE).pk
    made: dict[str, set[str]] = {}
    held: dict[str, str] = {}
    for eyes in ("township office", "county leader", "county auditor", "city office"):
        walk = Walk(country, eyes, {})
        for kind, maker in exports.table().items():
            if maker.offer is None or not rights.may(walk.acting, maker.right):
                continue
            text = asked_for(walk, kind, country.nodes[HERE])
            if text is None:
                continue
            made.setdefault(kind, set()).add(eyes)
            held[kind] = text
            for what, mark, right in country.nodes[HERE].told:
                assert mark not in text or rights.may(walk.acting, right), (eyes, kind, what)
            assert f"{country.nodes[HERE].secret}{LEAD}" not in text, (eyes, kind, "a lead leaves in no file")
    assert country.nodes[HERE].keys["number"] in held["workbench.frozen_households"], (
        "the figure is walked down to households"
    )
    for kind, who in {
        "workbench.findings": {"township office", "county auditor"},
        "workbench.frozen_households": {"township office", "county leader", "county auditor", "city office"},
        "workbench.closings": {"township office", "county leader", "county auditor", "city office"},
        "workbench.work": {"township office", "county leader", "county auditor", "city office"},
    }.items():
        assert made.get(kind) == who, kind


@pytest.mark.slow
def test_a_frozen_figure_opens_to_households_of_the_area_and_to_no_others(country: Country) -> None:
    freezes = {code: taken(code).pk for code in (HERE, ELSEWHERE)}
    for eyes, (_code, role) in EYES.items():
        walk = Walk(country, eyes, {})
        client = sign_in(walk.client, walk.acting)
        for code, pk in freezes.items():
            seen = opened(client.get(f"/freezes/{pk}/{code}/rules/exit.income/not_known/"))
            inside, node = walk.scope.covers(code), country.nodes[code]
            shown = node.keys["number"] in seen.text and f"{node.secret}户主" in seen.text
            may = inside and rights.may(walk.acting, "registry.see")
            assert shown == may and (seen.status == 200) == may, (eyes, role, code, seen.status)
