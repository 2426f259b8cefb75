"""A post's day, a county and a village."""

from __future__ import annotations

from typing import Any

from xiuhua.design.samples.intake import BATCHES
from xiuhua.design.samples.mapped import place_map
from xiuhua.design.samples.shell import CRUMBS, act, at, both, pill

CARDS = [
    {
        "label": both("未脱贫", "Poor"),
        "number": 768,
        "unit": both("人", "people"),
        "note": both("252 户 · 农村人口 12,014", "252 households · rural population 12,014"),
        "url": "#",
    },
    {
        "label": both("已脱贫、达标存疑", "Exited, in doubt"),
        "number": 14,
        "unit": both("户", "households"),
        "tone": "red",
        "note": both("收入 4 · 住房 4 · 上学 3 · 饮水 3", "Income 4 · housing 4 · school 3 · water 3"),
        "url": "#",
    },
    {
        "label": both("待核实", "Not known"),
        "number": 61,
        "unit": both("户", "households"),
        "tone": "straw",
        "note": both("最多：饮水未测 38 户", "Most: water not measured, 38"),
        "url": "#",
    },
    {
        "label": both("待我办理", "For me"),
        "number": 7,
        "note": both("2 件超期 · 最早 9 天前", "2 overdue · oldest 9 days"),
        "url": "#",
    },
]
TASKS = [
    {
        "tone": "red",
        "label": both("校验未通过", "Refused"),
        "sentence": both(
            "6 人证件号码存成了数字，末几位已经失真", "6 ID numbers stored as numbers; last digits lost"
        ),
        "where": both("青石镇 4，塔玛乡 2", "青石镇 4, 塔玛乡 2"),
        "clause": both("证件号码校验", "ID number check"),
        "action_label": both("看 6 户", "See 6 households"),
        "url": "#",
    },
    {
        "tone": "red",
        "label": both("脱贫质量疑点", "Exit in doubt"),
        "sentence": both(
            "4 户已脱贫，但 2017 年人均纯收入低于 2,952 元", "4 exited households below 2,952 yuan in 2017"
        ),
        "where": both("大坪村 2，上滩村 1，日芒村 1", "大坪村 2, 上滩村 1, 日芒村 1"),
        "clause": both("退出意见·户一", "Exit opinion, household 1"),
        "action_label": both("看 4 户", "See 4 households"),
        "url": "#",
    },
    {
        "tone": "straw",
        "label": both("待判断", "To decide"),
        "sentence": both("3 个证件号同时出现在两户", "3 ID numbers appear in two households"),
        "where": both("红崖村、黑林村 等", "红崖村, 黑林村 and others"),
        "clause": both("证件号码唯一", "ID numbers are unique"),
        "action_label": both("逐对判断", "Judge each pair"),
        "url": "#",
    },
    {
        "tone": "straw",
        "label": both("待核实", "Not known"),
        "sentence": both("38 户饮水未测", "Water not measured in 38 households"),
        "where": both("塔玛乡 21，沙柳河乡 17", "塔玛乡 21, 沙柳河乡 17"),
        "clause": both("饮水安全标准", "Water safety standard"),
        "action_label": both("安排入户核实", "Arrange visits"),
        "url": "#",
    },
]


def home() -> dict[str, Any]:
    """The day of a county officer."""
    return {
        "post": {
            "title": both("业务干部", "Officer"),
            "place_name": "临川县",
            "office": both("扶贫办（局）", "Poverty alleviation office"),
        },
        "cards": CARDS,
        "tasks": TASKS,
        "tasks_total": 83,
        "tasks_url": "#",
        "batches": BATCHES[:2],
        "batches_url": "#",
    }


def home_empty() -> dict[str, Any]:
    """The first day."""
    start = {
        "title": both("登记里还没有住户", "The register is empty"),
        "sentence": both(
            "先导入行政村名单与各类花名册。系统先校验、预览，您确认后才并入。",
            "Take in the village list and the rolls first. They are checked and previewed; nothing is merged before you confirm.",
        ),
        "actions": [act("导入表格", "Take in workbooks", "/design/upload/", icon="intake", primary=True)],
    }
    return {**home(), "start": start}


