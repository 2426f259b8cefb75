"""Levels of places."""

from __future__ import annotations

from xiuhua.common.terms import Terms

NATION = "CN"


class Level(Terms):
    """From the nation to the group (社、组)."""

    NATION = "nation", "国家", "Nation"
    PROVINCE = "province", "省", "Province"
    CITY = "city", "市（州）", "City or prefecture"
    COUNTY = "county", "县", "County"
    TOWNSHIP = "township", "乡镇", "Township"
    VILLAGE = "village", "行政村", "Administrative village"
    GROUP = "group", "村民小组", "Villagers' group"


DIGITS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}


def level_of(code: str) -> Level:
    """The level that a code's length says; ValueError when it is no place code."""
    if code == NATION:
        return Level.NATION
    if len(code) == 15 and code[12] == "-" and code[:12].isdigit() and code[13:].isdigit():
        return Level.GROUP
    if code.isdigit() and code.isascii() and len(code) in DIGITS:
        return DIGITS[len(code)]
    raise ValueError(f"{code} is no place code")


def parent_of(code: str) -> str | None:
    """The code one level up; None for the nation."""
    level = level_of(code)
    if level is Level.NATION:
        return None
    if level is Level.GROUP:
        return code[:12]
    shorter = [length for length in DIGITS if length < len(code)]
    return code[: max(shorter)] if shorter else NATION


class Region(Terms):
    """Part of the country by which the exit standards differ."""

    EAST = "east", "东部", "East"
    CENTRAL = "central", "中部", "Central"
    WEST = "west", "西部", "West"


class ChangeKind(Terms):
    """What can happen to a place. The state decides it; here it is entered with the document that says so."""

    RENAMED = "renamed", "更名", "Renamed"
    MERGED = "merged", "并入", "United with another"
    RECODED = "recoded", "代码或隶属变更", "Other code or other township"


class Standing(Terms):
    """Where a poor village or county stands once it was decided on; before that, what its list says of it counts."""

    EXITED = "exited", "已退出", "Exited"
