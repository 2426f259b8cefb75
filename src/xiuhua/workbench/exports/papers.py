"""Papers 纸面材料: the household's card, one or a village's at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.common.asked import key, row_key
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.files.models import Export
from xiuhua.files.services import Asked, CannotMake, Made, Maker, NotThere, Offer, Progress, press, speaking
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import covering, latest, since
from xiuhua.freezes.terms import Step
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.models import Household
from xiuhua.workbench.queries import card as cards
from xiuhua.workbench.queries import sheet as sheets
from xiuhua.workbench.queries.frame import said
from xiuhua.workbench.queries.household import CARDS, read
from xiuhua.workbench.queries.sources import Source, frozen, live

HERE = Path(__file__).parent
A4, A5 = "a4", "a5"
PIECE = 1 << 20


def pieces(made: bytes) -> Iterator[bytes]:
    """A file some at a time, as it is encrypted."""
    for at in range(0, len(made), PIECE):
        yield made[at : at + PIECE]


def stamp(export: Export, basis: str) -> str:
    """The line at a page's foot: which export, when, by whom, from what. What alone differs from making to making."""
    return " · ".join(
        (
            _("第 %(n)s 号交付文件") % {"n": export.pk},
            f"{beijing_now():%Y-%m-%d %H:%M}",
            export.asked_post or export.asked_by,
            basis,
        )
    )


def printed(layout: str, data: dict[str, Any], export: Export, name: str) -> Made:
    """A layout of this folder with its data as a PDF."""
    try:
        made = press.pdf(HERE / layout, data, localtime(export.asked_at))
    except press.NoType as bare:
        raise CannotMake(
            "这台机器没有中文字体，不能排印。请系统管理员安装 Noto CJK 字体后再生成",
            "This machine has no Chinese fonts to print with. Ask the administrator to install Noto CJK",
        ) from bare
    return Made(name, pieces(made))


def households_of(asked: Asked) -> list[int]:
    """Keys of the households that cards are asked for: one, or all registered and watched ones of a village. NotThere."""
    if one := asked.query.get("household", ""):
        chosen = Household.objects.filter(pk=row_key(one))
    else:
        if asked.place.level != Level.VILLAGE:
            raise NotThere
        chosen = Household.objects.filter(village_code=asked.place.code)
    found = chosen.filter(kind__in=CARDS, ended_on__isnull=True).order_by("group_name", "id")
    keys = list(found.values_list("pk", flat=True))
    if not keys:
        raise NotThere
    return keys


def offer_cards(asked: Asked) -> Offer:
    """What the page that asks for cards says."""
    keys = households_of(asked)
    first = Household.objects.get(pk=keys[0])
    village = Place.objects.get(pk=first.village_code)
    whose = first.head_name or _("户主不明")
    one = "household" in asked.query
    title = (
        {"zh": f"帮扶明白卡 · {first.head_name or '户主不明'}", "en": f"Household card · {first.head_name or 'head not known'}"}
        if one
        else {"zh": f"帮扶明白卡 · {village.name}", "en": f"Household cards · {village.name}"}
    )  # fmt: skip
    return Offer(
        village,
        title,
        [
            (_("哪些户"), whose if one else _("本村建档立卡户和监测对象，一户一页")),
            (_("内容"), _("身份和原因、登记的帮扶、收入和各项保障及还不清楚的、谁负责、向谁反映")),
            (_("不写"), _("证件号、电话、账号、病情、孩子的学校")),
            (_("数据"), _("实时登记")),
            (_("语言"), _("中文，交给住户")),
        ],
        ((A4, "A4"), (A5, "A5")),
        ngettext("%(n)s 户", "%(n)s 户", len(keys)) % {"n": len(keys)},
    )


def make_cards(export: Export, progress: Progress) -> Made:
    """One page a household, always in Chinese: it is handed to the household."""
    with translation.override("zh-hans"):
        place = Place.objects.get(pk=export.place_code)
        asked = Asked(by=None, place=place, query=export.params.get("query", {}))  # type: ignore[arg-type]
        try:
            keys = households_of(asked)
        except NotThere as gone:
            raise CannotMake("要的户已不在册", "The household is no longer in the register") from gone
        names, answering = cards.names_above(place.code), cards.who_answers(place.code)
        told = []
        for done, key in enumerate(keys):
            progress(done, len(keys))
            if (found := read(key)) is not None:
                told.append(cards.card(found, names, answering))
        data = {
            "paper": A5 if export.params.get("form") == A5 else A4,
            "title": f"帮扶明白卡 {place.name}",
            "stamp": stamp(export, "实时登记"),
            "cards": told,
        }
        who = told[0]["number"] if len(told) == 1 else place.name
        return printed("card.typ", data, export, f"明白卡_{who}_{beijing_today():%Y%m%d}.pdf")


def offer_sheet(asked: Asked) -> Offer:
    """What the page that asks for a place on one page says."""
    return Offer(
        asked.place,
        {"zh": f"县情一页 · {asked.place.name}", "en": f"On one page · {asked.place.name}"},
        [
            (_("内容"), _("户数人数、各项保障、收入与标准、致贫原因、各地情况，标准和出处")),
            (_("语言"), _("与您现在用的界面相同")),
        ],
        _sources(asked.place),
        personal=False,
    )


LIVE, FROZEN = "live", "freeze-"


def _sources(place: Place) -> list[tuple[str, str]]:
    """From what the sheet can be made: the newest freeze first, since what it says can be computed again."""
    newest = latest(place.code)
    frozen = (
        [(f"{FROZEN}{newest.pk}", _("PDF，A4，%(since)s") % {"since": said(since(newest))})] if newest else []
    )
    return [*frozen, (LIVE, _("PDF，A4，实时登记"))]


def _source(place: Place, form: str) -> Source:
    pk = key(form.removeprefix(FROZEN))
    if not form.startswith(FROZEN) or pk is None:
        return live(place)
    held = Freeze.objects.filter(pk=pk, step=Step.DONE, place_code__in=covering(place.code)).first()
    if held is None:
        raise CannotMake("这份数据快照不在了，请重新选择", "The snapshot is not there any more; choose again")
    return frozen(held, place)


def make_sheet(export: Export, progress: Progress) -> Made:
    """A place on one page, in the language of whoever asked."""
    with speaking(export):
        place = Place.objects.get(pk=export.place_code)
        told = sheets.sheet(place, _source(place, str(export.params.get("form", ""))))
        data = {**told, "language": export.language, "stamp": stamp(export, told["basis"])}
        between = " " if export.language == "en" else ""
        return printed(
            "sheet.typ",
            data,
            export,
            f"{place.name}{between}{told['heading']}{between}{beijing_today():%Y%m%d}.pdf",
        )


PAPERS = {
    "workbench.sheet": Maker("县情一页", "On one page", "workbench.papers", make_sheet, offer=offer_sheet, personal=False),
    "workbench.cards": Maker(
        zh="帮扶明白卡", en="Household cards", right="workbench.cards", make=make_cards, needs_reason=True, offer=offer_cards,
    ),
}  # fmt: skip
