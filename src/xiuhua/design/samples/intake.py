"""Intake from upload to merge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from xiuhua.design.samples.shell import CRUMBS, act, both, pill


def batch(title: str, state: dict[str, Any], new: int | None, changed: int | None, held: int | None) -> dict[str, Any]:
    """One batch of the list."""
    return {"title": title, "url": "/design/batch-preview/", "state": state, "files": both("4 个文件", "4 files"), "by": "赵成", "at": datetime(2017, 10, 9, 8, 55), "counts": {"new": new, "changed": changed, "held": held}}


BATCHES = [
    batch("第 12 批 · 临川县", pill("straw", "预览，等您确认", "Preview, waits for you"), 3218, 0, 27),
    batch("第 11 批 · 临川县", pill("leaf", "已并入", "Merged"), 0, 44, 3),
    batch("第 10 批 · 沙柳河乡", pill("red", "未能完成", "Could not be finished"), None, None, None),
]
STEPS = [("读取", "Reading"), ("对应列", "Columns"), ("校验", "Checking"), ("预览", "Preview"), ("并入", "Merging")]


def steps(at: int, state: str = "current", notes: dict[int, dict[str, str]] | None = None) -> list[dict[str, Any]]:
    """The five steps with everything before `at` done."""
    return [{"label": both(zh, en), "state": "done" if n < at else state if n == at else "waiting", "note": (notes or {}).get(n)} for n, (zh, en) in enumerate(STEPS)]


def sheet(file: str, name: str, book: dict[str, str], rows: int, state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One sheet of a batch."""
    return {"file": file, "sheet": name, "book": book, "rows": rows, "state": state, **more}


PERSONS, YEARS, ROLL = both("贫困人口信息表", "Person export"), both("户年度记录", "Yearly record"), both("农村住户花名册", "Household roll")
SHEETS = [
    sheet("行政村名单.xlsx", "Sheet1", both("行政村名单", "Village list"), 12, pill("leaf", "列已对应", "Columns matched")),
    sheet("贫困人口信息表.xlsx", "青石镇", PERSONS, 580, pill("leaf", "列已对应", "Columns matched"), note=both("第 3 行是表头，末行是签字", "Header in row 3, signatures at the end")),
    sheet("贫困人口信息表.xlsx", "塔玛乡", PERSONS, 577, pill("straw", "2 列拿不准", "2 columns unsure"), url="/design/mapping/", action_label=both("对应列", "Match columns")),
    sheet("户年度收入与生活条件.xlsx", "2017", YEARS, 600, pill("leaf", "列已对应", "Columns matched")),
    sheet("农村住户花名册.xlsx", "Sheet1", ROLL, 2652, pill("leaf", "列已对应", "Columns matched")),
    sheet("说明.xlsx", "Sheet1", both("不认得", "Not recognised"), 4, pill("plain", "不导入", "Left out"), note=both("没有认得的列", "No known column")),
]


def batches() -> dict[str, Any]:
    """All batches."""
    return {"place_name": "临川县", "crumbs": CRUMBS[:2], "batches": BATCHES, "actions": [act("导入新表格", "Take in workbooks", "/design/upload/", icon="intake", primary=True)]}


def batches_empty() -> dict[str, Any]:
    """No batch yet."""
    return {**batches(), "batches": []}


class UploadForm(forms.Form):
    """Files and their date."""

    files = forms.FileField(label="表格")
    data_date = forms.DateField(label="数据截止日", required=False, help_text="不填则取表里写的日期", widget=forms.DateInput(attrs={"type": "date"}))


def upload() -> dict[str, Any]:
    """Choosing files."""
    return {
        "place_name": "临川县", "crumbs": CRUMBS[:2], "form": UploadForm(), "action_url": "#", "formats_hint": both("xlsx、xls、csv（UTF-8 或 GB18030），每个不超过 100 MB", "xlsx, xls, csv (UTF-8 or GB18030), up to 100 MB each"),
        "books": [
            {"name": both("行政村名单", "Village list"), "sentence": both("村名、代码、农村人口、贫困村标记。", "Names, codes, rural population, marks."), "columns": [both("村代码", "village code"), both("村名", "name")]},
            {"name": PERSONS, "sentence": both("全国系统导出的 26 列人口表，每乡镇一个工作表也可以。", "The 26-column export, a sheet a township is fine."), "columns": [both("户编号", "household number"), both("姓名", "name"), both("与户主关系", "relation")]},
            {"name": YEARS, "sentence": both("每户每年的收入、医保、住房、饮水。", "Income, insurance, housing, water, by household and year."), "columns": [both("户编号", "household number"), both("年度", "year")]},
            {"name": ROLL, "sentence": both("其余农户：户号、户主、人数。", "All other households: number, head, members."), "columns": [both("户号", "number")]},
        ],
    }


