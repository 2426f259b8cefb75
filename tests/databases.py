"""Databases of the test server: which one is in use, and copies that are thrown away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

_numbers = count(1)
Made = TypeVar("Made")


def use(urls: Any) -> None:
    """From now on both of the product's roles speak to this database."""
    from django.db import connections

    from xiuhua.config.settings import database

    for alias, url in (("default", urls.app), ("owner", urls.owner)):
        connections[alias].close()
        connections[alias].settings_dict.update(
            {k: v for k, v in database(url).items() if k in {"NAME", "USER", "PASSWORD", "HOST", "PORT"}}
        )


@contextmanager
def fresh(server: Any, django_db_blocker: Any, template: str = "xiuhua") -> Iterator[Any]:
    """A database of its own, copied from another that nobody is connected to. Yields its Urls."""
    import psycopg
    from django.db import connections
    from psycopg import sql

    name = f"fresh_{os.getpid()}_{next(_numbers)}"
    with django_db_blocker.unblock():
        connections.close_all()
        with psycopg.connect(server.superuser, autocommit=True) as admin:
            admin.execute(
                sql.SQL("create database {} template {} owner xiuhua_owner strategy file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        urls = server.urls_for(name)
        use(urls)
        try:
            yield urls
        finally:
            connections.close_all()
            use(server.urls)
            with psycopg.connect(server.superuser, autocommit=True) as admin:
                admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def kept(
    server: Any, django_db_blocker: Any, make: Callable[[], Made], template: str = "xiuhua"
) -> Iterator[tuple[str, Made]]:
    """A database that takes long to fill, filled once for tests that go on each in a copy of their own. Yields its name, for
    `fresh`, and what `make` hands back: whoever gets that changes a copy of it, too."""
    with fresh(server, django_db_blocker, template) as urls:
        from django.db import connections
        from psycopg.conninfo import conninfo_to_dict

        made = make()
        connections.close_all()
        yield str(conninfo_to_dict(urls.app)["dbname"]), made
