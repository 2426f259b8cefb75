"""What monitoring hands out: clues, who is watched and how many returned, as their pages show them, for whoever may see these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.files.services import Asked, Column, Table, columns, rows_in_words
from xiuhua.places.scope import scope_of
from xiuhua.relapse.models import Clue
from xiuhua.relapse.queries import pages, returned, watched

CHUNK = 200


def _live(asked: Asked) -> tuple[str, Any]:
    return (_("数据"), _("实时登记"))


def _clues(asked: Asked) -> QuerySet[Clue]:
    return pages.listed(asked.by, scope_of(asked.place.code), asked.query.get("show", ""))


def _clue_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    keys = list(_clues(asked).values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        found = Clue.objects.in_bulk(keys[first : first + CHUNK])
        yield from pages.rows(found[key] for key in keys[first : first + CHUNK])


CLUES = Table(
    "返贫监测线索清单", "List of clues", "relapse.see",
    lambda asked: [
        *columns([
            (gettext_lazy("户主"), "head", 12), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("因为什么"), "about", 20), (gettext_lazy("从哪里来"), "from", 20),
            (gettext_lazy("来的日子"), "came_on", 12), (gettext_lazy("谁来办"), "owner", 28),
        ]),
        Column(gettext_lazy("了结"), lambda row: row["end"]["label"] if row["end"] else "", 18),
        Column(gettext_lazy("了结日期"), lambda row: row["end"]["on"] if row["end"] else None, 12),
    ],
    _clue_rows, lambda asked: [(_("筛选"), pages.list_name(asked.query.get("show", ""))), _live(asked)],
    lambda asked: rows_in_words(_clues(asked).count()),
)  # fmt: skip

WATCHED = Table(
    "监测对象名单", "List of watched households", "relapse.see",
    lambda asked: columns([
        (gettext_lazy("户主"), "head", 12), (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("监测类别"), "label", 18),
        (gettext_lazy("从哪天起"), "since", 12), (gettext_lazy("依据"), "basis", 16), (gettext_lazy("记入"), "recorded_on", 18), (gettext_lazy("签署"), "post", 28),
    ]),
    lambda asked: watched.every(asked.by, scope_of(asked.place.code), asked.query.get("basis", "")),
    lambda asked: [(_("筛选"), watched.named(asked.query.get("basis", ""))), _live(asked)],
)  # fmt: skip

RETURNED = Table(
    "返贫率", "Share that returned to poverty", "relapse.rates",
    lambda asked: columns([
        (gettext_lazy("地方"), "place", 16), (gettext_lazy("退出年度"), "label", 18), (gettext_lazy("退出户"), "exited", 10), (gettext_lazy("其中返贫"), "returned", 10),
        (gettext_lazy("返贫率"), "share", 10), (gettext_lazy("现在监测的"), "watched", 12),
    ]),
    lambda asked: returned.lines(asked.place.code, asked.query.get("year", "")),
    lambda asked: [(_("退出年度"), returned.label_of(asked.query.get("year", "")) or _("全部")), _live(asked)],
    personal=False,
)  # fmt: skip

EXPORTS = {
    "relapse.clues": CLUES.maker(),
    "relapse.watched": WATCHED.maker(),
    "relapse.returned": RETURNED.maker(),
}
