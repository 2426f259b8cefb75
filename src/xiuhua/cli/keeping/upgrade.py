"""`xiuhua upgrade`: data of an older version become this version's: a backup first, then the tables, then what is computed."""

from __future__ import annotations

import argparse

import psycopg

from xiuhua import __version__
from xiuhua.cli.keeping import backup, tables, verify
from xiuhua.runtime import locations
from xiuhua.runtime.cluster import keeper, running
from xiuhua.runtime.errors import ClusterError

PIECE = 2000


def run(parsed: argparse.Namespace) -> int:
    """0: the data are of this version and hold. 1: they were brought over and something does not hold."""
    from xiuhua.cli.database import apply_migrations, pending, set_up_django, unknown

    _nobody_serves()
    with running(purpose="upgrade") as urls:
        set_up_django()
        with psycopg.connect(urls.owner) as session:
            applied = tables.migrations(session)
            _nobody_works(session, urls)
        if not applied:
            raise ClusterError("这里还没有数据，不需要升级", "there are no data here yet: nothing to upgrade")
        if newer := unknown(applied):
            raise ClusterError(
                f"数据来自更新的版本（{newer[0]}），本版本 {__version__} 不认识，没有改动",
                f"the data are of a newer version ({newer[0]}) than this one, {__version__}; nothing was changed",
            )
        waiting = pending()
        if not waiting:
            print(f"数据已是本版本 / the data are of this version: {__version__}")
            return verify.report(urls)
        if parsed.backup:
            made = backup.make(parsed.backup.absolute(), urls)
            print(f"已先备份 / backed up first: {made}")
        print(f"{len(waiting)} 步 / steps", flush=True)
        apply_migrations(verbosity=1)
        compute_anew()
        print(f"已升级到 / upgraded to {__version__}")
        return verify.report(urls)


def _nobody_serves() -> None:
    if not locations.external() and (held := keeper(locations.locate())) and held[1] != "db start":
        raise ClusterError(
            f"系统正在运行（{held[1]}，pid {held[0]}）。请先停止，再升级",
            f"the product is running ({held[1]}, pid {held[0]}): stop it first",
        )


def _nobody_works(session: psycopg.Connection[tuple[int]], urls: locations.Urls) -> None:
    """On a server of the operator's own: no pages and no worker may use the tables while they change."""
    app = psycopg.conninfo.conninfo_to_dict(urls.app).get("user")
    row = session.execute(
        "select count(*) from pg_stat_activity where datname = current_database() and usename = %s and application_name = 'xiuhua'",
        [app],
    ).fetchone()
    if row and row[0]:
        raise ClusterError(
            f"还有 {row[0]} 个连接在使用数据库。请先停止系统，再升级",
            f"{row[0]} connections still use the database: stop the product first",
        )


def compute_anew() -> None:
    """What is kept of the rules' outcomes, by the rules of this version; some thousand households at a time.

    Safe to run again: a broken run is simply begun anew.
    """
    from xiuhua.places.models import Place
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION, Level
    from xiuhua.registry.models import Standing
    from xiuhua.registry.services import compute_standings, learn_names

    done, last = 0, 0
    while True:
        with within(scope_of(NATION), who={"account": "upgrade"}):
            rows = list(
                Standing.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "as_of")[:PIECE]
            )
            for day in {day for _pk, day in rows}:
                compute_standings(households=[pk for pk, of in rows if of == day], as_of=day)
        if not rows:
            break
        done, last = done + len(rows), rows[-1][0]
        print(f"按新规则重算 / outcomes computed anew: {done}", flush=True)
    for code in Place.objects.filter(level=Level.COUNTY, until__isnull=True).values_list("code", flat=True):
        with within(scope_of(code), who={"account": "upgrade"}):
            learn_names(county_code=code)
