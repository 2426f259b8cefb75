"""Files that are made to be taken away."""

from __future__ import annotations

from typing import Any

from xiuhua.design.samples.shell import CRUMBS, at, both, pill

TITLE = both(
    "标注好的工作簿 · 第 12 批 · 贫困人口信息表.xlsx", "Marked workbook · batch 12 · 贫困人口信息表.xlsx"
)
UNDER = both(
    "赵成 · 临川县扶贫办（局）业务干部 · 2017-10-12 09:10", "赵成 · Officer, 临川县 · 2017-10-12 09:10"
)


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
