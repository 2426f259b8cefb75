"""One household as its page wants it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.design.samples.shell import CRUMBS, act, at, both, pill

EXIT = both("关于建立贫困退出机制的意见（2016）", "Opinions on the exit mechanism (2016)")


def fact(zh: str, en: str, value: Any, evidence: str = "reported", on: date | None = None) -> dict[str, Any]:
    """One fact that an outcome saw."""
    return {"label": both(zh, en), "value": value, "evidence": evidence, "seen_on": on}


def outcomes() -> list[dict[str, Any]]:
    """One outcome of each kind, and one with parts."""
    seen = date(2017, 9, 12)
    return [
        {
            "state": "fails",
            "title": both("收入", "Income"),
            "sentence": both(
                "人均纯收入稳定超过国家扶贫标准", "Net income per head steadily above the national line"
            ),
            "because": both(
                "2017 年人均纯收入 2,528 元，低于 2,952 元",
                "Net income per head 2,528 yuan in 2017, below 2,952",
            ),
            "facts": [
                fact(
                    "人均纯收入",
                    "Net income per head",
                    both("2,528 元", "2,528 yuan"),
                    "reported",
                    date(2017, 9, 30),
                ),
                fact("家庭人口", "Members", "4", "checked", seen),
            ],
            "figures": [
                {
                    "label": both("国家扶贫标准", "National line"),
                    "value": both("2,952 元", "2,952 yuan"),
                    "source": both("2016 年标准，2017 年沿用", "Line of 2016, still used in 2017"),
                }
            ],
            "evidence": "reported",
            "seen_on": date(2017, 9, 30),
            "clause": both("退出意见·户一", "Exit opinion, household 1"),
            "source": EXIT,
            "version": "2017.1",
            "next": {"label": both("核对收入来源", "Check the sources of income"), "url": "#"},
        },
        {
            "state": "holds",
            "title": both("住房", "Housing"),
            "sentence": both("有安全住房", "Safe housing"),
            "because": both("B 级", "Grade B"),
            "facts": [fact("房屋鉴定等级", "Grade of the house", "B", "checked", date(2017, 5, 3))],
            "evidence": "checked",
            "seen_on": date(2017, 5, 3),
            "clause": both("退出意见·户四", "Exit opinion, household 4"),
            "source": EXIT,
            "version": "2017.1",
        },
        {
            "state": "holds",
            "title": both("义务教育", "Schooling"),
            "sentence": both("义务教育阶段无失学辍学", "No child of school age out of school"),
            "because": both("1 名适龄儿童，在校", "1 child of school age, at school"),
            "facts": [
                fact("适龄儿童", "Children of school age", "1"),
                fact("失学辍学", "Out of school", "0"),
            ],
            "evidence": "reported",
            "seen_on": date(2017, 9, 30),
            "clause": both("退出意见·户二", "Exit opinion, household 2"),
            "source": EXIT,
        },
        {
            "state": "not_known",
            "title": both("基本医疗", "Medical"),
            "sentence": both("全家参加基本医疗保险", "All members in basic medical insurance"),
            "because": both(
                "4 人中 3 人已参保，马永福 2017 年参保情况没有记录",
                "3 of 4 insured; nothing recorded for Ma Yongfu in 2017",
            ),
            "facts": [fact("参保人数", "Insured members", None, "none")],
            "evidence": "none",
            "clause": both("退出意见·户三", "Exit opinion, household 3"),
            "source": EXIT,
            "next": {"label": both("安排入户核实", "Arrange a visit"), "url": "#"},
        },
        {
            "state": "not_known",
            "title": both("饮水", "Water"),
            "sentence": both("量、质、便、稳四项", "Quality, quantity, distance, reliability"),
            "because": both("水量与取水时间没有记录", "Quantity and time to fetch are not recorded"),
            "facts": [],
            "evidence": "reported",
            "seen_on": date(2017, 9, 30),
            "clause": both("饮水安全标准", "Water safety standard"),
            "parts": [
                {
                    "state": "holds",
                    "title": both("水质", "Quality"),
                    "sentence": both("无异色异味", "No odd colour or smell"),
                    "evidence": "reported",
                    "seen_on": seen,
                },
                {
                    "state": "not_known",
                    "title": both("水量", "Quantity"),
                    "sentence": both("每人每天不少于 20 升", "At least 20 litres a head and day"),
                    "evidence": "none",
                    "next": {"label": both("入户测水量", "Measure on a visit"), "url": "#"},
                },
            ],
        },
        {
            "state": "not_applicable",
            "title": both("易地搬迁", "Relocation"),
            "sentence": both("搬迁户债务不超过 1 万元", "Debt of a relocated household at most 10,000 yuan"),
            "because": both("本户不是搬迁户", "Not a relocated household"),
            "facts": [],
            "evidence": "none",
            "clause": both("退出意见·户四", "Exit opinion, household 4"),
        },
    ]


def income() -> dict[str, Any]:
    """Four years by source; one source of one year not known."""
    return {
        "caption": both("按来源的人均收入与标准", "Income per head by source, against the line"),
        "unit": both("元/人·年", "yuan a head and year"),
        "years": [2014, 2015, 2016, 2017],
        "sources": [
            {"key": "wage", "label": both("工资性", "Wages"), "values": [0, 230, 540, 900]},
            {"key": "business", "label": both("经营性", "Business"), "values": [830, 880, 750, 920]},
            {"key": "property", "label": both("财产性", "Property"), "values": [None, 30, 30, 30]},
            {"key": "transfer", "label": both("转移性", "Transfers"), "values": [580, 610, 740, 690]},
        ],
        "net": [1400, 1740, 2050, 2528],
        "line": [2800, 2855, 2952, 2952],
        "line_label": both("国家扶贫标准", "National line"),
    }


def household() -> dict[str, Any]:
    """A registered household with something of everything."""
    seen = date(2017, 9, 12)
    return {
        "crumbs": CRUMBS,
        "household": {
            "head_name": "马文德",
            "number": "9905210000193",
            "members_count": 4,
            "village": "上滩村",
            "village_url": "#",
            "pills": [pill("red", "未脱贫", "Poor"), pill("straw", "2 项待核实", "2 not known")],
            "actions": [act("在问题清单里看本户", "Findings of this household", icon="finding")],
        },
        "identification": {
            "main_cause": both("因病", "Illness"),
            "other_causes": [both("缺技术", "Lack of skill")],
            "attribute": both("一般贫困户", "General poor household"),
        },
        "income": income(),
        "income_tone": "red",
        "income_sentence": both(
            "2017 年人均纯收入 2,528 元，比国家扶贫标准低 424 元。其中转移性收入占 27%。",
            "Net income per head 2,528 yuan in 2017, 424 below the national line; 27% of it transfers.",
        ),
        "exit": {"total": 5, "holds": 2, "fails": 1, "unknown": 2},
        "outcomes": outcomes(),
        "living": [
            fact("住房面积", "Floor area", "96 m²", "reported", date(2017, 9, 30)),
            fact("房屋等级", "Grade", "B", "checked", date(2017, 5, 3)),
            fact("入户道路", "Road", both("砂石路", "Gravel"), "checked", seen),
            fact("饮用水量", "Water a day", None),
        ],
        "living_year": 2017,
        "members": [
            {
                "name": "马文德",
                "relation": both("户主", "Head"),
                "age": 46,
                "education": both("初中", "Junior secondary"),
                "health": both("健康", "Healthy"),
                "id_masked": "9930**********0032",
                "open_url": "#",
            },
            {
                "name": "马永福",
                "relation": both("之子", "Son"),
                "age": 22,
                "education": both("高中", "Senior secondary"),
                "health": both("健康", "Healthy"),
                "work": both("务工 7 个月", "7 months of work"),
                "id_masked": "9930**********0051",
                "open_url": "#",
            },
            {
                "name": "马小红",
                "relation": both("之女", "Daughter"),
                "age": 11,
                "study": both("小学在读", "Primary school"),
                "minor": True,
                "id_masked": "9930**********0044",
                "open_url": "/design/open-sealed/",
            },
            {
                "name": "冶秀英",
                "relation": both("之母", "Mother"),
                "age": 71,
                "education": both("文盲或半文盲", "Illiterate"),
                "health": both("长期慢性病", "Chronic illness"),
                "id_note": both("没有证件号，临时登记", "No ID number, registered provisionally"),
            },
        ],
        "doubts": [
            {
                "tone": "straw",
                "label": both("存疑", "Doubtful"),
                "sentence": both("表里写 5 人，成员有 4 人", "The file says 5 persons; 4 are listed"),
                "where": both(
                    "贫困人口信息表.xlsx · 沙柳河乡 · 第 214 行", "贫困人口信息表.xlsx · 沙柳河乡 · row 214"
                ),
                "action_label": both("核对成员", "Check the members"),
                "url": "#",
            }
        ],
        "statuses": [
            {
                "on": date(2017, 10, 1),
                "label": both("未脱贫", "Poor"),
                "basis": both("建库承接", "Taken over at the opening"),
            }
        ],
        "sources": [
            {
                "file": "贫困人口信息表.xlsx",
                "sheet": "沙柳河乡",
                "row": 214,
                "date": date(2017, 9, 30),
                "url": "#",
            },
            {"file": "户年度收入与生活条件.xlsx", "sheet": "2017", "row": 88, "date": date(2017, 9, 30)},
        ],
        "changes": {"count": 14, "url": "#"},
        "computed_at": at(9, 12),
        "as_of": date(2017, 10, 9),
    }


def other() -> dict[str, Any]:
    """A household that is not registered: head, number of people, village."""
    return {
        "crumbs": CRUMBS,
        "household": {
            "head_name": "李生辉",
            "number": "9905211000412",
            "members_count": 5,
            "village": "上滩村",
            "village_url": "#",
            "pills": [pill("plain", "一般农户", "Other rural household")],
        },
        "identification": {
            "none": both(
                "本户未列入建档立卡，没有致贫原因记录。", "Not registered as poor; no cause is recorded."
            )
        },
        "income": None,
        "exit": None,
        "outcomes": [],
        "members": [
            {
                "name": "李生辉",
                "relation": both("户主", "Head"),
                "age": None,
                "id_note": both("没有证件号", "No ID number"),
            }
        ],
        "sources": [
            {"file": "农村住户花名册.xlsx", "sheet": "Sheet1", "row": 633, "date": date(2017, 9, 30)}
        ],
        "computed_at": at(9, 12),
    }


class ReasonForm(forms.Form):
    """Why a number is opened."""

    reason = forms.CharField(
        label=_("理由"), help_text=_("例如：核对学籍名单、核对医保参保名单"), max_length=200
    )


def open_sealed() -> dict[str, Any]:
    """Before opening the number of a minor."""
    return {
        "crumbs": CRUMBS,
        "person": {
            "name": "马小红",
            "relation": both("之女", "Daughter"),
            "household_number": "9905210000193",
        },
        "kind_label": both("证件号码", "ID number"),
        "masked": "9930**********0044",
        "minor": True,
        "form": ReasonForm(),
        "back_url": "/design/household/",
    }


def opened() -> dict[str, Any]:
    """The number, once."""
    return {
        **open_sealed(),
        "form": None,
        "value": "993001197103120032",
        "recorded": {
            "at": at(9, 15),
            "by": both("卓玛措 · 沙柳河乡扶贫专干", "卓玛措 · Township poverty officer, 沙柳河乡"),
        },
    }


# An expression in words, and what a rule can say.
SAID = [
    {
        "text": both("符合其中一项", "one of these holds"),
        "below": [
            {"text": both("住房鉴定等级 是 A级、B级", "Grade of the house is A or B")},
            {"text": both("上报不是危房", "Not reported as dangerous")},
        ],
    }
]
POSSIBLE = [
    {
        "state": "fails",
        "sentence": both("住房鉴定为〔住房鉴定等级〕", "House graded 〔Grade of the house〕"),
        "next": both("列入危房改造", "Put on the list for repair"),
    },
    {"state": "holds", "sentence": both("住房安全有保障", "Safe housing"), "next": ""},
]
