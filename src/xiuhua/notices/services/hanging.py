"""A notice is hung, with proof, and comes down when its days have run and nothing against it is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.common.covering import covered
from xiuhua.files.models import StoredFile
from xiuhua.files.services import store
from xiuhua.notices.models import Notice, Sheet
from xiuhua.notices.services.refusing import HANGS, CannotHang, in_words, needs
from xiuhua.notices.services.saying import fit


@dataclass(frozen=True)
class Board:
    """Where and how long: the board's name, days, how they are counted."""

    name: str
    days: int
    count: str
    hung_on: date


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


@dataclass(frozen=True)
class Several:
    """All notices of one sheet, hung or taken down together."""

    sheet: Sheet
    notices: tuple[Notice, ...]

    @property
    def audit_subject(self) -> str:
        return f"sheet:{self.sheet.pk}"

    @property
    def audit_place(self) -> str:
        return self.sheet.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"notices": [one.pk for one in self.notices], "digest": self.sheet.file.sha256}


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
    told = [fit(line) for line in lines]
    if not told or not board.name.strip():
        raise CannotHang("请写明张贴地点", "Say where it hangs")
    proof = store(by=by, place_code=place_code, name=photo_name, pieces=photo)
    return Hung(_add(by, reference, place_code, matter, told, board, proof, None))


@recorded("notices.sheet_hung")
def hang_sheet(
    *, by: Appointment, sheet: Sheet, board: str, photo_name: str, photo: Iterable[bytes]
) -> Several:
    """Records that a sheet hangs: a notice for each of its lines, with the one photo. All of them, or none."""
    needs(by, "notices.hang")
    if not board.strip():
        raise CannotHang("请写明张贴地点", "Say where it hangs")
    proof = store(by=by, place_code=sheet.place_code, name=photo_name, pieces=photo)
    where = Board(board, sheet.days, sheet.count, sheet.hung_on)
    return Several(
        sheet,
        tuple(
            _add(by, one["reference"], sheet.place_code, sheet.matter, [one["line"]], where, proof, sheet)
            for one in sheet.entries
        ),
    )


def _add(
    by: Appointment, reference: str, place_code: str, matter: dict[str, str], lines: list[dict[str, Any]], board: Board, proof: StoredFile, sheet: Sheet | None
) -> Notice:  # fmt: skip
    with in_words(HANGS):
        made = Notice.objects.create(
            reference=reference, place_code=place_code, matter=matter, lines=lines, board=covered(board.name.strip())[:120], days=board.days,
            count=board.count, hung_on=board.hung_on, due_on=board.hung_on, hung_by=by.post_name, hung_appointment=by, hung_proof=proof, sheet=sheet,
            recorded_at=beijing_now(),
        )  # fmt: skip
    made.refresh_from_db(fields=["due_on", "recorded_at", "handled_at", "matter"])
    return made


@recorded("notices.taken_down")
def take_down(*, by: Appointment, notice: Notice, on: date, photo_name: str, photo: Iterable[bytes]) -> Hung:
    """Records that a notice came down; CannotHang before its days have run, or while an objection is open."""
    needs(by, "notices.hang")
    proof = store(by=by, place_code=notice.place_code, name=photo_name, pieces=photo)
    return Hung(_down(by, notice.pk, on, proof))


@recorded("notices.sheet_taken_down")
def take_sheet_down(
    *, by: Appointment, sheet: Sheet, on: date, photo_name: str, photo: Iterable[bytes]
) -> Several:
    """Records that a sheet came down, with all that hangs by it: the paper hangs as long as one of them has to."""
    needs(by, "notices.hang")
    proof = store(by=by, place_code=sheet.place_code, name=photo_name, pieces=photo)
    hanging = Notice.objects.filter(sheet=sheet, taken_down_on__isnull=True).order_by("pk")
    return Several(sheet, tuple(_down(by, one.pk, on, proof) for one in hanging))


def _down(by: Appointment, notice: int, on: date, proof: StoredFile) -> Notice:
    held = Notice.objects.select_for_update().get(pk=notice)
    held.taken_down_on, held.taken_down_by, held.taken_down_proof = on, by.post_name, proof
    held.taken_down_appointment = by
    with in_words(HANGS):
        held.save(
            update_fields=["taken_down_on", "taken_down_by", "taken_down_proof", "taken_down_appointment"]
        )
    return held
