"""Files that are made to be taken away."""

from __future__ import annotations

from typing import Any

from django import forms

from xiuhua.design.samples.shell import CRUMBS, at, both, pill

TITLE = both(
    "标注好的工作簿 · 第 12 批 · 贫困人口信息表.xlsx", "Marked workbook · batch 12 · 贫困人口信息表.xlsx"
)
UNDER = both(
    "赵成 · 临川县扶贫办（局）业务干部 · 2017-10-12 09:10", "赵成 · Officer, 临川县 · 2017-10-12 09:10"
)


class Asking(forms.Form):
    """As the page that asks for a file has it."""

    form = forms.ChoiceField(
        label="文件格式", widget=forms.RadioSelect, choices=[("xlsx", "xlsx"), ("csv", "csv")], initial="xlsx"
    )
    reason = forms.CharField(label="用途", max_length=200)


def new() -> dict[str, Any]:
    """Asking for a file of a list."""
    return {
        "crumbs": CRUMBS,
        "offer": {
            "title": both("住户名单 · 临川县", "List of households · 临川县"),
            "lines": [
                ("筛选", both("待核实", "Not known")),
                ("数据", both("实时登记", "Live register")),
                ("数据截止", "2017-09-30"),
            ],
            "count": "61",
            "personal": True,
        },
        "form": Asking(),
        "kept": [("place", "990521")],
        "days": 7,
    }


def papers() -> dict[str, Any]:
    """What a place hands out."""
    return {
        "crumbs": CRUMBS,
        "place": {"name": "临川县"},
        "papers": [
            {
                "title": both("阶段报告", "Period report"),
                "sentence": both("任意起止日期", "From any day to any day"),
                "url": "#",
            },
            {
                "title": both("县情一页", "County on one page"),
                "sentence": both("一页纸", "One sheet"),
                "url": "#",
            },
        ],
        "tables": [{"title": both("各地情况", "Places below"), "url": "#"}],
    }


def report() -> dict[str, Any]:
    """The report of a period, with both ends."""
    parts = [
        {"label": both("未脱贫", "Poor"), "count": 263, "url": "#"},
        {"label": both("已脱贫", "Exited"), "count": 294, "url": "#"},
    ]
    lines = [
        {"label": both("期初在册", "On the register at the start"), "count": 557, "unit": both("户", "households"), "people": 1674, "url": "#", "parts": parts},
        {"label": both("本期脱贫", "Exited"), "count": 0, "unit": both("户", "households"), "people": 0, "url": None, "parts": []},
    ]  # fmt: skip
    return {
        "crumbs": CRUMBS,
        "place": {"name": "临川县"},
        "period": "2017-01-01 – 2017-09-30",
        "presets": [{"label": both("今年", "This year"), "count": None, "url": "#", "current": True}],
        "form": Days(),
        "summary": both(
            "识别纳入 0 户，脱贫 0 户，返贫 0 户。", "Identified 0, exited 0, returned 0 households."
        ),
        "sections": [{"title": both("建档立卡户的状态", "Status of registered households"), "lines": lines}],
        "below": [
            {"name": "羊圈乡", "url": "#", "values": [{"label": both("本期发现", "Found"), "count": 40}]}
        ],
        "below_word": both("乡镇", "Township"),
        "below_columns": [both("本期发现", "Found")],
        "below_export_url": "#",
        "ends": {
            "heads": [
                both("没有数据快照", "No snapshot"),
                both("数据快照 2017-09-30 09:00", "Snapshot 2017-09-30 09:00"),
            ],
            "rows": [{"label": both("建档立卡户", "Registered"), "before": None, "after": 557, "by": None}],
            "compare_url": None,
        },
        "notes": [both("两头的日子都算在内。", "The first and the last day are included.")],
        "actions": None,
        "computed_at": at(9, 10),
    }


def report_rows() -> dict[str, Any]:
    """The list behind a figure."""
    row = {"head": "马文德", "number": "9905210000193", "village": "上滩村", "people": 4, "what": both("未脱贫", "Poor"), "day": at(9, 10), "url": "#"}  # fmt: skip
    return {
        "crumbs": CRUMBS,
        "place": {"name": "临川县"},
        "title": both("期末在册", "On the register at the end"),
        "under": "2017-09-30",
        "filters": [{"label": both("全部", "All"), "count": 1, "url": "#", "current": True}],
        "rows": [row],
        "people": True,
        "pager": None,
        "actions": None,
    }


class Days(forms.Form):
    """From which day to which."""

    since = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))
    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))


def exports() -> dict[str, Any]:
    """The list, with one of each step."""
    rows = [
        ("贫困人口信息表（已标注）.xlsx", pill("leaf", "可以下载", "Ready"), at(9, 10)),
        ("", pill("plain", "生成", "Being made"), None),
        ("户年度收入与生活条件（已标注）.xlsx", pill("plain", "已到期撤下", "Came down"), None),
    ]
    return {
        "crumbs": CRUMBS,
        "exports": [
            {
                "title": TITLE,
                "url": "/design/export/",
                "state": state,
                "file": name,
                "by": "赵成",
                "at": at(9, 10),
                "until": until,
            }
            for name, state, until in rows
        ],
        "pager": None,
    }


def exports_empty() -> dict[str, Any]:
    """Nothing made yet."""
    return {"crumbs": CRUMBS, "exports": [], "pager": None}


def export() -> dict[str, Any]:
    """One that is ready."""
    return {
        "crumbs": CRUMBS,
        "export": {
            "title": TITLE,
            "under": UNDER,
            "pills": [pill("leaf", "可以下载", "Ready")],
            "reason": "",
        },
        "personal": True,
        "ready": {"name": "贫困人口信息表（已标注）.xlsx", "size": "1.2 MB", "until": at(9, 10), "url": "#"},
        "note": both(
            "红色 27 处必须更正，黄色 48 处待判断或存疑，绿色 112 处系统已更正。改好后原样再导入，只取改动过的。",
            "27 in red must be put right, 48 in yellow are to be decided or doubtful, 112 in green were put right by the system.",
        ),
    }


def export_making() -> dict[str, Any]:
    """One at work."""
    progress = {
        "percent": 40,
        "done": 40_000,
        "total": 100_000,
        "label": both("生成", "Being made"),
        "sentence": both("可以离开本页，做好后在“交付文件”里下载。", "You may leave this page."),
        "url": "#",
    }
    return {
        "crumbs": CRUMBS,
        "export": {
            "title": TITLE,
            "under": UNDER,
            "pills": [pill("plain", "生成", "Being made")],
            "reason": "",
        },
        "progress": progress,
        "stop_url": "#",
    }
