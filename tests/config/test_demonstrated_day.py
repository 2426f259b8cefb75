"""A demonstration lives on the day that the owner of its database has set, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse

from decisions.proceedings import Days
from decisions.test_proceedings import days  # noqa: F401 - fixture
from xiuhua.common.clock import beijing_today, live_ahead
from xiuhua.config.middleware import demonstrated_day


@pytest.mark.django_db
def test_a_page_of_a_demonstration_is_of_the_day_that_its_owner_set(days: Days) -> None:  # noqa: F811
    today = beijing_today()
    days.go(9)
    live_ahead(0)
    page = demonstrated_day(lambda request: HttpResponse(str(beijing_today())))
    assert page(HttpRequest()).content.decode() == str(today + timedelta(days=9))
