"""What a workbook alone calls checked is told apart from what somebody checked by name."""

# ruff: noqa: F811
from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection

import people
from decisions.proceedings import Going
from decisions.test_exits_are_looked_through import MATTERS, exit_row, let_out, said  # noqa: F401
from decisions.test_proceedings import days, going  # noqa: F401
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.intake.books import seen_topics
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord
from xiuhua.registry.services.correcting import Evidence, correct_value
from xiuhua.registry.terms import Seen

pytestmark = pytest.mark.database


def the_columns_that_a_check_speaks_for_are_those_of_the_contract() -> None:
    """`decisions_checked_by_file` names them; whoever adds one to the records adds it there."""
    wanted = {column: seen for seen, columns in seen_topics().items() for column in columns}
    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'decisions_checked_by_file'")
        source = cursor.fetchone()[0]
    told = {
        column: seen
        for seen, columns in re.findall(r"\(y\.(\w+_seen), y\.\w+, array\[(.*?)\]\)", source, re.DOTALL)
        for column in re.findall(r"'(\w+)'", columns)
    }
    assert told == {column: seen for column, seen in wanted.items() if seen in set(told.values())}
    assert {f"{one}_seen" for one in MATTERS} == set(told.values())


def test_what_a_workbook_alone_calls_checked_is_a_mark_until_somebody_checks_it_by_name(
    going: Going, let_out: Proceeding
) -> None:
    """The database lets it pass: files bring a county's records at its opening. Whose word it is, is seen by those who look."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        year = PeriodRecord.objects.get(household=going.household)
        PeriodRecord.objects.filter(pk=year.pk).update(changed_by=1)
    assert exit_row(going)["checked_by_file"] == len(MATTERS)
    assert said(going)["checked_by_somebody"] == "fails"
    by = going.village[0]
    with going.acting(by):
        for column in (
            "wage_fen",
            "house_grade",
            "water_quality_ok",
            "water_safe_reported",
            "insured_persons",
        ):
            correct_value(by=by, household=going.household, grain="period", row=year.pk, column=column, value=getattr(year, column), evidence=Evidence(Seen.CHECKED, beijing_today()))  # fmt: skip
    assert exit_row(going)["checked_by_file"] == 1, "nobody has looked at food and clothing"
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.filter(pk=year.pk).update(food_clothing_seen="reported", house_seen_on=date(2020, 9, 30))  # fmt: skip
    assert exit_row(going)["checked_by_file"] == 1, "a later file says the house anew"
    the_columns_that_a_check_speaks_for_are_those_of_the_contract()
