"""What a role may be told within its own area: files of every kind, and a frozen figure walked down to households.

Pages, lists and the interface for programs are held by the matrix (`Walk._beyond_role`, `Walk._narrowed`).
"""

from __future__ import annotations

from typing import Any

import pytest

from freezes.frozen_county import taken
from people import sign_in
from rights.answers import opened
from rights.planted import EYES, Country
from rights.taken_away import everything, workbooks_of
from rights.walking import Walk
from xiuhua.config import exports, rights
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Person

pytestmark = [pytest.mark.database, pytest.mark.timeout(600)]
HERE, ELSEWHERE = "990521101201", "990621101201"
# Kinds whose rows are households, people or findings: they must hold what was planted, or silence would prove nothing.
ONLY_THEY = ("county office", "county administrator")  # kinds that no other role can have
ABOVE = ("county leader", "county auditor", "city office")
# Kinds that some of them may have and others may not, or that are about more than one place: who must have had each.
OF_SOME = {
    "workbench.findings": {"township office", "county auditor"},
    "workbench.frozen_households": {"township office", "county leader", "county auditor", "city office"},
    "workbench.freezes_compared_households": {"township office", "county leader", "county auditor", "city office"},
    "workbench.closings": {"township office", "county leader", "county auditor", "city office"},
    "workbench.work": {"township office", "county leader", "county auditor", "city office"},
}  # fmt: skip
SHOWS = {
    "workbench.households", "workbench.frozen_households", "workbench.freezes_compared_households", "workbench.findings", "registry.national",
    "relapse.clues", "relapse.watched", "decisions.proceedings",
}  # fmt: skip


@pytest.fixture
def country(planted: Country, settings: Any) -> Country:
    settings.API_CALLS_A_MINUTE = 1_000_000
    return planted


@pytest.mark.slow
def test_no_file_tells_of_another_place_or_beyond_the_role(country: Country) -> None:
    holds(country, in_turn=True)


@pytest.mark.long
def test_no_file_does_whoever_has_it_made(country: Country) -> None:
    holds(country, in_turn=False)


def holds(country: Country, *, in_turn: bool) -> None:
    """Whether files tell what they may. `in_turn`: of those above the township one has a kind made, another the next; but all have
    what only some may have."""
    freeze = taken(HERE).pk
    with within(scope_of("CN"), who={"account": "test"}):
        Person.objects.update(
            work_months=20
        )  # no year has as many: what is compared with the freeze before has changed
    taken(HERE)
    workbooks_of(country)
    made: dict[str, set[str]] = {}
    found: list[str] = []
    for eyes in ("township office", *ABOVE, *ONLY_THEY):
        known = set(made) if eyes in ONLY_THEY else set()
        if in_turn and eyes in ABOVE:
            known = {
                kind
                for at, kind in enumerate(exports.table())
                if kind not in OF_SOME and at % len(ABOVE) != ABOVE.index(eyes)
            }
        had = everything(Walk(country, eyes, {}), HERE, freeze, known)
        found += had.holes
        for kind, text in had.texts.items():
            made.setdefault(kind, set()).add(eyes)
            assert kind not in SHOWS or country.nodes[HERE].secret in text, (kind, eyes, "not even one's own")
    assert sorted(set(found)) == []
    assert set(exports.table()) - set(made) == set(), "a kind that nobody had made is not tried"
    for kind, who in OF_SOME.items():
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
