"""`xiuhua demo`: an invented county comes alive: its officials, its workbooks on their way in, and a neighbour beside it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiuhua.accounts.models import Appointment
    from xiuhua.synth.shapes import County

COUNTY, NEIGHBOUR = "990521", "990522"
SEED, HOUSEHOLDS, NEIGHBOUR_HOUSEHOLDS = 2017, 600, 150
SINCE = date(2016, 3, 1)
PROVINCE_NAME, CITY_NAME = "青岭省", "河源州"


def run(arguments: argparse.Namespace) -> int:
    """Fills an empty database once, then serves until it is stopped."""
    from django.conf import settings

    from xiuhua.accounts.models import Account
    from xiuhua.runtime.serve import serve

    if not Account.objects.exists():
        fill()
    address = f"http://{arguments.host}:{arguments.port}/"

    def say() -> None:
        print(f"绣花演示 / Xiuhua demo: {address}", flush=True)
        print(f"密码 / password: {settings.DEMO_PASSWORD}", flush=True)
        for account in Account.objects.select_related("official").order_by("pk"):
            held = account.official.appointments.select_related("post__place").first()
            print(f"  {account.username:<10} {held.post_name if held else account.official.name}", flush=True)

    return serve(arguments.host, arguments.port, prepare=say)


def fill() -> None:
    """Officials of two counties and their workbooks, waiting for the worker. One transaction: a killed start begins anew."""
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION
    from xiuhua.synth.county import invent, plant

    with (
        tempfile.TemporaryDirectory(prefix="xiuhua-demo-") as folder,
        within(scope_of(NATION), who={"account": "demo"}),
    ):
        for code, households, seed, username in (
            (COUNTY, HOUSEHOLDS, SEED, "zhao"),
            (NEIGHBOUR, NEIGHBOUR_HOUSEHOLDS, SEED + 1, "wai"),
        ):
            county = invent(seed, households, code=code)
            plant(county)
            officer = officials(county, first=code == COUNTY)[username]
            bring(county, officer, Path(folder) / code)


def officials(county: County, *, first: bool) -> dict[str, Appointment]:
    """People with posts, by account name; the first county has one of each kind, its neighbour an office."""
    from xiuhua.accounts.terms import Office, Role, Title
    from xiuhua.places.services import ensure

    code = county.code
    ensure(code[:2], PROVINCE_NAME)
    ensure(code[:4], CITY_NAME)
    ensure(code, county.name)
    if not first:
        return {"wai": appoint("wai", "韩立", code, Office.POVERTY_OFFICE, Title.OFFICER, Role.COUNTY_OFFICE)}
    village = county.villages[0]
    ensure(village.code[:9], village.township)
    ensure(village.code, village.name)
    return {
        "zhao": appoint("zhao", "赵成", code, Office.POVERTY_OFFICE, Title.OFFICER, Role.COUNTY_OFFICE),
        "sun": appoint("sun", "孙丽", code, Office.POVERTY_OFFICE, Title.OFFICER, Role.COUNTY_OFFICE),
        "zhou": appoint("zhou", "周建国", code, Office.GOVERNMENT, Title.HEAD, Role.LEADER),
        "zhuoma": appoint("zhuoma", "卓玛措", village.code[:9], Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER, Role.TOWNSHIP_OFFICE),
        "wang": appoint("wang", "王海燕", village.code, Office.WORK_TEAM, Title.FIRST_SECRETARY, Role.VILLAGE_WORKER),
        "shen": appoint("shen", "沈明", code, Office.AUDIT, Title.AUDITOR, Role.AUDITOR),
        "liu": appoint("liu", "刘青", code[:4], Office.POVERTY_OFFICE, Title.OFFICER, Role.HIGHER_OFFICE),
        "guan": appoint("guan", "管清", code, Office.SERVICE, Title.ADMINISTRATOR, Role.ADMINISTRATOR),
        "limo": appoint("limo", "李默", code, Office.SERVICE, Title.ADMINISTRATOR, Role.ADMINISTRATOR),
    }  # fmt: skip


def appoint(username: str, name: str, place: str, office: str, title: str, role: str) -> Appointment:
    """One invented official. The demo gives accounts by itself; an office needs two people for each."""
    from django.conf import settings

    from xiuhua.accounts.models import Account, Appointment, Official, Post

    account = Account(username=username, official=Official.objects.create(name=name))
    account.set_password(settings.DEMO_PASSWORD)
    account.save()
    post, _made = Post.objects.get_or_create(place_id=place, office=office, title=title, role=role, label="")
    return Appointment.objects.create(official=account.official, post=post, since=SINCE)


def bring(county: County, officer: Appointment, folder: Path) -> None:
    """The county's opening is signed and its workbooks are handed in; the worker does the rest while people look on."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.intake.services.receive import receive
    from xiuhua.intake.tasks import go_on
    from xiuhua.registry.services import Basis, sign_opening
    from xiuhua.synth.county import write
    from xiuhua.synth.lists import lists
    from xiuhua.synth.village_forms import write_village_forms

    folder.mkdir()
    files = [path for path in write(county, folder) if path.suffix == ".xlsx"]
    files += write_village_forms(county, folder)
    lists(county, folder)
    files += sorted(folder.glob("*.csv"))
    basis = Basis(
        "县人民政府授权查询函（演示）", "2017 年识别对象比对核查", beijing_today() + timedelta(days=90)
    )
    sign_opening(
        by=officer, county_code=county.code, statement="承接 2017 年 9 月 30 日全国系统导出的脱贫属性（演示）"
    )
    uploads = [(path.name, pieces(path)) for path in files]
    batch = receive(by=officer, place_code=county.code, uploads=uploads, and_merge=True, listing=basis).batch
    go_on(batch.pk, batch.place_code)


def pieces(path: Path) -> Iterator[bytes]:
    """A file's content; demo files are small."""
    yield path.read_bytes()
