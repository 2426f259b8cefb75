"""A notice is hung, with proof, and comes down when its days have run and nothing against it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError, transaction

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.files.services import store
from xiuhua.notices.models import Notice
from xiuhua.notices.permissions import RIGHTS

# What a board may say of a household, and nothing else: no illness, disability, number, phone, account, cause, child.
LINE = frozenset({"village", "head", "people", "matter"})
WORDS = {
    "recorded when it is hung": (
        "张贴日期只能是今天或前三天内，且尚未撤下",
        "A notice is recorded on the day it is hung, or within three days",
    ),
    "days of the notice have not run": ("公示天数还没有满，不能撤下", "The days of the notice have not run"),
    "an objection is open": ("还有异议没有答复，不能撤下", "An objection is not answered yet"),
    "no such notice hangs": ("这份公示已经撤下，或不在本地", "No such notice hangs here"),
    "had a part in it": (
        "您参与过这一事项，异议须由没有参与的人答复",
        "You had a part in it; somebody else must answer",
    ),
    "one_notice": ("这一步已经张贴过", "It was hung already"),
    "notices_notice_reference": ("这一步已经张贴过", "It was hung already"),
    "answered once": ("这件异议已经答复", "It was answered already"),
}


class CannotHang(Exception):
    """A notice or an objection that cannot be as it was asked for; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Board:
    """Where and how long: the board's name, days, how they are counted."""

    name: str
    days: int
    count: str
    hung_on: date


@contextmanager
def in_words() -> Iterator[None]:
    """Turns a refusal of the database into a sentence."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as wrong:
        for said, (zh, en) in WORDS.items():
            if said in str(wrong):
                raise CannotHang(zh, en) from wrong
        raise


def needs(by: Appointment, right: str) -> None:
    """Refuses a role without the right, whatever the page let through."""
    if by.role not in RIGHTS[right]:
        raise CannotHang("您现在的职务不能办理", "Your post cannot do this")


@dataclass(frozen=True)
class Hung:
    """A notice that hangs, or was taken down."""

    notice: Notice

    @property
    def audit_subject(self) -> str:
        return f"notice:{self.notice.pk}"

    @property
    def audit_place(self) -> str:
        return self.notice.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.notice
        return {
            "reference": one.reference,
            "hung_on": str(one.hung_on),
            "due_on": str(one.due_on),
            "down_on": str(one.taken_down_on or ""),
        }


@recorded("notices.hung")
def hang(
    *,
    by: Appointment,
    reference: str,
    place_code: str,
    matter: dict[str, str],
    lines: list[dict[str, Any]],
    board: Board,
    photo_name: str,
    photo: Iterable[bytes],
) -> Hung:
    """Records a notice that hangs since `board.hung_on`, with its photo. CannotHang for a line that says more than it may."""
    needs(by, "notices.hang")
    too_much = sorted({key for line in lines for key in line} - LINE)
    if too_much:
        raise CannotHang(
            f"公示内容不得包含：{'、'.join(too_much)}", f"A notice must not say: {', '.join(too_much)}"
        )
    if not lines or not board.name.strip():
        raise CannotHang("请写明张贴地点", "Say where it hangs")
    proof = store(by=by, place_code=place_code, name=photo_name, pieces=photo)
    with in_words():
        made = Notice.objects.create(
            reference=reference, place_code=place_code, matter=matter, lines=lines, board=board.name.strip()[:120], days=board.days,
            count=board.count, hung_on=board.hung_on, due_on=board.hung_on, hung_by=by.post_name, hung_proof=proof, recorded_at=beijing_now(),
        )  # fmt: skip
    made.refresh_from_db(fields=["due_on", "recorded_at"])
    return Hung(made)


@recorded("notices.taken_down")
def take_down(*, by: Appointment, notice: Notice, on: date, photo_name: str, photo: Iterable[bytes]) -> Hung:
    """Records that a notice came down; CannotHang before its days have run, or while an objection is open."""
    needs(by, "notices.hang")
    proof = store(by=by, place_code=notice.place_code, name=photo_name, pieces=photo)
    held = Notice.objects.select_for_update().get(pk=notice.pk)
    held.taken_down_on, held.taken_down_by, held.taken_down_proof = on, by.post_name, proof
    with in_words():
        held.save(update_fields=["taken_down_on", "taken_down_by", "taken_down_proof"])
    return Hung(held)
