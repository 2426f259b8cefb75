"""Lists: households, search, findings."""

from __future__ import annotations

from datetime import date
from typing import Any

from xiuhua.design.samples.shell import CRUMBS, act, both, pill

PAGER = {"first": 1, "last": 6, "total": 214, "page": 1, "pages": 5, "previous_url": None, "next_url": "#"}


def chip(zh: str, en: str, count: int | None = None, current: bool = False) -> dict[str, Any]:
    """One filter."""
    return {"label": both(zh, en), "count": count, "url": "#", "current": current}


def row(
    head: str,
    number: str,
    people: int,
    status: dict[str, Any],
    cause: dict[str, str] | None,
    fails: list[Any],
    unknown: list[Any],
) -> dict[str, Any]:
    """One household of a list."""
    return {
        "head_name": head,
        "number": number,
        "url": "/design/household/",
        "people": people,
        "village": "上滩村",
        "status": status,
        "cause": cause,
        "fails": fails,
        "unknown": unknown,
    }


def households() -> dict[str, Any]:
    """The households of a township."""
    income, house, water, medical = (
        both("收入", "income"),
        both("住房", "housing"),
        both("饮水", "water"),
        both("基本医疗", "medical"),
    )
    poor, exited, other = (
        pill("red", "未脱贫", "Poor"),
        pill("leaf", "已脱贫", "Exited"),
        pill("plain", "一般农户", "Other rural household"),
    )
    return {
        "crumbs": CRUMBS[:3],
        "place": {"name": "沙柳河乡"},
        "show_village": True,
        "pager": PAGER,
        "filters": [
            chip("全部", "All", 1228),
            chip("建档立卡户", "Registered", 214, True),
            chip("未脱贫", "Poor", 88),
            chip("已脱贫、达标存疑", "Exited, in doubt", 5),
            chip("有待核实", "Not known", 70),
        ],
        "rows": [
            row("马文德", "9905210000193", 4, poor, both("因病", "Illness"), [income], [medical, water]),
            row("何生长", "9905210000169", 3, exited, both("缺技术", "Lack of skill"), [], []),
            row("彭贵英", "9905210000020", 2, exited, both("因残", "Disability"), [income, house], []),
            row(
                "程文斌", "9905210000104", 5, poor, both("缺劳力", "Lack of labour"), [income, house], [water]
            ),
            row("唐吉福", "9905210000108", 1, poor, None, [], [income, house, medical, water]),
            row("沈宝", "9905210000585", 6, other, None, [], []),
        ],
    }


def households_empty() -> dict[str, Any]:
    """A filter that finds nobody."""
    return {
        **households(),
        "rows": [],
        "empty": {
            "title": both("没有符合条件的住户", "No household fits"),
            "sentence": both("换一个筛选，或看全部住户。", "Try another filter, or see all."),
            "actions": [act("看全部", "See all")],
        },
    }


def search() -> dict[str, Any]:
    """Initials that a village and two people have."""
    village = {
        "icon": "place",
        "title": "马营村",
        "url": "#",
        "note": "沙柳河乡",
        "pills": [pill("plain", "行政村", "Administrative village")],
    }
    head = {
        "icon": "household",
        "title": "马文德",
        "url": "/design/household/",
        "note": both("上滩村 · 户主 · 户编号 9905210000193", "上滩村 · head · household 9905210000193"),
        "pills": [pill("plain", "建档立卡户", "Registered household")],
    }
    gone = {
        "icon": "person",
        "title": "马文秀",
        "url": "#",
        "note": both("下滩村 · 李国栋 家 · 儿媳", "下滩村 · household of 李国栋 · daughter-in-law"),
        "pills": [
            pill("straw", "2016-05-01 起不在本户", "not in this household since 2016-05-01"),
            pill("plain", "一般农户", "Other rural household"),
        ],
    }
    return {
        "q": "mw",
        "asked": "mw",
        "scope": "沙柳河乡",
        "search_url": "#",
        "understood": [
            both("按拼音或首字母“mw”查找", "by reading or initials “mw”"),
            both("按区划名“mw”查找", "by place “mw”"),
        ],
        "more": True,
        "groups": [
            {
                "label": both("村与其他区划", "Villages and other places"),
                "count": both("1 条", "1"),
                "results": [village],
            },
            {
                "label": both("人员", "People"),
                "count": both("41 条", "41"),
                "note": both("先列出 30 条", "the first 30"),
                "results": [head, gone],
            },
        ],
    }


def search_nothing() -> dict[str, Any]:
    """A name that is not there."""
    return {
        "q": "诸葛亮",
        "asked": "诸葛亮",
        "scope": "沙柳河乡",
        "search_url": "#",
        "groups": [],
        "tries": [
            both("姓名从姓开始写，少写一个字也可以。", "Begin with the surname; leave a character out."),
            both("姓名后面空一格再写村名。", "Add the village after a space."),
        ],
    }


def search_start() -> dict[str, Any]:
    """Before anything was typed."""
    return {"q": "", "asked": "", "scope": "沙柳河乡", "search_url": "#", "groups": []}


def finding(
    tone: str,
    kind: dict[str, str],
    says: dict[str, str],
    household: str,
    place: tuple[str, str, int, str] | None,
    **more: Any,
) -> dict[str, Any]:
    """One finding with its place in the file."""
    file, sheet, line, column = place or ("", "", 0, "")
    return {
        "tone": tone,
        "kind_label": kind,
        "says": says,
        "household": {"label": household, "url": "/design/household/"},
        "village": "上滩村",
        "file": file,
        "sheet": sheet,
        "row": line,
        "column": column,
        **more,
    }


