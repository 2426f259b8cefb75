"""What a household asked for ends by its own paper, and not by one person once it has left the village."""

# ruff: noqa: F811
from __future__ import annotations

from typing import Any

import pytest

from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from decisions.test_proceedings import days, going, poor, refused  # noqa: F401 - fixtures
from decisions.test_what_follows import appeal, decide
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.proposing import Upload

pytestmark = pytest.mark.database


def test_what_a_household_applied_for_is_taken_back_with_its_own_paper(going: Going) -> None:
    one, by = going.begin("targeted_identification"), going.village[0]
    with going.acting(by):
        assert acts.take_back(by=by, proceeding=one, reason="录错了户").proceeding.course == "withdrawn", (
            "begun by mistake"
        )
    one = going.until(going.begin("targeted_identification"), "meeting")
    refused(going, by, lambda: acts.take_back(by=by, proceeding=one, reason="不办了"), "农户本人")
    refused(going, by, lambda: take_back(going, by, one, member=""), "谁替本户签的字")
    refused(going, by, lambda: take_back(going, by, one, member="nobody"), "不是这一户的成员")
    assert take_back(going, by, one).course == "withdrawn"


def take_back(going: Going, by: Any, one: Proceeding, member: str | None = None) -> Proceeding:
    """The household's own writing, signed by its head unless a test says else."""
    with going.acting(by):
        paper = Upload("withdrawal", "撤回申请.jpg", iter([b"photo"]))
        return acts.take_back(by=by, proceeding=one, reason="农户自己撤回", paper=paper, member=going.head() if member is None else member).proceeding  # fmt: skip


def test_what_has_left_the_village_is_not_taken_back_by_one_person(going: Going) -> None:
    one = going.until(going.begin("targeted_identification"), "township")
    first, second = going.village[2], going.village[1]
    assert take_back(going, first, one).course == "open"
    assert take_back(going, first, one).course == "open", "the same person again"
    for by, words in ((going.township[2], "确认农户撤回"), (first, "还没有另一人确认")):
        shown = client(by).get(f"/cases/proceedings/{one.pk}/").content.decode()
        assert "登记农户要求撤回" in shown and words in shown
    assert take_back(going, second, one).course == "withdrawn"
    # The household says that it asked for nothing: neither of the two takes that down, and upheld it goes on where it was.
    refused(going, second, lambda: appeal(going, one, second), "由别人登记")
    one = decide(going, appeal(going, one, going.township[2]), going.county[2], True)
    assert (one.course, one.at_step, one.round) == ("open", "township", 2)
    assert take_back(going, going.township[1], one).course == "withdrawn"
    # Where it lies, the office that does the step takes it down by itself.
    again = going.until(going.begin("targeted_identification"), "township")
    assert take_back(going, going.township[0], again).course == "withdrawn"
