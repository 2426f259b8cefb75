"""Exports: made as a job in one area, for one post, fetched on the record, and down again by themselves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as product
from django.db import connection
from django.db.utils import InternalError, OperationalError, ProgrammingError

import people
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.files import tasks
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.services import NotNow, ask, folder, make, resume, store, want_stop
from xiuhua.files.services.wishes import WORK
from xiuhua.files.terms import Step
from xiuhua.places.scope import scope_of, within
from xiuhua.runtime.jobs import GIVEN_UP

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
def world(fresh_database: Any, settings: Any) -> people.World:
    settings.EXPORTS = "files.trial_exports"
    return people.small_world()


def asked(by: Appointment, kind: str = "files.lines", place: str | None = None, **more: Any) -> Export:
    """An export, asked for and not yet made."""
    with within(scope_of(by.place_code)):
        return ask(
            by=by, kind=kind, params=more.pop("params", {}), place_code=place or by.place_code, **more
        ).export


def made(by: Appointment, kind: str = "files.lines", **more: Any) -> Export:
    export = asked(by, kind, **more)
    return make(export.pk, export.place_code)


def acts(action: str) -> list[Entry]:
    with within(scope_of("CN")):
        return list(Entry.objects.filter(action=action))


def client(appointment: Appointment) -> Any:
    from django.test import Client

    return people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)


def fetched(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def on_disk() -> set[str]:
    return {path.name for path in folder().iterdir()}


def test_what_was_asked_for_is_made_and_fetched_on_the_record(world: people.World) -> None:
    export = made(world.county_office)
    assert (export.step, export.note) == (Step.DONE, {"zh": "共四十行", "en": "Forty lines"})
    assert export.expires_at is not None and export.made_at is not None
    assert export.expires_at - export.made_at == timedelta(days=7)
    answer = client(world.county_office).post(f"/exports/{export.pk}/download/")
    body = fetched(answer)
    assert body.decode().splitlines() == [f"第 {n} 行" for n in range(40)]
    assert answer["Content-Length"] == str(len(body))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%B8%80%E8%A7%88")
    [entry] = acts("files.fetched")
    assert (entry.actor, entry.subject) == ("wang", f"export:{export.pk}")
    assert entry.detail["sha256"] == export.file.sha256 if export.file else False
    assert [one.action for one in acts("files.asked") + acts("files.made")] == ["files.asked", "files.made"]


def test_nothing_of_it_lies_on_the_disk_in_the_clear(world: people.World) -> None:
    export = made(world.county_office)
    assert export.file is not None
    kept = (folder() / export.file.path).read_bytes()
    assert "第 1 行".encode() not in kept and len(kept) > export.file.size_bytes


def test_looking_does_not_fetch(world: people.World) -> None:
    export = made(world.county_office)
    assert client(world.county_office).get(f"/exports/{export.pk}/download/").status_code == 405
    assert acts("files.fetched") == []


def test_a_neighbour_is_refused_by_page_list_count_progress_and_fetching(world: people.World) -> None:
    export = made(world.county_office)
    neighbour = people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    theirs = client(neighbour)
    listed = theirs.get("/exports/")
    assert listed.status_code == 200 and "还没有为您生成过文件" in listed.content.decode()
    for page in ("", "progress/"):
        assert theirs.get(f"/exports/{export.pk}/{page}").status_code == 404
    for act in ("download", "stop", "resume"):
        assert theirs.post(f"/exports/{export.pk}/{act}/").status_code == 404
    with within(scope_of(people.OTHER_COUNTY)):
        assert Export.objects.count() == 0, "not even the database shows the row"
        assert StoredFile.objects.count() == 0
        # A row of one's own area is no way to another's file either.
        assert not StoredFile.objects.filter(pk=export.file_id).exists()
    assert acts("files.fetched") == []


def test_a_colleague_of_another_post_in_the_same_county_does_not_see_it(world: people.World) -> None:
    export = made(world.county_office)
    for other in (world.auditor, world.leader):
        assert client(other).post(f"/exports/{export.pk}/download/").status_code == 404
        assert "还没有为您生成过文件" in client(other).get("/exports/").content.decode()


def test_whoever_holds_the_same_post_may_fetch_it(world: people.World) -> None:
    export = made(world.county_office)
    deputy = people.make_appointment(people.make_account("孙副主任", "sun"), world.county_office.post)
    assert client(deputy).post(f"/exports/{export.pk}/download/").status_code == 200
    assert acts("files.fetched")[0].actor == "sun"


def test_the_right_is_asked_for_again_when_it_is_fetched(world: people.World, settings: Any) -> None:
    export = made(world.county_office)
    # The same person acts by a post in the same area whose role has no such right.
    account = world.county_office.official.account
    poorer = people.make_appointment(
        account,
        people.make_post(people.COUNTY, Role.HIGHER_OFFICE, people.Office.DEPARTMENT, people.Title.OFFICER),
    )
    answer = client(poorer).post(f"/exports/{export.pk}/download/")
    assert answer.status_code == 302 and acts("files.fetched") == []
    # And by a post below: the file's place lies outside of the acting area.
    below = people.make_appointment(account, world.township_officer.post)
    assert client(below).post(f"/exports/{export.pk}/download/").status_code == 404


def test_only_what_the_post_may_have_and_only_in_its_area_is_asked_for(world: people.World) -> None:
    with pytest.raises(NotNow):
        asked(world.township_officer, "files.fixed")
    with pytest.raises(NotNow):
        asked(world.township_officer, place=people.COUNTY)
    with pytest.raises(NotNow):
        asked(world.county_office, place=people.OTHER_COUNTY)
    with pytest.raises(NotNow):
        asked(world.county_office, "files.nothing")
    with pytest.raises(NotNow):
        asked(world.county_office, "files.refusing", reason=" ")
    with pytest.raises(ValueError, match="ID number"):
        asked(world.county_office, params={"who": ["990521199001011234"]})


def test_a_making_sees_its_place_and_no_more(world: people.World) -> None:
    for place in (people.TOWNSHIP, people.COUNTY, people.OTHER_COUNTY):
        with within(scope_of(place)):
            store(by=world.county_office, place_code=place, name=f"{place}.txt", pieces=[b"x"])
    export = made(world.county_office, "files.seen", place=people.TOWNSHIP)
    body = fetched(client(world.county_office).post(f"/exports/{export.pk}/download/"))
    assert body.decode().split() == [f"{people.TOWNSHIP}.txt"]


def test_a_making_changes_nothing(world: people.World) -> None:
    export = asked(world.county_office, "files.writing")
    with pytest.raises((InternalError, OperationalError, ProgrammingError), match="read-only"):
        make(export.pk, export.place_code)
    with within(scope_of(people.COUNTY)):
        export.refresh_from_db()
    assert export.step == Step.FAILED and export.trouble is not None
    assert "再生成一份" in client(world.county_office).get(f"/exports/{export.pk}/").content.decode()


def test_what_cannot_be_made_says_why(world: people.World) -> None:
    export = made(world.county_office, "files.refusing", reason="核对")
    assert (export.step, export.trouble) == (
        Step.FAILED,
        {"zh": "没有可以导出的户", "en": "There is no household to export"},
    )
    assert "没有可以导出的户" in client(world.county_office).get(f"/exports/{export.pk}/").content.decode()


def test_nothing_is_made_for_whoever_left_the_post_meanwhile(world: people.World) -> None:
    export = asked(world.county_office)
    Appointment.objects.filter(pk=world.county_office.pk).update(until=beijing_today() - timedelta(days=1))
    after = make(export.pk, export.place_code)
    assert after.step == Step.FAILED and after.file is None


def test_a_making_is_stopped_leaves_nothing_and_goes_on(world: people.World) -> None:
    before = on_disk()
    export = asked(world.county_office, params={"pause": 0.1})
    after: list[Export] = []

    def work() -> None:
        after.append(make(export.pk, export.place_code))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    page = client(world.county_office)
    wait(lambda: "/ 40" in page.get(f"/exports/{export.pk}/progress/").content.decode())
    with within(scope_of(people.COUNTY)):
        want_stop(by=world.county_office, export_id=export.pk)
    worker.join(20)
    assert after[0].step == Step.STOPPED and on_disk() == before
    assert page.get(f"/exports/{export.pk}/progress/").status_code == 286
    with within(scope_of(people.COUNTY)):
        resume(by=world.county_office, export_id=export.pk)
        Export.objects.filter(pk=export.pk).update(params={})
    assert make(export.pk, export.place_code).step == Step.DONE


def test_a_making_that_nobody_does_ends_with_a_sentence_and_waits_for_whoever_holds_it(
    world: people.World, fresh_database: Any
) -> None:
    export = asked(world.county_office)
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        found = lambda sql: owner.execute(sql).fetchone()  # noqa: E731
        owner.execute("select pg_advisory_lock(%s)", [WORK.lock + export.pk])
        tasks.make_export(export_id=export.pk, place_code=people.COUNTY)
        assert found("select args ->> 'export_id' from procrastinate_jobs") == (str(export.pk),)
        owner.execute("update files_export set step = 'making', asked_at = now() - interval '1 hour'")
        tasks.sweep(timestamp=0)
        owner.execute("delete from procrastinate_jobs")
        tasks.sweep(timestamp=0)
        assert found("select step from files_export") == ("making",), "a job waits, or a session holds it"
        owner.execute("select pg_advisory_unlock_all()")
        tasks.sweep(timestamp=0)
        assert found("select step, trouble ->> 'en' from files_export") == ("failed", GIVEN_UP["en"])
        owner.execute("update files_export set step = 'making'")
        with within(scope_of(people.COUNTY)):
            want_stop(by=world.county_office, export_id=export.pk)
            resume(by=world.county_office, export_id=export.pk)
    assert make(export.pk, export.place_code).step == Step.DONE


def wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_it_is_made_once_however_often_the_job_runs(world: people.World) -> None:
    export = made(world.county_office)
    again = make(export.pk, export.place_code)
    assert again.file_id == export.file_id and len(acts("files.made")) == 1


def test_it_comes_down_by_itself_and_can_be_made_anew(world: people.World) -> None:
    kept, gone = made(world.county_office), made(world.county_office)
    assert gone.file is not None and kept.file is not None
    with within(scope_of(people.COUNTY)):
        Export.objects.filter(pk=gone.pk).update(expires_at=beijing_now() - timedelta(minutes=1))
    page = client(world.county_office)
    # Past its day it cannot be fetched, whether or not the clock has come by.
    assert page.post(f"/exports/{gone.pk}/download/").status_code == 302
    tasks.take_down_expired(timestamp=0)
    tasks.take_down_expired(timestamp=0)
    assert gone.file.path not in on_disk() and kept.file.path in on_disk()
    [entry] = acts("files.taken_down")
    assert (entry.actor, entry.detail) == ("system", {"exports": [gone.pk]})
    shown = page.get(f"/exports/{gone.pk}/").content.decode()
    assert "已到期撤下" in shown and "再生成一份" in shown and "/download/" not in shown
    page.post(f"/exports/{gone.pk}/resume/")
    anew = make(gone.pk, people.COUNTY)
    assert anew.step == Step.DONE and anew.file_id != gone.file_id
    assert page.post(f"/exports/{gone.pk}/download/").status_code == 200


def test_both_languages_and_no_script_needed(world: people.World) -> None:
    export = asked(world.county_office)
    page = client(world.county_office)
    page.cookies["django_language"] = "en"
    shown = page.get(f"/exports/{export.pk}/").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in shown and "Lines" in shown
    make(export.pk, export.place_code)
    shown = page.get(f"/exports/{export.pk}/").content.decode()
    assert 'method="post" action="/exports/' in shown and "Forty lines" in shown
    assert Path(product.FILES).exists()
