"""`xiuhua demo`: an invented county comes alive: its officials, its workbooks on their way in, and neighbours around it."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiuhua.accounts.models import Appointment
    from xiuhua.synth.shapes import County

COUNTY, NEIGHBOUR = "990521", "990522"
SEED, HOUSEHOLDS, NEIGHBOUR_HOUSEHOLDS = 2017, 600, 150
SINCE, BOUNDED = date(2016, 3, 1), date(2016, 6, 30)
PROVINCE_NAME, CITIES = "青岭省", {"9905": "河源州", "9907": "岚川市"}
TODAY_HOUSEHOLDS = 90
# Small counties behind the first two, so that pages of city and province have something to compare: code, registered
# households, account and name of the officer whose files are handed in. Their files come in last.
AROUND = (
    ("990721", 110, "qi", "齐敏"),
    ("990722", 60, "pei", "裴松"),
)


def run(arguments: argparse.Namespace) -> int:
    """Fills an empty database once, then serves until it is stopped."""
    from django.conf import settings

    from xiuhua.accounts.models import Account
    from xiuhua.cli.demo import today
    from xiuhua.runtime.serve import serve

    own_values()
    if not Account.objects.exists():
        fill()
    if not today.lived():
        today.live()
    if arguments.ahead is not None:
        live_ahead(arguments.ahead)
    address = f"http://{arguments.host}:{arguments.port}/"

    def say() -> None:
        print(f"绣花演示 / Xiuhua demo: {address}", flush=True)
        print(f"密码 / password: {settings.DEMO_PASSWORD}", flush=True)
        for account in Account.objects.select_related("official").order_by("pk"):
            held = account.official.appointments.select_related("post__place").first()
            print(f"  {account.username:<10} {held.post_name if held else account.official.name}", flush=True)

    return serve(arguments.host, arguments.port, prepare=say)


def own_values() -> None:
    """The invented province gives its own values as an office does: in a folder that the environment names, also to the worker."""
    from xiuhua.rulebook.reader import FURTHER

    os.environ.setdefault(FURTHER, str(Path(__file__).parent / "programmes"))


def live_ahead(days: int) -> None:
    """The demonstration's day moves on, by its owner, so that nobody waits for the days of a notice. It cannot go back."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into notices_clock (days_ahead) values (%s) on conflict (only_one)"
            " do update set days_ahead = greatest(notices_clock.days_ahead, excluded.days_ahead)",
            [days],
        )
    connections["owner"].close()


def fill() -> None:
    """Officials of some counties and their workbooks, waiting for the worker. One transaction: a killed start begins anew."""
    from xiuhua.cli.demo import today
    from xiuhua.cli.demo.tasks import live_before
    from xiuhua.freezes.tasks import take_when_quiet
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION
    from xiuhua.synth.county import invent, plant

    with (
        tempfile.TemporaryDirectory(prefix="xiuhua-demo-") as folder,
        within(scope_of(NATION), who={"account": "demo"}),
    ):
        made = [
            (COUNTY, HOUSEHOLDS, "zhao", ""),
            (NEIGHBOUR, NEIGHBOUR_HOUSEHOLDS, "wai", "韩立"),
            *AROUND,
        ]
        for at, (code, households, username, name) in enumerate(made):
            county = invent(SEED + at + (at > 1), households, code=code)
            plant(county)
            places(county)
            officer = officials(county)[username] if code == COUNTY else office(county, username, name)
            bring(county, officer, Path(folder) / code)
        bring_today(Path(folder) / today.TODAY)
        # Pages of places live from a freeze: of the province, once all workbooks are in.
        take_when_quiet.defer(place_code=COUNTY[:2], reason="演示 / demonstration")
        live_before.defer()


def bring_today(folder: Path) -> None:
    """The county of today: its officials, its opening and workbooks of some months ago; `today.live` goes on from there."""
    from xiuhua.accounts.models import Appointment
    from xiuhua.cli.demo import acting, today
    from xiuhua.synth.county import invent, plant

    county = invent(SEED + 2, TODAY_HOUSEHOLDS, code=today.TODAY)
    village = today.modernise(county)
    plant(county)
    places(county)
    today.people(county, village)
    officer = Appointment.objects.get(official__account__username="he")
    with acting.living_on(today.FIRST):
        bring(county, officer, folder, with_lists=False)


def places(county: County) -> None:
    """The county and what lies above it, by the names of the demonstration."""
    from xiuhua.places.services import ensure

    ensure(county.code[:2], PROVINCE_NAME)
    ensure(county.code[:4], CITIES[county.code[:4]])
    ensure(county.code, county.name)


def boundaries(code: str, seed: int, households: int, username: str) -> None:
    """The invented boundaries of a county's villages, brought as its official brings a file; where none are drawn yet."""
    import json

    from xiuhua.accounts.models import Appointment
    from xiuhua.places.models import Outline, Place
    from xiuhua.places.services import take_outlines
    from xiuhua.synth.county import invent
    from xiuhua.synth.outlines import outlines

    if Outline.objects.filter(place__code__startswith=code).exists():
        return
    told = outlines(invent(seed, households, code=code))
    known = set(Place.objects.filter(code__startswith=code).values_list("code", flat=True))
    told["features"] = [one for one in told["features"] if one["properties"]["code"] in known]
    by = Appointment.objects.select_related("post", "official").get(official__account__username=username)
    take_outlines(
        by=by, county_code=code, content=json.dumps(told).encode(), as_of=BOUNDED, source="县民政局勘界成果（演示，虚构）"
    )  # fmt: skip


