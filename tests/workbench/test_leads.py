"""A lead from another department's list: seen by handlers alone, heard of by the household, answered, and taken away in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

import people
from databases import fresh, kept
from freezes.frozen_county import taken
from intake import taking
from workbench.conftest import Town, key_of, take
from workbench.lists import NOBODY, bring, cars, finish
from workbench.test_tables_taken_away import csv_rows
from xiuhua.accounts.terms import Role
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import CannotOpen
from xiuhua.decisions.services.proceedings import tell_kin
from xiuhua.files.models import StoredFile
from xiuhua.files.services import content
from xiuhua.freezes.models import Freeze
from xiuhua.intake.models import Batch
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Listing, ListingAnswer, ListingHit
from xiuhua.registry.queries.rules import judge
from xiuhua.registry.services.listing import end_what_expired
from xiuhua.workbench.queries.frozen import changed
from xiuhua.workbench.queries.frozen.pairing import Pair

pytestmark = [pytest.mark.database, pytest.mark.slow]


def owner(town: Town) -> Any:
    """Somebody of a registered household in the first secretary's village, alone with a good number."""
    for household in town.files.county.households:
        if household.village.code != people.VILLAGE:
            continue
        for one in household.members:
            found = taking.ask(
                "select p.id, h.number from registry_person p join registry_membership m on m.person_id = p.id and m.until is null"
                " join registry_household h on h.id = m.household_id where p.number = %s and p.id_valid",
                values=[one.number],
            )
            if found and one.id_number:
                return one, found[0][1]
    raise AssertionError("nobody lives in the village")


def hit() -> ListingHit:
    with within(scope_of(taking.COUNTY)):
        return ListingHit.objects.select_related("listing").get()


@pytest.fixture(scope="module")
def kept_brought(
    kept_town: tuple[str, Town], server: Any, django_db_blocker: Any
) -> Iterator[tuple[str, tuple[Any, str]]]:
    """The list taken in once."""

    def listed() -> tuple[Any, str]:
        town = deepcopy(kept_town[1])
        one, number = owner(town)
        client = town.client(town.world.county_office)
        row = (one.name, one.id_number, "小型轿车", 160000, "2015-04-15")
        assert bring(client, cars(row, NOBODY)).status_code == 302
        finish(client)
        return one, number

    with kept(server, django_db_blocker, listed, kept_town[0]) as made:
        yield made


@pytest.fixture
def brought(
    kept_town: tuple[str, Town],
    kept_brought: tuple[str, tuple[Any, str]],
    server: Any,
    django_db_blocker: Any,
) -> Iterator[tuple[Town, Any, str]]:
    name, (one, number) = kept_brought
    with fresh(server, django_db_blocker, name) as urls:
        yield replace(deepcopy(kept_town[1]), urls=urls), deepcopy(one), number


def finding(number: str, rule: str = "lead.vehicle") -> list[tuple[Any, ...]]:
    return taking.ask(
        "select id, state from findings_finding where rule = %s and household_number = %s order by id", values=[rule, number]
    )  # fmt: skip


def test_the_form_asks_for_basis_purpose_and_expiry_and_refuses_without(town: Town) -> None:
    client = town.client(town.world.county_office)
    row = NOBODY
    for missing in ("basis", "purpose", "expires_on", "data_date"):
        answer = bring(client, cars(row), **{missing: ""})
        assert answer.status_code == 422, missing
        assert "否则不能导入" in answer.content.decode()
    late = (beijing_today() + timedelta(days=900)).isoformat()
    assert bring(client, cars(row), expires_on=late).status_code == 422
    township = people.person("乡镇人", "xiang", people.COUNTY, Role.LEADER)
    assert bring(town.client(township), cars(row)).status_code == 403
    assert bring(town.client(town.world.township_officer), cars(row)).status_code == 422
    with within(scope_of(taking.COUNTY)):
        assert not Batch.objects.filter(listing__isnull=False).exists()


