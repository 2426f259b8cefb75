"""Pages of a county of the size at hand against the same pages of a county a tenth of it: what a list must not do is grow."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench.county import CODE, installation, receive, workbooks
from bench.report import Line

LIMIT = 1.5
TIMES = 15


def run(households: int) -> list[Line]:
    """Server time of the household page, a village's list and a search, at a tenth of the size and at the size."""
    small, large = _times(max(households // 10, 100)), _times(households)
    return [
        Line(
            f"{name}: at {households:,}",
            large[name],
            large[name] / small[name],
            LIMIT,
            f"{small[name]:.3f} s at a tenth",
        )
        for name in large
    ]


def _times(households: int) -> dict[str, float]:
    import json
    import subprocess
    import sys

    # A process of its own: Django can be set up for one database only.
    code = f"import json; from bench.pages import measure; print(json.dumps(measure({households})))"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(households: int) -> dict[str, float]:
    """Median seconds of each page, asked as an officer of a township over the test client."""
    with installation() as home:
        paths = workbooks(households, home / "files-in")
        from xiuhua.intake.services import steps

        steps.advance(receive(paths), CODE)
        return _pages(_client())


def _client() -> Any:
    from datetime import date

    from django.test import Client

    from xiuhua.accounts.models import Account, Appointment, Official, Post
    from xiuhua.places.models import Place

    township = Place.objects.filter(level="township").order_by("code").first()
    assert township is not None
    account = Account.objects.create(username="bench", official=Official.objects.create(name="bench"))
    post = Post.objects.create(
        place=township, office="township_station", title="township_officer", role="township_office"
    )
    appointment = Appointment.objects.create(official=account.official, post=post, since=date(2016, 1, 1))
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(account, backend="xiuhua.accounts.middleware.sessions.ByPassword")
    session = client.session
    session["appointment_id"] = appointment.pk
    session.save()
    return client


def _pages(client: Any) -> dict[str, float]:
    from xiuhua.places.models import Place
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.models import Household

    with within(scope_of(CODE)):
        township = Place.objects.filter(level="township").order_by("code").first()
        assert township is not None
        inside = Household.objects.filter(village_code__startswith=township.code)
        one = inside.filter(kind="registered").order_by("number").first()
        assert one is not None
        village = one.village_code
    addresses = {
        "household page": f"/households/{one.pk}/",
        "list of a village": f"/places/{village}/households/",
        "search by name": f"/search/?q={(one.head_name or '')[:2]}",
        "search by number": f"/search/?q={one.number}",
    }
    return {name: _median(client, address) for name, address in addresses.items()}


def _median(client: Any, address: str) -> float:
    taken = []
    for _turn in range(TIMES):
        start = time.perf_counter()
        response = client.get(address)
        taken.append(time.perf_counter() - start)
        assert response.status_code == 200, (address, response.status_code)
    return statistics.median(taken)
