"""Villages and counties leave: by the level that may, on what was counted, with a verdict from outside, once and for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.conftest import household
from decisions.proceedings import OF_THEN, Days
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Procedure, Proceeding, Snapshot
from xiuhua.decisions.queries.apart import kept_from
from xiuhua.decisions.queries.proceedings import current_step
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.basis import basis_of_place
from xiuhua.decisions.services.completing import Completing
from xiuhua.decisions.services.proposing import Upload
from xiuhua.decisions.services.recheck import again, digest_of
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice
from xiuhua.places.models import CountyRecord, PlaceStatus, VillageRecord
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import StatusEntry
from xiuhua.registry.services import Refused, sign_opening

pytestmark = pytest.mark.database
WHO = {
    "village_worker": (people.VILLAGE, Role.VILLAGE_WORKER, Office.VILLAGE_COMMITTEE),
    "township_office": (people.TOWNSHIP, Role.TOWNSHIP_OFFICE, Office.TOWNSHIP_STATION),
    "county_office": (people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE),
    "city_office": (people.CITY, Role.HIGHER_OFFICE, Office.POVERTY_OFFICE),
    "province_office": ("99", Role.HIGHER_OFFICE, Office.POVERTY_OFFICE),
    "outside": ("99", Role.AUDITOR, Office.AUDIT),
}


@pytest.fixture
def days(server: Any) -> Iterator[Days]:
    clock = Days(server.urls.owner)
    yield clock
    clock.back()


class Posts:
    """People of every level, as many as a step wants, and what they do with a village's or county's proceeding."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.world = people.small_world()
        self.there = {
            who: [
                people.person(f"{who}{n}", f"{who}{n}", place, role, office, Title.OFFICER) for n in range(3)
            ]
            for who, (place, role, office) in WHO.items()
        }

    def acting(self, by: Appointment) -> Any:
        return within(scope_of(by.place_code), who={"account": by.actor_name})

    def step(self, one: Proceeding) -> Proceeding:
        step = current_step(one)
        with within(scope_of("99")):
            there = [by for by in self.there[step["who"][0]] if not kept_from(by, one, step)]
        first = there[0]
        with self.acting(first):
            if step["does"] in ("notice", "announcement"):
                hung = self.hang(one, first)
                self.days.go((hung.due_on - beijing_today()).days + 1)
                notices.take_down(
                    by=first, notice=hung, on=beijing_today(), photo_name="a.jpg", photo=[b"photo"]
                )
            else:
                acts.bring(
                    by=first,
                    proceeding=one,
                    papers=[Upload(p["code"], "a.jpg", iter([b"photo"])) for p in step["evidence"]],
                )
        for by in there[: step["people"]]:
            with self.acting(by):
                one = acts.sign(by=by, proceeding=one).proceeding
        return one

    def hang(self, one: Proceeding, by: Appointment) -> Notice:
        return notices.hang(
            by=by, reference=f"proceeding:{one.pk}:{one.at_step}:{one.round}", place_code=one.place_code, matter={"zh": "公示", "en": "Notice"},
            lines=acts.lines_of(one), board=notices.Board("公开栏", 7, "calendar", beijing_today()), photo_name="a.jpg", photo=[b"photo"],
        ).notice  # fmt: skip

    def begin(self, procedure: str, code: str, who: str) -> Proceeding:
        by = self.there[who][0]
        with self.acting(by):
            of_then = Completing(Procedure.objects.filter(name=procedure).latest("pk").since, OF_THEN.why)
            return acts.begin(by=by, procedure=procedure, place_code=code, completing=of_then).proceeding


@pytest.fixture
def posts(db: None, days: Days) -> Posts:
    posts = Posts(days)
    VillageRecord.objects.create(village_id=people.VILLAGE, as_of=date(2019, 1, 1), poor_village=True, rural_households=50, rural_persons=200)  # fmt: skip
    VillageRecord.objects.create(village_id=people.SECOND_VILLAGE, as_of=date(2019, 1, 1), poor_village=False, rural_households=50, rural_persons=200)  # fmt: skip
    CountyRecord.objects.create(county_id=people.COUNTY, as_of=date(2019, 1, 1), poor_county=True, region="west", rural_persons=400)  # fmt: skip
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        opened = sign_opening(by=posts.world.county_office, county_code=people.COUNTY, statement="例").opening
        for n, village in enumerate((people.VILLAGE, people.SECOND_VILLAGE)):
            home, _people = household(f"{n}", village, {"石满仓": ("head", "male")}, kind="registered")
            StatusEntry.objects.create(
                household=home, village_code=village, status="exited", since=date(2020, 1, 1), basis="opening", opening=opened,
                recorded_at=opened.signed_at, recorded_by="test",
            )  # fmt: skip
    return posts


