"""Who comes in by an ID number: whoever has it, whatever the case calls them, and from the day they left their last household.

The same for whoever joins a household and for whoever is entered with a new one.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from xiuhua.decisions.kinds.kind import Line, Problem, both
from xiuhua.registry.queries.bearers import bearer_of, other_name, too_early

AS_ON_RECORD = both(
    "按同一人进户，姓名照登记的；凭什么知道，见情况说明。改了名的随后更正",
    "Joins as that person, under the name on record; the reason says how that is known. A changed name is corrected afterwards",
)
NAME = both("这个证件号码登记的姓名", "Name on record for this ID number")


class Comer(NamedTuple):
    """Somebody who is to come into a village by a number that nobody at home has. why: what the case says of how it is known. sealed: the
    number itself, where it was told: a disability card begins with an ID number."""

    mark: bytes
    name: str
    village_code: str
    on: date
    why: str = ""
    sealed: bytes | None = None


class Fields(NamedTuple):
    """Where a form says what; `who` stands before the words where it is about several people, `later` after those about a day that
    the form does not ask."""

    number: str = ""
    name: str = ""
    on: str = ""
    who: str = ""
    later: tuple[str, str] = ("", "")


def asked_of(one: Comer, at: Fields) -> list[Problem]:
    """What does not make sense of somebody who comes in by a number."""
    zh, en = (f"{at.who}：", f"{at.who}: ") if at.who else ("", "")
    there = bearer_of(one.mark, sealed=one.sealed)
    if there is not None and there.home is None and there.died_on is not None:
        return [
            Problem(
                at.number,
                f"{zh}这个证件号码的人已登记死亡，请核对",
                f"{en}The person of this number is recorded as dead; compare it",
            )
        ]
    if there is not None and there.home is None and there.mark not in (None, one.mark):
        # Their name, their days and their record hang on the number that they were registered by.
        return [
            Problem(
                at.number,
                f"{zh}登记里有一位离开原户的人，号码对应同一个身份证号，写法不同（残疾人证号或十五位旧号）。进户按登记的那个号码填写，随后更正号码",
                f"{en}Somebody who left a household is on record by another form of this ID number (a disability card or an old number). Let them join by that one; the number is corrected afterwards",
            )
        ]
    found = []
    known = None if one.why else other_name(one.mark, one.village_code, one.name)
    if known is not None:
        # A slip of one digit would bring in a stranger.
        named, is_called = (
            (f"登记的是“{known}”", f"is “{known}”") if known else ("登记的是另一个姓名", "differs")
        )
        found.append(
            Problem(
                at.name,
                f"{zh}这个证件号码{named}，已离开原户；通过后进户的就是此人。请先核对号码；确是同一人（改名、写法不同）的，在“情况说明”里写明凭什么知道",
                f"{en}The name on record for this ID number {is_called}; it is they who would join. Compare the number first; if it is the same person under another name, say below how that is known",
            )
        )
    return found + not_before_they_left(one, at)


def not_before_they_left(one: Comer, at: Fields) -> list[Problem]:
    """Whether the day lies before the one on which they left their last household: of no day are they in two."""
    until = too_early(one.mark, one.on)
    if until is None:
        return []
    zh, en = (
        (f"此人 {until} 才离开原户，日期不能更早", f"They left their last household on {until}; the day cannot be earlier")
        if until
        else ("此人在别处离开原户的日子比这一天晚，请核对日期", "They left their last household elsewhere after this day; compare the day")
    )  # fmt: skip
    before = (f"{at.who}：", f"{at.who}: ") if at.who else ("", "")
    return [Problem(at.on, f"{before[0]}{zh}{at.later[0]}", f"{before[1]}{en}{at.later[1]}")]


def name_on_record(mark: bytes, village_code: str, said: str, who: str = "") -> list[Line]:
    """The line that tells whoever decides that the number has another name; none where it has not."""
    known = other_name(mark, village_code, said)
    if known is None:
        return []
    return [
        Line(
            both(f"{who}的证件号码登记的姓名", f"Name on record for the ID number of {who}") if who else NAME,
            both(known, known) if known else both("与所填的不同", "Differs from what is told"),
            AS_ON_RECORD,
        )
    ]
