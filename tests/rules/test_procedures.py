"""Procedures of the rulebook: what they say of themselves, and what is refused at the line where it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xiuhua.rulebook.figures import value
from xiuhua.rulebook.reader import FOLDER, FURTHER, Rulebook, RulebookError, read_rulebook

FIGURES = """
- id: days_here
  unit: day
  owner: county
  says: {zh: 天, en: Days}
  source: 例
  by: date
  values: [{since: 2010-01-01, value: 7, certainty: background}]
"""
RULES = """
- id: grown.income
  grain: household
  kind: standard
  says: {zh: 收入稳定, en: Income stable}
  fails: {zh: 收入不稳定, en: Income not stable}
  holds: net_income_fen > 0
  because: [net_income_fen]
  severity: amber
  topic: income
  source: 例
  clause: {zh: 例, en: Example}
  since: 2010-01-01
"""
GRADUATION = """
- id: graduation
  kind: graduation
  says: {zh: 毕业, en: Graduation}
  when: {zh: 满两年, en: After two years}
  subject: household
  direction: leaving
  begins_with: [poor]
  rules: [grown.income]
  steps:
    - id: visit
      does: visit
      says: {zh: 入户, en: Visit}
      level: village
      who: [village_worker]
      people: 2
    - id: agreement
      does: household
      says: {zh: 同意, en: Agreement}
      level: village
      who: [village_worker]
      if_no: ended
    - id: notice
      does: notice
      says: {zh: 公示, en: Notice}
      level: village
      who: [village_worker]
      days: {at_least: days_here, count: calendar}
    - id: decision
      does: decision
      says: {zh: 审定, en: Decision}
      level: county
      who: [county_office]
      apart_from: [all]
      rules: [grown.income]
      if_no: visit
  effect_at: decision
  effect: {status: exited}
  withdrawn_by: household
  source: 例
  clause: {zh: 例, en: Example}
  certainty: local
  since: 2020-01-01
