"""Finding somebody: by the beginning of a name, a whole number, or a sealed number's blind index. Never by a part of a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.common.sealing import blind

MOST = 30
ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]|\d{17}[\dX]\d{2}|\d{17}[\dX]\d{4}")
PHONE = re.compile(r"1\d{10}|0\d{9,11}")
NUMBER = re.compile(r"[A-Z]{0,4}\d{4,}[\dA-Z-]*")

FOUND = """
select p.id, p.name, m.relation, h.id, h.number, h.head_name, h.village_code, h.kind
from registry_person p join registry_membership m on m.person_id = p.id and m.until is null
join registry_household h on h.id = m.household_id where {where} order by {order} limit %(most)s
"""
HOUSEHOLDS = """
select null, h.head_name, null, h.id, h.number, h.head_name, h.village_code, h.kind
from registry_household h where {where} order by {order} limit %(most)s
"""


@dataclass(frozen=True)
class Hit:
    """A person found in their household, or a household (`person` None)."""

    person: int | None
    name: str | None
    relation: str | None
    household: int
    number: str
    head_name: str | None
    village_code: str
    kind: str


def clean(text: str) -> str:
    """What was typed without stray spaces, full-width characters and a small x."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    joined = re.sub(r"[\s\-]", "", plain).upper()
    return joined if joined[:1].isdigit() or NUMBER.fullmatch(joined) else plain


def private(text: str) -> bool:
    """Whether a cleaned text may be an ID number or a phone: such a one must stay out of addresses and logs."""
    return bool(ID_NUMBER.fullmatch(text) or PHONE.fullmatch(text))


def search(text: str) -> list[Hit]:
    """People and households of the area for a cleaned text, at most MOST of each kind of look."""
    if not text:
        return []
    if private(text):
        return _once(_by_sealed(text) + _by_number(text))
    if NUMBER.fullmatch(text):
        return _by_number(text)
    return _by_name(text)


def _by_sealed(text: str) -> list[Hit]:
    blinds = {"blind": blind(text)}
    # A disability card begins with the ID number; whoever types one of them means the person.
    if len(text) >= 18:
        blinds["short"] = blind(text[:18])
    columns = "p.id_blind = %(blind)s" + (" or p.id_blind = %(short)s" if "short" in blinds else "")
    people = _hits(FOUND, f"({columns} or p.phone_blind = %(blind)s)", "p.id", **blinds)
    return people + _hits(HOUSEHOLDS, "h.ended_on is null and h.phone_blind = %(blind)s", "h.id", **blinds)


def _by_number(text: str) -> list[Hit]:
    households = _hits(HOUSEHOLDS, "h.number = %(number)s", "h.id", number=text)
    return households + _hits(FOUND, "p.number = %(number)s", "p.id", number=text)


def _by_name(text: str) -> list[Hit]:
    # A range of text is what an index can answer under row-level security; LIKE is not.
    bounds = {"from": text, "to": after(text)}
    people = _hits(FOUND, "p.name >= %(from)s and p.name < %(to)s", "p.name, p.village_code, p.id", **bounds)
    heads = _hits(
        HOUSEHOLDS,
        "h.ended_on is null and h.head_name >= %(from)s and h.head_name < %(to)s",
        "h.head_name, h.village_code, h.id",
        **bounds,
    )
    return _once(people + heads)


def after(text: str) -> str:
    """The first text in C order that does not begin with this one."""
    code = ord(text[-1]) + 1
    return text[:-1] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else min(code, 0x10FFFF))


def _once(hits: list[Hit]) -> list[Hit]:
    """A head of household is found as a person and as a head: once is enough."""
    seen: set[tuple[int, str | None]] = set()
    once = []
    for hit in hits:
        if (key := (hit.household, hit.name)) not in seen:
            seen.add(key)
            once.append(hit)
    return once


def _hits(sql: str, where: str, order: str, **values: Any) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(where=where, order=order), {**values, "most": MOST + 1})
        return [Hit(*row) for row in cursor.fetchall()]
