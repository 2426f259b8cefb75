"""What people fill in on the workbench's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = list[tuple[str, Any]]


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


class WantedForm(forms.Form):
    """What goes to the national system: of which place, which households, in which layout. Asked before it is counted."""

    place = forms.ChoiceField(label=_("区划"))
    layout = forms.ChoiceField(label=_("格式"), required=False)
    status = forms.ChoiceField(label=_("状态"), required=False)
    which = forms.ChoiceField(
        label=_("是否只要有变动的"),
        choices=[
            ("all", _("不论有无变动")),
            ("last", _("上次导出以后有变动的")),
            ("day", _("某日以后有变动的")),
        ],
    )
    day = forms.DateField(label=_("某日"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self, *args: Any, places: Choices, layouts: Choices, statuses: Choices, last: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("place", places), ("layout", layouts), ("status", statuses)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not last:
            which = self.fields["which"]
            which.choices = [one for one in which.choices if one[0] != "last"]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A day is needed where changes since a day are asked for."""
        cleaned = super().clean() or {}
        if cleaned.get("which") == "day" and not cleaned.get("day"):
            self.add_error("day", _("请填写从哪一天起"))
        return cleaned


class Purpose(forms.Form):
    """What a file with numbers in the clear is for."""

    reason = forms.CharField(label=_("用途"), max_length=200, help_text=_("例如：年度动态调整，录入国家系统"))
