"""What a board may say of a household, and nothing else: no illness, disability, number, phone, account, cause, child."""

from __future__ import annotations

import re
from typing import Any

from xiuhua.common.covering import holds_numbers
from xiuhua.notices.services.refusing import CannotHang

LINE = frozenset({"village", "head", "people", "matter"})
# A name: letters of any script, with the dot, space or dash that names have. No digit, bracket, comma.
NAME = re.compile(r"[^\W\d_]+(?:[·•・.'’ \-][^\W\d_]+)*")
HAN = re.compile(r"[\u3400-\u9fff]+")
LONGEST_HAN, LONGEST = 6, 40
# Characters that no name holds, but what is written behind one does (病 and 疾 stand in two old names, and in those alone).
NO_NAME = re.compile(r"[癌症残瘫痪癫痫肿瘤]|(?<!去)病|(?<!弃)疾|低保|五保|孤儿|监测|返贫")
# What no place is called: told in the line of a village's or county's matter it would tell of somebody.
NO_PLACE = re.compile(r"癌|肿瘤|瘫痪|癫痫|艾滋|(?<!去)病|残疾|残障|低保|五保|特困|孤儿|监测|返贫|贫困")

# What an answer says is read by whoever objected: of a person's body it says nothing.
ILLNESS = re.compile(r"[癌症瘫痪癫痫肿瘤病]|疾|残疾|残障|艾滋|精神障碍|流产")


def fit(line: dict[str, Any]) -> dict[str, Any]:
    """A line as it may hang. CannotHang for a key that is not allowed, or a name with something else written in it."""
    too_much = sorted(set(line) - LINE)
    if too_much:
        raise CannotHang(
            f"公示内容不得包含：{'、'.join(too_much)}", f"A notice must not say: {', '.join(too_much)}"
        )
    if any(NO_PLACE.search(str(line.get(key) or "")) for key in ("village", "matter")):
        raise CannotHang(
            "公示内容只写村名和事项，不写病情、残疾、享受的救助",
            "A notice says the place and the matter: nothing of illness, disability or assistance",
        )
    people = line.get("people")
    if people is not None and not (isinstance(people, int) and 0 <= people < 1000):
        raise CannotHang("人数不对", "The number of people is wrong")
    head = str(line.get("head") or "").strip()
    if head and not is_name(head):
        raise CannotHang(
            "户主姓名一栏里写了别的内容，公示只能写姓名。请先在户页更正姓名，再生成公示单",
            "The head's name holds something else; a notice says the name alone. Correct it on the household's page first",
        )
    return {**line, "head": head} if "head" in line else dict(line)


def fit_answer(text: str) -> str:
    """An answer as whoever objected may read it, on the web too. CannotHang for a number that may be somebody's, and for an illness."""
    said = text.strip()[:400]
    if holds_numbers(said):
        raise CannotHang(
            "答复会给提出人看，不写证件号、电话、账号",
            "Whoever objected reads the answer: it holds no ID number, phone or account",
        )
    if ILLNESS.search(said):
        raise CannotHang(
            "答复会给提出人看，不写病情、残疾；写查了什么、结论是什么就可以",
            "Whoever objected reads the answer: it tells of nobody's illness or disability, only what was looked into and what came of it",
        )
    return said


def is_name(text: str) -> bool:
    """Whether a text is a name and nothing besides."""
    if len(text) > LONGEST or not NAME.fullmatch(text) or NO_NAME.search(text):
        return False
    return not any(len(one) > LONGEST_HAN for one in HAN.findall(text))
