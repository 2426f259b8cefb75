"""A server that the operator brings: what it must be, said before anything is written into it."""

from __future__ import annotations

from typing import Any

import psycopg

from xiuhua.runtime.errors import ClusterError
from xiuhua.runtime.locations import Urls

OLDEST_VERSION = 150000
GOOD_COLLATIONS = frozenset({"c", "posix", "c.utf-8", "c.utf8"})
GOOD_TYPES = frozenset({"c.utf-8", "c.utf8"})  # plain C knows no Chinese letters: search would break


def check_external(urls: Urls) -> None:
    """Raise ClusterError unless both roles can sign in, the server is fit and the application's role is harmless."""
    with _connected(urls.app, "DATABASE_URL") as app:
        check_server(app)
        owner_name = None
        if urls.owner != urls.app:
            with _connected(urls.owner, "OWNER_DATABASE_URL") as owner:
                owner_name = str(owner.info.user)
                if owner.info.dbname != app.info.dbname:
                    raise ClusterError(
                        "DATABASE_URL 与 OWNER_DATABASE_URL 指向不同的数据库",
                        "DATABASE_URL and OWNER_DATABASE_URL name different databases",
                    )
        check_app_role(app, owner_name)


def _connected(address: str, variable: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise ClusterError(
            f"无法连接 {variable} 指定的数据库：{reason}",
            f"cannot connect to the database of {variable}: {reason}",
        ) from error


def check_server(connection: psycopg.Connection[Any]) -> None:
    """Version, encoding and collation of the connected database. Raises ClusterError."""
    version = connection.info.server_version
    if version < OLDEST_VERSION:
        raise ClusterError(
            f"PostgreSQL 版本过低（{version // 10000}），需要 15 或更高",
            f"PostgreSQL {version // 10000} is too old, 15 or later is needed",
        )
    encoding, provider, collate, ctype, locale = _locale(connection)
    if encoding != "UTF8":
        raise ClusterError(
            f"数据库编码是 {encoding}，需要 UTF8", f"the database's encoding is {encoding}, UTF8 is needed"
        )
    if provider == "c":
        good = collate.lower() in GOOD_COLLATIONS and ctype.lower() in GOOD_TYPES
        found = f"{collate}/{ctype}"
    else:
        good = provider == "b" and locale.lower() in GOOD_TYPES
        found = f"{ {'i': 'icu', 'b': 'builtin'}.get(provider, provider) } {locale}"
    if not good:
        raise ClusterError(
            f"数据库排序规则是 {found}，需要 C.UTF-8（不同规则下名单次序和结果会不同）",
            f"the database's collation is {found}, C.UTF-8 is needed (others would order and compare differently)",
        )


def _locale(connection: psycopg.Connection[Any]) -> tuple[str, str, str, str, str]:
    """Encoding, provider (c, i, b), collate, ctype, provider's locale; the last has had two names since 15."""
    column = "datlocale" if connection.info.server_version >= 170000 else "daticulocale"
    row = connection.execute(
        "select pg_encoding_to_char(encoding)::text, datlocprovider::text, datcollate::text, datctype::text, "
        f"coalesce({column}::text, '') from pg_database where datname = current_database()"
    ).fetchone()
    assert row is not None
    return row


def check_app_role(connection: psycopg.Connection[Any], owner: str | None = None) -> None:
    """The role of the connection must not be able to step round row-level security. Raises ClusterError."""
    role = str(connection.info.user)
    row = connection.execute(
        "select rolsuper, rolbypassrls, "
        "exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')"
        "        and pg_has_role(current_user, c.relowner, 'usage')),"
        "exists (select from pg_roles o where o.rolname = %s and pg_has_role(current_user, o.oid, 'member')) "
        "from pg_roles where rolname = current_user",
        [owner],
    ).fetchone()
    assert row is not None
    superuser, bypass, owns, belongs = row
    if superuser or bypass or owns or belongs:
        why = (
            ("超级用户", "a superuser")
            if superuser
            else ("可绕过行级安全", "allowed to bypass row-level security")
            if bypass
            else ("表的所有者", "the owner of the tables")
        )
        raise ClusterError(
            f"DATABASE_URL 的角色 {role} 是{why[0]}，行级安全对它无效。请改用普通角色",
            f"the role {role} of DATABASE_URL is {why[1]}: row-level security would not hold; use an ordinary role",
        )
