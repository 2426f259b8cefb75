"""A household is told that there is no risk; until somebody says how, when and to whom, it stands in a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

import people
from decisions.conftest import household
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from relapse.clues import clue_of, ended, visited
from relapse.test_a_no_is_answered_for import helped, page_of
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.services import proceedings as acts
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue, Telling
from xiuhua.relapse.queries.pages import lists_of
from xiuhua.relapse.terms import Told

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]


def denied(going: Going) -> Clue:
    clue = clue_of(going)
    visited(going, clue)
    return ended(going, clue)


def tell(going: Going, clue: Clue, by: Appointment, **changed: Any) -> Telling:
    told = {"way": Told.SPOKEN, "told_on": beijing_today(), "person": int(going.head())}
    with going.acting(by):
        return services.tell(by=by, clue=clue, **{**told, **changed}).telling


def untold() -> list[int]:
    with within(scope_of(people.COUNTY)):
        by = Appointment.objects.filter(post__role="county_office")[0]
        return [one.pk for one in lists_of(by)["untold"]]


def test_it_stands_as_not_told_until_somebody_says_how_when_and_to_whom(going: Going) -> None:
    clue = denied(going)
    assert untold() == [clue.pk]
    page = client(going.village[1])
    shown = page.get(page_of(clue)).content.decode()
    assert "还没有告知" in shown and "登记：已告知本户" in shown
    url = reverse("relapse:tell", args=[clue.pk])
    posted = {"way": "spoken", "told_on": f"{beijing_today()}", "person": going.head(), "note": "把理由讲了"}
    for wrong in (
        {"person": "", "note": ""},
        {"person": ""},
        {"note": "电话 13900000000"},
        {"way": "handed"},
        {"told_on": "昨天"},
    ):
        page.post(url, {**posted, **wrong})
        assert untold() == [clue.pk], wrong
    page.post(url, posted)
    assert untold() == []
    shown = page.get(page_of(clue)).content.decode()
    assert "已告知" in shown and "当面告知" in shown and "石满仓" in shown and "把理由讲了" in shown
    assert "登记：已告知本户" not in shown and going.village[1].post_name in shown
    page.post(url, posted)
    with pytest.raises(Refused, match="已经登记过告知"):
        tell(going, clue, going.township[0])


def test_where_nobody_of_it_was_met_what_happened_is_said(going: Going) -> None:
    clue = denied(going)
    with pytest.raises(Refused, match="写明情况"):
        tell(going, clue, going.village[0], person=None)
    tell(going, clue, going.village[0], way=Told.PAPER, person=None, note="留在门上，邻居在场")
    assert "邻居在场" in client(going.county[0]).get(page_of(clue)).content.decode()


def refuses(going: Going, by: Appointment, clue: Clue, words: str, **changed: Any) -> None:
    with pytest.raises(Refused, match=words):
        tell(going, clue, by, **changed)


def test_of_whom_when_and_by_whom_the_table_asks_too(going: Going) -> None:
    clue, day = denied(going), timedelta(days=1)
    refuses(going, going.village[0], clue, "不能早于了结", told_on=beijing_today() - day)
    refuses(going, going.village[0], clue, "不能早于了结", told_on=beijing_today() + day)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        household("2", people.VILLAGE, {"马文德": ("head", "male")}, kind="other")
        stranger = Membership.objects.exclude(household=going.household)[0].person_id
    refuses(going, going.village[0], clue, "不是这一户的成员", person=stranger)
    with going.acting(going.county[0]):
        acts.tell_kin(by=going.county[0], official=going.village[0].official_id, household=going.household, relation="弟")  # fmt: skip
    refuses(going, going.village[0], clue, "亲属")
    assert "由别人告知" in client(going.village[0]).get(page_of(clue)).content.decode()
    with going.acting(going.world.leader), pytest.raises(Refused, match="不能办理"):
        services.tell(by=going.world.leader, clue=clue, way=Told.PHONE, told_on=beijing_today(), person=None, note="x")  # fmt: skip
    with (
        going.acting(going.village[1]),
        pytest.raises(DatabaseError, match="this post does not do this"),
        transaction.atomic(),
    ):
        Telling.objects.create(
            clue=clue, village_code=clue.village_code, way="phone", told_on=beijing_today(), note="x", appointment=going.world.leader, post="x", at="2000-01-01T00:00Z"
        )  # fmt: skip


def test_what_is_open_or_ended_otherwise_is_not_told_here(going: Going) -> None:
    clue = clue_of(going)
    refuses(going, going.village[0], clue, "没有风险")
    helped(going, clue, judgement="at_risk", suggested="unstable", reason="自付三万")
    refuses(going, going.village[0], clue, "没有风险")
    assert untold() == [] and client(going.village[0]).get(page_of(clue)).context["telling"] is None


def test_what_was_told_stays_as_it_was(going: Going) -> None:
    made = tell(going, denied(going), going.village[0])
    for sql in (
        "update relapse_telling set told_on = told_on + 1 where id = %s",
        "delete from relapse_telling where id = %s",
        "truncate relapse_telling",
    ):
        with (
            going.acting(going.village[0]),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [made.pk] if "%s" in sql else [])


def test_it_lies_where_its_household_lives(going: Going) -> None:
    made = tell(going, denied(going), going.village[0])
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(village_code=people.SECOND_VILLAGE)
        assert Telling.objects.get(pk=made.pk).village_code == people.SECOND_VILLAGE


def test_the_list_is_counted_where_it_is_looked_at(going: Going) -> None:
    clue = denied(going)
    page, url = client(going.township[0]), reverse("relapse:list")
    counts = {one["label"]: one["count"] for one in page.get(url).context["filters"]}
    assert counts["“没有风险”待告知本户"] is None
    shown = page.get(f"{url}?show=untold")
    assert {one["label"]: one["count"] for one in shown.context["filters"]}["“没有风险”待告知本户"] == 1
    assert page_of(clue) in shown.content.decode()
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(
            ended_on=beijing_today(), ended_because="dissolved"
        )
    assert untold() == [], "nobody is left to be told"


def test_in_english_and_never_in_public(going: Going) -> None:
    clue = denied(going)
    page = people.sign_in(Client(headers={"Accept-Language": "en"}), going.village[0])
    assert (
        "Record: the household was told" in page.get(page_of(clue)).content.decode()
        or "told" in page.get(page_of(clue)).content.decode()
    )
    tell(going, clue, going.village[0], note="讲了三遍")
    for url in ("/public/", page_of(clue)):
        assert "讲了三遍" not in Client().get(url).content.decode()
