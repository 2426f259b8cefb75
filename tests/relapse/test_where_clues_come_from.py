"""Clues come from lists, rules and families; kin, deputies and raw SQL do not bend them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.conftest import household
from decisions.proceedings import Going
from relapse.clues import clue_of, ended, visited
from relapse.conftest import MEMBERS, exited, found
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Kin, Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.proposing import Upload
from xiuhua.decisions.terms import Help
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, ListingHit, PeriodRecord, Person, StatusEntry, WatchEntry
from xiuhua.registry.services import Basis, Refused, take_list
from xiuhua.registry.terms import ListKind
from xiuhua.relapse import services
from xiuhua.relapse.models import Assessment, Clue, ClueSource, Relief, Sheet
from xiuhua.relapse.services.helping import What
from xiuhua.relapse.terms import End, Risk, Standing

pytestmark = pytest.mark.database


def of_year(year: int) -> dict[str, Any]:
    return {"year": year, "period_start": date(year - 1, 10, 1), "period_end": date(year, 9, 30)}


def listed(going: Going, kind: ListKind, rows: list[tuple[str, int | None]]) -> int:
    """A county's list of the heads of households, by number; how many households got a clue."""
    source = " union all ".join(
        f"select (select p.id_blind from registry_person p join registry_membership m on m.person_id = p.id join registry_household h"
        f" on h.id = m.household_id where h.number = '{number}' and m.relation = 'head') as id_blind, null::text as name, null::text as what,"
        f" null::date as said_on, {'null' if fen is None else fen}::bigint as amount_fen"
        for number, fen in rows
    )
    by = going.world.county_office
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        basis = Basis("县际数据共享协议", "防返贫监测", beijing_today() + timedelta(days=90))
        listing = take_list(
            by=by,
            place_code=people.COUNTY,
            kind=kind,
            name="名单.csv",
            basis=basis,
            listed_on=beijing_today(),
            source=source,
            values={},
        ).listing
        return services.gather_from_list(by=by, listing=listing).households


