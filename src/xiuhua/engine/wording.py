"""An expression as a reader of documents says it: what a rule asks and how a fact is worked out, in sentences.

It says what the expression says, in the same order, with the names that columns, facts, figures and codes have in the
reader's language. An operation that it has no words for is written as the expression writes it, so nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from xiuhua.engine.checking import Vocabularies
from xiuhua.engine.names import Names
from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Kind, Literal, Node, Ref
from xiuhua.engine.outcomes import written

# Operation between two values: Chinese, English.
BETWEEN = {
    "=": ("是", "is"),
    "<>": ("不是", "is not"),
    "<": ("小于", "is less than"),
    "<=": ("不超过", "is at most"),
    ">": ("超过", "is more than"),
    ">=": ("不低于", "is at least"),
    "+": ("＋", "+"),
    "-": ("－", "−"),
    "*": ("×", "×"),
}
# Operation around its values, as a pattern of Chinese and of English.
AROUND = {
    "is_null": ("没有“{0}”的记录", "no record of “{0}”"),
    "neg": ("－{0}", "−{0}"),
    "abs": ("{0}的绝对值", "the size of {0}"),
    "ratio_at_least": ("{0}不低于{1}的 {2}%", "{0} is at least {2}% of {1}"),
    "div": ("{0} ÷ {1}（舍去小数）", "{0} ÷ {1} (rounded down)"),
    "years_between": ("{0}到{1}的周年数", "full years from {0} to {1}"),
    "days_between": ("{0}到{1}的天数", "days from {0} to {1}"),
    "year_of": ("{0}所在年份", "the year of {0}"),
    "as_of": ("认定日", "the day asked for"),
    "listed": ("“{1}”中有“{0}”", "“{0}” is among “{1}”"),
    "coalesce": ("{0}（不清楚的按{1}）", "{0} (where not known: {1})"),
}
OF_SEVERAL = {
    "least_of": ("{0}中最小的", "the least of {0}"),
    "greatest_of": ("{0}中最大的", "the greatest of {0}"),
}
OVER = {
    "some": ("有{who}{0}", "{0}, of some {who}"),
    "every": ("每{one}都{0}", "{0}, of every {one}"),
    "how_many": ("{0}的{who}数", "the number of {who}: {0}"),
    "known_count": ("已知{0}的{who}数", "the number of {who} of whom it is known: {0}"),
    "total": ("各{who}{0}合计", "{0}, all {who} together"),
    "least": ("各{who}{0}中最小的", "the least {0} of {who}"),
    "most": ("各{who}{0}中最大的", "the greatest {0} of {who}"),
}
# Over whom an operation goes, by the scope of what it takes: many (Chinese, English), one (Chinese, English).
WHO = {
    "person": (("成员", "members"), ("名成员", "member")),
    "household": (("户", "households"), ("户", "household")),
    "village": (("村", "villages"), ("个村", "village")),
}
OF_SCOPE = {
    "previous": ("上一年{0}", "{0} of the year before"),
    "village": ("本村{0}", "{0} of the village"),
    "county": ("本县{0}", "{0} of the county"),
}
ALL = ("同时符合", "all of these hold")
ONE = ("符合其中一项", "one of these holds")
FIRST = ("依次看，先符合的为准", "the first of these that fits")
OTHERWISE = ("其余", "otherwise")
# Whole yuan are said without their hundredths.
WHOLE = re.compile(r"(?<=\d)\.00(?= )")


NO = Literal(False, Kind.BOOLEAN)


@dataclass(frozen=True)
class Line:
    """A sentence, and what it introduces."""

    text: str
    below: tuple[Line, ...] = ()


class Wording:
    """Expressions in one language: zh or en."""

    def __init__(self, names: Names, vocabularies: Vocabularies, language: str) -> None:
        self.names = names
        self.vocabularies = vocabularies
        self.language = language
        self.second = 1 if language.startswith("en") else 0

    def lines(self, node: Node) -> list[Line]:
        """The expression as a list; what hangs together by and, or, case stands a step further in."""
        if isinstance(node, Call) and node.op == "and":
            return [line for part in node.args for line in self.lines(part)]
        return [self._line(node)]

    def _line(self, node: Node) -> Line:
        if isinstance(node, Call) and node.op in ("and", "or"):
            head = ALL if node.op == "and" else ONE
            return Line(head[self.second], tuple(self._line(part) for part in node.args))
        if isinstance(node, Case):
            below = [self._branch(when, then) for when, then in node.whens]
            below.append(self._branch(None, node.default))
            return Line(FIRST[self.second], tuple(below))
        return Line(self.say(node))

    def _branch(self, when: Node | None, then: Node) -> Line:
        """One way through a case: on what, and what it gives. Several conditions stand a step further in."""
        said, below = OTHERWISE[self.second] if when is None else self.say(when), list[Line]()
        if isinstance(when, Call) and when.op == "and":
            said, below = ALL[self.second], [self._line(part) for part in when.args]
        if isinstance(then, Case):
            return Line(f"{said} → {FIRST[self.second]}", (*below, *self._line(then).below))
        return Line(f"{said} → {self.say(then)}", tuple(below))

    def say(self, node: Node) -> str:
        """The expression in one line."""
        return self._sayer(node)(node)

    def _sayer(self, node: Node) -> Callable[[Node], str]:
        found: dict[type, Callable[..., str]] = {
            Literal: lambda one: self._value(one, None),
            Ref: self._ref,
            Call: self._call,
            Case: self._case,
            FigureAt: self._figure,
            Aggregate: self._over,
        }
        return found.get(type(node), str)

    def _ref(self, ref: Ref) -> str:
        label = self.names.name(ref).says.says(self.language)
        pattern = OF_SCOPE.get(ref.scope)
        return pattern[self.second].format(label) if pattern else label

    def _value(self, one: Literal, beside: Node | None) -> str:
        """A constant, in the unit or the words of what it is compared with."""
        if one.value is None:
            return ("不清楚", "not known")[self.second]
        list_id = self.vocabularies.id_of(beside) if beside is not None else None
        words = self.vocabularies.words(list_id) if list_id else {}
        return WHOLE.sub("", written(one.value, self._unit(beside), words, self.language))

    def _unit(self, node: Node | None) -> str | None:
        if isinstance(node, Ref):
            return self.names.name(node).unit
        if isinstance(node, FigureAt):
            return self.names.figures[node.figure].unit
        if isinstance(node, Call) and node.op in ("+", "-", "least_of", "greatest_of", "coalesce", "abs"):
            return next((unit for one in node.args if (unit := self._unit(one))), None)
        if isinstance(node, Aggregate) and node.op in ("total", "least", "most"):
            return self._unit(node.arg)
        if isinstance(node, Aggregate) and node.op in ("how_many", "known_count"):
            return "person" if _scope(node.arg) in ("person", None) else None
        return None

    def _figure(self, node: FigureAt) -> str:
        label = f"“{self.names.figures[node.figure].says.says(self.language)}”"
        if node.year is None:
            return label
        return (f"{self.say(node.year)}的{label}", f"{label} of {self.say(node.year)}")[self.second]

    def _call(self, node: Call) -> str:
        if node.op in ("and", "or"):
            joined = ((" 并且 ", " and "), (" 或者 ", " or "))[node.op == "or"][self.second]
            return joined.join(self._inside(one, ("and", "or")) for one in node.args)
        if node.op == "not":
            return self._not(node.args[0])
        if node.op == "in":
            return self._in(node, negated=False)
        if node.op in BETWEEN and len(node.args) == 2:
            left, right = node.args
            if isinstance(right, Literal) and isinstance(right.value, bool):
                return self.say(left) if right.value is (node.op == "=") else self._not(left)
            # Three times some people are no three people: a factor has no unit.
            sides = (
                [self._inside(left), self._inside(right)]
                if node.op == "*"
                else [self._side(left, right), self._side(right, left)]
            )
            return f" {BETWEEN[node.op][self.second]} ".join(sides)
        if node.op in BETWEEN:
            return f" {BETWEEN[node.op][self.second]} ".join(self._inside(one) for one in node.args)
        if node.op == "is_null" and _is_fact(node.args[0]):
            return ("“{0}”不清楚", "“{0}” is not known")[self.second].format(self.say(node.args[0]))
        if node.op in OF_SEVERAL:
            return OF_SEVERAL[node.op][self.second].format(self._listed([self.say(one) for one in node.args]))
        if node.op in AROUND:
            return AROUND[node.op][self.second].format(*self._around(node))
        return f"{node.op}({', '.join(self.say(one) for one in node.args)})"

    def _around(self, node: Call) -> list[str]:
        """Values of an operation; of `coalesce` the last takes its words from the first."""
        if node.op == "coalesce":
            first = node.args[:-1]
            return [
                self._listed([self._inside(one) if len(first) > 1 else self.say(one) for one in first]),
                self._side(node.args[-1], node.args[0]),
            ]
        if node.op == "listed":
            code, codes = node.args
            return [self._side(code, codes), self.say(codes)]
        return [self._inside(one) for one in node.args]

    def _side(self, node: Node, other: Node) -> str:
        if isinstance(node, Literal):
            return self._value(node, other)
        return self._inside(node)

    def _inside(self, node: Node, ops: tuple[str, ...] = ("and", "or", "+", "-", "*", *BETWEEN)) -> str:
        """In brackets where it would run into what stands around it."""
        said = self.say(node)
        if isinstance(node, Call) and node.op in ops and len(node.args) > 1:
            return (f"（{said}）", f"({said})")[self.second]
        return said

    def _not(self, node: Node) -> str:
        if isinstance(node, Call) and node.op == "is_null" and _is_fact(node.args[0]):
            return ("“{0}”已清楚", "“{0}” is known")[self.second].format(self.say(node.args[0]))
        if isinstance(node, Call) and node.op == "is_null":
            return ("有“{0}”的记录", "there is a record of “{0}”")[self.second].format(self.say(node.args[0]))
        if isinstance(node, Call) and node.op == "in":
            return self._in(node, negated=True)
        if isinstance(node, Call) and node.op == "coalesce" and node.args[-1] == NO:
            first = self._listed([self.say(one) for one in node.args[:-1]])
            return ("“{0}”不成立，或不清楚", "not so, or not known: {0}")[self.second].format(first)
        return ("“{0}”不成立", "not so: {0}")[self.second].format(self.say(node))

    def _in(self, node: Call, *, negated: bool) -> str:
        tested, *items = node.args
        words = [self._value(one, tested) for one in items if isinstance(one, Literal)]
        verb = (("是", "is"), ("不是", "is not"))[negated][self.second]
        between = ("、", " or ")[self.second] if not negated else ("、", " nor ")[self.second]
        return f"{self._inside(tested)} {verb} {between.join(words)}"

    def _case(self, node: Case) -> str:
        colon = ("：", ": ")[self.second]
        said = [f"{self.say(when)}{colon}{self.say(then)}" for when, then in node.whens]
        said.append(f"{OTHERWISE[self.second]}{colon}{self.say(node.default)}")
        return (f"（{'；'.join(said)}）", f"({'; '.join(said)})")[self.second]

    def _over(self, node: Aggregate) -> str:
        many, one = WHO.get(_scope(node.arg) or "person", WHO["person"])
        whole = isinstance(node.arg, Literal) and node.arg.value is True
        if node.op in ("how_many", "known_count") and whole:
            return (f"{many[0]}数", f"the number of {many[1]}")[self.second]
        pattern = OVER.get(node.op, (f"{node.op}({{0}})",) * 2)[self.second]
        return pattern.format(self._inside(node.arg), who=many[self.second], one=one[self.second])

    def _listed(self, said: list[str]) -> str:
        return ("、", ", ")[self.second].join(said)


def _is_fact(node: Node) -> bool:
    return isinstance(node, Ref) and node.is_fact


def _scope(node: Node) -> str | None:
    """The scope of the first column or fact in an expression."""
    if isinstance(node, Ref):
        return node.scope
    if isinstance(node, Call):
        return next((found for one in node.args if (found := _scope(one))), None)
    if isinstance(node, Case):
        return next((found for when in node.whens for one in when if (found := _scope(one))), None)
    return None


__all__ = ["Line", "Wording"]
