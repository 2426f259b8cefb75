"""What every page asks is asked as Django's own cursor asks: on a connection that still lives, and with Django's errors."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from xiuhua.common.asking import ask, ask_first


def a_request_begins() -> None:
    connection.close_at = None  # not for its age
    connection.close_if_unusable_or_obsolete()


def test_a_server_that_was_started_anew_is_asked_again_by_the_next_request(
    server: Any, fresh_database: Any
) -> None:
    [(before,)] = ask("select pg_backend_pid()", {})
    with psycopg.connect(server.superuser, autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s)", [before])
    a_request_begins()
    [(after,)] = ask("select pg_backend_pid()", {})
    assert after != before


def test_what_a_request_asks_first_finds_out_whether_the_connection_lives(
    server: Any, fresh_database: Any
) -> None:
    [(before,)] = ask("select pg_backend_pid()", {})
    a_request_begins()
    assert ask_first("select pg_backend_pid()", {}) == [(before,)]
    with psycopg.connect(server.superuser, autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s)", [before])
    a_request_begins()
    [(after,)] = ask_first("select pg_backend_pid()", {})
    assert after != before


def test_what_takes_too_long_is_not_asked_twice(fresh_database: Any) -> None:
    [(before, _)] = ask("select pg_backend_pid(), set_config('statement_timeout', '500', false)", {})
    a_request_begins()
    with pytest.raises(OperationalError, match="statement timeout"):
        ask_first("select pg_sleep(5)", {})
    assert ask("select pg_backend_pid()", {}) == [(before,)], "the connection lives"


def test_a_transaction_that_lost_its_connection_is_not_begun_anew(server: Any, fresh_database: Any) -> None:
    with pytest.raises(OperationalError), transaction.atomic():
        connection.health_check_done = False
        [(before,)] = ask("select pg_backend_pid()", {})
        with psycopg.connect(server.superuser, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s)", [before])
        ask_first("select 1", {})


@pytest.mark.django_db
def test_what_is_wrong_is_told_as_django_tells_it() -> None:
    with pytest.raises(DatabaseError):
        ask("select nothing_of_that_name", {})


@pytest.mark.django_db
def test_nothing_is_read_in_a_transaction_that_will_be_taken_back() -> None:
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        connection.set_rollback(True)
        ask("select 1", {})
