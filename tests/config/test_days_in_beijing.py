"""Between midnight and eight it is already today in Beijing and still yesterday in Greenwich: a day is Beijing's everywhere."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

NIGHT = "2026-11-27 16:30:00+00"  # half past midnight of the 28th in Beijing


@pytest.mark.django_db
def test_a_statement_and_a_moment_that_is_read_take_the_day_of_beijing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select %s::timestamptz::date, %s::timestamptz >= %s::date, %s::timestamptz, current_date - (now() at time zone 'Asia/Shanghai')::date",
            [NIGHT, NIGHT, date(2026, 11, 28), NIGHT],
        )
        day, in_it, moment, off = cursor.fetchone()
    assert day == date(2026, 11, 28) and in_it and off == 0
    assert moment.date() == date(2026, 11, 28)
