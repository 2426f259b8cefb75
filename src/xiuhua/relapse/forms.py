"""What people fill in about clues, visits, help and yearly judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.forms import TellForm as TellEnded
from xiuhua.decisions.forms.proceedings import Photo
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.terms import Help
from xiuhua.registry.terms import WatchClass
from xiuhua.relapse.queries.known import MONEY, SECURED, Filled
from xiuhua.relapse.queries.sheets import filled_said, labels
from xiuhua.relapse.services.applying import Words
from xiuhua.relapse.services.clues import Saying
from xiuhua.relapse.services.helping import What
from xiuhua.relapse.terms import Channel, Judgement, Origin, Risk, Standing, Told

MOST_YUAN = Decimal("100000000")


def _choices(terms: Any, *, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(one.value, one.says(language())) for one in terms if one.value not in without]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, initial=beijing_today, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


def _words(label: Any, rows: int = 2, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=600, required=required, widget=widget, help_text=help_text)


def _yuan(fen: int) -> str:
    """Fen as a form takes yuan."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"


class SayingForm(forms.Form):
    """A clue as somebody told it."""

    origin = forms.ChoiceField(label=_("谁提出的"), widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("怎么来的"))
    risk = forms.ChoiceField(label=_("主要因为什么"))
    said = _words(_("怎么说的、发生了什么"), 3, help_text=_("用本户或反映人的话写；不写证件号、电话"))
    told_by = forms.CharField(
        label=_("谁说的"), max_length=60, required=False, help_text=_("本户成员或反映人的姓名")
    )
    came_on = _day(_("哪天提出的"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("origin", _choices(Origin, without=("list", "rule", "assessment", "again"))),
            # What came from the page comes in by itself.
            ("channel", _choices(Channel, without=("page",))),
            ("risk", _choices(Risk)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.fields["origin"].initial = Origin.HOUSEHOLD.value
        self.fields["channel"].initial = Channel.SPOKEN.value

    def saying(self) -> Saying:
        """What the service takes."""
        told = self.cleaned_data
        return Saying(
            Origin(told["origin"]),
            Risk(told["risk"]),
            told["said"],
            told["came_on"],
            Channel(told["channel"]),
            told["told_by"],
        )


class TakeInForm(forms.Form):
    """What somebody asked on paper, by phone or in person for a family that the register does not have yet."""

    village = forms.ChoiceField(label=_("哪个村"))
    head = forms.CharField(
        label=_("户主姓名"),
        min_length=2,
        max_length=40,
        help_text=_("不知道户主是谁的，写这一家一个大人的姓名"),
    )
    channel = forms.ChoiceField(label=_("怎么来的"))
    came_on = _day(_("哪天提出的"))
    risk = forms.ChoiceField(label=_("主要因为什么"))
    said = _words(_("怎么说的、发生了什么"), 3, help_text=_("用本户或反映人的话写；不写证件号、电话"))
    contact = forms.CharField(
        label=_("怎么联系"), max_length=60, required=False, help_text=_("电话，或住在哪个组；密封保存")
    )

    def __init__(self, villages: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = list(villages)
        for name, choices in (
            ("village", there if len(there) == 1 else [("", _("请选择")), *there]),
            ("channel", _choices(Channel, without=("page",))),
            ("risk", _choices(Risk)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.fields["channel"].initial = Channel.SPOKEN.value

    def words(self) -> Words:
        """What the service takes."""
        told = self.cleaned_data
        return Words(
            told["village"], told["head"], Risk(told["risk"]), told["said"], Channel(told["channel"]), told["came_on"], told["contact"]
        )  # fmt: skip


class AskBackForm(forms.Form):
    """Why nobody knows yet which household an application is of, for whoever asked."""

    reason = forms.CharField(
        label=_("为什么还没弄清是哪一户"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("申请人凭回执码会看到；只写要补什么，不写别人的姓名和情况"),
    )
    where = forms.CharField(
        label=_("请他到哪里、怎么再问"),
        max_length=200,
        help_text=_("例如：村委会便民窗口，周一至周五；或乡镇服务热线"),
    )


class SheetForm(forms.Form):
    """The sheet of a visit. filled: what it begins with, from the register or the visit before; the visit says otherwise where it is
    otherwise, and says that it asked where it is not. whole: a step rests on it."""

    def __init__(self, *args: Any, filled: Mapping[str, Filled], whole: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        called, self.filled = labels(), filled
        self.fields["visited_on"] = _day(_("入户日期"))
        self.fields["said"] = _words(_("本户怎么说"), 3)
        for name in MONEY:
            empty = gettext("没有的填 0；不清楚的留空") if name in (MONEY[0], MONEY[-1]) else ""
            self.fields[name] = forms.DecimalField(
                label=gettext("%(label)s（元）") % {"label": called[name]}, required=False, decimal_places=2, max_digits=12,
                min_value=-MOST_YUAN if name == "net_income_fen" else Decimal(0), max_value=MOST_YUAN,
                initial=_yuan(filled[name].value) if name in filled else None,
                help_text=filled_said(filled[name]) if name in filled else empty, widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )  # fmt: skip
        for name in SECURED:
            self.fields[name] = forms.ChoiceField(
                label=called[name], choices=[("", _("不清楚")), ("yes", _("是")), ("no", _("否"))], required=False,
                initial=("yes" if filled[name].value else "no") if name in filled else "",
                help_text=filled_said(filled[name]) if name in filled else "",
            )  # fmt: skip
        if filled:
            self.fields["asked"] = forms.BooleanField(
                label=_("已填好的各项，这次入户逐项问过，没有变的就是这样"),
                required=False,
                help_text=_("没有逐项问过的不勾：仍可保存，但不能据此研判为“没有风险”（近期核实过的除外）"),
            )
        none = _("没有的写“没有”") if whole else ""
        self.fields["difficulties"] = _words(_("主要困难"), required=whole, help_text=none)
        self.fields["coping"] = _words(_("已有的应对（存款、亲友、救助）"), required=whole, help_text=none)
        self.fields["judgement"] = forms.ChoiceField(
            label=_("您的研判"),
            choices=_choices(Judgement),
            widget=forms.RadioSelect,
            help_text=_("规则只提示；由您到场的人研判并署名"),
        )
        self.fields["suggested"] = forms.ChoiceField(
            label=_("建议的监测类别"),
            required=False,
            choices=[("", _("暂不建议")), *_choices(WatchClass, without=("none",))],
        )
        self.fields["reason"] = _words(_("研判的理由"))

    def answers(self) -> dict[str, Any]:
        """Fields of the sheet: money in fen, yes, no or not known; without what stands as it was filled in and was not asked."""
        told: dict[str, Any] = dict(self.cleaned_data)
        every = told.pop("asked", False)
        for name in MONEY:
            if told.get(name) is not None:
                told[name] = int(told[name] * 100)
        for name in SECURED:
            told[name] = {"yes": True, "no": False}.get(told.get(name, ""))
        for name, one in self.filled.items():
            if name not in self.data or (not every and told[name] == one.value):
                del told[name]
        return told


class EndForm(forms.Form):
    """Why a clue ends."""

    reason = forms.CharField(label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class TellForm(TellEnded):
    """How, on which day and whom of it a household was told that there is no risk; where nobody of it was met, what happened."""

    def __init__(self, household: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(household, *args, **kwargs)
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = [(one.value, one.says(language())) for one in Told]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if told.get("way") == Told.SPOKEN and not told.get("person"):
            self.add_error("person", _("当面、电话告知的，选明是本户哪一位。"))
        return told


class HelpForm(forms.Form):
    """Help that was given."""

    kind = forms.ChoiceField(label=_("帮扶类别"))
    what = forms.CharField(
        label=_("帮了什么"), max_length=200, help_text=_("例如：临时救助金、送医垫付、粮油、临时住处")
    )
    giver = forms.CharField(label=_("谁帮的"), max_length=120, help_text=_("单位或个人"))
    given_on = _day(_("哪天给的"))
    amount = forms.DecimalField(
        label=_("金额（元）"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=MOST_YUAN,
        decimal_places=2,
        max_digits=12,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices(Help)
        field.initial = Help.RELIEF.value

    def what_given(self) -> What:
        """What the service takes."""
        told = self.cleaned_data
        fen = int(told["amount"] * 100) if told["amount"] is not None else None
        return What(Help(told["kind"]), told["what"], told["giver"], told["given_on"], fen)


class PaperForm(forms.Form):
    """The paper that was owed."""

    paper = Photo(label=_("手续（照片或 PDF）"))


class AssessForm(forms.Form):
    """Where a household stands in a year."""

    standing = forms.ChoiceField(label=_("研判结果"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["standing"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices(Standing)
