"""What is filled in to ask for a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ExportForm(forms.Form):
    """In which form, and for what; the purpose may be left out where nobody stands in the file."""

    form = forms.ChoiceField(label=_("文件格式"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("用途"),
        max_length=200,
        help_text=_("写在文件里，也记入留痕。例如：入户核对、向县领导小组汇报"),
        error_messages={"required": _("请写明用途。")},
    )

    def __init__(self, *args: Any, forms: Sequence[tuple[str, str]], personal: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        form = self.fields["form"]
        form.choices = list(forms)  # type: ignore[attr-defined]
        form.initial = forms[0][0]
        self.fields["reason"].required = personal
