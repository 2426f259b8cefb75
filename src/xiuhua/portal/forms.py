"""What somebody writes from outside: an objection, or the code of a receipt."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


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


class ReceiptForm(forms.Form):
    """The code that was shown when an objection was sent, or said on the phone."""

    code = forms.CharField(
        label=gettext_lazy("回执码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "0000-0000-0000"}
        ),
    )