def upload_refused() -> dict[str, Any]:
    """A file that cannot be taken."""
    form = UploadForm({}, {})
    form.errors["files"] = form.error_class(["“村情.docx”不是表格。请上传 xlsx、xls 或 csv；别的文件没有上传。"])
    return {**upload(), "form": form}


def head(zh: str, en: str, tone: str) -> dict[str, Any]:
    """The head of a batch's page."""
    return {"crumbs": CRUMBS[:2], "batch": {"title": both("第 12 批导入", "Batch 12"), "under": both("临川县 · 赵成 · 2017-10-09 08:55", "临川县 · 赵成 · 2017-10-09 08:55"), "pills": [pill(tone, zh, en)]}, "sheets": SHEETS}


def batch_reading() -> dict[str, Any]:
    """While files are read."""
    progress = {"percent": 64, "done": 2846, "total": 4425, "label": both("正在校验", "Checking"), "sentence": both("可以离开本页，完成后在工作台提醒。", "You may leave this page; the workbench will tell you."), "url": "/design/batch-reading/progress/"}
    return {**head("校验中", "Checking", "plain"), "steps": steps(2), "progress": progress, "stop_url": "#"}


def batch_asking() -> dict[str, Any]:
    """Waiting for columns to be named."""
    ask = {"title": both("2 列拿不准，等您指明", "2 columns wait for you"), "sentence": both("“塔玛乡”表里的“健康情况说明”“务工时长”不知道对应哪一列。", "Two headings of sheet 塔玛乡 are not certain."), "actions": [act("对应列", "Match columns", "/design/mapping/", primary=True)]}
    return {**head("等待对应列", "Waits for columns", "straw"), "steps": steps(1), "asks": [ask]}


def batch_preview() -> dict[str, Any]:
    """Checked, waiting for the word to merge."""
    def rules(*items: tuple[str, str, int]) -> list[dict[str, Any]]:
        return [{"label": both(zh, en), "count": count, "url": "/design/findings/"} for zh, en, count in items]

    return {
        **head("预览，等您确认", "Preview, waits for you", "straw"), "steps": steps(3),
        "counts": {"new": {"number": 3218, "url": "/design/preview/"}, "changed": {"number": 7, "url": "#"}, "unchanged": {"number": 0, "url": "#"}, "held": {"number": 27, "url": "#"}},
        "counts_note": both("共 3,252 户、8,431 人；另有 12 个行政村、1,186 条户年度记录。", "3,252 households and 8,431 people in all; 12 villages and 1,186 yearly records besides."),
        "kinds": [
            {"label": both("校验未通过", "Refused"), "tone": "red", "count": 29, "rules": rules(("证件号码校验码不符", "Wrong check digit", 11), ("证件号码存成数字", "ID number stored as a number", 6), ("没有户主", "No head", 4))},
            {"label": both("待判断", "To decide"), "tone": "straw", "count": 6, "rules": rules(("一人两户", "Same person in two households", 3), ("证件号码变了", "ID number changed", 3))},
            {"label": both("存疑", "Doubtful"), "tone": "straw", "count": 48, "rules": rules(("人数与成员不符", "Number of members disagrees", 11), ("两张表不一致", "Two tables disagree", 9))},
            {"label": both("已自动更正", "Put right and noted"), "tone": "leaf", "count": 112, "rules": rules(("证件号码里有空格", "Spaces in ID number", 40), ("数字带单位", "Number with a unit", 21))},
        ],
        "opening": {"sentence": both("本县第一次导入。表里写明的“脱贫、未脱贫”要承接为登记的状态，须由县级负责人签字，只此一次；以后的文件不能改动任何一户的状态。", "First intake of this county. The statuses in the files are taken over once, signed by the county; later files change no status."), "form": ReasonSignature(), "url": "#"},
        "confirm": {"url": "#", "label": both("并入 3,225 户", "Merge 3,225 households"), "sentence": both("新增 3,218 户、变更 7 户；27 户暂缓，等更正后再导入。", "3,218 new and 7 changed; 27 are held back until corrected."), "disabled": both("先由县级负责人签字承接状态。", "The county must sign the opening first.")}, "stop_url": "#",
    }


class ReasonSignature(forms.Form):
    """The signature of the opening."""

    name = forms.CharField(label="签字人姓名", help_text="与您的账户姓名一致")
    sure = forms.BooleanField(label="我已核对：状态取自 2017-09-30 的全国系统导出")


