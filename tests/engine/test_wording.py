"""Expressions in words: what the rulebook says is said, in both languages, and nothing falls under the table."""

from __future__ import annotations

import re

import pytest

from xiuhua.engine import Library, load
from xiuhua.engine.nodes import Aggregate, Call, FigureAt, Node, Ref, walk
from xiuhua.engine.parsing import parse
from xiuhua.engine.uses import of_fact, of_rule, users_of_fact, users_of_figure
from xiuhua.engine.wording import Line, Wording

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def said(text: str, scope: str, language: str) -> str:
    library = load()
    return Wording(library.names, library.vocabularies, language).say(parse(text, scope, library.names))


@pytest.mark.parametrize(
    ("text", "scope", "zh", "en"),
    [
        ("age between 6 and 15", "person", "年龄 不低于 6 岁 并且 年龄 不超过 15 岁", "Age is at least 6 years old and Age is at most 15 years old"),
        ("house_grade in ('A', 'B')", "period", "住房鉴定等级 是 A级、B级", "Grade of the house is Grade A or Grade B"),
        ("not house_grade in ('A', 'B')", "period", "住房鉴定等级 不是 A级、B级", "Grade of the house is not Grade A nor Grade B"),
        ("main_cause is not null", "household", "有“主要致贫原因”的记录", "there is a record of “Main cause of poverty”"),
        ("house_safe is null", "household", "“住房安全”不清楚", "“House is safe” is not known"),
        ("wage_fen > 0", "period", "工资性收入 超过 0 元", "Wage income is more than 0 yuan"),
        ("how_many(true) >= 1", "household", "成员数 不低于 1 人", "the number of members is at least 1 person"),
    ],
)  # fmt: skip
def test_an_expression_reads_as_a_sentence(text: str, scope: str, zh: str, en: str) -> None:
    assert said(text, scope, "zh") == zh
    assert said(text, scope, "en") == en


def test_a_fact_that_is_false_and_one_that_is_not_known_are_told_apart() -> None:
    assert "不清楚" not in said("not is_watched", "household", "zh")
    assert "不清楚" in said("not coalesce(is_watched, false)", "household", "zh")


def flat(lines: list[Line] | tuple[Line, ...]) -> str:
    return "\n".join(f"{line.text}\n{flat(line.below)}" for line in lines)


def named(node: Node) -> list[Node]:
    found = []
    for one in walk(node):
        if isinstance(one, Ref | FigureAt):
            found.append(one)
        if isinstance(one, Aggregate):
            found += named(one.arg)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_name_that_an_expression_uses_stands_in_its_words(library: Library, language: str) -> None:
    wording = Wording(library.names, library.vocabularies, language)
    nodes = [*library.nodes.values()]
    for one in library.rule_nodes.values():
        nodes += [node for node in (one.applies, one.holds) if node is not None]
    assert len(nodes) > 200
    for node in nodes:
        words = flat(wording.lines(node))
        for one in named(node):
            label = (
                library.figures[one.figure].says
                if isinstance(one, FigureAt)
                else library.names.name(one).says  # type: ignore[arg-type]
            )
            assert label.says(language) in words, (label, words)


def test_english_words_are_english_and_no_operation_is_left_as_code(library: Library) -> None:
    wording = Wording(library.names, library.vocabularies, "en")
    for node in (*library.nodes.values(), *(one.holds for one in library.rule_nodes.values())):
        words = flat(wording.lines(node))
        assert not CHINESE.search(words), words
        for one in walk(node):
            if isinstance(one, Call) and "_" in one.op:
                assert one.op not in words, words


def test_what_rests_on_a_figure_is_found_through_facts(library: Library) -> None:
    users = users_of_figure(library, "income_line_yuan")
    assert "exit.income" in users.rules
    for id in users.facts:
        assert "income_line_yuan" in of_fact(library, id).figures


def test_a_rule_stands_among_the_users_of_each_fact_that_it_names(library: Library) -> None:
    for id in ("exit.income", "exit.housing", "exit.medical"):
        for ref in of_rule(library, id).facts:
            assert id in users_of_fact(library, ref.name).rules
