"""A million households against ten thousand: pages as each post opens them, and eight people at once on the real server."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from bench.county import installation
from bench.invented import fill
from bench.report import Line

SMALL, LARGE = 10_000, 1_000_000
LIMIT = 1.5
TIMES = 9
CLIENTS, EACH, PORT = 8, 40, 8199
P95_SECONDS = 0.150
KNOWN_ID, KNOWN_PHONE = "990101198003071234", "13900000001"
# What the house promises; the other pages are told without a limit.
HELD = ("household", "list of a village", "search")

Get = Callable[[], Any]


def run(_households: int) -> list[Line]:
    """Fills two installations one after the other, and asks both for the same pages; about ten minutes."""
    small, large = _measured(SMALL), _measured(LARGE)
    lines = []
    for name, seconds in large["pages"].items():
        before = small["pages"][name]
        held = name.split(": ")[1].startswith(HELD)
        lines.append(
            Line(name, seconds, seconds / before, LIMIT if held else None, f"{before:.3f} s at {SMALL:,}")
        )
    for name, (p50, p95, count, failed) in large["crowd"].items():
        note = f"p50 {p50:.3f} s, {count} requests, {failed} failed; ratio to {P95_SECONDS} s"
        lines.append(Line(f"p95, {CLIENTS} clients: {name}", p95, p95 / P95_SECONDS, 1.0, note))
    return lines


def _measured(households: int) -> dict[str, Any]:
    # A process of its own: Django can be set up for one database only.
    code = f"import json; from bench.million import measure; print(json.dumps(measure({households})))"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(households: int) -> dict[str, Any]:
    """{"pages": {name: median seconds}, "crowd": {name: [p50, p95, requests, failed]}} of a register of a size."""
    with installation():
        fill(households)
        posts = appoint()
        found: dict[str, Any] = {"pages": pages(posts)}
        found["crowd"] = crowd(posts) if households == LARGE else {}
        return found


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
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
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


def pages(posts: dict[str, Any]) -> dict[str, float]:
    """Median seconds of each page of each post."""
    return {
        name: _median(name, get)
        for post, client in posts.items()
        for name, get in asked(client, post).items()
    }


def _median(name: str, get: Get) -> float:
    taken: list[float] = []
    # A page that takes seconds is known after two looks.
    while len(taken) < 2 or (len(taken) < TIMES and sum(taken) < 10):
        start = time.perf_counter()
        response = get()
        taken.append(time.perf_counter() - start)
        assert response.status_code == 200, (name, response.status_code)
    return statistics.median(taken[1:])


def crowd(posts: dict[str, Any]) -> dict[str, list[float]]:
    """Eight people asking one after the other without a pause, on the server as an office runs it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "xiuhua.cli", "serve", "--port", str(PORT)],
        env=os.environ.copy(),
        stdout=subprocess.DEVNULL,
    )
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
            line.request("GET", "/accounts/sign-in/")
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