def batch_done() -> dict[str, Any]:
    """Merged."""
    progress = {"percent": 100, "done": 3225, "total": 3225, "label": both("已并入", "Merged"), "finished": True}
    done = {"sentence": both("3,218 户新增，7 户变更，用时 41 秒。27 户暂缓，已派给各乡镇。", "3,218 households new, 7 changed, in 41 seconds. 27 held back and given to the townships."), "actions": [act("看问题清单", "See the findings", "/design/findings/", primary=True)]}
    preview = batch_preview()
    return {**head("已并入", "Merged", "leaf"), "steps": steps(5), "progress": progress, "done": done, "counts": preview["counts"], "kinds": preview["kinds"]}


def batch_failed() -> dict[str, Any]:
    """A file that could not be read."""
    trouble = {"title": both("有一个文件读不了", "One file cannot be read"), "sentence": both("“户年度收入与生活条件.xlsx”设了打开密码。请另存为不设密码的文件再导入；登记没有任何改动。", "The workbook asks for a password. Save it without one and take it in again; nothing was changed."), "actions": [act("重新导入", "Take in again", "/design/upload/", primary=True)]}
    return {**head("未能完成", "Could not be finished", "red"), "steps": steps(0, "failed"), "trouble": trouble, "sheets": SHEETS[:1]}


def mapping() -> dict[str, Any]:
    """Headings that are not certain."""
    options = [("health", both("健康状况", "Health")), ("work_months", both("务工时间（月）", "Months of work")), ("labour", both("劳动技能", "Labour"))]
    return {
        "crumbs": CRUMBS[:2], "sheet": {"file": "贫困人口信息表.xlsx", "sheet": "塔玛乡"}, "missing": [both("与户主关系", "Relation to head")], "action_url": "#", "back_url": "/design/batch-asking/",
        "columns": [
            {"letter": "N", "heading": "健康情况说明", "samples": ["健康", "长期慢性病", "患有大病"], "name": "column_13", "chosen": "health", "options": options, "unsure": True, "note": both("看内容像“健康状况”", "By its content, Health")},
            {"letter": "Q", "heading": "务工时长", "samples": ["7", "0", "11个月"], "name": "column_16", "chosen": "", "options": options, "unsure": True, "note": both("可能是“务工时间（月）”", "Perhaps Months of work")},
            {"letter": "Z", "heading": "备注", "samples": ["", "外出"], "name": "column_25", "chosen": "", "options": options, "unsure": False},
        ],
        "sure": [{"letter": "A", "heading": "县", "label": both("县", "County")}, {"letter": "E", "heading": "户编号", "label": both("户编号", "Household number")}, {"letter": "G", "heading": "姓名", "label": both("姓名", "Name")}, {"letter": "H", "heading": "身份证号", "label": both("证件号码", "ID number")}],
    }


def preview() -> dict[str, Any]:
    """What merging would change."""
    return {
        "crumbs": CRUMBS[:2], "batch": {"title": both("第 12 批导入", "Batch 12")},
        "filters": [{"label": both("新增", "New"), "count": 3218, "url": "#"}, {"label": both("变更", "Changed"), "count": 7, "url": "#", "current": True}, {"label": both("无变化", "Unchanged"), "count": 0, "url": "#"}, {"label": both("暂缓并入", "Held back"), "count": 27, "url": "#"}],
        "rows": [
            {"head_name": "马文德", "number": "9905210000193", "village": "上滩村", "url": "/design/household/", "change": pill("plain", "变更", "Changed"), "fields": [
                {"what": "马永福", "label": both("务工时间（月）", "Months of work"), "before": "3", "after": "7"}, {"what": "冶秀英", "label": both("健康状况", "Health"), "before": both("健康", "Healthy"), "after": both("长期慢性病", "Chronic illness")},
                {"what": both("2017 年度", "2017"), "label": both("工资性收入（元）", "Wages (yuan)"), "before": None, "after": "3,600"}, {"what": "马小红", "label": both("证件号码", "ID number"), "sealed": True}]},
            {"head_name": "何生长", "number": "9905210000169", "village": "大坪村", "change": pill("red", "暂缓并入", "Held back"), "fields": [], "reasons": [both("第 214 行：证件号码存成了数字，末几位已经失真", "Row 214: ID number stored as a number")], "owner": both("青石镇扶贫专干", "Township officer"), "due": date(2017, 10, 16)},
        ],
        "pager": {"first": 1, "last": 2, "total": 7, "next_url": "#", "previous_url": "#"},
    }
