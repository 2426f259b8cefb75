"""What a board may say of a household, and nothing else: no illness, disability, number, phone, account, cause, child."""

from __future__ import annotations

import re
from typing import Any

from xiuhua.notices.services.refusing import CannotHang

LINE = frozenset({"village", "head", "people", "matter"})
# A name: letters of any script, with the dot, space or dash that names have. No digit, bracket, comma.
NAME = re.compile(r"[^\W\d_]+(?:[·•・.'’ \-][^\W\d_]+)*")
HAN = re.compile(r"[\u3400-\u9fff]+")
LONGEST_HAN, LONGEST = 6, 40
# Characters that no name holds, but what is written behind one does (病 and 疾 stand in two old names, and in those alone).
NO_NAME = re.compile(r"[癌症残瘫痪癫痫肿瘤]|(?<!去)病|(?<!弃)疾|低保|五保|孤儿|监测|返贫")


def fit(line: dict[str, Any]) -> dict[str, Any]:
    """A line as it may hang. CannotHang for a key that is not allowed, or a name with something else written in it."""
    too_much = sorted(set(line) - LINE)
    if too_much:
        raise CannotHang(
            f"公示内容不得包含：{'、'.join(too_much)}", f"A notice must not say: {', '.join(too_much)}"
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


def is_name(text: str) -> bool:
    """Whether a text is a name and nothing besides."""
    if len(text) > LONGEST or not NAME.fullmatch(text) or NO_NAME.search(text):
        return False
    return not any(len(one) > LONGEST_HAN for one in HAN.findall(text))
