"""The catalogue holds good English for every sentence of the sources and no other, and what is wrong with it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import polib
import pytest

from xiuhua.config import messages

READS = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in messages.TOOLS), reason="GNU gettext is not installed"
)


def entry(msgid: str, msgstr: str = "", **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


def told(found: list[polib.POEntry], kept: list[polib.POEntry]) -> dict[str, list[str]]:
    """Faults by the English half of their title."""
    return {title.split(" / ")[1]: wrong for title, wrong in messages.faults(found, kept).items() if wrong}


@READS
def test_every_sentence_of_the_sources_has_its_english() -> None:
    assert told(list(messages.extract()), list(messages.read())) == {}, "make messages"


def test_the_catalogue_in_itself_is_complete() -> None:
    # Also where the sources cannot be read for want of GNU gettext.
    kept = list(messages.read())
    assert len(kept) > 400
    assert told(kept, kept) == {}


def test_a_catalogue_that_is_complete_has_no_faults() -> None:
    kept = [
        entry("查找", "Search"),
        entry("%(n)s 人", msgid_plural="%(n)s 人", msgstr_plural={0: "%(n)s person", 1: "%(n)s people"}),
    ]
    assert told(kept, kept) == {}


@pytest.mark.parametrize(
    ("kept", "title"),
    [
        ([], "not in the catalogue yet"),
        ([entry("查找", "Search", msgctxt="nav")], "not in the catalogue yet"),
        ([entry("查找", "Search"), entry("退出", "Sign out")], "no longer in the sources"),
        ([entry("查找", "Search"), entry("退出", "Sign out", obsolete=True)], "no longer in the sources"),
        ([entry("查找")], "without English"),
        ([entry("查找", "Search", flags=["fuzzy"])], "English is marked fuzzy"),
        ([entry("查找", "Search %(q)s")], "places for values differ"),
        ([entry("查找", "Search 查")], "Chinese left in the English"),
    ],
)
def test_each_fault_is_told_by_its_name(kept: list[polib.POEntry], title: str) -> None:
    assert title in told([entry("查找")], kept)


@pytest.mark.parametrize(
    ("forms", "title"),
    [
        ({0: "%(n)s person", 1: ""}, "without English"),
        ({0: "%(n)s person"}, "without English"),
        ({0: "one person", 1: "%(n)s people"}, "places for values differ"),
    ],
)
def test_both_numbers_of_a_counted_sentence_are_wanted(forms: dict[int, str], title: str) -> None:
    one = entry("%(n)s 人", msgid_plural="%(n)s 人", msgstr_plural=forms)
    assert title in told([one], [one])


def test_a_percent_sign_is_written_twice_in_both() -> None:
    one = entry("占 %(share)s%%。", "%(share)s% of it.")
    assert "places for values differ" in told([one], [one])


def test_english_is_kept_and_never_guessed_from_a_like_sentence() -> None:
    found, kept = polib.POFile(), polib.POFile()
    found.extend([entry("查找"), entry("查找住户")])
    kept.extend([entry("退出", "Sign out"), entry("查找", "Search")])
    made = messages.merged(found, kept)
    assert [(one.msgid, one.msgstr) for one in made] == [("查找", "Search"), ("查找住户", "")]


def test_compiling_needs_no_gettext_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(messages.CATALOGUE, folder)
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert messages.compile_all() == 0
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]
    assert polib.mofile(str(folder / "django.mo")).find("查找").msgstr == "Search"


def test_without_gettext_the_check_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="xgettext"):
        messages.check()
