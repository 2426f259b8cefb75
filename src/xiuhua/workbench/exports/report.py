"""The report of a period as a Word file that an office goes on writing in, and its tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.files.models import Export
from xiuhua.files.services import (
    Asked,
    CannotMake,
    Column,
    Made,
    Maker,
    NotThere,
    Offer,
    Progress,
    Table,
    again,
    columns,
    rows_in_words,
    speaking,
)
from xiuhua.workbench.exports.papers import pieces, stamp
from xiuhua.workbench.queries.frame import below, said
from xiuhua.workbench.queries.report import (
    FIGURES,
    SECTIONS,
    Figure,
    Period,
    Report,
    ahead,
    ends,
    period_of,
    told,
)
from xiuhua.workbench.queries.report import page as pages
from xiuhua.workbench.queries.report.figures import BY_PLACE

# Type of official documents; a machine without it falls back to its own song face.
BODY, HEADINGS, LATIN = "仿宋", "黑体", "Times New Roman"


def offer_report(asked: Asked) -> Offer:
    """What the page that asks for the Word file says."""
    return Offer(
        asked.place,
        {"zh": f"阶段报告 · {asked.place.name}", "en": f"Period report · {asked.place.name}"},
        [
            (_("时间段"), period_of(asked.query).says),
            (_("内容"), _("与页面相同的数字，按章列表，分下级列出；留出“工作情况”和“下一步”由您接着写")),
            (_("数据"), _("实时登记，按日期计算")),
        ],
        (("docx", _("Word 文件（.docx）")),),
        personal=False,
    )


def make_report(export: Export, progress: Progress) -> Made:
    """The same figures as the page, as they are when it is made."""
    try:
        asked = again(export)
    except Appointment.DoesNotExist as gone:
        raise CannotMake("要这份文件的人已不在这个职务上", "Whoever asked no longer holds the post") from gone
    with speaking(export):
        report = told(asked.place, period_of(asked.query))
        progress(1, 2)
        made = _document(report, export, asked.by)
        between = " " if asked.language == "en" else ""
        name = f"{asked.place.name}{between}{_('阶段报告')}{between}{beijing_today():%Y%m%d}.docx"
    return Made(name, pieces(made))


def _document(report: Report, export: Export, by: Appointment) -> bytes:
    paper = Document()
    _styles(paper)
    paper.core_properties.author = export.asked_post or export.asked_by
    paper.core_properties.title = f"{report.place.name} {_('阶段报告')} {report.period.says}"
    paper.core_properties.created = paper.core_properties.modified = localtime(export.asked_at)
    title = paper.add_paragraph(f"{report.place.name}{_('阶段报告')}", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paper.add_paragraph(report.period.says).alignment = WD_ALIGN_PARAGRAPH.CENTER
    paper.add_heading(_("概况"), 1)
    paper.add_paragraph(pages.summary(report))
    for section, figures in SECTIONS:
        paper.add_heading(str(section), 1)
        _figures(paper, report, figures)
    if report.below:
        paper.add_heading(_("按%(level)s") % {"level": said(below(report.place)[0])}, 1)
        _below(paper, report)
    told_ends = ends.table(by, report.place, report.period)
    if told_ends["rows"]:
        paper.add_heading(_("两端的数据快照"), 1)
        _ends(paper, told_ends)
    paper.add_heading(_("工作情况"), 1)
    paper.add_paragraph(_("（由填报单位填写）"))
    paper.add_heading(_("下一步"), 1)
    _ahead(paper, ahead.table(by, report.place))
    paper.add_paragraph(_("（由填报单位填写）"))
    paper.add_heading(_("怎么算的"), 1)
    for note in pages.notes():
        paper.add_paragraph(note, style="List Bullet")
    paper.add_paragraph(
        f"{_('生成时间')} {beijing_now():%Y-%m-%d %H:%M} · {_('用途')} {export.reason or _('没有填写')}"
    )
    _foot(paper, stamp(export, _("实时登记")))
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _styles(paper: Any) -> None:
    """Chinese and Latin faces for every style that is used, and the margins of official documents."""
    for name, face, size in (
        ("Normal", BODY, 12), ("Title", HEADINGS, 20), ("Heading 1", HEADINGS, 14), ("List Bullet", BODY, 11), ("Table Grid", BODY, 10.5),
    ):  # fmt: skip
        style = paper.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(script), LATIN)
        fonts.set(qn("w:eastAsia"), face)
        # The theme's faces would come before ours.
        for themed in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(themed), None)
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = (
        Cm(2.8),
        Cm(2.6),
        Cm(3.2),
        Cm(2.8),
    )


def _figures(paper: Any, report: Report, figures: list[Figure]) -> None:
    """Figure, number and unit, people, parts: one line a figure."""
    people = any(one.people for one in figures)
    heads = [_("项目"), _("数量"), *([_("人口")] if people else []), _("其中")]
    lines = []
    for figure in figures:
        number = report.numbers[figure.key]
        told_parts = _("；").join(f"{label} {n:,}" for _what, label, n in pages.parts(figure, number))
        counted = [f"{number.count:,} {figure.counted(number.count)}"]
        if people:
            counted.append(
                f"{number.people:,} {ngettext('人', '人', number.people)}" if figure.people else ""
            )
        lines.append([str(figure.label), *counted, told_parts])
    _table(paper, heads, lines)


def _below(paper: Any, report: Report) -> None:
    heads = [said(below(report.place)[0]), *(str(FIGURES[key].label) for key in BY_PLACE)]
    lines = [
        [row["name"], *(f"{one['count']:,}" for one in row["values"])] for row in pages.below_rows(report)
    ]
    _table(paper, heads, lines, size=8.5)


def _ends(paper: Any, told_ends: dict[str, Any]) -> None:
    """How the area stood by the freezes of both ends, with their numbers."""

    def number(n: int | None) -> str:
        return "—" if n is None else f"{n:,}"

    heads = [
        f"{word} {head} {id[:8]}".strip()
        for word, head, id in zip((_("期初"), _("期末")), told_ends["heads"], told_ends["ids"], strict=True)
    ]
    lines = [
        [
            row["label"],
            number(row["before"]),
            number(row["after"]),
            "—" if row["by"] is None else f"{row['by']:+,}",
        ]
        for row in told_ends["rows"]
    ]
    _table(paper, [_("项目"), *heads, _("变化")], lines)


def _ahead(paper: Any, told_ahead: dict[str, Any]) -> None:
    """The exit plan as it stands, by year and how those households stand now."""
    paper.add_paragraph(told_ahead["sentence"])
    if not told_ahead["rows"]:
        return
    heads = [said(part["label"]) for part in told_ahead["rows"][0]["parts"]]
    lines = [
        [
            row["label"],
            f"{row['total']:,}",
            *(f"{part['count']:,}" for part in row["parts"]),
            "—" if row["target"] is None else f"{row['target']:,}",
        ]
        for row in told_ahead["rows"]
    ]
    _table(paper, [_("退出年度"), _("未脱贫户"), *heads, _("上级任务")], lines)


def _table(paper: Any, heads: list[str], lines: list[list[str]], size: float = 10.5) -> None:
    table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")
    repeated = table.rows[0]._tr.get_or_add_trPr()
    repeated.append(OxmlElement("w:tblHeader"))
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = True, Pt(size)
    for line in lines:
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.paragraphs[0].add_run(text).font.size = Pt(size)
    paper.add_paragraph()


def _foot(paper: Any, text: str) -> None:
    """Who, when and from what, and the page's number as a field."""
    line = paper.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run(f"{text} · ").font.size = Pt(8)
    run = line.add_run()
    run.font.size = Pt(8)
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        if code:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _period(asked: Asked) -> Period:
    return period_of(asked.query)


