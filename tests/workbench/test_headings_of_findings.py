"""A rule says what must be; the heading of what it found says that it is not so, or that nobody knows, and never the one for the other."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from xiuhua.engine import load
from xiuhua.findings.terms import Kind
from xiuhua.intake.queries.batches import rule_name
from xiuhua.workbench.queries.words import rule_label

RULE = "quality.relation_sex"


@pytest.mark.parametrize(
    ("tongue", "breach", "open_question"),
    [("zh-hans", "不符：", "待核实："), ("en", "Not met: ", "To be looked into: ")],
)
def test_what_is_not_known_is_called_no_breach(tongue: str, breach: str, open_question: str) -> None:
    short = tongue[:2]
    demand = load().rules[RULE].says.says(short)
    with override(tongue):
        assert rule_label(RULE, Kind.WARNED) == rule_label(RULE) == f"{breach}{demand}"
        assert rule_label(RULE, Kind.UNKNOWN) == f"{open_question}{demand}"
    assert rule_name(RULE, Kind.WARNED)[short] == f"{breach}{demand}"
    assert rule_name(RULE, Kind.UNKNOWN)[short] == f"{open_question}{demand}"
