"""Which column is which field: by the words offices use, then by likeness, with the values as witnesses.

A column is only taken without asking when it is like one field, clearly more than any other, differs in no word that
changes the meaning (户主, 支出, 人均 …) and its values do not speak against it.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from xiuhua.common.books import Book, Field

from .headings import bare_key, heading_key, loose_key
from .witnesses import Witness, witness
from .workbook import Cell

_SURE = 0.82
_SURE_WITH_VALUES = 0.6
_MARGIN = 0.1
_ASKED = 0.6
# Below what is asked about, and too far below it to cast a doubt on what is.
_NO_MATTER = 0.45
_MOST_CANDIDATES = 4
# Headings that hold nothing of ours and are like nothing of ours.
_OF_NO_USE = frozenset({"序号", "备注", "说明", "编号", "no", "序列", "行号", "附注", "其他"})
# Words that change what a column means: headings that differ in one are never taken for each other.
_TELLING = ("户主", "配偶", "父", "母", "人均", "户均", "总", "毛", "纯", "收入", "支出", "深度", "其他", "次要", "上年", "去年", "未",
            "不", "非", "原", "出生", "死亡", "开始", "结束", "帮扶", "结对", "监测", "申请", "审核", "干部", "责任", "计划", "参保",
            "水", "银行", "学校", "单位", "开户")  # fmt: skip


@dataclass(frozen=True)
class Matched:
    """Columns found (field key to column index), columns to ask about (index to field keys), and how good it is."""

    columns: dict[str, int]
    unsure: dict[int, list[str]]
    headings: dict[int, str]
    score: float
    plausible: bool


@dataclass(frozen=True)
class _Words:
    exact: dict[str, str]
    loose: dict[str, str]
    forms: dict[str, tuple[str, ...]]
    letters: dict[str, tuple[tuple[str, Counter[str]], ...]]


@functools.lru_cache(maxsize=64)
def _words(book: Book) -> _Words:
    exact: dict[str, str] = {}
    loose: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, tuple[str, ...]] = {}
    for field in book.fields:
        names = (field.zh, field.en, field.key, *field.synonyms)
        for name in names:
            for key in {heading_key(name), bare_key(name)} - {""}:
                if exact.setdefault(key, field.key) != field.key:
                    raise ValueError(f"{book.id}: {name} names both {exact[key]} and {field.key}")
            loose[loose_key(name)].add(field.key)
        forms[field.key] = tuple({bare_key(name) for name in (field.zh, *field.synonyms)} - {""})
    single = {key: next(iter(fields)) for key, fields in loose.items() if len(fields) == 1 and len(key) > 1}
    letters = {key: tuple((word, Counter(word)) for word in words) for key, words in forms.items()}
    return _Words(exact=exact, loose=single, forms=forms, letters=letters)


def vocabulary(book: Book) -> frozenset[str]:
    """All headings (as heading_key) that name a field of the book outright. ValueError when one names two."""
    return frozenset(_words(book).exact)


def match(
    book: Book, texts: Mapping[int, list[str]], sample: Sequence[Sequence[Cell]], known: Mapping[str, str]
) -> Matched:
    """Match the columns of one header. `texts`: column index to the forms of its heading; `known`: earlier answers."""
    claims: dict[str, dict[int, int]] = defaultdict(dict)  # field: column: rank, 0 the strongest
    left: list[int] = []
    for index, forms in texts.items():
        answer = next((known[key] for form in forms if (key := heading_key(form)) in known), None)
        if answer is not None:
            if answer:
                claims[answer][index] = -1
            continue
        claim = _claim(_words(book), forms)
        if claim is None:
            left.append(index)
        else:
            claims[claim[0]][index] = claim[1]
    columns, unsure = _settle(claims, sample)
    ranks = [claims[key][index] for key, index in columns.items()]
    alike = _by_likeness(book, {index: texts[index] for index in left}, columns, sample)
    columns.update(alike.columns)
    for index, keys in alike.unsure.items():
        unsure[index] = keys
    headings = {index: forms[-1] for index, forms in texts.items()}
    return _weigh(book, columns, unsure, headings, ranks)


def _claim(words: _Words, forms: Sequence[str]) -> tuple[str, int] | None:
    """The field a heading names outright and how directly: as it stands, without brackets, without fillers."""
    telling = _telling(heading_key(forms[-1]))
    for form in reversed(forms):
        if (key := heading_key(form)) in words.exact and _telling(key) == telling:
            return words.exact[key], 0
    for form in reversed(forms):
        if (key := bare_key(form)) in words.exact and _telling(key) == telling:
            return words.exact[key], 1
    for form in reversed(forms):
        if (key := loose_key(form)) in words.loose and _telling(key) == telling:
            return words.loose[key], 2
    return None


def _telling(key: str) -> frozenset[str]:
    key = key.replace("其它", "其他").replace("次要", "其他").replace("公公", "")
    return frozenset(word for word in _TELLING if word in key)


def _settle(
    claims: Mapping[str, dict[int, int]], sample: Sequence[Sequence[Cell]]
) -> tuple[dict[str, int], dict[int, list[str]]]:
    """One column a field: the most direct claim; of equal ones the only filled column; else they are asked about."""
    columns: dict[str, int] = {}
    unsure: dict[int, list[str]] = {}
    for key, ranks in claims.items():
        best = min(ranks.values())
        firsts = [index for index, rank in ranks.items() if rank == best]
        if len(firsts) > 1:
            firsts = [index for index in firsts if any(_filled(row, index) for row in sample)] or firsts
        if len(firsts) == 1:
            columns[key] = firsts[0]
        else:
            unsure.update({index: [key] for index in firsts})
    return columns, unsure


def _filled(row: Sequence[Cell], index: int) -> bool:
    return index < len(row) and row[index] != ""


def _by_likeness(
    book: Book, texts: Mapping[int, list[str]], taken: Mapping[str, int], sample: Sequence[Sequence[Cell]]
) -> Matched:
    fields = [field for field in book.fields if field.key not in taken]
    words = _words(book).letters
    sure: dict[str, list[tuple[float, int]]] = defaultdict(list)
    unsure: dict[int, list[str]] = {}
    for index, forms in texts.items():
        if bare_key(forms[-1]) in _OF_NO_USE:
            continue
        values = witness(row[index] for row in sample if index < len(row))
        own = {key for form in forms if len(key := bare_key(form)) > 1}
        ranked = sorted(
            ((_likeness(own, words[field.key]), field) for field in fields), key=lambda pair: -pair[0]
        )
        if ranked and _certain(book, ranked, forms, values):
            sure[ranked[0][1].key].append((ranked[0][0], index))
        else:
            candidates = [
                field.key for score, field in ranked if score >= _ASKED and not values.against(field)
            ]
            candidates += [
                field.key for field in fields if values.strongly_for(field) and field.key not in candidates
            ]
            if candidates:
                unsure[index] = candidates[:_MOST_CANDIDATES]
    columns: dict[str, int] = {}
    for key, found in sure.items():
        found.sort(reverse=True)
        if len(found) == 1 or found[0][0] - found[1][0] >= _MARGIN:
            columns[key] = found.pop(0)[1]
        unsure.update({index: [key] for _, index in found if key not in columns})
    unsure = {
        index: rest for index, keys in unsure.items() if (rest := [key for key in keys if key not in columns])
    }
    return Matched(columns, unsure, {}, 0, False)


def _likeness(forms: Iterable[str], words: Iterable[tuple[str, Counter[str]]]) -> float:
    """How like a heading the most similar of some words is, as difflib says; 0 where that is too little to matter.

    Most pairs share hardly a character: what they have in common bounds the ratio, and is counted much faster.
    """
    best = _NO_MATTER
    for form in forms:
        letters = Counter(form)
        for word, its in words:
            length = len(form) + len(word)
            if 2.0 * min(len(form), len(word)) / length <= best or letters.keys().isdisjoint(its):
                continue
            if 2.0 * sum(min(n, its[letter]) for letter, n in letters.items()) / length > best:
                best = max(best, SequenceMatcher(None, form, word, autojunk=False).ratio())
    return best if best > _NO_MATTER else 0.0


def _certain(
    book: Book, ranked: Sequence[tuple[float, Field]], forms: Sequence[str], values: Witness
) -> bool:
    score, field = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    if values.against(field) or score - second < _MARGIN:
        return False
    if score < (_SURE_WITH_VALUES if values.strongly_for(field) else _SURE):
        return False
    telling = _telling(heading_key(forms[-1]))
    return any(_telling(word) == telling for word in _words(book).forms[field.key])


def _weigh(
    book: Book,
    columns: dict[str, int],
    unsure: dict[int, list[str]],
    headings: dict[int, str],
    ranks: Iterable[int],
) -> Matched:
    """Score a match; it is plausible when every key is found or asked about, or when most headings are known."""
    direct = [1.0 if rank < 2 else 0.8 for rank in ranks]
    asked = {key for keys in unsure.values() for key in keys}
    lost = sum(1 for field in book.required if field.key not in columns and field.key not in asked)
    idle = len(headings) - len(columns) - len(unsure)
    score = sum(direct) + 0.6 * (len(columns) - len(direct)) + 0.2 * len(unsure) - 1.5 * lost - 0.2 * idle
    found = len(columns)
    plausible = (lost == 0 and found >= 3) or (found >= 5 and found * 2 >= len(headings))
    return Matched(columns, unsure, headings, score, plausible)