@pytest.fixture
def others(going: Going) -> dict[str, Household]:
    """A poor, a watched and two other households, each head with a number."""
    made = {"exited": going.household}
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        opened = StatusEntry.objects.get(household=going.household).opening
        for at, name in enumerate(("poor", "watched", "other", "rich"), 2):
            kind = "registered" if name in ("poor", "watched") else "other"
            made[name], _ = household(f"9905210000{at}", people.VILLAGE, MEMBERS, kind=kind)
        StatusEntry.objects.create(
            household=made["poor"], village_code=people.VILLAGE, status="poor", since=date(2020, 1, 1), basis="opening", opening=opened,
            recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip
        exited(made["watched"], opened)
        WatchEntry.objects.create(
            household=made["watched"], village_code=people.VILLAGE, watch_class="unstable", since=date(2025, 1, 1), basis="opening", opening=opened,
            recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip
        for home in made.values():
            Person.objects.filter(memberships__household=home, memberships__relation="head").update(
                id_blind=home.number.encode(), id_sealed=b"sealed"
            )
    return made


def test_a_clue_of_a_watched_household_leads_to_another_class(
    going: Going, others: dict[str, Household]
) -> None:
    going.household = others["watched"]
    clue = clue_of(going, risk=Risk.ACCIDENT, said="车祸，欠了十二万")
    with going.acting(going.village[0]):
        one = services.begin(by=going.village[0], clue=clue).clue.proceeding
    assert one is not None and (one.kind, one.at_step) == ("watch_class", "visit")
    answers = found(judgement="at_risk", suggested="sudden", difficulties="赔款", coping="借")
    with going.acting(going.village[0]):
        services.judge_visit(by=going.village[0], household=going.household, answers=answers, proceeding=one)
    one = going.until(one, "county")
    by = going.whose(one)[0]
    going.papers(one, by)
    assert going.sign(one, by, watch_class="sudden", measures=["health"]).course == "decided"
    with within(scope_of(people.COUNTY)):
        classes = WatchEntry.objects.filter(household=going.household).order_by("pk")
        assert [each.watch_class for each in classes] == ["unstable", "sudden"]


def test_a_list_of_burdens_gives_clues_to_whom_it_can_be_about(
    going: Going, others: dict[str, Household]
) -> None:
    numbers = {name: home.number for name, home in others.items()}
    rows = [
        (numbers["exited"], 600_000),
        (numbers["poor"], 9_000_000),
        (numbers["watched"], 9_000_000),
        (numbers["other"], None),
        (numbers["rich"], 600_000),
    ]
    assert listed(going, ListKind.MEDICAL, rows) == 3
    with going.acting(going.county[0]):
        clues = {one.household_id: one for one in Clue.objects.filter(end="")}
        assert set(clues) == {others["exited"].pk, others["other"].pk, others["watched"].pk}, (
            "over the measure for its kind, or not known how much; watched or not"
        )
        one = ClueSource.objects.get(household=others["exited"])
        assert (one.origin, one.list_kind, one.said) == ("list", "medical", ""), (
            "what it says of whom stays with the hit"
        )
    assert listed(going, ListKind.MEDICAL, rows) == 0, "the same said again begins nothing anew"
    assert listed(going, ListKind.DISABILITY, [(numbers["exited"], None)]) == 1
    assert listed(going, ListKind.VEHICLE, [(numbers["rich"], None)]) == 0, "what tells of means is no clue"
    with going.acting(going.county[0]):
        assert (
            Clue.objects.filter(end="").count() == 3
            and ClueSource.objects.filter(household=others["exited"]).count() == 2
        )
        assert ListingHit.objects.filter(state="open").exists(), (
            "the household is still to be heard on the hit"
        )


def test_rules_over_the_records_give_clues_once(going: Going, others: dict[str, Household]) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        for name in ("exited", "watched", "poor"):
            PeriodRecord.objects.create(
                household=others[name],
                village_code=people.VILLAGE,
                **of_year(2025),
                education_paid_fen=2_000_000,
                education_aid_fen=0,
            )
        by = going.world.county_office
        assert services.gather_by_rules(by=by, place_code=people.COUNTY).households == 2
        assert set(ClueSource.objects.values_list("household", "rule")) == {
            (others[name].pk, "risk.education_spending") for name in ("exited", "watched")
        }, "a poor household's help is under way; a watched one's burden is heard"
        source = ClueSource.objects.get(household=others["exited"])
        assert source.risk == Risk.SCHOOLING
        assert services.gather_by_rules(by=by, place_code=people.COUNTY).sayings == 0
        PeriodRecord.objects.filter(household=others["exited"]).update(education_paid_fen=3_000_000)
        assert services.gather_by_rules(by=by, place_code=people.COUNTY).sayings >= 1, (
            "other values are another saying"
        )


def test_what_was_helped_once_and_still_stands_is_asked_again(going: Going) -> None:
    by = going.world.county_office

    def looked() -> int:
        with within(scope_of(people.COUNTY), who={"account": "test"}):
            return services.gather_by_rules(by=by, place_code=people.COUNTY).households

    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.create(
            household=going.household,
            village_code=people.VILLAGE,
            **of_year(2025),
            education_paid_fen=2_000_000,
            education_aid_fen=0,
        )
    assert looked() == 1
    with going.acting(going.village[0]):
        clue = Clue.objects.get()
        services.give_help(
            by=going.village[0],
            household=going.household,
            what=What(Help.RELIEF, "粮油", "村委会", beijing_today(), 5_000),
        )
    visited(going, clue, judgement="at_risk", reason="学费已缴")
    ended(going, clue, End.HELPED)
    going.days.go(89)
    assert looked() == 0
    going.days.go(1)
    assert looked() == 1, "fifty yuan do not silence what still stands"


def test_kin_and_deputies_of_kin_are_kept_from_clues_sheets_and_judgements(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        for kin in (going.village[0], going.township[0]):
            Kin.objects.create(official=kin.official, household=going.household, place_code=people.VILLAGE, relation="兄弟", told_by="test", at=beijing_now())  # fmt: skip
    clue = clue_of(going)
    with pytest.raises(Refused, match="亲属关系"):
        visited(going, clue)
    visited(going, clue, by=1)
    with pytest.raises(Refused, match="亲属关系"):
        ended(going, clue)
    with going.acting(going.village[0]), pytest.raises(Refused, match="亲属关系"):
        services.assess(by=going.village[0], household=going.household, year=beijing_today().year, standing=Standing.HELP, reason="x")  # fmt: skip
    deputy = standing_in(going, going.township[0])
    with pytest.raises(Refused, match="亲属关系"):
        ended(going, clue, by=deputy)
    assert ended(going, clue, by=going.township[1]).ended_official_id == going.township[1].official_id


def test_a_deputy_does_not_end_what_the_one_stood_in_for_visited(going: Going) -> None:
    clue = clue_of(going)
    with going.acting(going.township[0]):
        services.judge_visit(by=going.township[0], household=going.household, answers=found(), clue=clue)
    with pytest.raises(Refused, match="不能自己了结"):
        ended(going, clue, by=standing_in(going, going.township[0]))


def standing_in(going: Going, whom: Appointment) -> Appointment:
    """The third official of the township, deputising."""
    return Appointment.objects.create(official=going.township[2].official, post=whom.post, since=beijing_today(), named_on=beijing_today() - timedelta(days=1), until=beijing_today() + timedelta(days=30), deputy_for=whom)  # fmt: skip


def test_what_is_said_during_the_identification_joins_it(going: Going) -> None:
    under_way = going.begin("regular_watch")
    clue = clue_of(going, said="又住院了")
    with going.acting(going.village[0]):
        done = services.begin(by=going.village[0], clue=clue).clue
    assert (done.end, done.proceeding_id) == ("proceeding", under_way.pk)
    going.days.go(2)
    with going.acting(going.village[0]):
        acts.take_back(
            by=going.village[0], proceeding=under_way, reason="本户撤回",
            paper=Upload(acts.WITHDRAWAL, "撤回.jpg", iter([b"\xff\xd8\xffphoto"])),
        )  # fmt: skip
    later = clue_of(going, said="还是困难")
    with (
        going.acting(going.village[0]),
        pytest.raises(DatabaseError, match="no such proceeding"),
        transaction.atomic(),
    ):
        Clue.objects.filter(pk=later.pk).update(
            end="proceeding",
            ended_on=beijing_today(),
            ended_appointment=going.village[0],
            proceeding=under_way,
        )


def test_what_the_register_knows_of_this_year_or_the_last_is_filled_in(going: Going) -> None:
    from xiuhua.relapse.forms import SheetForm
    from xiuhua.relapse.queries.known import filled_in, known_of

    clue = clue_of(going)
    year = beijing_today().year
    with going.acting(going.village[0]):
        record = PeriodRecord.objects.create(
            household=going.household,
            village_code=people.VILLAGE,
            **of_year(year - 2),
            medical_paid_fen=500_000,
            medical_reimbursed_fen=100_000,
            house_grade="B",
        )
        assert known_of(going.household.pk, beijing_today()).values == {}, "an old record is history"
        record.year = year - 1
        record.save()
        known = known_of(going.household.pk, beijing_today())
        assert (known.values["medical_own_fen"], known.values["house"]) == (400_000, True)
        form = SheetForm(filled=filled_in(known, None))
        assert (form["medical_own_fen"].value(), form["house"].value()) == ("4000", "yes")
    sheet = visited(going, clue, medical_own_fen=1, judgement="at_risk")
    assert sheet.medical_own_fen == 1, "what the visit says stands"
    assert sheet.known["medical_own_fen"]["value"] == 400_000 and sheet.known["medical_own_fen"]["asked"]


def test_a_household_that_left_poverty_is_judged_once_a_year_by_name(
    going: Going, others: dict[str, Household]
) -> None:
    by, year = going.village[0], beijing_today().year

    def judged(name: str, of: int = year) -> Assessment:
        with going.acting(by):
            return services.assess(
                by=by, household=others[name], year=of, standing=Standing.HELP, reason="靠务工，一人有病"
            ).assessment

    one = judged("exited")
    assert (one.official_id, one.assessed_on) == (by.official_id, beijing_today())
    with pytest.raises(Refused, match="已经研判"):
        judged("exited")
    for name in ("poor", "other"):
        with pytest.raises(Refused, match="已脱贫户"):
            judged(name)
    with pytest.raises(Refused, match="本年或上年"):
        judged("watched", year - 2)


def test_a_household_that_moves_takes_its_clue_along(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(village_code=people.SECOND_VILLAGE)
        codes = {model.objects.get().village_code for model in (Clue, ClueSource, Sheet)}
    assert codes == {people.SECOND_VILLAGE}


def test_a_household_that_goes_into_another_takes_its_clue_along(
    going: Going, others: dict[str, Household]
) -> None:
    first = clue_of(going, said="老伴住院")
    ending, into = others["exited"], others["other"]
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=ending.pk).update(
            ended_on=beijing_today(), ended_because="merged", merged_into=into
        )
        first.refresh_from_db()
        assert (first.end, first.end_reason) == ("moved", "随户并入")
        there = Clue.objects.get(household=into, end="")
        assert (there.due_on, [one.said for one in there.sources.all()]) == (first.due_on, ["老伴住院"])


RAW = {
    "ended as no risk unheard": "update relapse_clue set \"end\" = 'no_risk', ended_on = current_date, end_reason = 'x', ended_appointment_id = %(who)s",
    "ended as helped without help": "update relapse_clue set \"end\" = 'helped', ended_on = current_date, end_reason = 'x', ended_appointment_id = %(who)s",
    "ended in another's proceeding": "update relapse_clue set \"end\" = 'proceeding', ended_on = current_date, ended_appointment_id = %(who)s, proceeding_id = %(other)s",
    "ended as moved": "update relapse_clue set \"end\" = 'moved', ended_on = current_date, end_reason = 'x'",
    "ended in nobody's post": "update relapse_clue set \"end\" = 'no_risk', ended_on = current_date, end_reason = 'x', ended_official_id = (select max(id) from accounts_official)",
    "its days are moved": "update relapse_clue set due_on = due_on + 90",
    "its day is moved": "update relapse_clue set came_on = came_on + 1",
    "its day is moved forward": "update relapse_clue set came_on = came_on - 1",
    "it is removed": "delete from relapse_clue",
    "all is emptied": "truncate relapse_cluesource",
    "a saying is changed": "update relapse_cluesource set said = 'x'",
    "a sheet is changed": "update relapse_sheet set house = true, judgement = 'no_risk'",
    "help is made larger": "update relapse_relief set amount_fen = 1",
    "help is removed": "delete from relapse_relief",
    "help was long ago": "insert into relapse_relief select (jsonb_populate_record(null::relapse_relief, to_jsonb(r) || jsonb_build_object('id', r.id + 99, 'given_on', current_date - 500))).* from relapse_relief r",
    "it lies elsewhere": "update relapse_clue set village_code = '990521101202'",
    "a second open one": "insert into relapse_clue select (jsonb_populate_record(null::relapse_clue, to_jsonb(r) || jsonb_build_object('id', r.id + 99))).* from relapse_clue r",
}  # fmt: skip


@pytest.mark.parametrize("what", RAW)
def test_the_application_cannot_end_or_bend_it_by_raw_sql(going: Going, what: str) -> None:
    clue = clue_of(going)
    visited(going, clue, house=None, judgement="not_known")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        other, _ = household("9", people.VILLAGE, MEMBERS, kind="other")
        there = Going(going.world, other, going.days, going.village, going.township, going.county).begin(
            "regular_watch"
        )
    if "help" in what and what != "ended as helped without help":
        with going.acting(going.village[0]):
            services.give_help(
                by=going.village[0],
                household=going.household,
                what=What(Help.RELIEF, "粮油", "村委会", beijing_today(), 5_000),
            )
    with (
        going.acting(going.county[0]),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(RAW[what], {"who": going.township[0].pk, "other": there.pk})
    with going.acting(going.county[0]):
        assert Clue.objects.get().end == "" and Relief.objects.count() <= 1
        assert Proceeding.objects.count() == 1