def weighs() -> dict[str, Any]:
    """Why a group comes first."""
    why = both(
        "校验未通过，这一户进不了登记册 60，同一类每涉及一户 +6",
        "Refused: the household stays out 60; for each household +6",
    )
    return {"number": 66, "why": why}


def findings() -> dict[str, Any]:
    """The work list of a county."""
    refused, asked, warned = (
        both("校验未通过", "Refused"),
        both("待判断", "To decide"),
        both("存疑", "Doubtful"),
    )
    book = "贫困人口信息表.xlsx"
    return {
        "place": {"name": "临川县"},
        "crumbs": CRUMBS[:2],
        "pager": {**PAGER, "last": 4, "total": 83},
        "filters": [
            chip("全部", "All", 83, True),
            chip("校验未通过", "Refused", 29),
            chip("待判断", "To decide", 6),
            chip("存疑", "Doubtful", 48),
            chip("已自动更正", "Put right", 112),
        ],
        "open": True,
        "back_url": "#",
        "villages": [chip("青石镇", "青石镇", 4), chip("沙柳河乡", "沙柳河乡", 2)],
        "selected": {
            "label": both("证件号码存成数字", "ID number stored as a number"),
            "clause": both("证件号码校验", "ID number check"),
            "next": both(
                "对照证件重新填写，再导入一次", "Enter the numbers again and take the file in again"
            ),
            "mark": pill("red", "校验未通过", "Refused"),
            "weighs": weighs(),
        },
        "hand_out": {
            "url": "#",
            "posts": [{"id": 1, "label": both("青石镇扶贫专干", "Township officer, 青石镇")["zh"]}],
            "due_on": date(2017, 10, 8),
            "least": date(2017, 10, 1),
            "most": date(2018, 3, 30),
            "kept": [],
            "total": 83,
        },
        "rows": [
            finding(
                "red",
                refused,
                both(
                    "“证件号码”存成了数字，末几位已经失真，无法还原",
                    "“ID number” is stored as a number; its last digits are lost",
                ),
                "何生长",
                (book, "青石镇", 214, "H"),
                owner=both("青石镇扶贫专干", "Township officer, 青石镇"),
                due=date(2017, 10, 1),
                overdue=True,
                action_label=both("看本户", "See the household"),
                url="#",
            ),
            finding(
                "red",
                refused,
                both(
                    "“证件号码”存成了数字，末几位已经失真，无法还原",
                    "“ID number” is stored as a number; its last digits are lost",
                ),
                "彭贵英",
                (book, "塔玛乡", 88, "H"),
                owner=both("塔玛乡扶贫专干", "Township officer, 塔玛乡"),
                due=date(2017, 10, 16),
                action_label=both("看本户", "See the household"),
                url="#",
            ),
            finding(
                "straw",
                asked,
                both(
                    "程文斌同时出现在两户里：9905210000104 与 9905210000281",
                    "程文斌 is a member of two households: 9905210000104 and 9905210000281",
                ),
                "程文斌",
                (book, "沙柳河乡", 31, "H"),
                owner=both("县扶贫办", "County office"),
                due=date(2017, 10, 16),
                action_label=both("逐对判断", "Judge the pair"),
                url="#",
            ),
            finding(
                "straw",
                warned,
                both(
                    "已脱贫，但 2017 年人均纯收入 2,880 元，低于 2,952 元",
                    "Exited, yet 2,880 yuan a head in 2017, below 2,952",
                ),
                "沈宝",
                None,
                action_label=both("安排入户核实", "Arrange a visit"),
                url="#",
            ),
        ],
    }


def findings_empty() -> dict[str, Any]:
    """Nothing left to do."""
    return {
        "place": {"name": "临川县"},
        "filters": findings()["filters"],
        "open": False,
        "empty": {
            "title": both("没有待办的问题", "Nothing to do"),
            "sentence": both(
                "新表格导入后，发现的问题会列在这里。", "What new files bring up will stand here."
            ),
            "actions": [act("导入表格", "Take in workbooks", primary=True, icon="intake")],
        },
    }


def planned() -> list[dict[str, Any]]:
    """Years of an exit plan: little in the first, a heap before the deadline, some without a year."""
    states = (both("已退出", "Exited"), both("各项达标", "All met"), both("有待核实", "Not known"), both("有未达标", "Failing"))  # fmt: skip
    tones = ("plain", "leaf", "straw", "red")

    def year(says: Any, parts: tuple[int, ...], most: int, **more: Any) -> dict[str, Any]:
        bar, begun = [], 0.0
        for n, tone in zip(parts, tones, strict=True):
            if n and most:
                bar.append({"x": f"{begun:.1f}", "width": f"{n * 100 / most:.1f}", "tone": tone})
                begun += n * 100 / most
        return {
            "says": says, "total": sum(parts), "url": "#", "bar": bar, "piled": False, "notes": [], "target": None, "difference": None, "below": None,
            "parts": [{"state": state, "n": n, "tone": tone, "url": "#"} for state, n, tone in zip(states, parts, tones, strict=True)], **more,
        }  # fmt: skip

    return [
        year("2018", (42, 0, 3, 1), 180, target=40, difference=6),
        year("2019", (0, 21, 12, 9), 180, target=50, difference=-8, below=50),
        year("2020", (0, 30, 80, 70), 180, piled=True, notes=[both("政策期限", "End of the programme")]),
        year(both("未定年度", "No year yet"), (0, 0, 6, 12), 0),
    ]
