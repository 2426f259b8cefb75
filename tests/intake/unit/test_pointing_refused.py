"""A rule that points nowhere is refused when the rulebook is read, at its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xiuhua.engine import load
from xiuhua.rulebook.marked import RulebookError
from xiuhua.rulebook.reader import FOLDER


@pytest.mark.parametrize(
    ("wanted", "put", "complaint"),
    [
        ("member: out_of_school", "member: out_of_scool", "unknown fact or column `out_of_scool`"),
        ("member: out_of_school", "member: health", "`health` does not say yes or no of a person"),
        ("member: out_of_school", "member: is_exited", "is of grain household"),
        ("about: [student_status]", "about: [student_state]", "no record has a column `student_state`"),
    ],
)
def test_what_cannot_be_pointed_to(tmp_path: Path, wanted: str, put: str, complaint: str) -> None:
    folder = tmp_path / "rulebook"
    shutil.copytree(FOLDER, folder)
    path = folder / "targeted_2014" / "rules_doubt.yaml"
    text = path.read_text(encoding="utf-8")
    assert wanted in text
    path.write_text(text.replace(wanted, put), encoding="utf-8")
    line = text.replace(wanted, put).splitlines().index(f"  {put}") + 1
    with pytest.raises(RulebookError) as refused:
        load(rulebook=folder)
    assert complaint in refused.value.message
    assert refused.value.place.endswith(f"rules_doubt.yaml:{line}")


def test_only_a_rule_of_a_household_picks_a_member(tmp_path: Path) -> None:
    folder = tmp_path / "rulebook"
    shutil.copytree(FOLDER, folder)
    path = folder / "common" / "rules_members.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  about: [labour]", "  member: is_spouse", 1), encoding="utf-8")
    with pytest.raises(
        RulebookError, match="only a rule of a household picks a member, this is one of a person"
    ):
        load(rulebook=folder)
