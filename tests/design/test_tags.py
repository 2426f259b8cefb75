"""Words, icons and numbers as pages show them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import escape

from xiuhua.common.terms import Terms
from xiuhua.design.samples.shell import shell
from xiuhua.design.templatetags import design
from xiuhua.engine.evidence import Evidence


class Weather(Terms):
    """A term to be said."""

    SUN = "sun", "晴", "Sunny"


@pytest.mark.parametrize(
    ("given", "tone", "icon"),
    [
        ("holds", "leaf", "holds"),
        (1, "leaf", "holds"),
        ("fails", "red", "fails"),
        (2, "red", "fails"),
        ("not_known", "straw", "unknown"),
        (3, "straw", "unknown"),
        ("not_applicable", "plain", "none"),
        (0, "plain", "none"),
    ],
)
def test_an_outcome_has_one_tone_and_one_icon(given: Any, tone: str, icon: str) -> None:
    assert (design.tone(given), design.state_icon(given)) == (tone, icon)
    assert design.state_word(given)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ({"zh": "收入", "en": "Income"}, "收入", "Income"),
        (Weather.SUN, "晴", "Sunny"),
        ("上滩村", "上滩村", "上滩村"),
        (None, "", ""),
        (4, "4", "4"),
    ],
)
def test_a_value_is_said_in_the_readers_language(value: Any, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert design.says(value) == zh
    with translation.override("en"):
        assert design.says(value) == en


def test_what_is_not_known_is_a_dash_and_never_a_zero() -> None:
    assert design.thousands(None) == design.fen_as_yuan(None) == "—"
    assert design.thousands(0) == "0"
    assert design.thousands(Decimal("12345.5")) == "12,345.5"
    assert design.fen_as_yuan(252_800) == "2,528"
    assert design.fen_as_yuan(252_850) == "2,528.50"


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 3, 33), (1, 1000, 1), (0, 5, 0), (5, 0, 0), (9, 5, 100), (None, 5, 0)]
)
def test_a_bar_never_hides_what_exists(part: int | None, whole: int, percent: int) -> None:
    assert design.share(part, whole) == percent


def test_chart_figures_cannot_leave_their_block() -> None:
    text = design.chart_figures(
        {"label": {"zh": "</script><b>", "en": ""}, "values": [Decimal("1.5"), None]}, "income-figures"
    )
    assert "</script><b>" not in text
    assert '"values": [1.5, null]' in text


class Sheet(forms.Form):
    """A field with help and a fault."""

    name = forms.CharField(label="姓名", help_text="与证件一致")
    sure = forms.BooleanField(label="已核对", required=False)


def test_a_field_ties_help_and_error_to_its_input() -> None:
    html = Template("{% load design %}{% field form.name %}{% field form.sure %}").render(
        Context({"form": Sheet({})})
    )
    assert 'aria-describedby="id_name_error id_name_help"' in html
    assert 'id="id_name_error"' in html and 'id="id_name_help"' in html
    assert 'aria-invalid="true"' in html and '<label for="id_name">' in html


def test_a_value_that_is_known_bears_no_mark_that_there_is_no_record_of_it() -> None:
    facts = [
        {"label": "国家扶贫标准", "value": "2,952.00 元", "evidence": "none", "seen_on": None},
        {"label": "人均纯收入", "value": None, "evidence": "none", "seen_on": None},
        {"label": "收入", "value": "3,000.00 元", "evidence": "reported", "seen_on": None},
    ]
    outcome = {"facts": facts, "state": "holds", "title": "收入", "sentence": "", "evidence": "none"}
    shown = render_to_string("design/basis.html", {"outcome": outcome})
    assert shown.count("没有记录") == 1 and shown.count("据表") == 1
    assert "没有记录" not in render_to_string(
        "design/outcome.html", {"outcome": {**outcome, "facts": facts[:1]}}
    )
    assert "没有记录" in render_to_string(
        "design/outcome.html", {"outcome": {**outcome, "facts": [], "state": "not_known"}}
    )
    assert Evidence.NONE.says("zh") == design.evidence_word("none")


def test_a_row_is_laid_out_by_what_is_shown_of_it() -> None:
    chips = Template('{% include "design/chips.html" %}')
    for label in ("甲", "乙", "甲"):
        filters = [{"label": label, "url": "?a&b", "count": 1200, "current": label == "乙", "rules": [label]}]
        told = chips.render(Context({"filters": filters}))
        assert (
            f">{label} <b>1,200</b>" in told
            and "?a&amp;b" in told
            and ("aria-current" in told) == (label == "乙")
        )
    assert "<li>" not in chips.render(Context({}))


def test_what_stands_around_a_page_is_kept_but_token_and_address_are_each_requests_own() -> None:
    base = Template('{% load design %}{% around "design/top.html" %}{% around "design/nav_phone.html" %}{% around "design/language.html" %}')  # fmt: skip
    plain = Template('{% include "design/top.html" %}{% include "design/nav_phone.html" %}{% include "design/language.html" %}')  # fmt: skip
    ways = RequestFactory()
    for tongue in ("zh-hans", "en", "zh-hans"):
        for named, token, address in (
            ("卓玛措", "A" * 64, "/households/1/?show=open&q=<b>"),
            ("才让", "B" * 64, "/findings/"),
            ("卓玛措", "C" * 64, "/cases/"),
        ):
            values: dict[str, Any] = shell("findings")
            values["person"] = values["person"] | {"name": named}
            context = {"shell": values, "csrf_token": token, "request": ways.get(address)}
            with translation.override(tongue):
                told = base.render(Context(context))
                assert told == plain.render(Context(context))
            assert named in told and token in told and escape(context["request"].get_full_path()) in told
    with translation.override("zh-hans"):
        assert "csrf" not in base.render(Context({"shell": values, "request": ways.get("/")}))
        assert "数据截止 2017-09-30" in base.render(Context({"shell": shell("findings"), "csrf_token": "D"}))
