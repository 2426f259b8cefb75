"""`xiuhua accounts first`: two administrators, two one-time passwords, once."""

from __future__ import annotations

from typing import Any

import pytest

from people import COUNTY, small_world
from xiuhua.accounts.models import Account, Appointment
from xiuhua.accounts.terms import Role
from xiuhua.audit.models import Entry
from xiuhua.cli import accounts
from xiuhua.cli.arguments import build_parser
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.django_db

TWO = ["accounts", "first", "--place", COUNTY, "--name", "陈管理=chen", "--name", "林管理=lin"]


def first(arguments: list[str]) -> int:
    return accounts.run(build_parser().parse_args(arguments))


def test_two_are_opened_and_can_sign_in(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert first([*TWO, "--place-name", "青溪县"]) == 0
    printed = dict(line.split() for line in capsys.readouterr().out.splitlines()[1:])
    assert set(printed) == {"chen", "lin"}
    assert Place.objects.get(pk=COUNTY).name == "青溪县"
    assert {one.role for one in Appointment.objects.all()} == {Role.ADMINISTRATOR}
    assert client.post("/sign-in/", {"username": "chen", "password": printed["chen"]}).status_code == 302
    assert client.get("/people/").url == "/me/"
    with within(scope_of(COUNTY)):
        entry = Entry.objects.get()
    assert (entry.actor, entry.action) == ("operator", "accounts.first_administrators")
    assert printed["chen"] not in str(entry.detail)


@pytest.mark.parametrize(
    "arguments", [TWO[:-2], [*TWO, "--name", "又一=you"], [*TWO[:-1], "林管理=chen"], [*TWO[:-1], "林管理=9"]]
)
def test_not_one_not_three_not_the_same(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert first(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not Account.objects.exists() and not Place.objects.exists()


def test_never_when_there_are_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    small_world()
    before = Account.objects.count()
    assert first(TWO) == 2
    assert "已有账号" in capsys.readouterr().err
    assert Account.objects.count() == before


def test_a_name_without_a_user_name_is_no_argument() -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args([*TWO[:-1], "林管理"])
