"""A protected table asked without a scope raises, from Django and from plain SQL; with one it shows that area only."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from xiuhua.places.models import Place
from xiuhua.places.scope import NoScope, Scope, scope_of, within
from xiuhua.places.terms import Level, parent_of
from xiuhua.registry.models import Household

pytestmark = pytest.mark.django_db


def household(code: str, number: str) -> None:
    with within(scope_of(code)):
        Household.objects.create(
            number=number, county_code=code[:6], village_code=code, kind="registered", head_name="某"
        )


def test_scope_of_every_level() -> None:
    assert scope_of("990521") == Scope("990521", "990521", "990522")
    assert scope_of("99") == Scope("99", "99", "9:")
    assert scope_of("990521").covers("990521101201-04")
    assert not scope_of("990521").covers("990522")
    assert scope_of("CN").covers("CN") and scope_of("CN").covers("990521")
    assert [parent_of(code) for code in ("990521101201-04", "990521101201", "990521101", "990521", "9905", "99", "CN")] == [
        "990521101201", "990521101", "990521", "9905", "99", "CN", None,
    ]  # fmt: skip
    with pytest.raises(ValueError):
        scope_of("99052")


def test_without_a_scope_django_refuses() -> None:
    with pytest.raises(NoScope):
        Household.objects.count()


def test_without_a_scope_the_database_refuses() -> None:
    household("990521101201", "1")
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_household")


def test_plain_sql_sees_only_the_area() -> None:
    household("990521101201", "1")
    household("990522101201", "2")
    for place, seen in (
        ("990521", ["1"]),
        ("990522", ["2"]),
        ("9905", ["1", "2"]),
        ("990521101202", []),
        ("CN", ["1", "2"]),
    ):
        with within(scope_of(place)), connection.cursor() as cursor:
            cursor.execute("select number from registry_household order by number")
            assert [row[0] for row in cursor.fetchall()] == seen
            cursor.execute("select count(*) from rec_household")
            assert cursor.fetchone()[0] == len(seen)


def test_rows_cannot_be_put_or_changed_outside() -> None:
    household("990521101201", "1")
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        within(scope_of("990522")),
    ):
        Household.objects.create(number="9", county_code="990521", village_code="990521101201", kind="other")
    with within(scope_of("990522")):
        assert Household.objects.update(head_name="他") == 0
        assert Household.objects.filter(number="1").delete()[0] == 0


def test_inner_scope_ends_with_its_block() -> None:
    household("990521101201", "1")
    with within(scope_of("990521")):
        with within(scope_of("990522")):
            assert Household.objects.count() == 0
        assert Household.objects.count() == 1
        with pytest.raises(ZeroDivisionError), within(scope_of("990522")):
            1 / 0  # noqa: B018
        assert Household.objects.count() == 1


def test_history_keeps_before_and_who_and_stays_in_the_area() -> None:
    household("990521101201", "1")
    with within(scope_of("990521"), who={"account": "zhao"}):
        Household.objects.update(head_name="新")
    with within(scope_of("990521")), connection.cursor() as cursor:
        cursor.execute("select head_name, pgh_context->>'account' from registry_householdevent")
        assert cursor.fetchall() == [("某", "zhao")]
    with within(scope_of("990522")), connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_householdevent")
        assert cursor.fetchone()[0] == 0


def test_a_place_has_its_level() -> None:
    place = Place.objects.create(code="99", name="青岭省", level=Level.PROVINCE)
    assert str(place) == "青岭省"
