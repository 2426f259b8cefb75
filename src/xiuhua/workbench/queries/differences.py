"""A comparison with the national system as a page: what differs, where, who changed ours, and the next action of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.intake.models import Batch, Difference, Found, Purpose, Step, Way
from xiuhua.intake.queries import differences as queries
from xiuhua.intake.queries.batches import both
from xiuhua.workbench.queries.frame import link
from xiuhua.workbench.queries.national import trail


def comparison_or_404(pk: int) -> Batch | None:
    """The comparison, or None where it was made above the acting place and only its differences here are ours."""
    batch = Batch.objects.filter(pk=pk, purpose=Purpose.COMPARISON).first()
    if batch is None and not Difference.objects.filter(batch_id=pk).exists():
        raise Http404
    return batch


def page(by: Appointment, pk: int, batch: Batch | None, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of workbench/differences.html."""
    asked = queries.Asked.of(query)
    counted = queries.tallies(pk, asked)
    found = queries.open_of(pk).filter(asked.only())
    total = found.count()
    first, turned = pager(
        total, query.get("page", ""), lambda number: f"?{urlencode({**asked.but(), 'page': str(number)})}"
    )
    address = reverse("workbench:differences", args=[pk])
    may_act = link(by, "workbench:difference_decide", pk) is not None
    return {
        "place": by.post.place,
        "crumbs": trail(by),
        "under": _under(pk, batch),
        "notices": _notices(by, pk, batch),
        "ready": _ready(by, pk, batch),
        "actions": _actions(by, pk, batch),
        "filters": _chips(address, asked, "found", Found, counted["found"]),
        "ways": _chips(address, asked, "way", Way, counted["way"]),
        "fields": _fields(address, asked, counted["field"]),
        "places": _places(address, asked, counted["place"]),
        "rows": [{**row, "url": _household(by, row), "case_url": _case(by, row)} for row in queries.rows(found[first : first + PAGE], role=by.role)],
        "pager": turned,
        "total": total,
        "decide_url": f"{reverse('workbench:difference_decide', args=[pk])}?{urlencode(asked.but())}" if may_act else None,
        "plain": found.filter(decided="", taken_in=None).exclude(suggested=Way.VERIFY).count() if may_act else 0,
        "done": not sum(queries.tallies(pk, queries.Asked())["found"].values()),
        "clear_url": address if asked.but() else None,
        "onward": [{"label": _("看全部差异"), "url": address}] if asked.but() else [{"label": _("国家系统"), "url": link(by, "workbench:national"), "icon": "table"}],
    }  # fmt: skip


def _household(by: Appointment, row: Mapping[str, Any]) -> str | None:
    return link(by, "workbench:household", row["household_id"]) if row["household_id"] else None


def _case(by: Appointment, row: Mapping[str, Any]) -> str | None:
    return link(by, "decisions:case", row["case"]) if row["case"] else None


def _under(pk: int, batch: Batch | None) -> dict[str, str]:
    first = Difference.objects.filter(batch_id=pk).values_list("as_of", flat=True).first()
    day = (batch.data_date if batch else None) or first
    zh, en = f"国家系统导出 {day} · 第 {pk} 批比对", f"National export of {day} · comparison {pk}"
    if batch is not None and "households" in batch.counts:
        households, people = batch.counts["households"], batch.counts["people"]
        zh += f" · 对照 {households:,} 户 {people:,} 人"
        en += f" · {households:,} households, {people:,} persons held against the register"
    return both(zh, en)