def test_a_poor_village_leaves_step_by_step_and_its_page_says_so(posts: Posts) -> None:
    one = posts.begin("targeted_village_exit", people.VILLAGE, "village_worker")
    assert (one.household_id, one.subject_code) == (None, people.VILLAGE)
    while one.course == "open":
        one = posts.step(one)
        assert PlaceStatus.objects.exists() == (one.effect_on is not None)
    entry = PlaceStatus.objects.get()
    assert (entry.place_id, entry.status, entry.case_number) == (people.VILLAGE, "exited", f"P{one.pk}")
    with within(scope_of(people.COUNTY)):
        kept = Snapshot.objects.get(proceeding=one, step="county")
    assert kept.outcomes["village.incidence"]["result"] == "holds" and len(kept.records["rec_person"]) == 1
    with pytest.raises(Refused, match="不适用"):
        posts.begin("targeted_village_exit", people.VILLAGE, "village_worker")


def test_a_village_whose_incidence_is_too_high_or_not_known_does_not_leave(posts: Posts) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        for n in range(2, 12):
            home, _people = household(f"{n}", people.VILLAGE, {f"甲{n}": ("head", "male")})
            home.status_reported = "poor"
            home.save(update_fields=["status_reported"])
    one = posts.step(posts.begin("targeted_village_exit", people.VILLAGE, "village_worker"))
    with pytest.raises(Refused, match="不达标"):
        posts.step(one)
    # Nor by records under its name that say otherwise, whatever rows the application's role writes.
    by = posts.there["township_office"][0]
    with posts.acting(by):
        kept = basis_of_place(people.VILLAGE, one.as_of)
        left = [{**line, "status_reported": "exited"} for line in kept.records["rec_household"]]
        elsewhere = [{**line, "region": "other"} for line in kept.records["rec_county"]] or [
            {"region": "other"}
        ]
        for told in (
            {"rec_household": left},
            {"rec_person": []},
            {"rec_county": elsewhere},
            {"facts_village": []},
        ):
            with pytest.raises(DatabaseError, match="not as they stand"), transaction.atomic():
                Snapshot.objects.create(
                    proceeding=one, place_code=one.place_code, round=one.round, step=one.at_step, as_of=kept.as_of, records={**kept.records, **told},
                    outcomes=kept.outcomes, versions=kept.versions, digest=kept.digest, at=beijing_now(),
                )  # fmt: skip
    assert not PlaceStatus.objects.exists()


@pytest.mark.parametrize("code", [people.SECOND_VILLAGE, people.TOWNSHIP])
def test_only_what_its_list_says_is_poor_leaves(posts: Posts, code: str) -> None:
    with pytest.raises(Refused, match=r"不适用|没有这个"):
        posts.begin("targeted_village_exit", code, "township_office")


