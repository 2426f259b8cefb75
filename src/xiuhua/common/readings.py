"""How a Chinese name is typed on a keyboard without Chinese: its full reading without tones, and its initials.

A surname is read as a surname (单 shan, 仇 qiu, 区 ou); whoever does not know that types the common reading, so both are
given. Characters of given names that people read in two ways are given in each, one at a time.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 60
HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LATIN = re.compile(r"[a-z]+")

# Surnames that are read otherwise than the character's first reading.
SURNAMES = dict(
    pair.split(":")
    for pair in [
        "单:shan",
        "仇:qiu",
        "解:xie",
        "曾:zeng",
        "查:zha",
        "区:ou",
        "朴:piao",
        "翟:zhai",
        "任:ren",
        "乐:yue",
        "盖:ge",
        "种:chong",
        "繁:po",
        "召:shao",
        "员:yun",
        "冼:xian",
        "洗:xian",
        "郇:xun",
        "郗:xi",
        "褚:chu",
        "瞿:qu",
        "薄:bo",
        "柏:bai",
        "牟:mou",
        "缪:miao",
        "覃:qin",
        "尉:wei",
        "隗:kui",
        "折:she",
        "秘:bi",
        "祭:zhai",
        "能:nai",
        "都:du",
        "宿:su",
        "纪:ji",
        "葛:ge",
        "谌:chen",
        "晁:chao",
        "黑:he",
        "相:xiang",
        "长:zhang",
        "车:che",
        "佘:she",
        "宓:mi",
        "阚:kan",
        "逄:pang",
        "逯:lu",
        "不:fou",
        "贾:jia",
        "石:shi",
        "万:wan",
        "那:na",
        "盛:sheng",
        "华:hua",
        "燕:yan",
        "宁:ning",
        "於:yu",
        "幺:yao",
        "钭:tou",
        "句:gou",
        "洼:wa",
        "哈:ha",
        "撒:sa",
        "费:fei",
        "卜:bu",
        "殷:yin",
        "訾:zi",
        "麴:qu",
        "厍:she",
        "亓:qi",
        "乜:nie",
        "峗:wei",
        "戴:dai",
        "臧:zang",
        "沈:shen",
        "曲:qu",
        "冯:feng",
        "余:yu",
        "占:zhan",
        "过:guo",
        "令:ling",
        "應:ying",
    ]
)
COMPOUND = dict(
    pair.split(":")
    for pair in [
        "单于:chan,yu",
        "尉迟:yu,chi",
        "万俟:mo,qi",
        "澹台:tan,tai",
        "长孙:zhang,sun",
        "令狐:ling,hu",
        "欧阳:ou,yang",
        "司马:si,ma",
        "上官:shang,guan",
        "诸葛:zhu,ge",
        "夏侯:xia,hou",
        "皇甫:huang,fu",
        "公孙:gong,sun",
        "慕容:mu,rong",
        "司徒:si,tu",
        "司空:si,kong",
        "宇文:yu,wen",
        "独孤:du,gu",
        "南宫:nan,gong",
        "东方:dong,fang",
        "西门:xi,men",
        "呼延:hu,yan",
        "端木:duan,mu",
        "拓跋:tuo,ba",
        "赫连:he,lian",
        "钟离:zhong,li",
        "宗政:zong,zheng",
        "濮阳:pu,yang",
        "淳于:chun,yu",
        "太史:tai,shi",
        "申屠:shen,tu",
        "轩辕:xuan,yuan",
        "闻人:wen,ren",
        "鲜于:xian,yu",
        "亓官:qi,guan",
        "乐正:yue,zheng",
    ]
)
# Characters in names that are read in more than one way: the usual one first.
TWO_WAYS = {
    pair[0]: pair[2:].split("/")
    for pair in [
        "乐:le/yue",
        "行:xing/hang",
        "长:chang/zhang",
        "朝:chao/zhao",
        "曾:zeng/ceng",
        "盛:sheng/cheng",
        "茜:qian/xi",
        "莎:sha/suo",
        "晟:sheng/cheng",
        "重:chong/zhong",
        "藏:zang/cang",
        "降:xiang/jiang",
        "调:tiao/diao",
        "传:chuan/zhuan",
        "翟:zhai/di",
        "单:dan/shan",
        "解:jie/xie",
        "查:cha/zha",
        "仇:chou/qiu",
        "区:qu/ou",
        "朴:pu/piao",
        "盖:gai/ge",
        "种:zhong/chong",
        "召:zhao/shao",
        "覃:tan/qin",
        "瞿:qu/ju",
        "薄:bao/bo",
        "柏:bai/bo",
        "车:che/ju",
        "牟:mou/mu",
        "缪:miao/mou",
        "隗:wei/kui",
        "尉:wei/yu",
        "贾:jia/gu",
        "郗:xi/chi",
        "谌:chen/shen",
        "黑:hei/he",
        "阿:a/e",
        "强:qiang/jiang",
        "省:sheng/xing",
        "思:si/sai",
        "祭:ji/zhai",
        "洗:xi/xian",
        "员:yuan/yun",
        "宿:su/xiu",
        "巷:xiang/hang",
        "塔:ta/da",
        "峪:yu/gu",
        "尕:ga",
        "坝:ba",
        "崖:ya/ai",
        "埔:pu/bu",
        "堡:bao/bu",
        "铺:pu/pu",
        "厦:xia/sha",
        "六:liu/lu",
        "石:shi/dan",
        "卡:ka/qia",
        "扎:zha/za",
        "莘:xin/shen",
        "颉:jie/xie",
        "靓:jing/liang",
    ]
}


def fold(text: str) -> str:
    """A name or a word as it is compared: full-width folded, small, without spaces, dots and marks between its parts."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in plain if unicodedata.category(char)[0] in "LNM")


