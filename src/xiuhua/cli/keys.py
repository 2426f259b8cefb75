"""`xiuhua keys rotate`: a new sealing key, and everything sealed before written anew with it."""

from __future__ import annotations

import argparse
from pathlib import Path

AT_A_TIME = 2000
SEALED = (
    ("registry_household", ("phone_sealed", "bank_sealed")),
    ("registry_person", ("id_sealed", "phone_sealed")),
    ("decisions_case", ("id_sealed",)),
    ("decisions_casemember", ("id_sealed", "phone_sealed")),
    ("decisions_pair", ("left_id_sealed", "right_id_sealed")),
)


def run(arguments: argparse.Namespace) -> int:
    """Adds a key, then rewrites sealed values some thousands at a time; a killed run is taken up by running it again."""
    from django.conf import settings

    from xiuhua.common import sealing

    folder = Path(settings.KEYS)
    ring = sealing.keyring()
    if not pending(ring.newest):
        name = sealing.add_key(folder)
        ring = sealing.keyring()
        print(f"新密钥 {name} / new key {name}")
    done = 0
    while rewritten := rewrite(ring.newest):
        done += rewritten
        print(f"\r{done}", end="", flush=True)
    print(
        f"\r已改用新密钥 {done} 个值。旧密钥不能删：已上传的文件、变更历史和旧备份还要用它们。正在运行的服务请重启"
        f" / {done} values rewritten. Never delete the old keys: uploaded files, the history of changes and old backups need them."
        " Restart a running service"
    )
    _record(done)
    return 0


def _record(done: int) -> None:
    from xiuhua.audit.services import record
    from xiuhua.intake.services.steps import Operator
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    by = Operator("server", "服务器运维 / operator of the server", NATION)
    with within(scope_of(NATION)):
        record(by=by, action="keys.rotated", detail={"values": done})


def pending(newest: bytes) -> bool:
    """Whether values wait that are sealed with an older key."""
    return any(_older(table, column, newest, 1) for table, columns in SEALED for column in columns)


def _older(table: str, column: str, newest: bytes, most: int) -> list[tuple[int, bytes]]:
    from django.db import connection

    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)), connection.cursor() as cursor:
        cursor.execute(
            f"select id, {column} from {table} where {column} is not null and substring({column} from 3 for 4) <> %s order by id limit %s",
            [newest, most],
        )
        return [(pk, bytes(value)) for pk, value in cursor.fetchall()]


def rewrite(newest: bytes) -> int:
    """Seals the next values anew; returns how many."""
    from django.db import connection

    from xiuhua.common.sealing import seal, unseal
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    for table, columns in SEALED:
        for column in columns:
            older = _older(table, column, newest, AT_A_TIME)
            if older:
                with within(scope_of(NATION), who={"account": "keys rotate"}), connection.cursor() as cursor:
                    cursor.executemany(
                        f"update {table} set {column} = %s where id = %s",
                        [(seal(unseal(value)), pk) for pk, value in older],
                    )
                return len(older)
    return 0
