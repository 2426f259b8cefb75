"""A million households against ten thousand: pages as each post opens them, and eight people at once on the real server."""

from __future__ import annotations

import gc
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.county import installation
from bench.invented import fill
from bench.report import Line

SMALL, LARGE = 10_000, 1_000_000
LIMIT = 1.5
TIMES = 9
TOLD = "told: "
CLIENTS, EACH, PORT = 8, 40, 8199
P95_SECONDS = 0.150
KNOWN_ID, KNOWN_PHONE = "990101198003071234", "13900000001"
# What the house promises; the other pages are told without a limit.
HELD = ("household", "list of a village", "search")

Get = Callable[[], Any]


def run(_households: int) -> list[Line]:
    """Fills two installations and asks both for the same pages, turn about; ten minutes, on a quiet machine."""
    with Side(SMALL) as small, Side(LARGE) as large:
        taken = {name: compared(small, large, name) for name in large.names}
        met = large.ask("crowd")
    lines = []
    for name, (before, after, waited) in taken.items():
        held = name.split(": ")[1].startswith(HELD)
        note = f"{before * 1000:.1f} ms at {SMALL:,}; {waited * 1000:.0f} ms on the clock"
        lines.append(Line(name, after, after / before, LIMIT if held else None, note))
    for name, (p50, p95, count, failed) in met.items():
        note = f"p50 {p50:.3f} s, {count} requests, {failed} failed; ratio to {P95_SECONDS} s"
        lines.append(Line(f"p95, {CLIENTS} clients: {name}", p95, p95 / P95_SECONDS, 1.0, note))
    return lines


def compared(small: Side, large: Side, name: str) -> tuple[float, float, float]:
    """Median seconds of work at both sizes, and on the clock at the large one. The first look warms up."""
    rounds = [(small.ask(name), large.ask(name)) for _turn in range(TIMES + 1)][1:]
    return (
        statistics.median(one[0] for one, _ in rounds),
        statistics.median(one[0] for _, one in rounds),
        statistics.median(one[1] for _, one in rounds),
    )


