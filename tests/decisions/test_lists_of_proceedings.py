"""The list that a post begins its day with: what is read from the index page by page is what the list holds, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.test import Client, RequestFactory

import people
from decisions.proceedings import Days, Going
from decisions.test_proceedings import grown
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.queries import meetings
from xiuhua.decisions.queries import proceeding_lists as lists
from xiuhua.decisions.queries.proceedings import procedures
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within
from xiuhua.workbench.queries import frame

pytestmark = pytest.mark.database
MANY = 130
# At every step of every procedure of a household, with and without a day, many of one day: then the order falls back on the rest.
PLANTED = """
insert into decisions_proceeding (procedure_id, kind, place_code, household_id, course, at_step, round, begun_at, as_of, step_since, due_on, effect_status)
select p.id, left(p.kind || (s.one ->> 'id'), 50) || p.id || '-' || n, %s, %s, 'open', s.one ->> 'id', 1, now(), current_date, current_date - n %% 4,
  case when n %% 3 > 0 then current_date + n %% 5 - 2 end, ''
from decisions_procedure p cross join jsonb_array_elements(p.definition -> 'steps') s(one) cross join generate_series(1, 20) n
where p.definition ->> 'subject' = 'household'
"""


@pytest.fixture
def going(fresh_database: Any) -> Iterator[Going]:
    """Posts with more to do than two pages hold: committed, as the owner plants it past all guards."""
    days = Days(fresh_database.owner)
    found = grown(days)
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute("alter table decisions_proceeding disable trigger user")
        owner.execute(PLANTED, [people.VILLAGE, found.household.pk])
        owner.execute("alter table decisions_proceeding enable trigger user")
    yield found
    days.back()


def test_pages_together_are_the_list(going: Going) -> None:
    by = going.township[0]
    with within(scope_of(by.place_code)):
        known = procedures()
        whole = [one.pk for one in lists.listed(by, {}, known)]
        assert len(whole) > MANY
        told, pager, at = [], {"next_url": ""}, 0
        while pager["next_url"] is not None:
            at += 1
            shown = lists.inbox(by, {"page": str(at)})
            told += [int(row["url"].strip("/").split("/")[-1]) for row in shown["rows"]]
            pager = shown["pager"]
        assert told == whole, "from the front as from the end"
        assert at > 2 and pager["total"] == len(whole)


def test_a_village_meets_over_what_waits_for_its_meeting(going: Going) -> None:
    with within(scope_of(people.VILLAGE)):
        shown = {one["code"]: one["count"] for one in lists.inbox(going.village[0], {})["meetings"]}
        assert shown == {people.VILLAGE: meetings.waiting(people.VILLAGE).count()} and shown[people.VILLAGE]


def test_a_desk_is_counted_to_what_is_shown(going: Going) -> None:
    by = going.township[0]
    request = RequestFactory().get("/")
    request.acting = by  # type: ignore[attr-defined]

    def told() -> tuple[object, object]:
        with within(scope_of(by.place_code)):
            around = frame.Frame(request)
            return around.tasks_count, next(one["count"] for one in around.nav if one["icon"] == "finding")

    assert told() == (0, 0)
    for n, shown in ((1, 1), (frame.MOST, frame.MOST), (frame.MOST + 1, "999+"), (frame.MOST + 50, "999+")):
        with within(scope_of(by.place_code)):
            Finding.objects.bulk_create(
                Finding(place_code=people.VILLAGE, kind="warned", rule="quality.id_length", fingerprint=f"{n}-{at}", owner=by.post, found_at=beijing_now(), state="open")
                for at in range(n - Finding.objects.filter(owner=by.post).count())
            )  # fmt: skip
        assert told() == (shown, shown)
    page = people.sign_in(Client(headers={"host": "127.0.0.1"}), by).get("/cases/proceedings/")
    assert "<b>999+</b>" in page.content.decode()