def standards() -> list[dict[str, Any]]:
    """Demands with how many households fail, are not known, hold."""
    rows = [
        ("收入", "Income", "稳定超过国家扶贫标准", "Stably above the national line", 201, 12, 387, "入户核算收入", "Visit and work out the income"),
        ("吃穿", "Food, clothing", "吃穿不愁", "No worry for food and clothing", 9, 24, 567, "入户核实衣食", "Visit and look at food and clothing"),
        ("义务教育", "Schooling", "无失学辍学", "Nobody out of school", 11, 0, 589, "", ""),
        ("基本医疗", "Medical", "全家参保", "All insured", 18, 61, 521, "核对参保名单", "Check the insurer's list"),
        ("住房", "Housing", "有安全住房", "Safe housing", 74, 20, 506, "请住建部门鉴定", "Have the house graded"),
        ("饮水", "Water", "量、质、便、稳", "Quantity, quality, convenience, reliability", 0, 138, 462, "请水利部门测定", "Have it measured"),
    ]  # fmt: skip
    return [
        {
            "label": both(zh, en),
            "says": both(says, says_en),
            "fails": fails,
            "fails_url": "#",
            "unknown": unknown,
            "unknown_url": "#",
            "holds": holds,
            "total": fails + unknown + holds,
            "next": both(do, do_en),
        }
        for zh, en, says, says_en, fails, unknown, holds, do, do_en in rows
    ]


def not_asked() -> dict[str, Any]:
    """A demand that a freeze could not ask on its day."""
    why = both(
        "2016-04-23 起施行；快照按 2015-12-31 判断，这一天还没有施行",
        "In force since 2016-04-23; not yet on 2015-12-31, the day of the snapshot",
    )
    return {**standards()[5], "fails": None, "unknown": None, "holds": None, "next": why, "not_asked": why}  # fmt: skip


