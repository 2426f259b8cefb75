"""What a database holds, as numbers that another copy of it must give too: rows and a digest of every table, heads of the audit."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from xiuhua.cli.keeping.manifest import Manifest

# How a row is written as text depends on these; both sides of a comparison must set them.
ONE_WAY = """
set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
set local bytea_output = 'hex'; set local extra_float_digits = 1; set local search_path = public;
"""
TABLES = """
select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1
"""
# The sum does not depend on the order of rows, so no sort of a large table; 60 bits of a hash for each row.
DIGEST = (
    "select count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text from {table} t"
)
HEADS = """
select distinct on (book) book, number, digest from audit_entry order by book, number desc
"""

Session = psycopg.Connection[Any]


def tables(session: Session) -> dict[str, dict[str, Any]]:
    """Rows and digest of every table, in the transaction that the session is in. The owner sees all rows."""
    session.execute(ONE_WAY)
    said = {}
    for (name,) in session.execute(TABLES).fetchall():
        row = session.execute(sql.SQL(DIGEST).format(table=sql.Identifier(name))).fetchone()
        assert row is not None
        said[name] = {"rows": row[0], "digest": row[1]}
    return said


def heads(session: Session) -> dict[str, dict[str, Any]]:
    """Newest number and digest of each book of the audit."""
    return {
        book: {"number": number, "head": digest} for book, number, digest in session.execute(HEADS).fetchall()
    }


def migrations(session: Session) -> list[str]:
    """Applied migrations as app.name, in the order they were applied; empty in an empty database."""
    there = session.execute("select to_regclass('public.django_migrations') is not null").fetchone()
    if not there or not there[0]:
        return []
    return [
        f"{app}.{name}"
        for app, name in session.execute("select app, name from django_migrations order by id").fetchall()
    ]


def differences(session: Session, manifest: Manifest) -> list[tuple[str, str]]:
    """Sentences (zh, en) for every table and book that is not as the manifest says; none when all is to the row."""
    found = []
    now = tables(session)
    for name in sorted(set(manifest.tables) | set(now)):
        was, is_ = manifest.tables.get(name), now.get(name)
        if was != is_:
            before, after = (one["rows"] if one else "-" for one in (was, is_))
            found.append(
                (
                    f"表 {name} 与备份不一致（备份 {before} 行，现在 {after} 行）",
                    f"table {name} differs from the backup ({before} rows there, {after} here)",
                )
            )
    if heads(session) != manifest.audit:
        found.append(("审计链末端与备份不一致", "the heads of the audit differ from the backup"))
    return found


def broken_books(session: Session) -> list[str]:
    """Books of the audit whose chain does not hold."""
    books = [row[0] for row in session.execute("select distinct book from audit_entry order by 1").fetchall()]
    return [
        book
        for book in books
        if session.execute("select 1 from audit_check(%s) limit 1", [book]).fetchone() is not None
    ]