class Side:
    """A process with a register of a size (Django can be set up for one database only), that looks when it is asked."""

    def __init__(self, households: int, home: str = "", code: str = "") -> None:
        code = code or f"from bench.million import answer; answer({households}, {home!r})"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Side:
        self.names: list[str] = self._told()
        return self

    def __exit__(self, *_why: object) -> None:
        self.ask("")
        self.process.wait(120)

    def ask(self, name: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        return self._told() if name else None

    def _told(self) -> Any:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(TOLD):
                return json.loads(line[len(TOLD) :])
        raise RuntimeError("the other process ended; what it said stands above")


def answer(households: int, home: str = "") -> None:
    """Fills (or takes a home that is filled), tells the names of its pages, then takes one at each line until an empty one."""
    with _home(home):
        if not home:
            fill(households)
        posts = appoint()
        asked_for = {name: get for post, client in posts.items() for name, get in asked(client, post).items()}
        take_turns(asked_for, lambda: crowd(posts))


def take_turns(asked_for: dict[str, Get], crowded: Callable[[], Any]) -> None:
    """Looks at each page whose name comes in a line, or lets a crowd ask; ends at an empty line."""
    # As config/wsgi.py does for the server: a look through all of the rulebook for garbage falls on no page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    _say(list(asked_for))
    for line in sys.stdin:
        if not (name := line.rstrip("\n")):
            return
        _say(crowded() if name == "crowd" else _look(name, asked_for[name]))


@contextmanager
def _home(home: str) -> Iterator[None]:
    if not home:
        with installation():
            yield
        return
    os.environ["XIUHUA_HOME"] = home
    from xiuhua.cli.database import set_up_django
    from xiuhua.runtime.cluster import running

    with running(purpose="bench"):
        set_up_django()
        yield


def _say(what: Any) -> None:
    print(TOLD + json.dumps(what), flush=True)


def _look(name: str, get: Get) -> tuple[float, float]:
    """Seconds of work, of this process and of its database's, and seconds on the clock.

    Work is what the kernel says both were running: others on the machine make a page late, but add little to it.
    """
    from django.db import connection

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    start, mine, its = time.perf_counter(), time.process_time(), _ran(backend)
    response = get()
    taken = time.process_time() - mine + _ran(backend) - its, time.perf_counter() - start
    assert response.status_code == 200, (name, response.status_code)
    return taken


def _ran(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def appoint() -> dict[str, Any]:
    """A signed-in client for a post of each level, all around one village in the middle."""
    from datetime import date

    from django.test import Client

    from xiuhua.accounts.models import Account, Appointment, Official, Post
    from xiuhua.places.models import Place

    villages = Place.objects.filter(level="village").order_by("code")
    village = villages[villages.count() // 2].code
    roles = {
        "village": (village, "village_committee", "village_clerk", "village_worker"),
        "township": (village[:9], "township_station", "township_officer", "township_office"),
        "county": (village[:6], "poverty_office", "officer", "county_office"),
        "city": (village[:4], "poverty_office", "officer", "higher_office"),
        "nation": ("CN", "poverty_office", "officer", "higher_office"),
    }
    clients = {}
    for name, (code, office, title, role) in roles.items():
        account, _made = Account.objects.get_or_create(
            username=f"bench-{name}", defaults={"official": Official.objects.create(name=name)}
        )
        post, _made = Post.objects.get_or_create(
            place_id=code, office=office, title=title, role=role, label=""
        )
        appointment, _made = Appointment.objects.get_or_create(
            official=account.official, post=post, since=date(2016, 1, 1)
        )
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(account, backend="xiuhua.accounts.middleware.sessions.ByPassword")
        session = client.session
        session["appointment_id"] = appointment.pk
        session.save()
        client.place, client.village = code, village  # type: ignore[attr-defined]
        clients[name] = client
    return clients


def asked(client: Any, name: str) -> dict[str, Get]:
    """The pages that a post of a level opens, each a thing to call."""
    from xiuhua.common.sealing import blind, seal
    from xiuhua.places.models import Place
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.models import Household, Person

    with within(scope_of(client.village)):
        one = Household.objects.filter(kind="registered").order_by("id").first()
        assert one is not None
        head = Person.objects.get(number=one.number + "01")
        head.id_sealed, head.id_blind = seal(KNOWN_ID), blind(KNOWN_ID)
        head.phone_sealed, head.phone_blind = seal(KNOWN_PHONE), blind(KNOWN_PHONE)
        head.save()
        last = Household.objects.order_by("-id")[40]
    village = Place.objects.get(code=client.village)
    near = f"{client.village}.{last.pk}"
    searches = {
        "search by name": head.name or "",
        "search by surname": "王",
        "search by common name": "王伟",
        "search by reading": "wangwei",
        "search by beginning of a reading": "zhangh",
        "search by initials": "wwm",
        "search by two initials": "zs",
        "search by name and village": f"王伟 {village.name[:-1]}",
        "search by number": one.number,
        "search by beginning of a number": one.number[:9],
        "search by village": village.name[:-1],
        "search for nobody": "qqqqq",
    }
    found: dict[str, Get] = {
        "household page": lambda: client.get(f"/households/{one.pk}/"),
        "list of a village, first page": lambda: client.get(f"/places/{client.village}/households/"),
        "list of a village, last page": lambda: client.get(
            f"/places/{client.village}/households/?after={near}"
        ),
        **{
            label: (lambda typed=typed: client.get("/search/", {"q": typed}))
            for label, typed in searches.items()
        },
        "search by ID": lambda: client.post("/search/", {"q": KNOWN_ID}),
        "search by phone": lambda: client.post("/search/", {"q": KNOWN_PHONE}),
        "home": lambda: client.get("/"),
        "place page": lambda: client.get(f"/places/{client.place}/"),
        "list of the area": lambda: client.get(f"/places/{client.place}/households/"),
        "list of the area, in doubt": lambda: client.get(f"/places/{client.place}/households/?show=doubt"),
        "findings": lambda: client.get("/findings/"),
    }
    return {f"{name}: {label}": get for label, get in found.items()}


def crowd(posts: dict[str, Any]) -> dict[str, list[float]]:
    """Eight people asking one after the other without a pause, on the server as an office runs it."""
    from xiuhua.runtime.children import spawn

    # Told to stop by the kernel when this process goes, however it goes.
    command = [sys.executable, "-m", "xiuhua.cli", "serve", "--port", str(PORT)]
    server = spawn(command, death_signal=signal.SIGTERM)
    try:
        _wait()
        return {
            name: _ask(posts, addresses)
            for name, addresses in {
                "household page": ["/households/{household}/"],
                "list of a village": ["/places/{village}/households/"],
                "search by name": ["/search/?q=%E7%8E%8B%E4%BC%9F"],
                "search by initials": ["/search/?q=zs"],
                "these pages in turn": [
                    "/", "/places/{village}/households/", "/households/{household}/", "/search/?q=zs", "/findings/",
                ],
            }.items()
        }  # fmt: skip
    finally:
        server.terminate()
        server.wait(60)


def _wait() -> None:
    for _turn in range(120):
        try:
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            line.request("GET", "/")
            line.getresponse().read()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the server did not come up in a minute")


def _ask(posts: dict[str, Any], addresses: list[str]) -> list[float]:
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.models import Household

    # As people are: most in villages and townships.
    who = [
        posts[name]
        for name in ("village", "village", "village", "township", "township", "township", "county", "county")
    ]
    village = who[0].village
    with within(scope_of(village)):
        household = Household.objects.filter(kind="registered").order_by("id").values_list("id", flat=True)[0]
    taken: list[float] = []
    failed: list[int] = []

    def one(client: Any) -> None:
        cookies = "; ".join(f"{key}={one.value}" for key, one in client.cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        for turn in range(EACH):
            address = addresses[turn % len(addresses)].format(village=village, household=household)
            start = time.perf_counter()
            line.request("GET", address, headers={"Cookie": cookies})
            answer = line.getresponse()
            answer.read()
            taken.append(time.perf_counter() - start)
            if answer.status != 200:
                failed.append(answer.status)

    threads = [threading.Thread(target=one, args=(client,)) for client in who[:CLIENTS]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(taken)
    return [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], len(ordered), len(failed)]