def typed(text: str) -> str:
    """Latin letters as they are compared with readings: no tones, no spaces, ü as v; empty when there is anything else."""
    plain = re.sub(r"(?<=[a-zü])[1-5]", "", unicodedata.normalize("NFKC", text).lower())
    plain = _no_tones(re.sub(r"[\s'’·\-]", "", plain))
    return plain if LATIN.fullmatch(plain) else ""


def keys_of(name: str) -> list[str]:
    """Everything a name is found by besides its own characters: readings, initials, the name without its dots.

    At least one, at most some ten; the name itself when nothing of it can be read.
    """
    whole = fold(name)[:LONGEST]
    readings = _readings(whole) if HAN.search(whole) else []
    initials = ["".join(part[0] for part in parts) for parts in readings]
    # lv and nv are typed lu and nu by whoever has a passport.
    spoken = ["".join(parts) for parts in readings]
    plain = [one.replace("v", "u") for one in spoken if "v" in one and "v" not in whole]
    found = [one[:LONGEST] for one in (*spoken, *plain, *initials)]
    if whole != name or not found:
        found.append(whole or name)
    return list(dict.fromkeys(found))


def _readings(whole: str) -> list[list[str]]:
    """Readings of a folded name, each as its syllables, the likeliest first."""
    head = COMPOUND[whole[:2]].split(",") if whole[:2] in COMPOUND and len(whole) > 2 else []
    ways = [[one] for one in head] + [_ways(char) for char in whole[len(head) :]]
    if not head and len(whole) > 1 and (family := SURNAMES.get(whole[0])):
        ways[0] = [family, *(one for one in ways[0] if one != family)]
    first = [one[0] for one in ways]
    return [first] + [
        [*first[:at], other, *first[at + 1 :]] for at, one in enumerate(ways) for other in one[1:]
    ]


@lru_cache(maxsize=50_000)
def _ways(char: str) -> list[str]:
    if char in TWO_WAYS:
        return list(dict.fromkeys(TWO_WAYS[char]))
    if not HAN.match(char):
        return [char]
    said = _dictionary().get(ord(char), "")
    return [_no_tones(said.split(",")[0])] if said else [char]


@lru_cache(maxsize=1)
def _dictionary() -> dict[int, str]:
    # Loaded when the first name is read: the dictionary takes half a second.
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)


def _no_tones(text: str) -> str:
    """Letters without their marks; ü stays apart from u, as v."""
    apart = unicodedata.normalize("NFD", text).replace("u\u0308", "v")
    return "".join(char for char in apart if not unicodedata.combining(char))
