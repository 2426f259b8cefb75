"""What somebody writes from outside: an objection, an application for help, or the code of a receipt."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext, gettext_lazy

from xiuhua.portal.queries import language
from xiuhua.relapse.public import Application, holds_numbers
from xiuhua.relapse.terms import Risk


class ObjectForm(forms.Form):
    """What is not so, and who says it, if they like."""

    said = forms.CharField(
        label=gettext_lazy("哪里不符，您知道的情况"), min_length=4, max_length=1000, widget=forms.Textarea(attrs={"rows": 6})
    )  # fmt: skip
    who = forms.CharField(
        label=gettext_lazy("您的姓名或联系方式"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("可以不写。写了也密封，只有答复的人能打开，不会告诉被反映的人。"),
    )


class ApplyForm(forms.Form):
    """For which household help is asked, why, in whose words, and where to reach them. No number of a paper is asked for."""

    village = forms.ChoiceField(label=gettext_lazy("哪个村"))
    head = forms.CharField(
        label=gettext_lazy("户主姓名"),
        min_length=2,
        max_length=40,
        help_text=gettext_lazy("不知道户主是谁的，写这一家您知道的一个大人的姓名"),
    )
    risk = forms.ChoiceField(label=gettext_lazy("主要因为什么"))
    said = forms.CharField(
        label=gettext_lazy("出了什么事，现在怎么样"),
        min_length=4,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("用自己的话写就行。这里不写证件号、电话"),
    )
    contact = forms.CharField(
        label=gettext_lazy("怎么联系您"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("电话，或者在哪里能找到您。密封保存，只有来办的人能打开。"),
    )

    def __init__(self, villages: Iterable[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, choices in (
            ("village", list(villages)),
            ("risk", [(one.value, one.says(language())) for one in Risk]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", gettext_lazy("请选择")), *choices]

    def _without_numbers(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        if holds_numbers(text):
            raise forms.ValidationError(gettext("请不要在这里写证件号、电话、账号；电话写在“怎么联系您”一栏"))
        return text

    def clean_head(self) -> str:
        """A name, and no number that may be somebody's."""
        return self._without_numbers("head")

    def clean_said(self) -> str:
        """Words, and no number that may be somebody's."""
        return self._without_numbers("said")

    def asked(self) -> Application:
        """What the door takes."""
        told = self.cleaned_data
        return Application(told["village"], told["head"], Risk(told["risk"]), told["said"], told["contact"])


class ReceiptForm(forms.Form):
    """The code that was shown when an objection was sent, or said on the phone."""

    code = forms.CharField(
        label=gettext_lazy("回执码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "0000-0000-0000"}
        ),
    )
