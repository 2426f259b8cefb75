"""Tables of the pool of findings: the work list, findings one by one, how old they are, who closed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.accounts.models import Post
from xiuhua.files.services import Asked, Column, NotThere, Table, columns, rows_in_words
from xiuhua.findings.models import Finding
from xiuhua.findings.queries import choose, groups, ordered
from xiuhua.findings.queries.ageing import ageing as old
from xiuhua.findings.queries.ageing import by_place, by_post
from xiuhua.findings.queries.closing import Asked as Wanted
from xiuhua.findings.queries.closing import closings
from xiuhua.findings.terms import Age, Kind, State, Way
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries.rules import OF_A_LIST
from xiuhua.workbench.exports.tables import live
from xiuhua.workbench.queries import ageing, pool
from xiuhua.workbench.queries.frame import below, names_apart, said
from xiuhua.workbench.queries.leads import rules_of_lists
from xiuhua.workbench.queries.words import finding_rows, next_action, rule_label, task

CHUNK = 500


def _kept(asked: Asked) -> dict[str, str]:
    return pool.kept_of(asked.by, dict(asked.query))


def _about(asked: Asked) -> list[tuple[str, Any]]:
    """The filter in words."""
    kept = _kept(asked)
    state = kept.get("state", "") or ("" if kept.get("kind") == Kind.MENDED else State.OPEN.value)
    told = [
        rule_label(kept["rule"], kept.get("kind", "")) if "rule" in kept else "",
        said(Kind(kept["kind"])) if "kind" in kept else "",
        said(State(state)) if state else "",
        _("户编号 %(number)s") % {"number": kept["household"]} if "household" in kept else "",
        _("我的") if kept.get("mine") else "",
        _("已超期") if kept.get("late") else "",
    ]
    return [(_("筛选"), " · ".join(one for one in told if one)), *live(asked)]


def _chosen(asked: Asked) -> QuerySet[Finding]:
    """What is listed one by one, or of one household: never what rests on departments' lists, whoever asks."""
    kept = _kept(asked)
    if kept.get("rule", "").startswith(OF_A_LIST):
        raise NotThere
    return choose(pool.chosen_of(asked.by, asked.place, kept)).exclude(rule__in=rules_of_lists())


def _findings_about(asked: Asked) -> list[tuple[str, Any]]:
    return [*_about(asked), (_("未列入"), _("部门比对名单的线索，只在系统里看"))]


def _work(asked: Asked) -> Iterator[dict[str, Any]]:
    kept = _kept(asked)
    chosen = (
        _chosen(asked)
        if {"household", "rule"} & set(kept)
        else choose(pool.chosen_of(asked.by, asked.place, kept))
    )
    told = groups(chosen, digits=below(asked.place)[1], place_code=asked.place.code)
    names = names_of(place for group in told for place, _n in group.places[:3])
    for group in told:
        line = task(asked.by, group, names)
        yield {
            "label": line["label"], "rule": rule_label(group.rule, group.kind), "count": group.count, "households": group.households,
            "people": group.people, "overdue": group.overdue, "oldest": group.oldest,
            "weight": line["weighs"]["number"] if line["weighs"] else None, "where": line["where"], "clause": line["clause"],
            "next": next_action(group.rule),
        }  # fmt: skip


WORK = Table(
    "问题清单", "Work list of findings", "findings.see",
    lambda asked: columns([
        (gettext_lazy("类别"), "label", 14), (gettext_lazy("问题"), "rule", 36), (gettext_lazy("条数"), "count", 8), (gettext_lazy("户数"), "households", 8), (gettext_lazy("涉及人数"), "people", 8),
        (gettext_lazy("超期"), "overdue", 8), (gettext_lazy("最早发现"), "oldest", 12), (gettext_lazy("分值"), "weight", 8), (gettext_lazy("主要在哪里"), "where", 30),
        (gettext_lazy("条款"), "clause", 20), (gettext_lazy("下一步"), "next", 30),
    ]),
    _work, _about, personal=False,
)  # fmt: skip


