"""What somebody says who wants a freeze, or a household's link to all of them destroyed."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from xiuhua.freezes.services import refused


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
        help_text=_("不填则按最新数据的日期；填了别的日子，这一份只从清单里打开，不作各地页面的默认数字"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_as_of(self) -> date | None:
        """Refused as the service refuses it."""
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and (why := refused(day)):
            raise forms.ValidationError(why.says(get_language() or "zh"))
        return day


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
