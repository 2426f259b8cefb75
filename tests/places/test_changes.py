"""A village is renamed, united with another, gets another code: everything follows, nothing is lost, nobody does it alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import confirm_change
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.audit.services import broken_links
from xiuhua.decisions.models import Pair
from xiuhua.decisions.services import Said, accept, ask_undo, propose, undo
from xiuhua.decisions.services.pairs import Asked, Side, decide, open_pairs
from xiuhua.decisions.terms import Answer, PairKind
from xiuhua.findings.models import Finding, Move
from xiuhua.intake.services.villages import Villages
from xiuhua.places.models import Place, PlaceChange
from xiuhua.places.queries import former_names, successors
from xiuhua.places.scope import scope_of, within
from xiuhua.places.services import CannotChange, ask_change, decline_change, take_village_list
from xiuhua.places.terms import ChangeKind
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person, StatusEntry, VillageYear
from xiuhua.registry.queries.areas import Tally, counts, total
from xiuhua.registry.services import sign_opening
from xiuhua.registry.services.tallies import keep_tallies

pytestmark = pytest.mark.django_db
COUNTY, TOWNSHIP, VILLAGE, SECOND = people.COUNTY, people.TOWNSHIP, people.VILLAGE, people.SECOND_VILLAGE
DAY, PAPER = date(2026, 3, 1), "民政批〔2026〕3 号"


@pytest.fixture
def world() -> people.World:
    return people.small_world()


def family(code: str, number: str) -> Household:
    """A registered household with a head, a year, a status, a finding and a history."""
    with within(scope_of(code), who={"account": "test"}):
        home = Household.objects.create(
            number=number,
            county_code=COUNTY,
            village_code=code,
            kind="registered",
            head_name="某",
            status_reported="poor",
        )
        head = Person.objects.create(number=number + "1", county_code=COUNTY, village_code=code, name="某")
        Membership.objects.create(person=head, household=home, village_code=code, relation="head")
        PeriodRecord.objects.create(
            household=home,
            village_code=code,
            year=2016,
            period_start=date(2015, 10, 1),
            period_end=date(2016, 9, 30),
        )
        Person.objects.filter(pk=head.pk).update(name="某某")
        found = Finding.objects.create(
            place_code=code, kind="warned", rule="quality.no_power", household_number=number, fingerprint=number, found_at="2026-01-01T00:00Z"
        )  # fmt: skip
        Move.objects.create(finding=found, place_code=code, act="found", at="2026-01-01T00:00Z")
    return home


def open_statuses(world: people.World, *homes: Household) -> None:
    with within(scope_of(COUNTY), who={"account": "test"}):
        opening = sign_opening(by=world.county_office, county_code=COUNTY, statement="承接").opening
        for home in homes:
            StatusEntry.objects.create(
                household=home, village_code=home.village_code, status="poor", since=DAY, basis="opening",
                opening=opening, recorded_at="2026-01-01T00:00Z", recorded_by="wang",
            )  # fmt: skip


def change(world: people.World, kind: ChangeKind, code: str, **more: Any) -> PlaceChange:
    with within(scope_of(COUNTY), who={"account": "wang"}):
        said = {"document": PAPER, "effective_on": DAY, **more}
        asked = ask_change(by=world.county_office, kind=kind, code=code, **said).change
        return confirm_change(by=world.leader, change_id=asked.pk).change


def rows_at(code: str) -> dict[str, int]:
    """Rows of every table that still lie at a code, as the owner sees them."""
    found = {}
    with connection.cursor() as cursor, within(scope_of("CN")):
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and column_name in ('village_code', 'place_code') and table_name not like 'rec\\_%%'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'select count(*) from "{table}" where left("{column}", %s) = %s', [len(code), code]
            )
            if n := cursor.fetchone()[0]:
                found[table] = n
    return found


def counted() -> Tally:
    """What the county counts, as it stands before anything is counted anew."""
    with within(scope_of(COUNTY)):
        return total(COUNTY, counts(scope_of(COUNTY)).below)


def test_no_household_of_a_united_village_is_counted_twice(world: people.World) -> None:
    family(VILLAGE, "1001"), family(SECOND, "2001")
    for kind, code, more in (
        (ChangeKind.MERGED, VILLAGE, {"new_code": SECOND}),
        (ChangeKind.RECODED, SECOND, {"new_code": f"{TOWNSHIP}299"}),
    ):
        with within(scope_of(COUNTY), who={"account": "test"}):
            keep_tallies(area=scope_of(COUNTY))
        assert counted().households == 2
        change(world, kind, code, **more)
        assert counted().households == 2, kind


def test_a_united_village_brings_everything_along(world: people.World) -> None:
    first, second = family(VILLAGE, "1001"), family(SECOND, "2001")
    open_statuses(world, first, second)
    with within(scope_of(COUNTY), who={"account": "test"}):
        for code, year in ((VILLAGE, 2017), (SECOND, 2018)):
            VillageYear.objects.create(village_code=code, year=year, road_hardened=True)
    before = rows_at(VILLAGE)
    done = change(world, ChangeKind.MERGED, VILLAGE, new_code=SECOND)
    assert set(rows_at(VILLAGE)) <= {"audit_entry", "places_villagerecord"}
    moved = {table for table in before if table not in ("audit_entry", "places_villagerecord")}
    assert moved <= set(done.carried) and sum(done.carried.values()) > 0
    with within(scope_of(SECOND)):
        assert set(Household.objects.values_list("number", flat=True)) == {"1001", "2001"}
        assert StatusEntry.objects.filter(household=first).get().status == "poor"
        assert Finding.objects.filter(household_number="1001").exists()
        assert set(VillageYear.objects.values_list("year", flat=True)) == {2017, 2018}
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from registry_personevent where name = '某'")
            assert cursor.fetchone()[0] == 2, "the history of both is read where they live now"
            cursor.execute("select count(*) from registry_householdevent where number = '1001'")
            assert cursor.fetchone()[0] >= 1, "that it moved is history too"
        assert Move.objects.count() == 2
        # What is only added to is so again.
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
            Move.objects.update(act="closed")
    with within(scope_of(COUNTY)):
        assert broken_links(COUNTY) == []
        told = Entry.objects.get(action="accounts.place_change_confirmed")
        assert told.detail["to"] == SECOND and told.detail["document"] == PAPER
    old = Place.objects.get(code=VILLAGE)
    assert (old.until, old.successor_id, old.name) == (DAY, SECOND, "上坝村")


def test_whoever_was_responsible_stays_so(world: people.World) -> None:
    twin = people.person(
        "孙书记", "sun", SECOND, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
    )
    change(world, ChangeKind.MERGED, VILLAGE, new_code=SECOND)
    moved = Appointment.objects.select_related("post").get(pk=world.first_secretary.pk)
    assert moved.place_code == twin.place_code == SECOND
    assert moved.post.says("zh").startswith("上坝村") and moved.post_id != twin.post_id


def test_a_township_with_another_code_takes_its_villages_along(world: people.World) -> None:
    family(VILLAGE, "1001"), family(SECOND, "2001")
    done = change(world, ChangeKind.RECODED, TOWNSHIP, new_code="990521150", new_name="石桥街道")
    assert done.codes == {TOWNSHIP: "990521150", VILLAGE: "990521150201", SECOND: "990521150202"}
    with within(scope_of("990521150")):
        assert Household.objects.count() == 2
    assert Place.objects.get(code="990521150").name == "石桥街道"
    assert Place.objects.get(code="990521150201").name == "上坝村"
    assert Appointment.objects.get(pk=world.township_officer.pk).place_code == "990521150"
    assert set(rows_at(TOWNSHIP)) <= {"audit_entry"}


def test_programs_are_told_codes_of_today(world: people.World, client: Any) -> None:
    home = family(VILLAGE, "1001")
    change(world, ChangeKind.RECODED, TOWNSHIP, new_code="990521150")
    change(world, ChangeKind.RECODED, "990521150", new_code="990521151")
    people.sign_in(client, world.county_office)

    def told(path: str) -> list[dict[str, Any]]:
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, path
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    assert {one["code"] for one in told("places/")} == {COUNTY, "990521151", "990521151201", "990521151202"}
    now = {one["code"]: one["now"] for one in told("places/?ended=true")}
    assert (
        now[TOWNSHIP] == now["990521150"] == now["990521151"] == "990521151"
        and now[VILLAGE] == "990521151201"
    )
    # Whoever asks by a code of the past is answered of the place that it means.
    assert {one["code"] for one in told(f"places/?parent={TOWNSHIP}")} == {"990521151201", "990521151202"}
    for code in (TOWNSHIP, VILLAGE, "990521151201"):
        assert {one["village_code"] for one in told(f"households/?place={code}")} == {"990521151201"}, code
        assert {one["place_code"] for one in told(f"findings/?place={code}")} == {"990521151201"}, code
        assert client.get(f"/api/v1/findings/counts/?place={code}").json()["total"] == 1
    assert client.get(f"/api/v1/households/{home.pk}/").json()["village_code"] == "990521151201"
    assert not [one for one in told(f"households/{home.pk}/changes/") if TOWNSHIP in str(one)]
    people.sign_in(client, people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE))
    assert client.get(f"/api/v1/places/?parent={TOWNSHIP}").status_code == 404


def test_what_is_asked_proposed_and_undone_is_about_the_places_of_today(world: people.World) -> None:
    first, second = family(VILLAGE, "1001"), family(SECOND, "2001")
    officer, county = world.township_officer, world.county_office
    where = {"source": {"where": "register"}, "household": "2001", "person": ""}
    with within(scope_of(COUNTY), who={"account": "wang"}):
        said = Said(on=DAY, payload={"village": SECOND})
        moved = propose(by=officer, kind="move", household=first, said=said).case
        accept(by=county, case=moved, reason="材料存乡镇")
        asked = Asked(
            PairKind.HOUSEHOLD_MOVED, Side({**where, "village": SECOND}), Side({**where, "village": VILLAGE}), "household_moved"
        )  # fmt: skip
        open_pairs(by=officer, county_code=COUNTY, asked=[asked])
        waits = decide(by=officer, pair=Pair.objects.get(), answer=Answer.TAKE, reason="户口簿").case
    change(world, ChangeKind.RECODED, TOWNSHIP, new_code="990521150")
    left, right = "990521150202", "990521150201"
    with within(scope_of("990521150"), who={"account": "wang"}):
        pair = Pair.objects.select_related("case").get()
        assert (pair.left["village"], pair.right["village"]) == (left, right) and pair.case is not None
        ask_undo(by=Appointment.objects.get(pk=officer.pk), case=moved, reason="没有搬")
    with within(scope_of(COUNTY), who={"account": "wang"}):
        assert waits is not None
        accept(by=county, case=waits, reason="材料存乡镇")
        undo(by=county, case=moved)
        for home in (first, second):
            home.refresh_from_db()
            assert home.village_code == right


def test_a_township_united_with_another_gives_no_code_twice(world: people.World) -> None:
    people.make_place("990521102", "河口镇")
    people.make_place("990521102201", "河口村")
    done = change(world, ChangeKind.MERGED, TOWNSHIP, new_code="990521102")
    assert done.codes[VILLAGE] != "990521102201" and len(set(done.codes.values())) == 3
    assert Place.objects.get(code="990521102").name == "河口镇"


def test_what_was_said_in_the_past_still_means_the_same_village(world: people.World) -> None:
    change(world, ChangeKind.RENAMED, SECOND, new_name="新坝村")
    change(world, ChangeKind.MERGED, VILLAGE, new_code=SECOND)
    with within(scope_of(COUNTY), who={"account": "wang"}):
        assert successors(COUNTY) == {VILLAGE: SECOND}
        assert {("下坝村", SECOND), ("上坝村", SECOND)} <= set(former_names(COUNTY))
        known = Villages.of(scope_of(COUNTY))
        for township, name, code in (
            ("石桥镇", "上坝村", None), ("石桥镇", "下坝村", None), (None, "新坝村", None), (None, None, VILLAGE), ("石桥镇", "上坝村", VILLAGE),
        ):  # fmt: skip
            assert known.code_of(township, name, code) == SECOND, (township, name, code)
        assert known.code_of("别的镇", "上坝村") is None
        # An old list of villages brings the old village back neither at once nor later.
        known.add(VILLAGE, "上坝村", "石桥镇")
        assert known.code_of("石桥镇", "上坝村") == SECOND
        rows = [{"code": VILLAGE, "village": "上坝村", "township": "石桥镇", "rural_households": 9}]
        take_village_list(by=world.county_office, place_code=COUNTY, rows=rows, as_of=DAY)
    assert (
        Place.objects.get(code=VILLAGE).until == DAY and not Place.objects.get(code=VILLAGE).records.exists()
    )


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        (ChangeKind.MERGED, {"new_code": VILLAGE}, "another one of the same level"),
        (ChangeKind.MERGED, {"new_code": people.OTHER_VILLAGE}, "in this county"),
        (ChangeKind.MERGED, {"new_code": TOWNSHIP}, "same level"),
        (ChangeKind.MERGED, {"new_code": "990521101299"}, "no township or village"),
        (ChangeKind.RECODED, {"new_code": SECOND}, "is in use"),
        (ChangeKind.RECODED, {"new_code": "99052110x201"}, "no place code"),
        (ChangeKind.RECODED, {"new_code": "990521999201"}, "no township"),
        (ChangeKind.RENAMED, {"new_name": " 上坝村 "}, "new name"),
        (ChangeKind.RENAMED, {"new_name": "新村", "document": " "}, "document"),
        (ChangeKind.RENAMED, {"new_name": "新村", "effective_on": date(2999, 1, 1)}, "not in effect"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    world: people.World, kind: ChangeKind, more: dict[str, Any], says: str
) -> None:
    with within(scope_of(COUNTY)), pytest.raises(CannotChange) as why:
        ask_change(
            by=world.county_office,
            kind=kind,
            code=VILLAGE,
            **{"document": PAPER, "effective_on": DAY, **more},
        )
    assert says in why.value.en and why.value.zh


def test_nobody_does_it_alone(world: people.World) -> None:
    with within(scope_of(COUNTY), who={"account": "wang"}):
        asked = ask_change(
            by=world.county_office,
            kind=ChangeKind.MERGED,
            code=VILLAGE,
            new_code=SECOND,
            document=PAPER,
            effective_on=DAY,
        ).change
        with pytest.raises(CannotChange, match="不能自己确认"):
            confirm_change(by=world.county_office, change_id=asked.pk)
        with pytest.raises(CannotChange, match="等待确认"):
            ask_change(
                by=world.leader,
                kind=ChangeKind.RENAMED,
                code=VILLAGE,
                new_name="新村",
                document=PAPER,
                effective_on=DAY,
            )
        # Nor past the services: neither the row nor the carrying alone.
        for sql in (
            "update places_placechange set granted = true, answered_by = asked_by, answered_at = now()",
            f"select * from places_carry({asked.pk})",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        decline_change(by=world.leader, change_id=asked.pk)
        with pytest.raises(CannotChange, match="已经办结"):
            confirm_change(by=world.leader, change_id=asked.pk)
    assert Place.objects.get(code=VILLAGE).until is None


def test_the_neighbour_neither_sees_nor_settles_it(world: people.World) -> None:
    with within(scope_of(COUNTY), who={"account": "wang"}):
        asked = ask_change(
            by=world.county_office,
            kind=ChangeKind.RENAMED,
            code=VILLAGE,
            new_name="新村",
            document=PAPER,
            effective_on=DAY,
        ).change
    with within(scope_of(people.OTHER_COUNTY)):
        assert not PlaceChange.objects.exists()
        with pytest.raises(PlaceChange.DoesNotExist):
            confirm_change(by=world.outsider, change_id=asked.pk)
        with pytest.raises(CannotChange):
            ask_change(
                by=world.outsider,
                kind=ChangeKind.RENAMED,
                code=VILLAGE,
                new_name="新村",
                document=PAPER,
                effective_on=DAY,
            )


def test_pages_from_the_document_to_the_confirmation(world: people.World, client: Any) -> None:
    family(VILLAGE, "1001")
    people.sign_in(client, world.county_office)
    page = client.get(f"/places/{VILLAGE}/changes/new/")
    assert page.status_code == 200 and "下坝村" in page.content.decode()
    wrong = client.post(
        f"/places/{VILLAGE}/changes/new/", {"kind": "merged", "document": PAPER, "effective_on": "2026-03-01"}
    )
    assert wrong.status_code == 422 and PAPER in wrong.content.decode(), "nothing that was typed is lost"
    sent = client.post(
        f"/places/{VILLAGE}/changes/new/", {"kind": "merged", "into": SECOND, "document": PAPER, "effective_on": "2026-03-01"}, follow=True
    )  # fmt: skip
    assert "撤回" in sent.content.decode() and 'name="confirm"' not in sent.content.decode(), (
        "whoever asked is not offered to confirm"
    )
    people.sign_in(client, world.leader)
    assert "1 项待确认" in client.get(f"/places/{COUNTY}/").content.decode()
    page = client.get(f"/places/{COUNTY}/changes/").content.decode()
    assert "确认变更" in page and "上坝村" in page
    with within(scope_of(COUNTY)):
        pk = PlaceChange.objects.get().pk
    done = client.post(f"/places/changes/{pk}/answer/", {"confirm": "1"}, follow=True).content.decode()
    assert "行记录已随之变更" in done
    assert client.get(f"/places/{VILLAGE}/changes/new/").status_code in (403, 404)
    people.sign_in(client, world.first_secretary)
    assert client.post(f"/places/changes/{pk}/answer/", {"confirm": "1"}).status_code == 403