def _findings(asked: Asked) -> Iterator[dict[str, Any]]:
    keys = list(ordered(_chosen(asked), place_code=asked.place.code).values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        found = Finding.objects.select_related("owner__place").in_bulk(keys[first : first + CHUNK])
        some = [found[key] for key in keys[first : first + CHUNK]]
        for one, row in zip(some, finding_rows(asked.by, some), strict=True):
            yield {**row, "rule": rule_label(one.rule, one.kind), "head": row["household"]["label"], "household_number": one.household_number,
                   "person_number": one.person_number, "state_label": said(State(one.state))}  # fmt: skip


FINDINGS = Table(
    "问题明细", "Findings one by one", "findings.open",
    lambda asked: columns([
        (gettext_lazy("类别"), "kind_label", 12), (gettext_lazy("问题"), "rule", 28), (gettext_lazy("情况"), "says", 50), (gettext_lazy("户主"), "head", 12),
        (gettext_lazy("户编号"), "household_number", 22), (gettext_lazy("人编号"), "person_number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("文件"), "file", 26),
        (gettext_lazy("工作表"), "sheet", 14), (gettext_lazy("所在行"), "row", 8), (gettext_lazy("所在列"), "column", 6), (gettext_lazy("谁在办"), "owner", 24), (gettext_lazy("期限"), "due", 12),
        (gettext_lazy("已超期"), "overdue", 8), (gettext_lazy("挂账天数"), "days", 8), (gettext_lazy("进展"), "state_label", 14), (gettext_lazy("下一步"), "action_label", 30),
    ]),
    _findings, _findings_about, lambda asked: rows_in_words(_chosen(asked).count()),
)  # fmt: skip


def _bucket(at: int, row: dict[str, Any]) -> int:
    return int(row["buckets"][at])


def _aged_columns(first: Any) -> Any:
    def those(asked: Asked) -> list[Column]:
        steps = [Column(said(one), partial(_bucket, at), 12) for at, one in enumerate(Age)]
        return [
            *columns([(first, "name", 28), (gettext_lazy("合计"), "count", 8), (gettext_lazy("超期"), "overdue", 8), (gettext_lazy("已说明待复核"), "explained", 12)]),
            *steps,
            Column(gettext_lazy("最久（天）"), lambda row: row["oldest"], 10),
        ]  # fmt: skip

    return those


def _aged_places(asked: Asked) -> list[dict[str, Any]]:
    kept = _kept(asked)
    # Of a group that a leader opened, what its page counts; of the page on age, all that grows old.
    narrowed = "rule" in kept
    found = (
        choose(pool.chosen_of(asked.by, asked.place, kept)) if narrowed else old(scope_of(asked.place.code))
    )
    told = by_place(found, digits=below(asked.place)[1])
    names = names_apart(one.of for one in told)
    return ageing.aged_rows(told, lambda code: names.get(code, code), lambda _code: None)


def _aged_posts(asked: Asked) -> list[dict[str, Any]]:
    told = by_post(old(scope_of(asked.place.code)))
    known = Post.objects.select_related("place").in_bulk([one.of for one in told if one.of])
    return ageing.aged_rows(
        told, lambda pk: said(known[pk]) if pk in known else _("还没有交给谁"), lambda _pk: None
    )


AGED_PLACES = Table(
    "挂账多久（按区划）", "How long it has been open, by place", "findings.see", _aged_columns(gettext_lazy("区划")), _aged_places, _about,
    personal=False,
)  # fmt: skip
AGED_POSTS = Table(
    "挂账多久（按经办职务）", "How long it has been open, by post", "findings.see", _aged_columns(gettext_lazy("谁在办")), _aged_posts, live,
    personal=False,
)  # fmt: skip


def _closings_asked(asked: Asked) -> Wanted:
    """As the page asks, and for no reader with what rested on departments' lists."""
    return replace(ageing.asked_of(asked.by, asked.place, asked.query), but=rules_of_lists())


def _closings_about(asked: Asked) -> list[tuple[str, Any]]:
    wanted = _closings_asked(asked)
    told = [said(Way(wanted.way)) if wanted.way else _("全部方式"), wanted.who]
    return [
        (_("时间段"), f"{wanted.since} – {wanted.until}"),
        (_("筛选"), " · ".join(one for one in told if one)),
        *live(asked),
    ]


def _closings(asked: Asked) -> Iterator[dict[str, Any]]:
    for one in closings(_closings_asked(asked)).iterator(chunk_size=CHUNK):
        yield ageing.closing(asked.by, one)


CLOSINGS = Table(
    "办结记录", "Record of closings", "findings.log",
    lambda asked: columns([
        (gettext_lazy("时间"), "at", 18), (gettext_lazy("问题"), "rule", 36), (gettext_lazy("情况"), "because", 40), (gettext_lazy("户编号"), "household", 22),
        (gettext_lazy("方式"), "way", 16), (gettext_lazy("谁办结的"), "who", 30),
    ]),
    _closings, _closings_about, lambda asked: rows_in_words(closings(_closings_asked(asked)).count()),
)  # fmt: skip

TABLES = {
    "workbench.work": WORK,
    "workbench.findings": FINDINGS,
    "workbench.ageing_places": AGED_PLACES,
    "workbench.ageing_posts": AGED_POSTS,
    "workbench.closings": CLOSINGS,
}
