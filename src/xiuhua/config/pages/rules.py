"""RULES.md: every rule with its sentence, clause, source and next step; every figure with dates, places and certainty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from xiuhua.common.terms import Terms
from xiuhua.config.pages.markdown import NOTE, table, whole
from xiuhua.decisions.terms import Does, Who, WithdrawnBy
from xiuhua.engine import Library, load
from xiuhua.engine.names import Name
from xiuhua.findings.terms import Kind
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.terms import Level
from xiuhua.rulebook.models import Figure, FigureValue, PlacedValue, Rule
from xiuhua.rulebook.procedures import Days, Procedure, Step
from xiuhua.rulebook.reader import read_rulebook

HEAD = """# 规则与数值 Rules and figures

{note}

{rules} rules, {figures} figures, and {checks} checks of workbooks. A rule never changes a household's status: people do,
through procedures. Every rule has four outcomes: *holds* 达标, *fails* 不达标, *not known* 尚不清楚, *not applicable* 不适用.
Where these come from, and what was read by us and how: [docs/sources](docs/sources). Words: [GLOSSARY.md](GLOSSARY.md).
"""
PROGRAMMES = {
    "common": ("数据质量（两个时期通用）", "Data quality, of both programmes"),
    "targeted_2014": ("精准扶贫、精准脱贫（2014—2020）", "Targeted poverty reduction, 2014-2020"),
    "regular_2021": ("常态化防止返贫致贫（2021 起）", "Prevention of return to poverty, since 2021"),
}
GRAINS = {
    "person": "每人 each person",
    "household": "每户 each household",
    "period": "每年记录 each year's record",
    "village": "每村 each village",
    "county": "每县 each county",
}
KINDS = {"quality": "", "standard": "标准 standard", "candidate": "线索 lead"}
SEVERITIES = {"red": "必须办 red", "amber": "需留意 amber"}
CERTAINTIES = {"cited": "有出处 cited", "background": "通行说法 background"}
WAYS = {"lower": "只可更低 lower only", "higher": "只可更高 higher only", None: "不得另定 not at all"}
PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


def page() -> str:
    """The whole page."""
    library = load()
    lines = [
        HEAD.format(note=NOTE, rules=len(library.rules), figures=len(library.figures), checks=len(IntakeRule))
    ]
    by_programme = sorted(
        library.rules.values(), key=lambda one: (list(PROGRAMMES).index(one.programme), one.id)
    )
    for programme, rules in groupby(by_programme, key=lambda one: one.programme):
        zh, en = PROGRAMMES[programme]
        lines += [f"## {zh} {en}", ""]
        for rule in rules:
            lines += _rule(library, rule)
    lines += _procedures(read_rulebook().procedures.values())
    lines += _figures(library.figures)
    lines += _checks()
    return whole(lines)


def _rule(library: Library, rule: Rule) -> Iterator[str]:
    names = {name: library.names.name(ref) for name, ref in library.rule_nodes[rule.id].shown.items()}
    marks = [GRAINS[rule.grain], *filter(None, [KINDS[rule.kind]]), SEVERITIES[rule.severity]]
    marks += ["一票否决 veto"] if rule.veto else []
    marks += [f"{rule.since} 起 from" + (f" · {rule.until} 止 to" if rule.until else "")]
    yield f"### {rule.says.zh} {rule.says.en} · `{rule.id}`"
    yield ""
    yield " · ".join(marks)
    yield ""
    yield f"- 不达标时 when it fails：{_filled(rule.fails.zh, names, 'zh')} / {_filled(rule.fails.en, names, 'en')}"
    yield f"- 条款 clause：{rule.clause.zh} / {rule.clause.en}"
    yield f"- 出处 source：{rule.source}"
    if rule.next:
        yield f"- 下一步 next：{rule.next.zh} / {rule.next.en}"
    if rule.applies:
        yield f"- 适用 applies：`{' '.join(rule.applies.split())}`"
    yield f"- 要求 holds：`{' '.join(rule.holds.split())}`"
    figures = library.figures_of(rule.id)
    if figures:
        yield f"- 数值 figures：{'、'.join(f'`{one}`' for one in figures)}"
    yield ""


def _filled(sentence: str, names: Mapping[str, Name], language: str) -> str:
    """A sentence with what is shown in each place named: 〔住房鉴定等级〕."""

    def named(place: re.Match[str]) -> str:
        name = names.get(place[1].replace(".", "__")) or names.get(place[1])
        return f"〔{name.says.says(language)}〕" if name else place[0]

    return PLACE.sub(named, sentence)


def _procedures(procedures: Iterable[Procedure]) -> Iterator[str]:
    yield "## 程序 Procedures"
    yield ""
    yield "Who takes which step, in order; the database holds every proceeding to it. Days name their figure. A deputy counts as both people."
    yield ""
    for one in sorted(procedures, key=lambda one: list(PROGRAMMES).index(one.programme)):
        yield f"### {one.says.zh} {one.says.en} · `{one.id}`"
        yield ""
        yield f"{one.when.zh} / {one.when.en} · {one.since} 起 from" + (f" · {one.until} 止 to" if one.until else "")  # fmt: skip
        yield ""
        yield from table(
            ("步骤 step", "谁 who", "材料 evidence", "天数 days", "不同意 a no"), (_step(one, step) for step in one.steps)
        )  # fmt: skip
        yield f"- 条款 clause：{one.clause.zh} / {one.clause.en}"
        yield f"- 出处 source：{one.source}"
        yield f"- 撤回 withdrawal：{_both(WithdrawnBy(one.withdrawn_by))}"
        if one.lapses:
            yield f"- 停在一步即失效 lapses at one step：{_days(one.lapses)}"
        if one.appeal:
            yield f"- 申诉 appeal：{_level(one.appeal.level)}，`{one.appeal.days}`"
        if one.rules:
            yield f"- 核对 rules：{'、'.join(f'`{rule}`' for rule in one.rules)}"
        yield ""


def _step(procedure: Procedure, step: Step) -> tuple[object, ...]:
    who = f"{'、'.join(_both(Who(one)) for one in step.who)}（{_level(step.level)}）"
    who += f" × {step.people}" if step.people > 1 else ""
    who += "；须由没有参与的人 apart from all before" if "all" in step.apart_from else ""
    evidence = "；".join(f"{one.says.zh} {one.says.en}" for one in step.evidence)
    ends = {"refused": "未通过 refused", "ended": "终止 ended"}
    no = (
        ""
        if step.if_no is None
        else ends.get(step.if_no) or f"退到 back to {procedure.step(step.if_no).says.zh}"
    )
    name = f"{step.says.zh} {step.says.en}（{_both(Does(step.does))}）"
    name += "，生效 takes effect" if procedure.effect_at == step.id else ""
    return name, who, evidence, _days(step.days), no


def _days(days: Days | None) -> str:
    if days is None:
        return ""
    counted = {"calendar": "自然日 calendar", "working": "工作日 working"}[days.count]
    told = [f"不少于 at least `{days.at_least}`"] if days.at_least else []
    told += [f"不超过 at most `{days.at_most}`"] if days.at_most else []
    told += [f"从 from {days.since}"] if days.since else []
    return f"{'；'.join(told)}（{counted}）"


def _both(term: Terms) -> str:
    return f"{term.zh} {term.en}"


def _figures(figures: Mapping[str, Figure]) -> Iterator[str]:
    yield "## 数值 Figures"
    yield ""
    yield "By date and by place. The owner sets a figure; a level below may set its own only the way that is named, else it is refused."
    yield ""
    for one in figures.values():
        unit = f" · {one.unit}" if one.unit else ""
        yield f"### {one.says.zh} {one.says.en} · `{one.id}`"
        yield ""
        yield f"由 owner：{_level(one.owner)} · 下级 levels below：{WAYS[one.stricter]}{unit}"
        yield ""
        rows = [(value, "CN") for value in one.values] + [(value, value.place) for value in one.places]
        if rows:
            yield from table(("时间 when", "值 value", "地方 place", "可靠程度 certainty", "出处 source"), (_value(one, *row) for row in rows))  # fmt: skip
        else:
            yield from (f"还没有取得的值 no value yet：{one.source}", "")


def _level(level: str) -> str:
    return _both(Level(level))


def _value(figure: Figure, value: FigureValue | PlacedValue, place: str) -> tuple[object, ...]:
    when = str(value.year) if value.year is not None else f"{value.since} 起 from"
    if value.until:
        when += f" · {value.until} 止 to"
    return when, value.value, place, CERTAINTIES[value.certainty], value.source or figure.source


def _checks() -> Iterator[str]:
    yield "## 导入时的检查 What intake looks for in a workbook"
    yield ""
    yield "Each is told with file, sheet, row and column. A part in square brackets is left out when nothing is known of it."
    yield ""
    for kind in Kind:
        found = [one for one in IntakeRule if one.kind is kind]
        yield f"### {kind.zh} {kind.en}"
        yield ""
        yield from table(
            ("规则 rule", "名称 name", "怎么说 sentence", "下一步 next"),
            (
                (f"`{one.value}`", f"{one.zh} / {one.en}", " / ".join(one._says), f"{one.next_action('zh')} / {one.next_action('en')}")
                for one in found
            ),
        )  # fmt: skip