def _notices(by: Appointment, pk: int, batch: Batch | None) -> list[dict[str, Any]]:
    notices = []
    if batch is not None and (cells := batch.counts.get("cells")):
        url = link(by, "intake:findings", pk)
        notices.append({
            "tone": "straw", "title": _("导出表里有读不出的格"),
            "sentence": ngettext("%(n)s 格没有读出来，没有拿来比对。", "%(n)s 格没有读出来，没有拿来比对。", cells) % {"n": f"{cells:,}"},
            "actions": [{"label": _("看是哪些格"), "url": url}] if url else None,
        })  # fmt: skip
    if batch is not None and (absent := queries.townships_left_out(batch)):
        notices.append({
            "tone": "plain", "title": _("有乡镇不在这份导出里"),
            "sentence": _("没有比对：%(names)s") % {"names": _("、").join(absent)}, "actions": None,
        })  # fmt: skip
    under_way = Difference.objects.filter(batch_id=pk, settled_at=None).exclude(taken_in=None)
    for taken in sorted({n for n in under_way.values_list("taken_in", flat=True) if n}):
        url = link(by, "intake:batch", taken) if batch is not None else None
        notices.append({
            "tone": "straw", "title": _("第 %(n)s 批正在按国家系统更正") % {"n": taken},
            "sentence": _("并入之后，更正了的差异自动销号。"), "actions": [_act(_("去确认并入"), url)] if url else None,
        })  # fmt: skip
    return notices


def _act(label: str, url: str) -> dict[str, Any]:
    return {"label": label, "url": url, "primary": True}


def _ready(by: Appointment, pk: int, batch: Batch | None) -> dict[str, Any] | None:
    """What was decided to be taken over and waits for its batch."""
    n = Difference.objects.filter(
        batch_id=pk, decided=Way.TAKE, takeable=True, taken_in=None, settled_at=None
    ).count()
    url = link(by, "workbench:difference_take", pk)
    if not n or url is None:
        return None
    if batch is None:
        return {"n": n, "url": None, "sentence": _("已定按国家系统更正；由县里生成导入批次。")}
    return {"n": n, "url": url, "sentence": _("先校验、预览，您确认后才并入；别的户、别的项目都不动。")}


def _actions(by: Appointment, pk: int, batch: Batch | None) -> list[dict[str, Any]]:
    offered = [
        (_("下载差异工作簿"), "workbench:difference_workbook", "table", True),
        (
            _("重新比对"),
            "workbench:difference_again",
            "history",
            batch is not None and batch.step == Step.DONE,
        ),
    ]
    return [
        {"label": label, "url": url, "icon": icon, "post": True}
        for label, address, icon, here in offered
        if here and (url := link(by, address, pk))
    ]


def _chips(
    address: str, asked: queries.Asked, name: str, terms: Any, counted: Mapping[str, int]
) -> list[dict[str, Any]]:
    current = getattr(asked, name)
    everything = {
        "label": _("全部"),
        "count": sum(counted.values()),
        "url": _to(address, asked.but(**{name: ""})),
        "current": not current,
    }
    return [
        everything,
        *(
            {"label": one, "count": counted.get(one.value, 0), "url": _to(address, asked.but(**{name: one.value})), "current": current == one}
            for one in terms
        ),
    ]  # fmt: skip


def _fields(address: str, asked: queries.Asked, counted: Any) -> list[dict[str, Any]]:
    return [
        {"label": queries.label("" if field == "-" else field), "count": n, "url": _to(address, asked.but(field="" if asked.field == field else field)), "current": asked.field == field}
        for field, n in counted.most_common()
    ]  # fmt: skip


def _places(address: str, asked: queries.Asked, counted: Mapping[str, int]) -> list[dict[str, Any]]:
    names = queries.names_near([*counted, asked.place[:9]])
    rows: list[dict[str, Any]] = [
        {"label": names.get(code, code), "count": n, "url": _to(address, asked.but(place=code)), "current": asked.place == code}
        for code, n in sorted(counted.items())
    ]  # fmt: skip
    if asked.place:
        back = {
            "label": _("全部乡镇"),
            "count": None,
            "url": _to(address, asked.but(place="")),
            "current": False,
        }
        rows.insert(0, back)
    return rows


def _to(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address
