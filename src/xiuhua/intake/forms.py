"""What an officer hands in: files, and the day they speak of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.files.uploads import MOST_BYTES
from xiuhua.registry.books.lists import list_by_name
from xiuhua.registry.services import Basis

OF_LISTS = ("basis", "purpose", "expires_on")
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
    # What other departments' lists among the files rest on. All of it or nothing.
    basis = forms.CharField(
        label=gettext_lazy("法律依据或授权"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("例如：县人民政府授权书文号、本户签字的查询授权书"),
    )
    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("例如：2017 年识别对象比对核查"),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("保留到哪天"),
        required=False,
        help_text=gettext_lazy("到这一天，命中和听取记录自动删除；最长一年"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, lists: bool = False, **kwargs: Any) -> None:
        """lists: whether this post may bring in other departments' lists."""
        super().__init__(*args, **kwargs)
        self.lists = lists
        if not lists:
            for name in OF_LISTS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A list by its file's name, or a basis begun, wants the whole basis and the day the list speaks of."""
        told = super().clean() or {}
        named = [one.name for one in told.get("workbooks") or [] if list_by_name(one.name or "")]
        given = [name for name in OF_LISTS if told.get(name)]
        if named and not self.lists:
            raise forms.ValidationError(
                _("“%(name)s”是部门比对名单，由县级业务部门凭依据导入；别的文件也没有上传。")
                % {"name": named[0]}
            )
        if not named and not given:
            return told
        for name in (*OF_LISTS, "data_date"):
            if not told.get(name) and name not in self.errors:
                self.add_error(name, _("部门比对名单须填写这一项，否则不能导入。"))
        return told

    def listing(self) -> Basis | None:
        """What the lists rest on; None where none was given."""
        told = self.cleaned_data
        if not self.lists or not told.get("basis"):
            return None
        return Basis(told["basis"], told["purpose"], told["expires_on"])