def _places_columns(asked: Asked) -> list[Column]:
    return [
        *columns([(said(below(asked.place)[0]), "name", 16), (gettext_lazy("区划代码"), "code", 16)]),
        *columns((FIGURES[key].label, key, 12) for key in BY_PLACE),
    ]


def _places(asked: Asked) -> list[dict[str, Any]]:
    report = told(asked.place, _period(asked))
    return [
        {"name": pages.name_below(report, code), "code": code, **{key: n.get(key, 0) for key in BY_PLACE}}
        for code, n in report.below.items()
    ]


PLACES = Table(
    "阶段报告（分下级）", "Period report by place", "workbench.papers", _places_columns, _places,
    lambda asked: [(_("时间段"), _period(asked).says), (_("数据"), _("实时登记，按日期计算"))], personal=False,
)  # fmt: skip


def _counted(asked: Asked) -> Iterator[dict[str, Any]]:
    """The figures as the page lists them, each followed by its parts."""
    period = _period(asked)
    report = told(asked.place, period)
    for title, figures in SECTIONS:
        for figure in figures:
            number = report.numbers[figure.key]
            line = {
                "section": str(title),
                "figure": str(figure.label),
                "unit": figure.counted(number.count),
                "of": pages.when(figure, period),
            }
            yield {**line, "count": number.count, "people": number.people if figure.people else None}
            for _what, label, n in pages.parts(figure, number):
                yield {**line, "part": label, "count": n}


