"""Standards and rules on screen: every entry opens, everyone with a post may read, a rule tried says what the register's own page says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils.html import escape

from intake import taking
from workbench.conftest import Town, some
from xiuhua.engine import load
from xiuhua.rulebook.models import Source

pytestmark = [pytest.mark.database, pytest.mark.slow]


def test_everyone_with_a_post_reads_the_rules_and_only_readers_of_the_register_try_them(town: Town) -> None:
    key, _number = some("h.kind = 'registered'")
    for appointment, tries in (
        (town.world.county_office, 200),
        (town.world.leader, 200),
        (town.world.auditor, 200),
        (town.world.administrator, 403),
    ):
        client = town.client(appointment)
        assert client.get("/rulebook/").status_code == 200
        page = client.get("/rulebook/rules/exit.income/")
        assert page.status_code == 200
        assert (page.context["try_url"] is not None) == (tries == 200)
        assert client.get("/rulebook/rules/exit.income/try/").status_code == tries
        assert client.get(f"/rulebook/rules/exit.income/try/{key}/").status_code == tries


def test_every_rule_figure_and_fact_has_its_page_in_both_languages(town: Town) -> None:
    # The sources' own language has nothing that could be missing. A page of either is laid out by its kind: in a build some of each.
    opens(town, {"zh-hans": 10, "en": 3})


@pytest.mark.long
def test_every_single_one_has(town: Town) -> None:
    opens(town, {"zh-hans": 1, "en": 1})


def opens(town: Town, every: dict[str, int]) -> None:
    """Whether all are listed and one of so many, in each language, opens."""
    client = town.client(town.world.auditor)
    for language, some_of in every.items():
        client.cookies["django_language"] = language
        for kind, entries in (
            ("rules", load().rules),
            ("figures", load().figures),
            ("measures", load().measures),
            ("facts", load().facts),
        ):
            listed = client.get(f"/rulebook/?show={kind}").content.decode()
            for at, (id, entry) in enumerate(entries.items()):
                address = f"/rulebook/{kind}/{id}/"
                assert f'href="{address}"' in listed, address
                if at % some_of == 0:
                    _one(client.get(address), address, id, entry, language)
    assert client.get("/rulebook/rules/exit.nothing/").status_code == 404


def _one(answer: Any, address: str, id: str, entry: Any, language: str) -> None:
    assert answer.status_code == 200, address
    text = answer.content.decode()
    assert re.search(rf"(?<!/){re.escape(id)}(?![/\w])", _body(text)) is None or "." not in id, (
        f"{id}: screens name the clause, ids are for engineers"
    )
    if language == "en":
        assert entry.says.en.replace("'", "&#x27;") in text, address
        source = getattr(entry, "source", None)
        if isinstance(source, Source) and source.en != source:
            assert escape(source.en) in text and source not in text, address


def _body(page: str) -> str:
    return re.sub(r'(href|action|value)="[^"]*"', "", page)


def test_a_search_finds_by_sentence_clause_and_topic_in_either_language(town: Town) -> None:
    client = town.client(town.world.county_office)
    for q, wanted in (
        ("饮水", "exit.water"),
        ("water", "exit.water"),
        ("退出意见 户一", "exit.income"),
        ("Exit opinions household 4", "exit.housing"),
    ):
        assert f'href="/rulebook/rules/{wanted}/"' in client.get("/rulebook/", {"q": q}).content.decode(), q
    assert client.get("/rulebook/", {"q": "没有这样的规则"}).context["groups"] == []
    narrowed = client.get("/rulebook/", {"by": "clause", "clause": "退出意见·户一"}).context["groups"]
    assert [row["clause"] for group in narrowed for row in group["rows"]] == ["退出意见·户一"] * 2
    shown = client.get("/rulebook/", {"programme": "targeted_2014"}).context["groups"]
    assert sum(len(group["rows"]) for group in shown) == sum(
        rule.programme == "targeted_2014" for rule in load().rules.values()
    )


def test_a_figure_shows_every_value_it_had_with_its_source(town: Town) -> None:
    page = town.client(town.world.auditor).get("/rulebook/figures/income_line_yuan/")
    values = load().figures["income_line_yuan"].values
    assert len(page.context["history"]) == len(values)
    text = page.content.decode()
    for value in values:
        assert f"{value.value:,} 元" in text and (value.source or "") in text
    assert page.context["bars"][0]["label"] == "2010"


def test_a_rule_tried_says_what_the_households_page_says(town: Town) -> None:
    client = town.client(town.world.county_office)
    key, number = some("h.kind = 'registered' and 'exit.water' = any(s.exit_unknown)")
    shown = {
        re.search(r"/rules/([^/]+)/", one["clause_url"])[1]: one["state"]  # type: ignore[index]
        for one in client.get(f"/households/{key}/").context["outcomes"]
    }
    assert shown["exit.water"] == "not_known"
    for rule, state in shown.items():
        tried = client.get(f"/rulebook/rules/{rule}/try/{key}/")
        [outcome] = tried.context["tried"]["outcomes"]
        assert outcome["state"] == state, rule
        assert outcome["clause"] and number in tried.content.decode()
    before = client.get(f"/rulebook/rules/exit.income/try/{key}/?on=2015-01-01").context["tried"]
    assert not before["in_force"] and before["outcomes"][0]["state"] == "not_applicable"


def test_a_rule_about_people_is_tried_on_each_of_them(town: Town) -> None:
    client = town.client(town.world.county_office)
    key, _number = some("h.kind = 'registered'")
    rule = next(one.id for one in load().rules.values() if one.grain == "person")
    [(members,)] = taking.ask(
        "select count(*) from registry_membership where household_id = %s and until is null", values=[key]
    )
    tried = client.get(f"/rulebook/rules/{rule}/try/{key}/").context["tried"]
    assert len(tried["outcomes"]) == members


def test_who_is_looked_for_stands_in_no_address_and_a_neighbours_household_is_not_there(town: Town) -> None:
    client = town.client(town.world.county_office)
    key, number = some("h.kind = 'registered'")
    found = client.post("/rulebook/rules/exit.income/try/", {"q": number})
    assert f'href="/rulebook/rules/exit.income/try/{key}/"' in found.content.decode()
    plain = next(p.id_number for h in town.files.county.households for p in h.members if p.id_number)
    answer = client.post("/rulebook/rules/exit.income/try/", {"q": plain})
    assert answer.status_code == 200 and plain not in answer.content.decode()
    theirs = town.client(town.neighbour)
    assert theirs.get(f"/rulebook/rules/exit.income/try/{key}/").status_code == 404
    assert number not in _body(
        theirs.post("/rulebook/rules/exit.income/try/", {"q": number}).content.decode()
    ).replace(f"“{number}”", "")
