"""One moment of the register as Arrow rows, read as the application's role within one area, while others go on writing.

ADBC has a session of its own: the same role, the same area, one REPEATABLE READ transaction for all relations, that after the
keys may write nothing. Session settings other than the area are not needed for reading.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import OperationalError, connection
from psycopg.conninfo import make_conninfo

from xiuhua.common.clock import beijing_now
from xiuhua.engine.freezing.shape import PLACES, order_of, place_column
from xiuhua.facts.models import Relation
from xiuhua.freezes.services import days
from xiuhua.freezes.services.keys import GIVE
from xiuhua.places.scope import Scope

ONE_AT_A_TIME = 0x7868_0005_0000_0000
BATCH_BYTES = 4 * 1024 * 1024
TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "decimal": "numeric(12, 2)",
    "text": "text",
    "date": "date",
}
KEYS = {
    "household_key": ("k.key", " join freezes_householdkey k on k.household_id = r.household_key"),
    "person_key": ("p.key", " join freezes_personkey p on p.person_id = r.person_key"),
}
HEADS = "select distinct on (book) book, number, digest from audit_entry order by book, number desc"


class Snapshot:
    """The register at one moment. `taken_at`: when that was."""

    def __init__(self, session: Any, scope: Scope) -> None:
        self._session, self._scope = session, scope
        self.taken_at: datetime = beijing_now()

    def one(self, sql: str) -> tuple[Any, ...]:
        """The first row of an answer."""
        with self._session.cursor() as cursor:
            cursor.execute(sql)
            found: tuple[Any, ...] = cursor.fetchone()
            return found

    def rows(self, relation: Relation) -> Iterator[pa.RecordBatch]:
        """Rows of a relation in the order of freezes, keys put in for ids."""
        with self._session.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            cursor.execute(statement(relation, self._scope))
            yield from cursor.fetch_record_batch()

    def count(self, relation: Relation) -> int:
        """How many rows a relation has in the area."""
        return int(self.one(f"select count(*) from {relation.id} r where {_where(relation, self._scope)}")[0])

    def data_days(self) -> days.Days:
        """Of which days the area's data are at this moment."""
        with self._session.cursor() as cursor:
            cursor.execute(days.statement(self._scope))
            return days.told(cursor.fetchall())

    def audit_head(self) -> str | None:
        """The newest hash of the audit that the area sees: a county's chain, above it one hash over those of all books."""
        with self._session.cursor() as cursor:
            cursor.execute(HEADS)
            found = cursor.fetchall()
        if len(found) <= 1:
            return str(found[0][2]) if found else None
        lines = "".join(f"{book} {number} {digest}\n" for book, number, digest in found)
        return hashlib.sha256(lines.encode()).hexdigest()


@contextmanager
def snapshot(scope: Scope, wait: Callable[[], None]) -> Iterator[Snapshot]:
    """Gives keys to whoever has none and holds one moment of an area. `wait` is called while another freeze is being taken.

    OperationalError where the database went away.
    """
    # Opened here: it looks for every kind of frame there is, a second that no other command should wait for.
    import adbc_driver_postgresql.dbapi as adbc
    from adbc_driver_manager import Error

    told = connection.settings_dict
    address = make_conninfo(
        host=told["HOST"], port=told["PORT"], dbname=told["NAME"], user=told["USER"], password=told["PASSWORD"],
        application_name="xiuhua freeze",
    )  # fmt: skip
    try:
        session = adbc.connect(address, autocommit=True)
    except Error as away:
        raise OperationalError(str(away)) from away
    try:
        # A day is the same here as on every page: in the server's own zone it would be yesterday's from midnight to eight.
        _run(session, f"set time zone '{connection.timezone_name}'")
        _alone(session, wait)
        # Most keys are written for good before; in the snapshot only those of rows that came meanwhile.
        _begin(session, scope, "read committed")
        _run(session, "commit")
        taken = _begin(session, scope, "repeatable read")
        _run(session, "set transaction read only")
        yield taken
    except Error as why:
        if str(getattr(why, "sqlstate", "") or "").startswith(("08", "57P")) or "server closed" in str(why):
            raise OperationalError(str(why)) from why
        raise
    finally:
        session.close()


def _alone(session: Any, wait: Callable[[], None]) -> None:
    """Two freezes would give the same household two keys. The lock is the session's and goes with a killed worker."""
    # A worker that is killed while the server waits for somebody else's lock is noticed.
    _run(session, "set client_connection_check_interval = '2s'")
    while True:
        with session.cursor() as cursor:
            cursor.execute(f"select pg_try_advisory_lock({ONE_AT_A_TIME})")
            if cursor.fetchone()[0]:
                return
        wait()
        time.sleep(1)


def _begin(session: Any, scope: Scope, isolation: str) -> Snapshot:
    # Begun by hand: the driver's own transactions begin with questions of its own, and the snapshot would be older.
    _run(session, f"begin isolation level {isolation}")
    with session.cursor() as cursor:
        # Digits, CN or a letter after them: places.scope made them of a place code.
        cursor.execute(
            f"select set_config('xiuhua.lo', '{scope.lo}', true), set_config('xiuhua.hi', '{scope.hi}', true)"
        )
        cursor.fetchall()
    taken = Snapshot(session, scope)
    for give in GIVE.values():
        _run(session, give)
    return taken


def _run(session: Any, sql: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(sql)


def statement(relation: Relation, scope: Scope) -> str:
    """The query of a relation's rows, each column in the contract's type, ordered as freezes are."""
    if relation is PLACES:
        return _places(scope)
    columns, joined = [], ""
    for column in relation.columns:
        source, join = KEYS.get(column.name, (f"r.{column.name}", ""))
        columns.append(f"{source}::{TYPES[column.type]} as {column.name}")
        joined += join
    order = ", ".join(KEYS[name][0] if name in KEYS else f"r.{name}" for name in order_of(relation))
    listed = ", ".join(columns)
    return f"select {listed} from {relation.id} r{joined} where {_where(relation, scope)} order by {order}"


def _where(relation: Relation, scope: Scope) -> str:
    """Some relations are public and have no policy: the area is asked for by name."""
    place = place_column(relation)
    if place == "county_code" and len(scope.place_code) > 6:
        return f"r.county_code = '{scope.place_code[:6]}'"
    return f"r.{place} >= '{scope.lo}' and r.{place} < '{scope.hi}'"


def _places(scope: Scope) -> str:
    """Places from the nation to the villages of the area, with what stands above it; ended ones while somebody lives there."""
    above = ", ".join(
        f"'{scope.place_code[:n]}'" for n in (2, 4, 6, 9) if n < len(scope.place_code) and scope.lo != "0"
    )
    above = f"'CN', {above}" if above else "'CN'"
    return f"""
select code::text as code, name::text as name, level::text as level from places_place x
where level <> 'group' and (code in ({above}) or (code >= '{scope.lo}' and code < '{scope.hi}'
  and (until is null or exists (select from registry_household h where h.village_code = x.code and h.ended_on is null))))
order by 1"""