def office(county: County, username: str, name: str) -> Appointment:
    """The one officer of a neighbouring county."""
    from xiuhua.accounts.terms import Office, Role, Title

    return appoint(username, name, county.code, Office.POVERTY_OFFICE, Title.OFFICER, Role.COUNTY_OFFICE)


def officials(county: County) -> dict[str, Appointment]:
    """People with posts, by account name: one of each kind in the first county, and an office on every level above it."""
    from xiuhua.accounts.terms import Office, Role, Title
    from xiuhua.places.services import ensure
    from xiuhua.places.terms import NATION

    code = county.code
    village = county.villages[0]
    ensure(village.code[:9], village.township)
    ensure(village.code, village.name)
    # Another township, which says whether it receives who is to come to it.
    other = next(one for one in county.villages if one.code[:9] != village.code[:9])
    ensure(other.code[:9], other.township)
    return {
        "zhao": appoint("zhao", "赵成", code, Office.POVERTY_OFFICE, Title.OFFICER, Role.COUNTY_OFFICE),
        "sun": appoint("sun", "孙丽", code, Office.POVERTY_OFFICE, Title.OFFICER, Role.COUNTY_OFFICE),
        "zhou": appoint("zhou", "周建国", code, Office.GOVERNMENT, Title.HEAD, Role.LEADER),
        "zhuoma": appoint("zhuoma", "卓玛措", village.code[:9], Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER, Role.TOWNSHIP_OFFICE),
        "dawa": appoint("dawa", "达瓦", village.code[:9], Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER, Role.TOWNSHIP_OFFICE),
        "sangji": appoint("sangji", "桑吉", other.code[:9], Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER, Role.TOWNSHIP_OFFICE),
        "cai": appoint("cai", "蔡勇", village.code, Office.VILLAGE_COMMITTEE, Title.VILLAGE_DIRECTOR, Role.VILLAGE_WORKER),
        "wang": appoint("wang", "王海燕", village.code, Office.WORK_TEAM, Title.FIRST_SECRETARY, Role.VILLAGE_WORKER),
        "shen": appoint("shen", "沈明", code, Office.AUDIT, Title.AUDITOR, Role.AUDITOR),
        "liu": appoint("liu", "刘青", code[:4], Office.POVERTY_OFFICE, Title.OFFICER, Role.HIGHER_OFFICE),
        "qiao": appoint("qiao", "乔安", code[:2], Office.POVERTY_OFFICE, Title.OFFICER, Role.HIGHER_OFFICE),
        "yu": appoint("yu", "于平", NATION, Office.POVERTY_OFFICE, Title.OFFICER, Role.HIGHER_OFFICE),
        "guan": appoint("guan", "管清", code, Office.SERVICE, Title.ADMINISTRATOR, Role.ADMINISTRATOR),
        "limo": appoint("limo", "李默", code, Office.SERVICE, Title.ADMINISTRATOR, Role.ADMINISTRATOR),
    }  # fmt: skip


def appoint(username: str, name: str, place: str, office: str, title: str, role: str) -> Appointment:
    """One invented official. The demo gives accounts by itself; an office needs two people for each."""
    from xiuhua.accounts.models import Account, Appointment, Official, Post

    account = Account(username=username, official=Official.objects.create(name=name), password=scrambled())
    account.save()
    post, _made = Post.objects.get_or_create(place_id=place, office=office, title=title, role=role, label="")
    return Appointment.objects.create(official=account.official, post=post, since=SINCE)


@cache
def scrambled() -> str:
    """The demonstration's password, as it is kept. All its accounts have this one, which everybody knows: it is slow to reckon,
    and done once."""
    from django.conf import settings
    from django.contrib.auth.hashers import make_password

    return make_password(settings.DEMO_PASSWORD)


def bring(county: County, officer: Appointment, folder: Path, *, with_lists: bool = True) -> None:
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
    if with_lists:
        lists(county, folder)
        files += sorted(folder.glob("*.csv"))
    basis = Basis(
        "县人民政府授权查询函（演示）", "2017 年识别对象比对核查", beijing_today() + timedelta(days=90)
    )
    sign_opening(
        by=officer, county_code=county.code, statement="承接 2017 年 9 月 30 日全国系统导出的脱贫属性（演示）"
    )
    uploads = [(path.name, pieces(path)) for path in files]
    batch = receive(
        by=officer,
        place_code=county.code,
        uploads=uploads,
        and_merge=True,
        listing=basis if with_lists else None,
    ).batch
    go_on(batch.pk, batch.place_code)


def pieces(path: Path) -> Iterator[bytes]:
    """A file's content; demo files are small."""
    yield path.read_bytes()
