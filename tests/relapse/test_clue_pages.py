"""Pages of clues: found on a phone, taken down, visited, helped, ended; each says what comes next, to whoever may."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

import people
from decisions.conftest import household
from decisions.proceedings import Going
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Person, StatusEntry, WatchEntry
from xiuhua.registry.queries.counting import counted
from xiuhua.relapse import public
from xiuhua.relapse.models import Application, Assessment, Clue, Relief, Sheet
from xiuhua.relapse.queries.pages import on_the_desk

pytestmark = pytest.mark.database


def there(model: Any) -> Any:
    with within(scope_of(people.COUNTY)):
        return model.objects.get()


def after(clue: Clue) -> date:
    assert clue.check_due_on and clue.due_on and clue.check_due_on < clue.due_on
    return clue.check_due_on + timedelta(days=1)


def holder(clue: Clue | Application) -> Appointment:
    return Appointment.objects.get(post=clue.owner_id)


def lies_with(by: Any, going: Going, day: date) -> tuple[int, int]:
    """How many clues lie with a post on a day, and how many of them are overdue; the clock goes back."""
    ahead = (day - beijing_today()).days
    going.days.go(ahead)
    try:
        with within(scope_of(by.place_code)):
            return on_the_desk(by)
    finally:
        going.days.go(-ahead)


def test_from_the_search_field_to_the_end(going: Going) -> None:
    client, today = people.sign_in(Client(), going.village[0]), f"{beijing_today():%Y-%m-%d}"
    assert "归我办" in client.get(reverse("relapse:list")).content.decode()
    assert "登记线索" in client.get(reverse("relapse:list")).content.decode(), "an empty page says what to do"
    found = client.post(reverse("relapse:find"), {"q": "石满仓"}).content.decode()
    new = reverse("relapse:new", args=[going.household.pk])
    assert new in found
    told = {
        "origin": "household",
        "channel": "phone",
        "risk": "illness",
        "said": "老伴住院",
        "told_by": "石满仓",
        "came_on": today,
    }
    assert client.post(new, {**told, "said": ""}).status_code == 422
    assert client.post(new, told).status_code == 302
    clue = there(Clue)
    days = (clue.check_due_on, after(clue))
    assert [lies_with(holder(clue), going, day) for day in days] == [(1, 0), (1, 1)]
    page = client.get(reverse("relapse:clue", args=[clue.pk])).content.decode()
    assert "填写综合研判表" in page and "老伴住院" in page and "没有风险</button>" not in page
    given = {
        "kind": "relief",
        "what": "临时救助",
        "giver": "乡民政所",
        "given_on": today,
        "amount": "2000.50",
    }
    assert client.post(reverse("relapse:help", args=[going.household.pk]), given).status_code == 302
    assert there(Relief).amount_fen == 200_050
    visit = reverse("relapse:visit", args=[clue.pk])
    assert "近两年没有" in client.get(visit).content.decode()
    answers = {
        "visited_on": today, "said": "报销后三千", "net_income_fen": "40000", "medical_own_fen": "3000", "education_own_fen": "0",
        "disaster_own_fen": "0", "other_spending_fen": "0", "food_clothing": "yes", "schooling": "yes", "medical": "yes", "house": "yes",
        "water": "", "judgement": "no_risk", "reason": "收入稳定",
    }  # fmt: skip
    assert client.post(visit, answers).status_code == 422, "water is not known"
    assert client.post(visit, {**answers, "water": "yes"}).status_code == 302
    assert there(Sheet).net_income_fen == 4_000_000
    visited = there(Clue)
    assert lies_with(holder(visited), going, after(clue)) == (1, 0), "visited in time: its end is due later"
    office = people.sign_in(Client(), going.township[0])
    end = reverse("relapse:end", args=[clue.pk])
    client.post(end, {"how": "no_risk", "reason": "没有风险"})
    assert there(Clue).end == "", "whoever was there does not end it"
    office.post(end, {"how": "no_risk", "reason": "支出已报销"})
    assert there(Clue).end == "no_risk"
    home = client.get(reverse("workbench:household", args=[going.household.pk])).content.decode()
    assert "没有纳入过监测" in home and "手续请在" in home
    assert "支出已报销" in client.get(reverse("relapse:clue", args=[clue.pk])).content.decode()


def test_the_yearly_list_empties_as_they_are_judged(going: Going) -> None:
    client = people.sign_in(Client(), going.village[0])
    assess = reverse("relapse:assess", args=[going.household.pk])
    assert assess in client.get(reverse("relapse:yearly")).content.decode()
    assert client.get(assess).status_code == 200
    gone = client.post(assess, {"standing": "watch", "reason": "一人重病，自付高"})
    clue = there(Clue)
    assert gone.headers["Location"] == reverse("relapse:clue", args=[clue.pk]), "at risk: it has its clock"
    with within(scope_of(people.COUNTY)):
        one = clue.sources.get()
        assert (one.origin, one.said, one.by) == (
            "assessment",
            "一人重病，自付高",
            going.village[0].actor_name,
        )
    page = client.get(gone.headers["Location"]).content.decode()
    assert "年度分类研判" in page and "一人重病" in page and going.village[0].post_name in page
    assert there(Assessment).year == beijing_today().year
    assert "都已研判" in client.get(reverse("relapse:yearly")).content.decode()


def test_a_clue_is_handed_over_and_begins_the_procedure_in_english_too(going: Going) -> None:
    client = people.sign_in(Client(headers={"Accept-Language": "en"}), going.township[0])
    told = {
        "origin": "cadre",
        "channel": "spoken",
        "risk": "work",
        "said": "son lost his work",
        "came_on": f"{beijing_today():%Y-%m-%d}",
    }
    client.post(reverse("relapse:new", args=[going.household.pk]), told)
    clue = there(Clue)
    client.post(reverse("relapse:hand_over", args=[clue.pk]), {"post": going.township[0].post_id})
    assert there(Clue).owner_id == going.township[0].post_id
    begun = client.post(reverse("relapse:begin", args=[clue.pk]))
    assert begun.headers["Location"] == reverse("decisions:proceeding", args=[there(Clue).proceeding_id])
    page = client.get(reverse("relapse:clue", args=[clue.pk])).content.decode()
    assert "Went into the procedure" in page


def test_leaders_and_keepers_of_accounts_see_no_clues(going: Going) -> None:
    for by in (going.world.leader, going.world.administrator, going.world.city_office):
        assert people.sign_in(Client(), by).get(reverse("relapse:list")).status_code == 403


def test_whoever_is_watched_is_counted_and_listed_whatever_kind_it_is(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        WatchEntry.objects.create(
            household=going.household, village_code=people.VILLAGE, watch_class="unstable", since=date(2025, 1, 1), basis="opening",
            opening=StatusEntry.objects.get(household=going.household).opening, recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip
        assert counted([people.VILLAGE])[0].watched == 1
    client = people.sign_in(Client(), going.world.leader)
    listed = client.get(
        reverse("workbench:households", args=[people.VILLAGE]) + "?show=watched"
    ).content.decode()
    assert going.household.number in listed
    home = client.get(reverse("workbench:household", args=[going.household.pk])).content.decode()
    assert "脱贫不稳定户" in home and "登记线索" not in home, "a leader sees the class and not the clues"


def test_the_inbox_turns_its_pages_and_is_narrowed_to_a_place(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        for number in range(51):
            home, _ = household(f"9905210100{number}", people.VILLAGE, {"石": ("head", "male")}, kind="other")
            Clue.objects.create(
                household=home, village_code=people.VILLAGE, came_on=beijing_today(), check_days=3, whole_days=20,
                check_due_on=beijing_today(), due_on=beijing_today(), recorded_at=beijing_now(),
            )  # fmt: skip
    office = people.sign_in(Client(), going.township[0])
    shown = reverse("relapse:list") + "?show=waiting"
    first = office.get(shown).content.decode()
    assert "第 1–50 条，共 51 条" in first and "page=2" in first
    assert "第 51–51 条，共 51 条" in office.get(f"{shown}&page=2").content.decode()
    here, elsewhere = (f"{shown}&place={code}" for code in (people.VILLAGE, people.SECOND_VILLAGE))
    assert "共 51 条" in office.get(here).content.decode()
    assert "这里没有线索" in office.get(elsewhere).content.decode()


def test_watched_households_in_which_nobody_can_work_are_followed_in_a_list(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        homes = {}
        for labour in ("none", "weak", None):
            home, persons = household(
                f"9{labour}", people.VILLAGE, {f"户{labour}": ("head", "male")}, kind="watched"
            )
            Person.objects.filter(pk__in=[one.pk for one in persons.values()]).update(labour=labour)
            homes[labour] = home
    page = people.sign_in(Client(), going.township[0]).get(reverse("relapse:yearly")).content.decode()
    linked = {
        labour: reverse("workbench:household", args=[home.pk]) in page for labour, home in homes.items()
    }
    assert linked == {"none": True, "weak": False, None: False}, "not on record is not none"


def test_who_is_watched_is_listed_with_what_it_rests_on(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        opened = StatusEntry.objects.get(household=going.household).opening
        WatchEntry.objects.create(
            household=going.household, village_code=people.VILLAGE, watch_class="unstable", since=date(2025, 1, 1), basis="opening", opening=opened,
            recorded_at=beijing_now(), recorded_by="王县长",
        )  # fmt: skip
        by_file, _persons = household("9文件", people.VILLAGE, {"石满囤": ("head", "male")}, kind="watched")
        household("9一般", people.VILLAGE, {"石满山": ("head", "male")}, kind="other")
    office = people.sign_in(Client(), going.township[0])
    page = office.get(reverse("relapse:watched")).content.decode()
    assert "共 2" in page or "<b>2</b>" in page
    assert "石满仓" in page and "石满囤" in page and "石满山" not in page
    opening = office.get(reverse("relapse:watched") + "?basis=opening").content.decode()
    assert "脱贫不稳定户" in opening and "2025-01-01 起" in opening and "石满囤" not in opening
    assert "建库承接" in opening and f"{beijing_today()} 记入" in opening
    county = people.sign_in(Client(), going.county[0]).get(reverse("relapse:watched")).content.decode()
    assert f"{opened.signed_post}签署" in county and "签署" not in opening, (
        "who signed is the county's to see"
    )
    file = office.get(reverse("relapse:watched") + "?basis=file").content.decode()
    assert reverse("relapse:new", args=[by_file.pk]) in file and "认定类别" in file
    assert (
        "没有在监测的户"
        in office.get(f"{reverse('relapse:watched')}?place={people.SECOND_VILLAGE}").content.decode()
    )


def test_a_family_that_the_register_does_not_have_is_taken_down_and_tied_when_it_has_it(going: Going) -> None:
    by, office = going.village[0], going.township[0]
    clerk, came = people.sign_in(Client(), by), beijing_today() - timedelta(days=1)
    take_in = reverse("relapse:take_in")
    assert take_in in clerk.post(reverse("relapse:find"), {"q": "石无册"}).content.decode()
    told = {
        "village": people.VILLAGE, "head": "石无册", "channel": "phone", "came_on": f"{came}", "risk": "illness", "said": "刚从外地回来，母亲住院",
        "contact": "13900000000",
    }  # fmt: skip
    for wrong in ({"said": "身份证 990521197002030012"}, {"came_on": f"{beijing_today() + timedelta(days=1)}"}, {"village": people.SECOND_VILLAGE}, {"channel": "page"}):  # fmt: skip
        assert clerk.post(take_in, {**told, **wrong}).status_code == 422, wrong
    page = clerk.post(take_in, told).content.decode()
    code = page.split('class="receipt">')[1].split("<")[0]
    one = there(Application)
    with within(scope_of(people.COUNTY)), connection.cursor() as cursor:
        cursor.execute("select notices_due(%s, 3, 'calendar')", [came])
        assert (one.channel, one.came_on, one.check_due_on) == ("phone", came, *cursor.fetchone())
    assert one.owner.place_id == people.VILLAGE and one.taken_by and b"139" not in bytes(one.contact_sealed)
    assert lies_with(holder(one), going, one.check_due_on + timedelta(days=1)) == (1, 1)  # fmt: skip
    address = reverse("relapse:application", args=[one.pk])
    for client, link in ((clerk, False), (people.sign_in(Client(), office), True)):
        shown = client.get(address).content.decode()
        assert "农村住户花名册" in shown and "电话" in shown and (reverse("intake:new") in shown) is link
    standing = public.standing(code=code)
    assert standing is not None and (standing.stands, standing.came_on) == ("received", came)
    with going.acting(by), pytest.raises(DatabaseError, match="no such door"), transaction.atomic():
        copied = {field.attname: getattr(one, field.attname) for field in Application._meta.concrete_fields}
        Application.objects.create(**copied | {"id": None, "receipt_blind": b"x", "channel": "page", "appointment_id": None, "taken_by": ""})  # fmt: skip
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _ = household("99052100077", people.VILLAGE, {"石无册": ("head", "male")}, kind="other")
    clerk.post(reverse("relapse:tie", args=[one.pk, home.pk]))
    with within(scope_of(people.COUNTY)):
        clue = Clue.objects.get(household=home)
        assert (clue.came_on, clue.sources.get().channel) == (came, "phone")