def test_a_handler_hears_the_household_and_what_is_not_so_closes_the_lead(
    brought: tuple[Town, Any, str],
) -> None:
    town, one, number = brought
    client = town.client(town.world.first_secretary)
    [(pk, state)] = finding(number)
    assert state == "open"
    page = client.get(reverse("workbench:finding", args=[pk])).content.decode()
    lead = reverse("workbench:lead", args=[hit().pk])
    assert "线索" in page and lead in page and "写说明" not in page
    household = client.get(reverse("workbench:household", args=[key_of(number)])).content.decode()
    assert "部门比对线索" in household and lead in household and one.id_number not in household
    shown = client.get(lead).content.decode()
    assert "轿车" in shown and "160,000" in shown and one.id_number not in shown
    address = reverse("workbench:hear", args=[hit().pk])
    said = {"answer": "not_so", "reason": "车是亲友借名登记，查看了购车合同", "heard_on": "2017-10-08"}
    assert client.post(address, said).status_code == 422, "what is not so needs evidence"
    file = SimpleUploadedFile("购车合同.pdf", b"%PDF-1.4 paper")
    assert client.post(address, {**said, "evidence": file}).status_code == 302
    assert finding(number) == [(pk, "closed")]
    assert hit().state == "not_so"
    assert "借名登记" in client.get(lead).content.decode()
    with within(scope_of(taking.COUNTY)):
        entry = Entry.objects.filter(action="registry.household_heard").get()
        answer = ListingAnswer.objects.get()
        assert (answer.by, entry.actor) == ("zhang", "zhang")
        paper = client.get(reverse("workbench:lead_evidence", args=[answer.pk]))
        assert paper.content == b"%PDF-1.4 paper"
    assert "借名" not in str(entry.detail)
    again = town.client(town.world.county_office)
    row = (one.name, one.id_number, "小型轿车", 160000, "2015-04-15")
    assert bring(again, cars(row, encoding="utf-8")).status_code == 302
    finish(again)
    assert hit().state == "not_so", "a newer list that says the same does not ask the household again"
    assert finding(number) == [(pk, "closed")]


def test_what_is_true_becomes_a_red_line_and_no_more(brought: tuple[Town, Any, str]) -> None:
    town, _one, number = brought
    before = taking.register(taking.COUNTY, "findings")
    client = town.client(town.world.township_officer)
    said = {"answer": "true", "reason": "本户承认是自家的车", "heard_on": "2017-10-08"}
    assert client.post(reverse("workbench:hear", args=[hit().pk]), said).status_code == 302
    assert [state for _pk, state in finding(number)] == ["closed"]
    assert [state for _pk, state in finding(number, "redline.vehicle")] == ["open"]
    assert taking.register(taking.COUNTY, "findings") == before, "no household changes by it"


def test_nobody_but_handlers_is_told(brought: tuple[Town, Any, str]) -> None:
    town, _one, number = brought
    household = reverse("workbench:household", args=[key_of(number)])
    addresses = [
        reverse("workbench:lead", args=[hit().pk]),
        reverse("workbench:hear", args=[hit().pk]),
        reverse("workbench:lists", args=[taking.COUNTY]),
    ]
    world = town.world
    for appointment in (world.leader, world.city_office):
        client = town.client(appointment)
        shown = client.get(household).content.decode()
        assert "比对" not in shown and "机动车" not in shown and "线索" not in shown
        assert {client.get(address).status_code for address in addresses} == {403}
    stranger = town.client(town.neighbour)
    assert {stranger.get(address).status_code for address in addresses[:2]} == {404}
    auditor: Client = town.client(world.auditor)
    assert [auditor.get(address).status_code for address in addresses] == [200, 403, 200]
    # A list of the village, the closings of a leader, and what leaves the house: nothing of it.
    village = town.client(world.leader).get(reverse("workbench:households", args=[people.VILLAGE]))
    assert "机动车" not in village.content.decode()
    assert "机动车" not in town.client(world.leader).get(reverse("workbench:closings")).content.decode()
    with within(scope_of(people.OTHER_COUNTY)):
        assert not ListingHit.objects.exists()


def test_a_leader_is_told_nothing_of_one_household(brought: tuple[Town, Any, str]) -> None:
    """Counts narrowed to a household are what is said of it: who opens no finding cannot narrow them so."""
    town, _one, number = brought
    for appointment in (town.world.leader, town.world.city_office):
        client = town.client(appointment)
        shown = {
            where: re.sub(
                r'csrfmiddlewaretoken" value="[^"]*"',
                "",
                client.get(reverse("workbench:findings"), {"household": where}).content.decode(),
            ).replace(where, "")
            for where in (number, "9900000000000000")
        }
        assert shown[number] == shown["9900000000000000"]
        narrowed = {"household": number, "rule": "lead.vehicle", "kind": "warned"}
        page = client.get(reverse("workbench:findings"), narrowed).content.decode()
        # The page's own address, which the choice of language leads back to, says what was asked and nothing more.
        assert number not in page.replace(f"household={number}", "")
        assert client.get(reverse("workbench:finding", args=[1])).status_code == 403
        assert (
            "本户问题"
            not in client.get(reverse("workbench:household", args=[key_of(number)])).content.decode()
        )
        _told, rows = csv_rows(take(town, appointment, "workbench.work", "csv", household=number))
        assert sum(int(row["条数"]) for row in rows) > 1, "the whole area's, not the household's"
    auditor = town.client(town.world.auditor)
    page = auditor.get(reverse("workbench:findings"), {"household": number}).content.decode()
    assert "线索" in page and number in page


