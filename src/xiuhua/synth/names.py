"""Invented names of people and places. The place names are made of pairs that no county of the country bears."""

from __future__ import annotations

from random import Random

from .shapes import Sex

_SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_MALE = tuple("福财国强军建永文明志德宝吉祥海龙生成斌杰全有金贵长才学平林发顺云山")
_FEMALE = tuple("花英兰秀梅桂玉红燕春霞芳莲珍凤菊琴香草月青云措卓玛姆吉")

_COUNTY_A = tuple("绣霁槿荇砚苇澹茗桁岫蔚筠")
_COUNTY_B = tuple("麓渚墟陂坞浔汀崀垣峪瀛阡")
_CITY = tuple("绫岚溯檀穹璟芷翊")
_TOWNSHIP_A = (
    "青石",
    "沙柳",
    "塔玛",
    "白杨",
    "黑水",
    "红柳",
    "双泉",
    "石门",
    "松坪",
    "官亭",
    "野狐",
    "麦地",
    "羊圈",
    "马营",
    "窑沟",
    "莲台",
)
_TOWNSHIP_B = ("", "上", "下", "新", "老")
_VILLAGE_A = ("大坪", "石沟", "拉麻", "红崖", "上滩", "下滩", "黑林", "东沟", "日芒", "尕让", "切吉", "阳坡", "阴洼", "窑湾", "柳树", "杏花",
              "旱台", "泉沟", "马鞍", "高岭", "寺台", "桦林", "水磨", "沙沟", "麻地", "白崖", "油坊", "斜沟", "土桥", "长岭")  # fmt: skip
_VILLAGE_B = ("", "上", "下", "前", "后", "新")


def surname(rng: Random) -> str:
    """A common surname."""
    return _SURNAMES[int(rng.random() * len(_SURNAMES))]


def given_name(rng: Random, sex: Sex) -> str:
    """One or two characters."""
    chars = _MALE if sex == "male" else _FEMALE
    first = chars[int(rng.random() * len(chars))]
    if rng.random() < 0.2:
        return first
    return first + chars[int(rng.random() * len(chars))]


def province_name(code: str) -> str:
    """Province of a place code of two digits or more."""
    return f"{_CITY[int(code[1:2]) % 8]}{_COUNTY_B[int(code[0:1]) % 12]}省"


def city_name(code: str) -> str:
    """City of a place code of four digits or more."""
    n = int(code[2:4])
    return f"{_CITY[n % 8]}{_COUNTY_A[n // 8 % 12]}市"


def county_name(code: str) -> str:
    """County of a six-digit code; neighbours in one city have different names."""
    n = int(code[2:4]) * 31 + int(code[4:6])
    return f"{_COUNTY_A[n % 12]}{_COUNTY_B[n // 12 % 12]}县"


def township_names(rng: Random, count: int) -> list[str]:
    """`count` different townships; about a third are towns (镇)."""
    bases = [f"{b}{a}" for b in _TOWNSHIP_B for a in _TOWNSHIP_A]
    first = bases[: len(_TOWNSHIP_A)]
    rng.shuffle(first)
    names = (first + bases[len(_TOWNSHIP_A) :])[:count]
    names += [f"第{i}" for i in range(len(names) + 1, count + 1)]
    return [name + ("镇" if rng.random() < 0.35 else "乡") for name in names]


def village_names(rng: Random, count: int) -> list[str]:
    """`count` villages, different within their township; other townships may have a village of the same name."""
    bases = [f"{b}{a}村" for b in _VILLAGE_B for a in _VILLAGE_A if not (b and a[0] in "上下")]
    if count > len(bases):
        raise ValueError(f"a township has at most {len(bases)} villages here, not {count}")
    near, far = bases[: len(_VILLAGE_A)], bases[len(_VILLAGE_A) :]
    rng.shuffle(near)
    rng.shuffle(far)
    return (near + far)[:count]
