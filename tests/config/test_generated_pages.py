"""GLOSSARY.md and RULES.md say what the code says, and say all of it."""

from __future__ import annotations

from xiuhua.config.pages.keeping import PAGES, stale
from xiuhua.engine import load
from xiuhua.intake.terms import IntakeRule


def test_generated_pages_are_fresh() -> None:
    assert stale() == [], "make pages"


def test_every_rule_figure_and_check_is_told() -> None:
    page = PAGES["RULES.md"]()
    wanted = [*load().rules, *load().figures, *(rule.value for rule in IntakeRule)]
    assert [one for one in wanted if f"`{one}`" not in page] == []


def test_every_place_in_a_sentence_is_named() -> None:
    # A reader of the page knows facts by their names, not by ids in braces. Intake's own places are not facts.
    told = PAGES["RULES.md"]().split("## 导入时的检查")[0]
    assert [line for line in told.splitlines() if line.startswith("- 不达标时") and "{" in line] == []


def test_every_code_and_fact_is_in_the_glossary() -> None:
    page = PAGES["GLOSSARY.md"]()
    wanted = [*load().codes, *load().facts, "rec_household", "county_office", "person_export"]
    assert [one for one in wanted if f"`{one}`" not in page] == []