"""


def book(folder: Path, procedures: str) -> Rulebook:
    """A rulebook of one small programme."""
    programme = folder / "graduating"
    programme.mkdir()
    (programme / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    (programme / "rules_grown.yaml").write_text(RULES, encoding="utf-8")
    (programme / "procedures.yaml").write_text(procedures, encoding="utf-8")
    return read_rulebook(folder)


def test_another_programme_is_data_alone(tmp_path: Path) -> None:
    one = book(tmp_path, GRADUATION).procedures["graduation"]
    assert one.programme == "graduating"
    assert [step.id for step in one.before("notice")] == ["visit", "agreement"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("effect_at: decision", "effect_at: nowhere", "no step"),
        ("effect_at: decision", "effect_at: visit", "only take place at a decision"),
        ("apart_from: [all]", "apart_from: [visit]", "keep it apart from all"),
        ("apart_from: [all]", "apart_from: [all, later]", "does not come before it"),
        ("if_no: visit", "if_no: nowhere", "no step before it"),
        ("      if_no: ended\n", "", "say what follows"),
        ("      days: {at_least: days_here, count: calendar}\n", "", "say at least how many"),
        ("days_here, count", "unknown_days, count", "no figure of days"),
        ("id: agreement", "id: visit", "named twice"),
        ("does: household", "does: review\n      apart_from: [all]", "without being asked"),
        ("rules: [grown.income]", "rules: [exit.nothing]", "unknown rule"),
        ("  rules: [grown.income]\n  steps", "  steps", "nobody leaves but by rules"),
        ("      rules: [grown.income]\n", "", "nobody leaves but by rules"),
        ("      rules: [grown.income]\n", "      grounds: [adjust.red_line]\n", "unknown rule"),
        ("people: 2", "people: 2\n      of_each: true", "one of each asks for several"),
        ("does: visit", "does: visit\n      vote: {quorum: 2/3, passes_percent: 50}", "only a meeting"),
        ("does: visit", "does: meeting\n      if_no: ended\n      vote: {quorum: 3/2, passes_percent: 50}", "more than all"),
    ],
)  # fmt: skip
def test_what_would_let_somebody_through_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in GRADUATION
    with pytest.raises(RulebookError, match=why) as refused:
        book(tmp_path, GRADUATION.replace(old, new, 1))
    assert "procedures.yaml:" in str(refused.value)


def test_who_is_watched_hangs_on_the_board_and_never_on_the_web(tmp_path: Path) -> None:
    hung = GRADUATION.replace("      does: notice\n", "      does: notice\n      web: true\n")
    assert book(tmp_path, hung).procedures["graduation"].step("notice").web
    (tmp_path / "watching").mkdir()
    with pytest.raises(RulebookError, match="never on the web"):
        book(tmp_path / "watching", hung.replace("begins_with: [poor]", "begins_with: [watched]"))
    assert not [
        one.id
        for one in read_rulebook(FOLDER).procedures.values()
        for step in one.steps
        if step.web and one.subject == "household"
    ]


def test_whoever_judges_did_nothing_before_in_any_of_our_procedures() -> None:
    for one in read_rulebook(FOLDER).procedures.values():
        for step in one.steps[1:]:
            if step.does in ("review", "decision", "outside"):
                assert "all" in step.apart_from, (one.id, step.id)


def test_nobody_leaves_without_a_word_and_a_notice_and_nobody_enters_past_a_visit() -> None:
    for one in read_rulebook(FOLDER).procedures.values():
        if one.subject != "household":
            continue
        done = [step.does for step in one.before(one.effect_at)]
        assert "visit" in done and "notice" in done, one.id
        if one.effect.status == "exited" or one.effect.watched == "none":
            assert "household" in done, one.id
            assert one.rules, f"{one.id} leaves by standards"
        assert one.appeal is not None, f"{one.id}: who was refused goes somewhere"


def own_folder(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Rulebook:
    """The rulebook with what an office's own folder says beside it."""
    (folder / "province").mkdir()
    (folder / "province" / "figures.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(FURTHER, str(folder))
    return read_rulebook(FOLDER)


def test_an_office_gives_its_own_values_of_a_known_figure_in_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
- id: monitoring_line_yuan
  places:
    - {place: "98", year: 2025, value: 8000, source: 例}
    - {place: "98", year: 2026, value: 8500, source: 例}
"""
    figure = own_folder(tmp_path, text, monkeypatch).figures["monitoring_line_yuan"]
    found = [value(figure, date(year, 6, 1), "980521") for year in (2021, 2024, 2026, 2027)]
    assert [one.value if one else None for one in found] == [6000, None, 8500, None]
    assert value(figure, date(2026, 6, 1), "970521") is None, "never another province's"
    assert {one.folder for one in figure.places} == {"province"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('- id: monitoring_lines\n  places: [{place: "98", year: 2026, value: 1, source: 例}]', "no figure is called"),
        ('- id: monitoring_line_yuan\n  places: [{place: "9805", year: 2026, value: 1, source: 例}]', "only the province may set"),
        ('- id: monitoring_line_yuan\n  places: [{place: "98", year: 2024, value: 1, source: 例}, {place: "98", year: 2026, value: 1, source: 例}]', "gap before 2026"),
        ('- id: watched_stable_days\n  places: [{place: "980521", since: 2026-01-01, value: 30, source: 例}]', "may only go higher"),
        ("- id: monitoring_line_yuan\n  places: []", "places"),
    ],
)  # fmt: skip
def test_what_it_may_not_say_is_refused_at_its_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    with pytest.raises(RulebookError, match=why) as refused:
        own_folder(tmp_path, text, monkeypatch)
    assert "province/figures.yaml:" in str(refused.value)


def test_an_offices_circular_takes_the_place_of_what_was_worked_out_and_of_nothing_else(
    tmp_path: Path,
) -> None:
    ours = read_rulebook().calendar
    [guessed] = [year for year, one in ours.items() if not one.announced]
    (tmp_path / "province").mkdir()
    year = '- {id: "%s", source: 通知, certainty: cited, off: [%s-10-01], works: []}\n'
    calendar = tmp_path / "province" / "calendar.yaml"
    calendar.write_text(year % (guessed, guessed) + year % (2032, 2032), "utf-8")
    found = read_rulebook(more=tmp_path).calendar
    assert found[guessed].announced and found[guessed].off != ours[guessed].off and found["2032"].announced
    calendar.write_text(year % (2026, 2026), "utf-8")
    with pytest.raises(RulebookError, match="2026"):
        read_rulebook(more=tmp_path)