def spread() -> dict[str, Any]:
    """Households by net income per head, with the line drawn in."""
    poor = [1, 3, 10, 26, 47, 60, 54, 34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    exited = [0, 0, 0, 0, 0, 0, 0, 13, 24, 39, 54, 64, 65, 57, 42, 27, 15, 7, 3, 1]
    bins = [952 + 250 * at for at in range(20)]
    return {
        "bins": bins,
        "groups": [
            {"label": both("未脱贫", "Poor"), "values": poor},
            {"label": both("已脱贫", "Exited"), "values": exited},
        ],
        "line": 2952,
        "line_label": both("国家扶贫标准", "National line"),
        "caption": both("各收入段的户数", "Households by income band"),
        "rows": [
            {"low": low, "high": low + 249, "values": [a, b]}
            for low, a, b in zip(bins, poor, exited, strict=True)
        ],
    }


def child(name: str, *figures: int) -> dict[str, Any]:
    """One row of the areas below."""
    households, registered, poor, exited, fails, unknown = figures
    return {
        "name": name,
        "url": "/design/village/",
        "households": households,
        "registered": registered,
        "poor": poor,
        "exited": exited,
        "fails": fails,
        "fails_url": "#",
        "unknown": unknown,
        "unknown_url": "#" if unknown else None,
        "doubt": 0,
        "incidence": f"{poor * 9 / 100:.2f}" if unknown else None,
    }


def place() -> dict[str, Any]:
    """A county."""
    return {
        "crumbs": CRUMBS[:2],
        "place": {
            "name": "临川县",
            "summary": both(
                "3 乡镇 · 12 村",
                "3 townships · 12 villages",
            ),
            "counts": [
                {"label": both("住户 3,652 户", "3,652 households"), "url": "#"},
                {
                    "label": both("建档立卡 600 户 1,772 人", "600 households, 1,772 people registered"),
                    "url": "#",
                },
            ],
            "pills": [
                pill("straw", "计划 2018 年摘帽", "To leave poverty in 2018"),
                pill("red", "退出条件：尚有 3 项未达标", "3 exit conditions not met"),
            ],
            "actions": [act("导入表格", "Take in workbooks", icon="intake", primary=True)],
        },
        "cards": CARDS,
        "source": {
            "frozen": True,
            "label": both("数据快照 2017-10-08 09:00", "Snapshot 2017-10-08 09:00"),
            "url": "#",
            "id": "6f1c02ab",
            "other": {"label": both("看实时", "See live figures"), "url": "#"},
        },
        "standards": standards(),
        "map": place_map(),
        "spread": spread(),
        "spread_says": [
            {
                "tone": "plain",
                "says": both(
                    "标准线上方 50 元内有 3 户已脱贫户，未见异常聚集",
                    "3 exited households within 50 yuan above the line; no unusual heap",
                ),
                "url": "#",
            }
        ],
        "exits": [
            {"label": "2015", "value": 61, "tone": "leaf", "url": "#"},
            {"label": "2016", "value": 148, "tone": "leaf", "url": "#"},
            {"label": both("年度不明", "Year not known"), "value": 12, "tone": "straw", "url": "#"},
        ],
        "exits_most": 148,
        "orders": [
            {"label": both("问题占比", "Share with problems"), "url": "#", "current": True, "count": None},
            {"label": both("贫困发生率", "Poverty incidence"), "url": "#", "current": False, "count": None},
        ],
        "causes": [
            {"label": both(zh, en), "value": value, "url": "#"}
            for zh, en, value in (
                ("因病", "Illness", 252),
                ("因残", "Disability", 84),
                ("缺技术", "Lack of skill", 66),
                ("缺劳力", "Lack of labour", 60),
                ("因学", "School costs", 54),
            )
        ],
        "causes_more": [
            {"label": both("缺水", "Lack of water"), "value": 9, "url": "#"},
            {"label": both("因灾", "Disaster"), "value": 4, "url": "#"},
        ],
        "causes_most": 252,
        "tasks": TASKS,
        "tasks_total": 83,
        "tasks_url": "#",
        "children_word": both("乡镇", "Township"),
        "households_url": "/design/households/",
        "children": [
            child("青石镇", 1404, 196, 61, 135, 33, 41),
            child("沙柳河乡", 1228, 214, 88, 126, 52, 70),
            child("塔玛乡", 1020, 190, 103, 87, 71, 0),
        ],
        "computed_at": at(9, 12),
    }


def leader() -> dict[str, Any]:
    """What a leader begins with: the place as a freeze saw it, and how its villages stand against their own standards."""
    shown = {name: value for name, value in place().items() if name != "place"}
    post = {"title": both("县长", "County head"), "place_name": "临川县", "office": ""}
    counted = {
        "title": both("村退出标准（按村计）", "Exit standards of villages"),
        "rows": [*standards()[:3], not_asked()],
    }
    return {
        **shown,
        "post": post,
        "leader": True,
        "of_places": [{**counted, "more": standards()[3:]}],
        "own_url": "#",
    }


def village() -> dict[str, Any]:
    """A village where yearly records have not come in yet."""
    return {
        "crumbs": CRUMBS,
        "place": {
            "name": "上滩村",
            "summary": both(
                "402 户 · 1,611 人 · 51 户建档立卡", "402 households · 1,611 people · 51 registered"
            ),
            "pills": [pill("straw", "贫困村", "Poor village")],
        },
        "cards": CARDS[:3],
        "standards": [],
        "spread": None,
        "causes": [],
        "exits": [],
        "kept": [
            {
                "label": both("未脱贫", "Poor"),
                "number": 2,
                "url": "#",
                "rows": [
                    {
                        "name": "马文德",
                        "url": "/design/household/",
                        "people": both("4 人", "4 people"),
                        "judged": True,
                        "doubt": False,
                        "fails": [both("收入", "Income")],
                        "unknown": [both("饮水", "Water")],
                    },
                    {
                        "name": "冶秀英",
                        "url": "/design/household/",
                        "people": both("2 人", "2 people"),
                        "judged": True,
                        "doubt": False,
                        "fails": [],
                        "unknown": [],
                    },
                ],
            },
            {
                "label": both("监测对象", "Watched"),
                "number": 0,
                "url": None,
                "rows": [],
                "none": both("没有监测对象。", "No watched households."),
            },
        ],
        "tasks": TASKS[1:3],
        "tasks_total": 2,
        "computed_at": at(9, 12),
    }