def test_a_county_leaves_with_a_verdict_from_outside_and_the_approval_of_the_province(posts: Posts) -> None:
    one = posts.begin("targeted_county_exit_2018", people.COUNTY, "county_office")
    seen = []
    while one.course == "open":
        if one.at_step == "province_check" and "province_check" not in seen:
            # What is the province's, the nation's office does not sign in its place.
            nation = people.person("国家局", "nation", "CN", Role.HIGHER_OFFICE)
            with pytest.raises(Refused, match="不由您"), posts.acting(nation):
                acts.sign(by=nation, proceeding=one)
        if one.at_step == "evaluation":
            # The county's own auditor, and one from further below than the step says, give no verdict.
            own = posts.world.auditor
            city = people.person(
                "市审计", "cityaudit", people.CITY, Role.AUDITOR, Office.AUDIT, Title.AUDITOR
            )
            for by in (own, city, posts.there["county_office"][1]):
                with pytest.raises(Refused, match="不由您"), posts.acting(by):
                    acts.bring(by=by, proceeding=one, papers=[Upload("verdict", "a.jpg", iter([b"photo"]))])
                with pytest.raises(Refused, match="不由您"), posts.acting(by):
                    acts.sign(by=by, proceeding=one)
        if current_step(one)["does"] in ("notice", "announcement"):
            # The county does not hang the province's notice of the county's own exit.
            with (
                pytest.raises(notices.CannotHang, match="不由您"),
                posts.acting(posts.there["county_office"][1]),
            ):
                posts.hang(one, posts.there["county_office"][1])
        seen.append(one.at_step)
        one = posts.step(one)
    assert list(dict.fromkeys(seen)) == [
        "proposal",
        "city",
        "province_check",
        "notice",
        "evaluation",
        "approval",
        "announcement",
    ]
    entry = PlaceStatus.objects.get()
    assert (entry.place_id, entry.status) == (people.COUNTY, "exited")
    with within(scope_of(people.COUNTY)):
        kept = Snapshot.objects.get(proceeding=one, step="approval")
        # A county is computed again from what its villages came to; other figures under its name do not come out.
        assert [again(shot).agrees for shot in Snapshot.objects.filter(proceeding=one)] == [True] * 4
        forged = Snapshot.objects.get(pk=kept.pk)
        for line in forged.records["facts_village"]:
            line["poor_persons"] = line["poor_persons_most"] = 300
        forged.digest = digest_of(forged)
        assert [each["rule"] for each in again(forged).differs] and again(forged).agrees is False
        for line in kept.records["facts_village"]:
            assert "e__poor_persons" in line
    assert {one["village_code"] for one in kept.records["facts_village"]} == {
        people.VILLAGE,
        people.SECOND_VILLAGE,
    }


def test_rules_of_the_day_of_the_data_say_which_county_exit_it_is(posts: Posts) -> None:
    with pytest.raises(Refused, match="不适用"):
        posts.begin("targeted_county_exit", people.COUNTY, "county_office")
    until = {one.name: one.until for one in Procedure.objects.filter(kind="county_exit")}
    assert until["targeted_county_exit"] == date(2017, 12, 31)


RAW = {
    "a status is written": "insert into places_placestatus (place_code, status, since, case_number, recorded_at, recorded_by) values (%(code)s, 'exited', current_date, 'P' || %(id)s, now(), 'x')",
    "its subject is changed": "update decisions_proceeding set place_code = %(other)s where id = %(id)s",
    "a second is begun": "insert into decisions_proceeding (procedure_id, kind, place_code, course, at_step, round, begun_at, as_of, step_since, effect_status, begun_appointment_id) select procedure_id, kind, place_code, 'open', at_step, 1, now(), as_of, step_since, '', begun_appointment_id from decisions_proceeding where id = %(id)s",
    "one is begun for a place that is not poor": "insert into decisions_proceeding (procedure_id, kind, place_code, course, at_step, round, begun_at, as_of, step_since, effect_status, begun_appointment_id) select procedure_id, kind, %(other)s, 'open', at_step, 1, now(), as_of, step_since, '', begun_appointment_id from decisions_proceeding where id = %(id)s",
    "it lapses before its day": "select decisions_lapse(%(id)s) and false",
    "a day it is due by is written": "update decisions_proceeding set due_on = current_date + 900 where id = %(id)s",
}  # fmt: skip


@pytest.mark.parametrize("what", RAW)
def test_the_application_cannot_do_it_by_raw_sql_either(posts: Posts, what: str) -> None:
    one = posts.begin("targeted_village_exit", people.VILLAGE, "village_worker")
    values = {"id": one.pk, "code": people.VILLAGE, "other": people.SECOND_VILLAGE}
    with (
        posts.acting(posts.there["county_office"][0]),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(RAW[what], values)
        assert what == "it lapses before its day", what
        raise DatabaseError("nothing was touched")
    with posts.acting(posts.there["county_office"][0]):
        kept = Proceeding.objects.get()
    assert (kept.place_code, kept.course, kept.due_on) == (people.VILLAGE, "open", None)
    assert not PlaceStatus.objects.exists()


def test_a_place_that_left_stays_so(posts: Posts) -> None:
    one = posts.begin("targeted_village_exit", people.VILLAGE, "village_worker")
    while one.effect_on is None:
        one = posts.step(one)
    for sql in (
        "delete from places_placestatus",
        "update places_placestatus set since = current_date - 900",
        "truncate places_placestatus",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
