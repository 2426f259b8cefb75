"""A household is told that its proceeding was taken back or did not pass; until somebody says how and when, it stands as not told."""

# ruff: noqa: F811
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import people
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from decisions.test_proceedings import days, going, poor, refused  # noqa: F401 - fixtures
from decisions.test_what_follows import appeal, decide, say_no
from decisions.test_what_is_taken_back import take_back
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding, Telling
from xiuhua.decisions.queries import telling as pages
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services import telling
from xiuhua.decisions.terms import Told
from xiuhua.files.services import press
from xiuhua.places.scope import ask_together_here, scope_of, within

pytestmark = pytest.mark.database


def withdrawn(going: Going, by: Any = None) -> Proceeding:
    """At the meeting, by the household's own paper and one village worker."""
    one = going.until(going.begin("targeted_identification"), "meeting")
    return take_back(going, by or going.village[0], one)


def tell(going: Going, by: Any, one: Proceeding, **changed: Any) -> Telling:
    said = {"way": Told.HANDED, "told_on": beijing_today(), "person": int(going.head())}
    with going.acting(by):
        return telling.tell(by=by, proceeding=one, **{**said, **changed}).telling


def owed() -> list[int]:
    with within(scope_of(people.COUNTY)):
        found = [one.pk for one in pages.owed()]
        assert ask_together_here([pages.any_owed()]) == [bool(found)], (
            "the inbox asks whether the list is empty"
        )
        return found


def test_a_withdrawal_stands_as_not_told_until_somebody_else_says_how_and_when(going: Going) -> None:
    one = withdrawn(going)
    address = reverse("decisions:proceeding", args=[one.pk])
    assert owed() == [one.pk]
    for by, words in (
        (going.village[0], "撤回是您办的"),
        (going.village[1], "登记：已告知本户"),
        (going.township[0], "登记：已告知本户"),
    ):
        shown = client(by).get(address).content.decode()
        assert "还没有告知" in shown and words in shown
    inbox = client(going.township[0]).get(f"{reverse('decisions:proceedings')}?show=untold").content.decode()
    assert "待告知本户" in inbox and address in inbox
    refused(going, going.village[0], lambda: tell(going, going.village[0], one), "撤回是您办的")
    refused(
        going,
        going.village[1],
        lambda: tell(going, going.village[1], one, told_on=beijing_today() - timedelta(days=1)),
        "不能早于办结",
    )
    refused(
        going, going.village[1], lambda: tell(going, going.village[1], one, person=None), "没有见到本户成员的"
    )
    posted = {"way": "handed", "told_on": f"{beijing_today()}", "person": going.head(), "note": ""}
    say = reverse("decisions:tell", args=[one.pk])
    for wrong in (
        {"person": ""},
        {"way": "left", "person": ""},
        {"note": "电话 13900000000"},
        {"told_on": f"{beijing_today() + timedelta(days=1)}"},
    ):
        client(going.village[1]).post(say, {**posted, **wrong})
        assert owed() == [one.pk], wrong
    done = client(going.village[1]).post(say, posted, follow=True).content.decode()
    assert "本户已经告知" in done and "当面送达告知书" in done and owed() == []
    refused(going, going.township[0], lambda: tell(going, going.township[0], one), "已经登记过告知")


def test_an_upheld_appeal_goes_on_and_another_ending_is_told_anew(going: Going) -> None:
    one = withdrawn(going)
    tell(going, going.village[1], one)
    one = decide(going, appeal(going, one, going.township[2]), going.county[2], True)
    assert one.course == "open" and owed() == []
    one = take_back(going, going.village[1], one)
    assert one.course == "withdrawn" and owed() == [one.pk]


def test_what_was_begun_by_mistake_is_told_to_nobody_and_a_no_is_told_by_whoever_said_it(
    going: Going,
) -> None:
    by = going.village[0]
    slip = going.begin("targeted_identification")
    with going.acting(by):
        acts.take_back(by=by, proceeding=slip, reason="录错了户")
    assert (
        owed() == []
        and "告知本户" not in client(by).get(reverse("decisions:proceeding", args=[slip.pk])).content.decode()
    )
    one = going.until(going.begin("targeted_identification"), "county")
    office = going.whose(one)[0]
    one = say_no(going, one, office)
    assert one.course == "refused"
    assert owed() == [one.pk]
    assert tell(going, office, one, way=Told.LEFT, person=None, note="无人在家，组长在场").way == "left"


@pytest.mark.skipif(not press.has_type(), reason="no Chinese type")
def test_the_letter_says_why_and_where_to_appeal(going: Going) -> None:
    one = withdrawn(going)
    with going.acting(going.village[1]):
        found = Proceeding.objects.select_related("procedure", "household").get(pk=one.pk)
        said = telling.letter(going.village[1], found)
        made = telling.make_letter(by=going.village[1], proceeding=found)
    assert made.content.startswith(b"%PDF")
    assert said["withdrawn"] and said["why"] == "农户自己撤回" and "石满仓" in said["signed"]
    assert said["where"] and said["until"] and said["again"]
    answer = client(going.village[1]).post(reverse("decisions:letter", args=[one.pk]))
    assert answer["Content-Type"] == "application/pdf"
    open_one = going.begin("targeted_identification")
    refused(
        going,
        going.village[0],
        lambda: telling.make_letter(by=going.village[0], proceeding=open_one),
        "没有要告知本户的结果",
    )


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("insert into decisions_telling (proceeding_id, place_code, round, way, told_on, note, appointment_id, post, at) select id, place_code, 1, 'left', current_date + 5, 'x', {by}, 'x', now() from decisions_proceeding", "since it ended"),
        ("insert into decisions_telling (proceeding_id, place_code, round, way, told_on, note, appointment_id, post, at) select id, place_code, 1, 'left', closed_on, 'x', {taker}, 'x', now() from decisions_proceeding", "whoever took it back"),
        ("insert into decisions_telling (proceeding_id, place_code, round, way, told_on, note, appointment_id, post, at) select id, place_code, 1, 'left', closed_on, '', {by}, 'x', now() from decisions_proceeding", "telling_says_whom"),
        ("update decisions_telling set told_on = told_on - 1", "only added to"),
        ("delete from decisions_telling", "only added to"),
    ],
)  # fmt: skip
def test_raw_sql_says_nothing_that_was_not_told(going: Going, sql: str, said: str) -> None:
    one = withdrawn(going)
    if not sql.startswith("insert"):
        tell(going, going.village[1], one)
    filled = sql.format(by=going.village[1].pk, taker=going.village[0].pk)
    with (
        going.acting(going.village[1]),
        pytest.raises(DatabaseError, match=said),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(filled)


def test_kin_of_the_household_tell_it_nothing(going: Going) -> None:
    one = withdrawn(going)
    with going.acting(going.township[0]):
        acts.tell_kin(
            by=going.township[0],
            official=going.village[1].official_id,
            household=going.household,
            relation="堂弟",
        )
    refused(going, going.village[1], lambda: tell(going, going.village[1], one), "亲属")
    assert (
        "由别人告知"
        in client(going.village[1]).get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    )
