"""What an officer hands in: files, and the day they speak of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.files.uploads import MOST_BYTES

ENDINGS = (".xlsx", ".xls", ".csv", ".xlsm")
MOST_FILES = 20


class Several(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files; each is looked at by name here, by content when it is read."""

    widget = Several(attrs={"multiple": True, "accept": ",".join(ENDINGS)})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, or a sentence that names the one that cannot be taken."""
        files = [
            super(Files, self).clean(one, initial)
            for one in (data if isinstance(data, list | tuple) else [data])
        ]
        files = [one for one in files if one]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("一次最多 %(most)s 个文件，请分批导入。") % {"most": MOST_FILES})
        for one in files:
            if (one.size or 0) > MOST_BYTES:
                raise forms.ValidationError(
                    _("“%(name)s”超过 %(most)s MB。请按乡镇拆分后再导入；别的文件也没有上传。")
                    % {"name": one.name, "most": MOST_BYTES >> 20}
                )
            if not (one.name or "").lower().endswith(ENDINGS):
                raise forms.ValidationError(
                    _("“%(name)s”不是表格。请上传 xlsx、xls 或 csv；别的文件也没有上传。")
                    % {"name": one.name}
                )
        return files


class UploadForm(forms.Form):
    """Files and, where no title row says it, the day of their data."""

    workbooks = Files(
        label=gettext_lazy("表格"), error_messages={"required": gettext_lazy("请选择要导入的表格。")}
    )
    data_date = forms.DateField(
        label=gettext_lazy("数据截止日"),
        required=False,
        help_text=gettext_lazy("不填则取表里写的日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
