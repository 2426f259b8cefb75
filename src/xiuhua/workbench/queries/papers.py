"""What can be taken away from a place: papers, reports, tables."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.files.queries import kinds, way
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.workbench.queries.frame import crumbs, link

# Tables of a place's page, of its households and of what waits there.
TABLES = (
    "workbench.places", "workbench.shortfalls", "workbench.causes", "workbench.incomes", "workbench.exits", "workbench.map", "workbench.standards", "workbench.further",
    "workbench.households", "workbench.work",
    "workbench.ageing_places", "workbench.ageing_posts", "workbench.closings",
)  # fmt: skip
# What tells of the places below, or of a snapshot of an area.
NOT_OF_A_VILLAGE = ("workbench.places", "workbench.map", "workbench.further")


def page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/papers.html."""
    cards = way(by, "workbench.cards", place=place.code) if place.level == Level.VILLAGE else None
    offered = [
        (_("阶段报告"), _("任意起止日期：识别、脱贫、返贫、变更、发现和办结的问题、还不清楚的，分下级列出；可生成 Word 文件"), link(by, "workbench:report", place.code)),
        (_("县情一页"), _("一页纸：户数人数、各项保障、收入与标准、致贫原因、各地情况，注明数据和标准"), way(by, "workbench.sheet", place=place.code)),
        (_("帮扶明白卡"), _("本村建档立卡户和监测对象，一户一页，交给住户"), cards),
    ]  # fmt: skip
    known = kinds()
    tables = [
        {"title": {"zh": known[kind].zh, "en": known[kind].en}, "url": url}
        for kind in TABLES
        if not (kind in NOT_OF_A_VILLAGE and place.level == Level.VILLAGE)
        and (url := way(by, kind, place=place.code))
    ]
    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "papers": [
            {"title": title, "sentence": sentence, "url": url} for title, sentence, url in offered if url
        ],
        "tables": tables,
    }
