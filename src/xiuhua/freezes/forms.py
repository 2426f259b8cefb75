"""What somebody says who wants a freeze, or a household's link to all of them destroyed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FreezeForm(forms.Form):
    """A freeze of one area."""

    place = forms.CharField(max_length=15, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("用途"),
        max_length=200,
        error_messages={"required": _("请写明用途。")},
        help_text=_("例如：2017 年度考核前的数据"),
    )
    as_of = forms.DateField(
        label=_("规则按哪一天判断"),
        required=False,
        help_text=_("不填则按最新数据的日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ForgetForm(forms.Form):
    """A household whose frozen rows nobody shall find any more, and by which right."""

    number = forms.CharField(
        label=_("户编号"), max_length=40, error_messages={"required": _("请填写户编号。")}
    )
    reason = forms.CharField(
        label=_("依据和原因"),
        max_length=200,
        error_messages={"required": _("请写明依据和原因。")},
        help_text=_("例如：本人依法申请删除，附申请书编号"),
    )