def test_no_lead_leaves_in_a_file_whoever_asks(brought: tuple[Town, Any, str]) -> None:
    town, _one, number = brought
    office = town.world.county_office
    told, rows = csv_rows(take(town, office, "workbench.findings", "csv", place=taking.COUNTY))
    assert rows and not [row for row in rows if "线索" in row["类别"] + row["问题"]]
    assert "线索" in told["未列入"], "what is left out is said"
    for kind in ("workbench.findings", "workbench.work"):
        _told, rows = csv_rows(take(town, office, kind, "csv", household=number))
        assert not [row for row in rows if "线索" in row["问题"]]
    client = town.client(office)
    asked = {"rule": "lead.vehicle", "kind": "warned"}
    assert client.get("/exports/new/workbench.findings/", asked).status_code == 404
    page = client.get(reverse("workbench:findings"), asked).content.decode()
    assert "线索" in page and "/exports/new/workbench.findings/" not in page
    said = {"answer": "not_so", "reason": "不是本户的车", "heard_on": "2017-10-08"}
    paper = SimpleUploadedFile("合同.pdf", b"%PDF-1.4 paper")
    assert (
        client.post(reverse("workbench:hear", args=[hit().pk]), {**said, "evidence": paper}).status_code
        == 302
    )
    assert "机动车" in client.get(reverse("workbench:closings")).content.decode()
    _told, rows = csv_rows(take(town, office, "workbench.closings", "csv", place=taking.COUNTY))
    assert not [row for row in rows if "机动车" in row["问题"]]


def test_when_the_basis_is_over_hits_answers_and_evidence_are_gone_and_the_list_says_what_came_of_it(
    brought: tuple[Town, Any, str],
) -> None:
    town, _one, number = brought
    client = town.client(town.world.first_secretary)
    file = SimpleUploadedFile("照片.jpg", b"\xff\xd8\xff paper")
    said = {"answer": "true", "reason": "本户承认", "heard_on": "2017-10-08", "evidence": file}
    assert client.post(reverse("workbench:hear", args=[hit().pk]), said).status_code == 302
    listing = hit().listing
    with within(scope_of(taking.COUNTY)):
        paper = StoredFile.objects.get(pk=ListingAnswer.objects.get().evidence_id)
    assert end_what_expired() == 0, "not before its last day is over"
    Listing.objects.filter(pk=listing.pk).update(expires_on=beijing_today() - timedelta(days=1))
    assert end_what_expired() == 1
    assert end_what_expired() == 0
    ended = Listing.objects.get(pk=listing.pk)
    assert (ended.ended_because, ended.came_to) == ("expired", {"open": 0, "true": 1, "not_so": 0})
    assert (ended.basis, ended.rows, ended.unmatched, ended.people) == ("县政府授权书 1 号", 2, 1, 1)
    for table in ("hit", "answer", "cover"):
        assert taking.ask(f"select count(*) from registry_listing{table}") == [(0,)]
    with pytest.raises(CannotOpen):
        content(paper)
    assert [state for _pk, state in finding(number, "redline.vehicle")] == ["closed"]
    page = town.client(town.world.county_office).get(reverse("workbench:lists", args=[taking.COUNTY]))
    assert "命中已删除" in page.content.decode() and "县政府授权书" in page.content.decode()


