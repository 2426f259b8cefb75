"""What each post sees: its area and nothing else, every household of a list once, no outcome better than what is known."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import people
from intake import taking
from workbench.conftest import Town, some, watched
from xiuhua.engine import load
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Membership
from xiuhua.registry.queries.rules import ONE

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY


def test_each_post_opens_what_its_work_needs(town: Town) -> None:
    county = (f"/places/{COUNTY}/", f"/places/{COUNTY}/households/", "/findings/", "/search/", "/intake/")
    world = town.world
    for appointment, opens in (
        (world.county_office, {*county, "/intake/new/", f"/places/{COUNTY}/opening/"}),
        (world.leader, {*county, f"/places/{COUNTY}/opening/"}),
        (world.auditor, set(county)),
        (world.administrator, set()),
    ):
        client = town.client(appointment)
        assert client.get("/").status_code == 200
        for address in (*county, "/intake/new/", f"/places/{COUNTY}/opening/"):
            wanted = 200 if address in opens else 403
            assert client.get(address).status_code == wanted, (appointment.post.role, address)


def test_a_village_worker_sees_the_village_only(town: Town) -> None:
    client = town.client(town.world.first_secretary)
    inside, number = some(f"h.village_code = '{people.VILLAGE}'")
    outside, _other = some(f"h.village_code <> '{people.VILLAGE}'")
    assert client.get(f"/households/{inside}/").status_code == 200
    assert number in client.get(f"/places/{people.VILLAGE}/households/").content.decode()
    for address in (f"/households/{outside}/", f"/places/{COUNTY}/", f"/places/{people.TOWNSHIP}/"):
        assert client.get(address).status_code == 404, address


def test_nothing_of_a_county_is_there_for_its_neighbour(town: Town) -> None:
    mine, theirs = town.client(town.world.county_office), town.client(town.neighbour)
    key, number = some("h.kind = 'registered'")
    person = taking.ask("select person_id from registry_membership where household_id = %s", values=[key])[0][
        0
    ]
    [(batch,)] = taking.ask("select id from intake_batch")
    guessed = [f"/households/{key}/", f"/households/{key}/people/{person}/open/", f"/places/{COUNTY}/", f"/intake/{batch}/",
               f"/places/{COUNTY}/households/", f"/places/{COUNTY}/opening/", f"/findings/?place={COUNTY}",
               f"/intake/{batch}/preview/", f"/intake/{batch}/findings/", f"/intake/{batch}/progress/"]  # fmt: skip
    for address in guessed:
        assert mine.get(address).status_code in (200, 286), address
        answer = theirs.get(address)
        assert answer.status_code == 404, address
        assert number not in answer.content.decode()
    plain = next(
        p.id_number
        for h in town.files.county.households
        for p in h.members
        if h.number == number and p.id_number
    )
    for typed in (number, plain):
        assert f"/households/{key}/" in mine.post("/search/", {"q": typed}, follow=True).content.decode()
        assert (
            f"/households/{key}/" not in theirs.post("/search/", {"q": typed}, follow=True).content.decode()
        )
    assert theirs.post(f"/intake/{batch}/merge/").status_code == 404


def test_a_list_shows_every_household_once_forward_and_back(town: Town) -> None:
    client = town.client(town.world.county_office)
    expected = {number for (number,) in taking.ask("select number from registry_household")}
    address, seen, pages = f"/places/{COUNTY}/households/", [], 0
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'<span class="sub">([A-Z0-9]+)</span>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        last, address = address, following[1].replace("&amp;", "&") if following else ""
        pages += 1
        assert pages < 50
    assert pages > 3
    assert len(seen) == len(set(seen)) and set(seen) == expected
    back = client.get(last).content.decode()
    assert 'rel="prev"' in back


@pytest.mark.parametrize(
    "show", ["registered", "poor", "exited", "doubt", "fails", "unknown", "other", "watched"]
)
def test_a_filter_shows_as_many_as_it_counts(town: Town, show: str) -> None:
    client = town.client(town.world.county_office)
    watched(town, 3, village=people.VILLAGE)
    context = client.get(f"/places/{COUNTY}/households/?show={show}").context
    [current] = [chip for chip in context["filters"] if chip["current"]]
    rows = len(context["rows"]) if not context["pager"] else context["pager"]["total"]
    assert current["count"] == rows
    if show == "other":
        [(n,)] = taking.ask(
            "select count(*) from registry_household where kind = 'other' and ended_on is null"
        )
        assert rows == n, "who is watched may be registered, and is no other household less"
    assert rows == 3 if show == "watched" else rows > 0


def test_what_is_not_known_is_never_shown_as_met(town: Town) -> None:
    client = town.client(town.world.county_office)
    key, _number = some("h.kind = 'registered' and 'exit.water' = any(s.exit_unknown)")
    context = client.get(f"/households/{key}/").context
    by_state = {one["title"]: one["state"] for one in context["outcomes"]}
    [(unknown, fails)] = taking.ask(
        "select exit_unknown, exit_fails from registry_standing where household_id = %s", values=[key]
    )
    states = list(by_state.values())
    assert "not_known" in states
    demands = {
        "exit.income",
        "exit.food_clothing",
        "exit.education",
        "exit.medical",
        "exit.housing",
        "exit.water",
        "exit.recent",
    }
    assert states.count("not_known") == len(demands & set(unknown))
    assert states.count("fails") == len(demands & set(fails))
    assert (
        context["exit"]["holds"]
        == states.count("holds")
        <= len(demands) - len(demands & set(unknown)) - len(demands & set(fails))
    )
    for one in context["outcomes"]:
        assert one["clause"]
        if one["state"] == "not_known":
            assert one["because"] and one["next"], "it says what is missing and what to do"


def test_a_household_that_was_never_registered_has_no_standard_of_exit(town: Town) -> None:
    key, _number = some("h.kind = 'other'")
    context = town.client(town.world.county_office).get(f"/households/{key}/").context
    assert context["exit"] is None and context["outcomes"] == []
    assert context["identification"]["none"]


def test_pages_ask_as_much_of_the_database_for_many_as_for_few(town: Town) -> None:
    client = town.client(town.world.county_office)
    asked = {}
    for place in (COUNTY, people.VILLAGE):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/places/{place}/households/").status_code == 200
        asked[place] = len(queries)
    assert abs(asked[COUNTY] - asked[people.VILLAGE]) <= 3, asked
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/findings/?place={COUNTY}")
    assert len(queries) < 30


def _read_of(plan: dict[str, Any]) -> Counter[str]:
    """Rows that a plan read, by table, over all its runs."""
    name = plan.get("Relation Name")
    own = Counter({name: int(plan["Actual Rows"] * plan["Actual Loops"])} if name else {})
    for one in plan.get("Plans", ()):
        own += _read_of(one)
    return own


def test_a_households_rules_read_that_household_and_not_its_county(town: Town) -> None:
    key, number = some("h.kind = 'registered'")
    read: Counter[str] = Counter()

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(f"explain (analyze, format json, timing off) {sql}", params, many, context)

    with within(scope_of(taking.COUNTY)), connection.cursor() as cursor:
        everybody = Membership.objects.filter(until__isnull=True).count()
        for grain in ("household", "person", "period"):
            selection = load().select("postgres", grain, date(2017, 12, 31), wanted=ONE)
            with connection.execute_wrapper(explained):
                cursor.execute(selection.sql, [key])
            ((plan,),) = cursor.fetchone()
            read += _read_of(plan["Plan"])
    # Its years stand on a few pages in so small a county, which are read whole.
    people_read = max(read[f"registry_{one}"] for one in ("household", "membership", "person"))
    assert everybody > 400 and 0 < people_read < 100, (number, everybody, read)