FIGURES_TOLD = Table(
    "阶段报告（数字）", "Period report, its figures", "workbench.papers",
    lambda asked: columns([
        (gettext_lazy("内容"), "section", 20), (gettext_lazy("指标"), "figure", 26), (gettext_lazy("其中"), "part", 22), (gettext_lazy("数量"), "count", 10),
        (gettext_lazy("单位"), "unit", 8), (gettext_lazy("人数"), "people", 10), (gettext_lazy("时间"), "of", 26),
    ]),
    _counted, lambda asked: [(_("时间段"), _period(asked).says), (_("数据"), _("实时登记，按日期计算"))], personal=False,
)  # fmt: skip


def _figure(asked: Asked) -> Figure:
    figure = FIGURES.get(asked.query.get("figure", ""))
    # Findings one by one have a right of their own; theirs is another table.
    if figure is None or not pages.may_list(asked.by, figure):
        raise NotThere
    return figure


def _rows_about(asked: Asked) -> list[tuple[str, Any]]:
    figure, part = _figure(asked), asked.query.get("part", "")
    label = f"{figure.label} · {figure.part(part)}" if part else figure.label
    return [
        (_("筛选"), label),
        (_("时间"), pages.when(figure, _period(asked))),
        (_("数据"), _("实时登记，按日期计算")),
    ]


def _count(asked: Asked) -> str:
    number, part = pages.told_one(asked.place, _figure(asked), _period(asked)), asked.query.get("part", "")
    return rows_in_words(number.parts.get(part, 0) if part else number.count)


ROWS = Table(
    "阶段报告明细", "Rows behind a figure of the period report", "registry.see",
    lambda asked: columns([
        (gettext_lazy("户或问题"), "head", 24), (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("人数"), "people", 8),
        (gettext_lazy("情况"), "what", 24), (gettext_lazy("日期"), "day", 12),
    ]),
    lambda asked: pages.every(asked.by, asked.place, _figure(asked), _period(asked), asked.query.get("part", "")),
    _rows_about, _count,
)  # fmt: skip

REPORTS = {
    "workbench.report": Maker(
        "阶段报告", "Period report", "workbench.papers", make_report, offer=offer_report, personal=False
    ),
    "workbench.report_figures": FIGURES_TOLD.maker(),
    "workbench.report_places": PLACES.maker(),
    "workbench.report_rows": ROWS.maker(),
}
