"""Intake from upload to merge."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.design.samples.shell import CRUMBS, act, at, both, pill


def batch(
    title: dict[str, str], state: dict[str, Any], new: int | None, changed: int | None, held: int | None
) -> dict[str, Any]:
    """One batch of the list."""
    return {
        "title": title,
        "url": "/design/batch-preview/",
        "state": state,
        "files": both("4 个文件", "4 files"),
        "by": "赵成",
        "at": at(8, 55),
        "counts": {"new": new, "changed": changed, "held": held},
    }


BATCHES = [
    batch(
        both("第 12 批 · 临川县", "Batch 12 · 临川县"),
        pill("straw", "预览，等您确认", "Preview, waits for you"),
        3218,
        0,
        27,
    ),
    batch(both("第 11 批 · 临川县", "Batch 11 · 临川县"), pill("leaf", "已并入", "Merged"), 0, 44, 3),
    batch(
        both("第 10 批 · 沙柳河乡", "Batch 10 · 沙柳河乡"),
        pill("red", "未能完成", "Could not be finished"),
        None,
        None,
        None,
    ),
]
STEPS = [
    ("读取", "Reading"),
    ("对应列", "Columns"),
    ("校验", "Checking"),
    ("预览", "Preview"),
    ("并入", "Merging"),
]


def steps(
    at: int, state: str = "current", notes: dict[int, dict[str, str]] | None = None
) -> list[dict[str, Any]]:
    """The five steps with everything before `at` done."""
    return [
        {
            "label": both(zh, en),
            "state": "done" if n < at else state if n == at else "waiting",
            "note": (notes or {}).get(n),
        }
        for n, (zh, en) in enumerate(STEPS)
    ]


def sheet(
    file: str, name: str, book: dict[str, str], rows: int, state: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """One sheet of a batch."""
    return {"file": file, "sheet": name, "book": book, "rows": rows, "state": state, **more}


PERSONS, YEARS, ROLL = (
    both("贫困人口信息表", "Person export"),
    both("户年度记录", "Yearly record"),
    both("农村住户花名册", "Household roll"),
)
SHEETS = [
    sheet(
        "行政村名单.xlsx",
        "Sheet1",
        both("行政村名单", "Village list"),
        12,
        pill("leaf", "列已对应", "Columns matched"),
    ),
    sheet(
        "贫困人口信息表.xlsx",
        "青石镇",
        PERSONS,
        580,
        pill("leaf", "列已对应", "Columns matched"),
        note=both("第 3 行是表头，末行是签字", "Header in row 3, signatures at the end"),
    ),
    sheet(
        "贫困人口信息表.xlsx",
        "塔玛乡",
        PERSONS,
        577,
        pill("straw", "2 列拿不准", "2 columns unsure"),
        url="/design/mapping/",
        action_label=both("对应列", "Match columns"),
    ),
    sheet("户年度收入与生活条件.xlsx", "2017", YEARS, 600, pill("leaf", "列已对应", "Columns matched")),
    sheet("农村住户花名册.xlsx", "Sheet1", ROLL, 2652, pill("leaf", "列已对应", "Columns matched")),
    sheet(
        "说明.xlsx",
        "Sheet1",
        both("不认得", "Not recognised"),
        4,
        pill("plain", "不导入", "Left out"),
        note=both("没有认得的列", "No known column"),
    ),
]


def batches() -> dict[str, Any]:
    """All batches."""
    return {
        "place_name": "临川县",
        "crumbs": CRUMBS[:2],
        "batches": BATCHES,
        "actions": [act("导入新表格", "Take in workbooks", "/design/upload/", icon="intake", primary=True)],
    }


def batches_empty() -> dict[str, Any]:
    """No batch yet."""
    return {**batches(), "batches": []}


class UploadForm(forms.Form):
    """Files and their date; and what departments' lists among them rest on."""

    workbooks = forms.FileField(label=_("表格"))
    data_date = forms.DateField(
        label=_("数据截止日"),
        required=False,
        help_text=_("不填则取表里写的日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    basis = forms.CharField(label=_("法律依据或授权"), required=False)
    purpose = forms.CharField(label=_("用途"), required=False)
    expires_on = forms.DateField(
        label=_("保留到哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def upload() -> dict[str, Any]:
    """Choosing files."""
    return {
        "place_name": "临川县",
        "crumbs": CRUMBS[:2],
        "form": UploadForm(),
        "action_url": "#",
        "formats_hint": both(
            "xlsx、xls、csv（UTF-8 或 GB18030），每个不超过 100 MB",
            "xlsx, xls, csv (UTF-8 or GB18030), up to 100 MB each",
        ),
        "books": [
            {
                "name": both("行政村名单", "Village list"),
                "sentence": both(
                    "村名、代码、农村人口、贫困村标记。", "Names, codes, rural population, marks."
                ),
                "columns": [both("村代码", "village code"), both("村名", "name")],
            },
            {
                "name": PERSONS,
                "sentence": both(
                    "全国系统导出的 26 列人口表，每乡镇一个工作表也可以。",
                    "The 26-column export, a sheet a township is fine.",
                ),
                "columns": [
                    both("户编号", "household number"),
                    both("姓名", "name"),
                    both("与户主关系", "relation"),
                ],
            },
            {
                "name": YEARS,
                "sentence": both(
                    "每户每年的收入、医保、住房、饮水。",
                    "Income, insurance, housing, water, by household and year.",
                ),
                "columns": [both("户编号", "household number"), both("年度", "year")],
            },
            {
                "name": ROLL,
                "sentence": both(
                    "其余农户：户号、户主、人数。", "All other households: number, head, members."
                ),
                "columns": [both("户号", "number")],
            },
        ],
    }


def upload_refused() -> dict[str, Any]:
    """A file that cannot be taken."""
    form = UploadForm({})
    form.errors["workbooks"] = form.error_class(
        [_("“%(name)s”不是表格。请上传 xlsx、xls 或 csv；别的文件也没有上传。") % {"name": "村情.docx"}]
    )
    return {**upload(), "form": form}


def mapping() -> dict[str, Any]:
    """Headings that are not certain."""
    options = [
        ("health", both("健康状况", "Health")),
        ("work_months", both("务工时间（月）", "Months of work")),
        ("labour", both("劳动技能", "Labour")),
    ]
    return {
        "crumbs": CRUMBS[:2],
        "sheet": {"file": "贫困人口信息表.xlsx", "sheet": "塔玛乡"},
        "missing": [both("与户主关系", "Relation to head")],
        "action_url": "#",
        "back_url": "/design/batch-asking/",
        "columns": [
            {
                "letter": "N",
                "heading": "健康情况说明",
                "samples": ["健康", "长期慢性病", "患有大病"],
                "name": "column_13",
                "chosen": "health",
                "options": options,
                "unsure": True,
                "note": both("看内容像“健康状况”", "By its content, Health"),
            },
            {
                "letter": "Q",
                "heading": "务工时长",
                "samples": ["7", "0", "11个月"],
                "name": "column_16",
                "chosen": "",
                "options": options,
                "unsure": True,
                "note": both("可能是“务工时间（月）”", "Perhaps Months of work"),
            },
            {
                "letter": "Z",
                "heading": "备注",
                "samples": ["", "外出"],
                "name": "column_25",
                "chosen": "",
                "options": options,
                "unsure": False,
            },
        ],
        "sure": [
            {"letter": "A", "heading": "县", "label": both("县", "County")},
            {"letter": "E", "heading": "户编号", "label": both("户编号", "Household number")},
            {"letter": "G", "heading": "姓名", "label": both("姓名", "Name")},
            {"letter": "H", "heading": "身份证号", "label": both("证件号码", "ID number")},
        ],
    }


def preview() -> dict[str, Any]:
    """What merging would change."""
    return {
        "crumbs": CRUMBS[:2],
        "batch": {"title": both("第 12 批导入", "Batch 12")},
        "filters": [
            {"label": both("新增", "New"), "count": 3218, "url": "#"},
            {"label": both("变更", "Changed"), "count": 7, "url": "#", "current": True},
            {"label": both("无变化", "Unchanged"), "count": 0, "url": "#"},
            {"label": both("暂缓并入", "Held back"), "count": 27, "url": "#"},
        ],
        "rows": [
            {
                "head_name": "马文德",
                "number": "9905210000193",
                "village": "上滩村",
                "url": "/design/household/",
                "change": pill("plain", "变更", "Changed"),
                "fields": [
                    {
                        "what": "马永福",
                        "label": both("务工时间（月）", "Months of work"),
                        "before": "3",
                        "after": "7",
                    },
                    {
                        "what": "冶秀英",
                        "label": both("健康状况", "Health"),
                        "before": both("健康", "Healthy"),
                        "after": both("长期慢性病", "Chronic illness"),
                    },
                    {
                        "what": both("2017 年度", "2017"),
                        "label": both("工资性收入（元）", "Wages (yuan)"),
                        "before": None,
                        "after": "3,600",
                    },
                    {"what": "马小红", "label": both("证件号码", "ID number"), "sealed": True},
                ],
            },
            {
                "head_name": "何生长",
                "number": "9905210000169",
                "village": "大坪村",
                "change": pill("red", "暂缓并入", "Held back"),
                "fields": [],
                "reasons": [
                    both(
                        "第 214 行：证件号码存成了数字，末几位已经失真",
                        "Row 214: ID number stored as a number",
                    )
                ],
                "owner": both("青石镇扶贫专干", "Township poverty officer, 青石镇"),
                "due": date(2017, 10, 16),
            },
        ],
        "pager": {"first": 1, "last": 2, "total": 7, "next_url": "#", "previous_url": "#"},
    }
