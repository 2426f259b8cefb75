"""What a search found, as its page lists it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level, parent_of
from xiuhua.registry.queries.search import COUNTED, MOST, Hit, How, Understood, clean, private, search
from xiuhua.registry.terms import HouseholdKind, Leaving
from xiuhua.workbench.queries.frame import link, said, take_away
from xiuhua.workbench.queries.words import code, pill


def page(by: Appointment, typed: str) -> dict[str, Any]:
    """The context of workbench/search.html."""
    text = clean(typed)
    found = search(text, scope_of(by.place_code))
    above = [parent_of(one) for one in found.places]
    hits = [*found.people[:MOST], *found.households[:MOST]]
    names = names_of(
        [*found.places, *above, *(hit.village_code for hit in hits), *(one.place for one in found.understood)]
    )
    levels = (
        dict(Place.objects.filter(code__in=found.places).values_list("code", "level")) if found.places else {}
    )
    groups = [
        _group(_("村与其他区划"), [_place(by, one, levels, names) for one in found.places]),
        _group(_("人员"), [_person(by, hit, names) for hit in found.people]),
        _group(_("住户"), [_household(by, hit, names) for hit in found.households]),
    ]
    return {
        "scope": by.post.place.name,
        "search_url": link(by, "workbench:search"),
        # What is shown in a page can be read over a shoulder and stays in the browser: a number is not said back.
        "q": "" if private(text) else text,
        "asked": _("所写号码") if private(text) else text,
        "groups": [group for group in groups if group["results"]],
        "understood": [_understood(one, names) for one in found.understood],
        "more": found.many,
        "actions": [] if private(text) or not found else take_away(by, "workbench.search", q=text),
        "tries": [] if found else _tries(text),
    }


def _group(label: str, results: list[dict[str, Any]]) -> dict[str, Any]:
    total = len(results)
    count = f"{COUNTED}+" if total > COUNTED else total
    return {
        "label": label,
        "results": results[:MOST],
        "count": _("共 %(n)s 条") % {"n": count},
        "note": _("先列出 %(n)s 条") % {"n": MOST} if total > MOST else "",
    }


def _understood(one: Understood, names: dict[str, str]) -> str:
    values = {"text": one.text, "place": names.get(one.place, one.place)}
    return {
        How.SEALED: _("按证件号或电话查找"),
        How.NUMBER: _("按户编号、人编号“%(text)s”查找"),
        How.NUMBER_BEGINS: _("按以“%(text)s”开头的户编号、人编号查找"),
        How.NAME: _("按姓名“%(text)s”查找"),
        How.READING: _("按拼音或首字母“%(text)s”查找"),
        How.PLACE: _("按区划名“%(text)s”查找"),
        How.AT_PLACE: _("在%(place)s查找“%(text)s”"),
    }[one.how] % values


def _tries(text: str) -> list[str]:
    """What to try when nothing was found."""
    if private(text):
        return [
            _("号码要写完整，逐位核对一遍。"),
            _("也可以改按姓名查找：证件号可能没有登记，或登记时写错了。"),
        ]
    tries = [
        _("姓名从姓开始写，少写一个字也可以；或写拼音首字母，如“zs”。"),
        _("姓名后面空一格再写村名，如“张三 上坝”。"),
        _("户编号至少写前 6 位；证件号、电话须写完整。"),
    ]
    return [*tries, _("不在本区域的住户查不到：请与所在地联系。")]


def _place(by: Appointment, place: str, levels: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    return {
        "icon": "place",
        "title": names.get(place, place),
        "url": link(by, "workbench:place", place),
        "note": names.get(parent_of(place) or "", ""),
        "pills": [pill("plain", said(Level(levels[place])))] if place in levels else [],
    }


def _household(by: Appointment, hit: Hit, names: dict[str, str]) -> dict[str, Any]:
    return {
        "icon": "household",
        "title": _("%(name)s 家") % {"name": hit.head_name or _("户主不明")},
        "url": link(by, "workbench:household", hit.household),
        "note": f"{names.get(hit.village_code, hit.village_code)} · {hit.number}",
        "pills": [_kind(hit)],
    }


def _person(by: Appointment, hit: Hit, names: dict[str, str]) -> dict[str, Any]:
    village = names.get(hit.village_code, hit.village_code)
    relation = code("relation", hit.relation)
    if hit.gone:
        note = _("%(village)s · 最后在户编号 %(number)s · %(relation)s") % {
            "village": village,
            "number": hit.number,
            "relation": relation,
        }
    elif hit.relation == "head":
        note = _("%(village)s · 户主 · 户编号 %(number)s") % {"village": village, "number": hit.number}
    else:
        note = _("%(village)s · %(head)s 家 · %(relation)s") % {
            "village": village,
            "head": hit.head_name or _("户主不明"),
            "relation": relation,
        }
    return {
        "icon": "household" if hit.relation == "head" and not hit.gone else "person",
        "title": hit.name or _("姓名未登记"),
        "url": link(by, "workbench:household", hit.household),
        "note": note,
        "pills": [*_gone(hit), _kind(hit)],
    }


def _gone(hit: Hit) -> list[dict[str, Any]]:
    """When somebody died or left their household, and why."""
    if hit.died or hit.because == Leaving.DEATH:
        return [pill("plain", _("%(day)s 去世") % {"day": f"{hit.died or hit.left:%Y-%m-%d}"})]
    if hit.left is None:
        return []
    values = {"day": f"{hit.left:%Y-%m-%d}", "why": said(Leaving(hit.because)) if hit.because else ""}
    return [pill("straw", (_("%(day)s 离户（%(why)s）") if hit.because else _("%(day)s 离户")) % values)]


def _kind(hit: Hit) -> dict[str, Any]:
    return pill("plain", said(HouseholdKind(hit.kind)))
