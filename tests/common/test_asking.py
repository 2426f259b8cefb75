"""What every page asks is asked as Django's own cursor asks: on a connection that still lives, and with Django's errors."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from xiuhua.common.asking import ask


def test_a_server_that_was_started_anew_is_asked_again_by_the_next_request(
    server: Any, fresh_database: Any
) -> None:
    [(before,)] = ask("select pg_backend_pid()", {})
    with psycopg.connect(server.superuser, autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s)", [before])
    connection.close_at = None  # not for its age
    connection.close_if_unusable_or_obsolete()  # as every request begins
    [(after,)] = ask("select pg_backend_pid()", {})
    assert after != before


@pytest.mark.django_db
def test_what_is_wrong_is_told_as_django_tells_it() -> None:
    with pytest.raises(DatabaseError):
        ask("select nothing_of_that_name", {})
