"""The frame around a page: who acts, where, what the clock says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xiuhua.common.clock import BEIJING


def both(zh: str, en: str) -> dict[str, str]:
    """A bilingual value, as terms and rulebook give them."""
    return {"zh": zh, "en": en}


def at(hour: int, minute: int) -> datetime:
    """A moment of the day on which all samples stand."""
    return datetime(2017, 10, 9, hour, minute, tzinfo=BEIJING)


def pill(tone: str, zh: str, en: str) -> dict[str, Any]:
    """A mark with its tone."""
    return {"tone": tone, "label": both(zh, en)}


def act(zh: str, en: str, url: str = "#", **more: Any) -> dict[str, Any]:
    """One thing that can be done."""
    return {"label": both(zh, en), "url": url, **more}


CRUMBS = [
    {"name": "青岭省", "url": None},
    {"name": "临川县", "url": "/design/county/"},
    {"name": "沙柳河乡", "url": "#"},
    {"name": "上滩村", "url": "/design/village/"},
]


def shell(current: str = "") -> dict[str, Any]:
    """What the frame wants under the name `shell`."""
    items = [
        ("home", both("工作台", "Today"), "home", "/design/home/", 0),
        ("county", both("区划", "Areas"), "place", "/design/county/", 0),
        ("households", both("住户", "Households"), "household", "/design/households/", 0),
        ("findings", both("问题", "Findings"), "finding", "/design/findings/", 83),
        ("batches", both("导入", "Intake"), "intake", "/design/batches/", 0),
    ]
    return {
        "home_url": "/design/home/",
        "nav": [
            {"label": label, "icon": icon, "url": url, "count": count, "current": key == current}
            for key, label, icon, url, count in items
        ],
        "search_url": "/design/search/",
        "search_scope": "沙柳河乡",
        "tasks_count": 7,
        "tasks_url": "/design/findings/",
        "data_date": "2017-09-30",
        "person": {
            "name": "卓玛措",
            "post": both("扶贫专干", "Township poverty officer"),
            "place_name": "沙柳河乡",
            "account_url": "#",
        },
        "posts": [
            {
                "id": 1,
                "label": both("沙柳河乡扶贫专干", "Township poverty officer, 沙柳河乡"),
                "current": True,
            },
            {
                "id": 2,
                "label": both("上滩村驻村工作队员（代）", "Resident team member, 上滩村 (deputy)"),
                "current": False,
            },
        ],
        "switch_post_url": "#",
        "people_url": "/design/people/",
        "sign_out_url": "#",
        "banner": {
            "tone": "straw",
            "label": both("演示数据", "Demonstration"),
            "sentence": both(
                "县、村、人均为虚构；时钟拨到 2017-10-09。",
                "County, villages and people are invented; the clock stands at 2017-10-09.",
            ),
        },
    }