def test_the_county_takes_hits_away_early_and_nobody_else(
    brought: tuple[Town, Any, str], tmp_path: Path, settings: Any
) -> None:
    town, _one, number = brought
    settings.FREEZES = tmp_path / "freezes"
    frozen = f"/freezes/{taken(taking.COUNTY).pk}/{taking.COUNTY}/rules/lead.vehicle/fails/"
    office = town.client(town.world.county_office)
    page = office.get(frozen)
    assert [row["number"] for row in page.context["rows"]] == [number] and page.context["total"] == 1
    address = reverse("workbench:withdraw_list", args=[hit().listing_id])
    for appointment in (town.world.township_officer, town.world.auditor, town.world.leader):
        assert town.client(appointment).post(address).status_code == 403
    assert town.client(town.neighbour).post(address).status_code == 404
    assert town.client(town.world.county_office).post(address).status_code == 302
    assert taking.ask("select count(*) from registry_listinghit") == [(0,)]
    assert [state for _pk, state in finding(number)] == ["closed"]
    page = office.get(frozen)
    assert page.context["total"] == 1 and not page.context["rows"], (
        "whom a list named is let go with it, of a snapshot too"
    )
    assert number not in page.content.decode() and "已到期或收回" in page.content.decode()
    with within(scope_of(taking.COUNTY)), translation.override("zh-hans"):
        place, held = Place.objects.get(pk=taking.COUNTY), Freeze.objects.get()
        told = changed.context(town.world.county_office, Pair(held, held, place), "lead.vehicle", {})
    assert "已到期或收回" in told["no_list"] and not told["changed"]


def test_not_on_a_list_is_known_only_where_the_list_looked(brought: tuple[Town, Any, str]) -> None:
    """Whom the list covers and does not name has none; who came later, or has another number since, nobody knows."""
    _town, one, number = brought
    known = (
        "select vehicle_listed, vehicle_listed_seen, business_listed from rec_person where person_key = %s"
    )
    named = taking.ask("select id from registry_person where number = %s", values=[one.number])[0][0]
    [(other,)] = taking.ask(
        "select p.id from registry_person p join registry_membership m on m.person_id = p.id and m.until is null"
        " where p.id_blind is not null and p.id <> %s order by p.id limit 1", values=[named],
    )  # fmt: skip
    [(without,)] = taking.ask(
        "insert into registry_person (county_code, village_code, id_kind) values (%s, %s, 'none') returning id",
        values=[taking.COUNTY, people.VILLAGE],
    )
    taking.ask(
        "insert into registry_membership (person_id, household_id, village_code, relation) values (%s, %s, %s, 'son') returning id",
        values=[without, key_of(number), people.VILLAGE],
    )
    assert taking.ask(known, values=[named]) == [(True, "reported", None)]
    assert taking.ask(known, values=[other]) == [(False, "reported", None)]
    assert taking.ask(known, values=[without]) == [(None, None, None)]
    for person in (named, other):
        taking.ask(
            "update registry_person set id_blind = decode(md5(id::text), 'hex') where id = %s returning id", values=[person]
        )  # fmt: skip
        assert taking.ask(known, values=[person]) == [(None, None, None)]


def test_what_a_household_is_told_to_be_by_the_rules_names_no_lead(brought: tuple[Town, Any, str]) -> None:
    """The page and the interface for programs judge a household with it."""
    _town, _one, number = brought
    with within(scope_of(taking.COUNTY)):
        judged = judge(key_of(number), kind="registered", as_of=beijing_today())
    told = {*judged.outcomes, *(one.outcome.rule.id for one in judged.failing)}
    assert told and not [rule for rule in told if rule.startswith(("lead.", "redline."))]


def test_the_database_keeps_what_was_said(brought: tuple[Town, Any, str]) -> None:
    town, _one, number = brought
    client = town.client(town.world.first_secretary)
    said = {"answer": "true", "reason": "本户承认", "heard_on": "2017-10-08"}
    # Whoever is kin hears nothing of it.
    officer, office = town.world.township_officer, town.world.county_office
    with within(scope_of(taking.COUNTY), who={"account": "test"}):
        home = Household.objects.get(pk=key_of(number))
        tell_kin(by=office, official=officer.official_id, household=home, relation="侄子")
    address = reverse("workbench:hear", args=[hit().pk])
    assert "这一户须由别人办" in town.client(officer).get(address).content.decode()
    assert town.client(officer).post(address, said).status_code == 422
    with within(scope_of(taking.COUNTY)):
        assert not ListingAnswer.objects.exists()
    assert client.post(reverse("workbench:hear", args=[hit().pk]), said).status_code == 302
    for wrong in (
        "update registry_listinganswer set reason = '改了'",
        (
            "insert into registry_listinganswer (hit_id, village_code, answer, heard_on, reason, appointment_id, by, post, at)"
            " select hit_id, village_code, 'not_so', heard_on, reason, appointment_id, by, post, at from registry_listinganswer"
        ),
    ):
        with (
            within(scope_of(taking.COUNTY)),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(wrong)
