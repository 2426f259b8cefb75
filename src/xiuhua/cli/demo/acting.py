"""What an official of the demonstration does: through the services, as the pages do, on the day that the story has reached."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from xiuhua.accounts.models import Appointment
    from xiuhua.decisions.models import Proceeding
    from xiuhua.notices.models import Notice

VOTE = {"entitled": 30, "present": 26, "yes": 22, "no": 3, "abstained": 1}
# What households of the demonstration let others be asked, and what is asked of it.
ASKED = {
    "authorisation": ("vehicle", "house", "business", "payroll"),
    "list": ("vehicle", "house", "business"),
}
LOST = {"entitled": 30, "present": 25, "yes": 8, "no": 15, "abstained": 2}
BOARD = "村务公开栏"
WIDE, HIGH = 360, 240


def live_on(days: int) -> None:
    """The product and its database live so many days from today; back to today with 0. Of a demonstration only."""
    from xiuhua.common.clock import live_ahead
    from xiuhua.runtime.locations import connection_urls

    with psycopg.connect(connection_urls().owner, autocommit=True) as session:
        session.execute(
            "insert into notices_clock (days_ahead) values (%s)"
            " on conflict (only_one) do update set days_ahead = excluded.days_ahead",
            [days],
        )
    live_ahead(days)


@contextmanager
def living_on(days: int) -> Iterator[None]:
    """A block that happens so many days from today."""
    live_on(days)
    try:
        yield
    finally:
        live_on(0)


def photo(of: str) -> bytes:
    """A picture that stands for a photo or scan: a sheet on a ground of its own colour, so that no two papers are the same."""
    mark = zlib.crc32(of.encode())
    ground, sheet = bytes((120 + mark % 90, 120 + mark // 97 % 90, 120 + mark // 9973 % 90)), b"\xf6\xf4\xee"
    rows = []
    for y in range(HIGH):
        inside = 30 < y < HIGH - 30
        written = inside and y % 22 < 3 and y > 60
        row = ground * 60 + (sheet if inside else ground) * (WIDE - 120) + ground * 60
        if written:
            long = 90 + (mark >> (y // 22)) % 90
            row = row[: 3 * 90] + b"\x50\x50\x50" * long + row[3 * (90 + long) :]
        rows.append(b"\0" + row)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            chunk(b"IEND", b""),
        )
    )


@dataclass
class Team:
    """Who works on a county's households, level by level; the first of a village is its first secretary."""

    village: list[Appointment] = field(default_factory=list)
    township: list[Appointment] = field(default_factory=list)
    county: list[Appointment] = field(default_factory=list)

    def whose(self, one: Proceeding) -> list[Appointment]:
        """Who may do the step that it is at, one after the other."""
        from xiuhua.decisions.queries.apart import kept_from
        from xiuhua.decisions.queries.proceedings import current_step

        step = current_step(one)
        offices = {
            "village_worker": self.village,
            "village_committee": self.village,
            "township_office": self.township,
            "county_office": self.county,
        }
        there = offices[next(who for who in step["who"] if who in offices)]
        if "all" not in step["apart_from"]:
            return there
        return [by for by in there if not kept_from(by, one, step)]


@contextmanager
def acting(by: Appointment) -> Iterator[None]:
    """What this official does, within the area that is theirs."""
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(by.place_code), who={"account": by.actor_name}):
        yield


def papers(one: Proceeding, by: Appointment, but: tuple[str, ...] = (), *, also: str = "") -> None:
    """Every paper that the step wants, photographed; and one more, where `also` names it."""
    from xiuhua.decisions.queries.proceedings import current_step
    from xiuhua.decisions.services import proceedings
    from xiuhua.decisions.services.proposing import Upload

    wanted = [paper for paper in current_step(one)["evidence"] if paper["code"] not in but]
    brought = [
        Upload(
            paper["code"], f"{paper['code']}.png", iter([photo(f"{one.pk} {one.round} {one.at_step} {paper['code']}")]),
            ASKED.get(paper["kind"], ()),
        )
        for paper in wanted
    ]  # fmt: skip
    if also:
        brought.append(
            Upload(also, f"{also}.png", iter([photo(f"{one.pk} {one.round} {one.at_step} {also}")]))
        )
    with acting(by):
        proceedings.bring(by=by, proceeding=one, papers=brought)


def sign(one: Proceeding, by: Appointment, *, reason: str = "", **detail: Any) -> Proceeding:
    """Signs the step that it is at."""
    from xiuhua.decisions.services import proceedings

    with acting(by):
        return proceedings.sign(by=by, proceeding=one, detail=detail, reason=reason).proceeding


def say_no(one: Proceeding, by: Appointment, reason: str, **detail: Any) -> Proceeding:
    """Says no at the step that it is at."""
    from xiuhua.decisions.services import proceedings

    with acting(by):
        return proceedings.say_no(by=by, proceeding=one, reason=reason, detail=detail).proceeding


def hang(one: Proceeding, by: Appointment, days: int = 7) -> Notice:
    """The sheet for the board is made and hung, with its photo; without Chinese type on this machine, what is written by hand."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.decisions.queries.proceeding_pages import reference
    from xiuhua.decisions.queries.proceedings import current_step
    from xiuhua.decisions.services.hanging import hang_sheet, make_sheet, matter_of
    from xiuhua.decisions.services.proceedings import lines_of
    from xiuhua.files.services import press
    from xiuhua.notices import services as notices

    shown: dict[str, Any] = {"photo_name": "board.png", "photo": [photo(f"hung {one.pk} {one.at_step}")]}
    with acting(by):
        if press.has_type():
            sheet = make_sheet(by=by, proceeding=one, also=(), hung_on=beijing_today(), days=days).sheet
            return hang_sheet(by=by, proceeding=one, sheet=sheet, board=BOARD, **shown).notices[0]
        board = notices.Board(BOARD, days, "calendar", beijing_today())
        return notices.hang(
            by=by, reference=reference(one), place_code=one.place_code, matter=matter_of(one, current_step(one)), lines=lines_of(one),
            board=board, **shown,
        ).notice  # fmt: skip


def take_down(one: Proceeding, notice: Notice, by: Appointment) -> None:
    """It comes down, with its photo."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.notices import services as notices

    shown: dict[str, Any] = {"photo_name": "board.png", "photo": [photo(f"down {one.pk} {one.at_step}")]}
    with acting(by):
        if notice.sheet is not None:
            notices.take_sheet_down(by=by, sheet=notice.sheet, on=beijing_today(), **shown)
        else:
            notices.take_down(by=by, notice=notice, on=beijing_today(), **shown)
