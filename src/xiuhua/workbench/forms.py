"""What people fill in on the workbench's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class Reason(forms.Form):
    """Why a number is opened; a minor's is not opened without."""

    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("例如：核对学籍名单、核对医保参保名单")
    )

    def __init__(self, *args: Any, minor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = minor


class Statement(forms.Form):
    """What the county takes its statuses over from."""

    statement = forms.CharField(
        label=_("承接依据"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：全国扶贫开发信息系统 2017 年 9 月 30 日导出的贫困人口信息表"),
    )
