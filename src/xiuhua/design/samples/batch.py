"""A batch on its way: reading, asking, preview, merged, failed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.design.samples.intake import SHEETS, steps
from xiuhua.design.samples.shell import CRUMBS, act, both, pill


def head(zh: str, en: str, tone: str) -> dict[str, Any]:
    """The head of a batch's page."""
    return {
        "crumbs": CRUMBS[:2],
        "batch": {
            "title": both("第 12 批导入", "Batch 12"),
            "under": both("临川县 · 赵成 · 2017-10-09 08:55", "临川县 · 赵成 · 2017-10-09 08:55"),
            "pills": [pill(tone, zh, en)],
        },
        "sheets": SHEETS,
    }


def batch_reading() -> dict[str, Any]:
    """While files are read."""
    progress = {
        "percent": 64,
        "done": 2846,
        "total": 4425,
        "label": both("正在校验", "Checking"),
        "sentence": both(
            "可以离开本页，完成后在工作台提醒。", "You may leave this page; the workbench will tell you."
        ),
        "url": "/design/batch-reading/progress/",
    }
    return {**head("校验中", "Checking", "plain"), "steps": steps(2), "progress": progress, "stop_url": "#"}


def batch_asking() -> dict[str, Any]:
    """Waiting for columns to be named."""
    ask = {
        "title": both("2 列拿不准，等您指明", "2 columns wait for you"),
        "sentence": both(
            "“塔玛乡”表里的“健康情况说明”“务工时长”不知道对应哪一列。",
            "Two headings of sheet 塔玛乡 are not certain.",
        ),
        "actions": [act("对应列", "Match columns", "/design/mapping/", primary=True)],
    }
    return {**head("等待对应列", "Waits for columns", "straw"), "steps": steps(1), "asks": [ask]}


def batch_preview() -> dict[str, Any]:
    """Checked, waiting for the word to merge."""

    def rules(*items: tuple[str, str, int]) -> list[dict[str, Any]]:
        return [
            {"label": both(zh, en), "count": count, "url": "/design/findings/"} for zh, en, count in items
        ]

    return {
        **head("预览，等您确认", "Preview, waits for you", "straw"),
        "steps": steps(3),
        "counts": {
            "new": {"number": 3218, "url": "/design/preview/"},
            "changed": {"number": 7, "url": "#"},
            "unchanged": {"number": 0, "url": "#"},
            "held": {"number": 27, "url": "#"},
        },
        "counts_note": both(
            "共 3,252 户、8,431 人；另有 12 个行政村、1,186 条户年度记录。",
            "3,252 households and 8,431 people in all; 12 villages and 1,186 yearly records besides.",
        ),
        "kinds": [
            {
                "label": both("校验未通过", "Refused"),
                "tone": "red",
                "count": 29,
                "rules": rules(
                    ("证件号码校验码不符", "Wrong check digit", 11),
                    ("证件号码存成数字", "ID number stored as a number", 6),
                    ("没有户主", "No head", 4),
                ),
            },
            {
                "label": both("待判断", "To decide"),
                "tone": "straw",
                "count": 6,
                "rules": rules(
                    ("一人两户", "Same person in two households", 3), ("证件号码变了", "ID number changed", 3)
                ),
            },
            {
                "label": both("存疑", "Doubtful"),
                "tone": "straw",
                "count": 48,
                "rules": rules(
                    ("人数与成员不符", "Number of members disagrees", 11),
                    ("两张表不一致", "Two tables disagree", 9),
                ),
            },
            {
                "label": both("已自动更正", "Put right and noted"),
                "tone": "leaf",
                "count": 112,
                "rules": rules(
                    ("证件号码里有空格", "Spaces in ID number", 40), ("数字带单位", "Number with a unit", 21)
                ),
            },
        ],
        "opening": {
            "sentence": both(
                "本县第一次导入。表里写明的“脱贫、未脱贫”要承接为登记的状态，须由县级负责人签字，只此一次；以后的文件不能改动任何一户的状态。",
                "First intake of this county. The statuses in the files are taken over once, signed by the county; later files change no status.",
            ),
            "form": ReasonSignature(),
            "url": "#",
        },
        "confirm": {
            "url": "#",
            "label": both("并入 3,225 户", "Merge 3,225 households"),
            "sentence": both(
                "新增 3,218 户、变更 7 户；27 户暂缓，等更正后再导入。",
                "3,218 new and 7 changed; 27 are held back until corrected.",
            ),
            "disabled": both("先由县级负责人签字承接状态。", "The county must sign the opening first."),
        },
        "stop_url": "#",
    }


class ReasonSignature(forms.Form):
    """The signature of the opening."""

    name = forms.CharField(label=_("姓名"))
    statement = forms.CharField(label=_("承接依据"))


def batch_done() -> dict[str, Any]:
    """Merged."""
    progress = {
        "percent": 100,
        "done": 3225,
        "total": 3225,
        "label": both("已并入", "Merged"),
        "finished": True,
    }
    done = {
        "sentence": both(
            "3,218 户新增，7 户变更，用时 41 秒。27 户暂缓，已派给各乡镇。",
            "3,218 households new, 7 changed, in 41 seconds. 27 held back and given to the townships.",
        ),
        "actions": [act("看问题清单", "See the findings", "/design/findings/", primary=True)],
    }
    preview = batch_preview()
    return {
        **head("已并入", "Merged", "leaf"),
        "steps": steps(5),
        "progress": progress,
        "done": done,
        "counts": preview["counts"],
        "kinds": preview["kinds"],
    }


def batch_failed() -> dict[str, Any]:
    """A file that could not be read."""
    trouble = {
        "title": both("有一个文件读不了", "One file cannot be read"),
        "sentence": both(
            "“户年度收入与生活条件.xlsx”设了打开密码。请另存为不设密码的文件再导入；登记没有任何改动。",
            "The workbook asks for a password. Save it without one and take it in again; nothing was changed.",
        ),
        "actions": [act("重新导入", "Take in again", "/design/upload/", primary=True)],
    }
    return {
        **head("未能完成", "Could not be finished", "red"),
        "steps": steps(0, "failed"),
        "trouble": trouble,
        "sheets": SHEETS[:1],
    }
