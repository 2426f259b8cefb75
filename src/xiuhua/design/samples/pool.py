"""The pool of findings: the work list by weight, one finding, how long they have been open, who closed what."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from xiuhua.design.samples import county, household, lists
from xiuhua.design.samples.shell import CRUMBS, act, at, both, pill

AGES = ["7 天以内", "8 至 30 天", "31 至 90 天", "90 天以上"]
WORKERS = ("青石镇扶贫专干", "Township poverty officer, 青石镇")


def aged(name: str, count: int, late: int, told: int, steps: tuple[int, ...], oldest: int) -> dict[str, Any]:
    """One place or post with what waits there."""
    return {
        "name": name,
        "url": "#",
        "count": count,
        "overdue": late,
        "explained": told,
        "buckets": steps,
        "oldest": oldest,
    }


AGED = [
    aged("沙柳河乡", 41, 9, 2, (12, 20, 8, 1), 96),
    aged("青石镇", 29, 0, 1, (29, 0, 0, 0), 6),
    aged("塔玛乡", 13, 3, 0, (4, 9, 0, 0), 24),
]


def move(hour: int, act: dict[str, str], tone: str = "plain", **more: Any) -> dict[str, Any]:
    """One thing that happened."""
    return {"at": at(hour, 5), "act": act, "tone": tone, "by": "卓玛措 · 沙柳河乡扶贫专干", **more}


MOVES = [
    move(9, both("发现", "Found"), owner=both(*WORKERS), batch=12),
    move(10, both("交办", "Handed out"), owner=both(*WORKERS), due=date(2017, 10, 8)),
    move(
        11,
        both("说明", "Explained"),
        "straw",
        says=both("房屋已鉴定为 B 级，报告待寄达", "Graded B; the report is on its way")["zh"],
    ),
]


def hand_out() -> dict[str, Any]:
    """To whom and by when, for one finding."""
    return {
        "url": "#",
        "id": 1,
        "posts": [{"id": 1, "label": WORKERS[0], "current": True}],
        "due_on": date(2017, 10, 8),
        "least": date(2017, 10, 1),
        "most": date(2018, 3, 30),
    }


def work_list() -> dict[str, Any]:
    """Groups by weight."""
    late = both("2 条超期", "2 overdue")
    tasks = [
        {**one, "weighs": lists.weighs(), "late": late if at == 0 else ""}
        for at, one in enumerate(county.TASKS)
    ]
    return {**lists.findings(), "open": False, "rows": [], "tasks": tasks, "pager": None}


def for_a_leader() -> dict[str, Any]:
    """A group as who leads sees it: counts and ages, nobody's name."""
    return {**lists.findings(), "rows": [], "hand_out": None, "counts": AGED, "ages": AGES}


def one() -> dict[str, Any]:
    """One finding, explained and waiting for an answer."""
    row = lists.findings()["rows"][0]
    label = both("不符：已脱贫户不住危房", "Not met: an exited household does not live in a dangerous house")
    value = {
        "label": both("危房等级", "Grade of the house"),
        "whose": "2017",
        "now": both("D级", "Grade D"),
        "url": "#",
    }
    return {
        "crumbs": CRUMBS,
        "finding": {
            **row,
            "label": label,
            "pills": [
                pill("red", "脱贫质量疑点", "Exit in doubt"),
                pill("straw", "已说明待复核", "Explained"),
            ],
            "clause": both("数据清洗规则·第一组", "Cleaning rules, group 1"),
            "source": "省级数据清洗规则第一组",
            "next": both("请住建部门复核鉴定", "Have the grade checked"),
            "days": 12,
        },
        "weighs": lists.weighs(),
        "outcome": household.outcomes()[0],
        "ways": [act("打开这一户", "Open the household", icon="household")],
        "values": [value],
        "explanations": [
            {
                "text": both("房屋已鉴定为 B 级，报告待寄达", "Graded B; the report is on its way")["zh"],
                "by": WORKERS[0],
                "at": at(11, 5),
                "valid_until": date(2017, 12, 31),
                "file": "鉴定报告.pdf",
                "file_url": "#",
                "mark": pill("straw", "等待复核", "To be reviewed"),
            }
        ],
        "answer": {"url": "#", "until": date(2017, 12, 31), "least": date(2017, 10, 1)},
        "hand_out": hand_out(),
        "moves": MOVES,
        "back_url": "#",
    }


class Correct(forms.Form):
    """A correction as the page asks for it."""

    value = forms.ChoiceField(label="危房等级", choices=[("A", "A级"), ("B", "B级")], required=False)
    seen_on = forms.DateField(label="看到的日期")


def correct() -> dict[str, Any]:
    """A value put right."""
    return {
        "crumbs": CRUMBS,
        "label": both("危房等级", "Grade of the house"),
        "whose": "2017",
        "now": both("D级", "Grade D"),
        "because": both("不符：已脱贫户不住危房", "Not met: no dangerous house"),
        "form": Correct(),
        "back_url": "#",
    }


def explain() -> dict[str, Any]:
    """An explanation asked for."""
    return {"crumbs": CRUMBS, "title": correct()["because"], "form": Correct(), "back_url": "#"}


def ageing() -> dict[str, Any]:
    """How long they have been open."""
    posts = [{**row, "url": None} for row in AGED]
    return {
        "crumbs": CRUMBS[:2],
        "place": {"name": "临川县"},
        "ages": AGES,
        "places": AGED,
        "posts": posts,
        "back_url": "#",
    }


def closings() -> dict[str, Any]:
    """Who closed what."""
    row = {
        "at": at(9, 12),
        "who": WORKERS[0],
        "way": both("按规则复核通过", "The rule holds again"),
        "tone": "leaf",
        "rule": both(
            "不符：因病户有患病或残疾成员",
            "Not met: an illness-caused household has a member who is not healthy",
        ),
        "because": "“因病户有患病或残疾成员”按规则复核已符合：主要致贫原因 因病",
        "household": "9905210000193",
        "url": "#",
    }
    return {
        "crumbs": CRUMBS[:2],
        "place": {"name": "临川县"},
        "since": date(2017, 9, 1),
        "until": date(2017, 9, 30),
        "kept": {"place": ""},
        "filters": [
            lists.chip("全部", "All", 12, True),
            lists.chip("按规则复核通过", "The rule holds again", 12),
        ],
        "people": [{"name": WORKERS[0], "count": 12, "url": "#", "current": False}],
        "rows": [row],
        "more": 0,
        "back_url": "#",
    }
