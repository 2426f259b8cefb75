"""What people fill in on the workbench's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.common.clock import beijing_today
from xiuhua.places.models import Place
from xiuhua.places.terms import ChangeKind

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


class PlaceChangeForm(forms.Form):
    """What a document decided about a township or a village."""

    kind = forms.ChoiceField(label=_("变更类别"), widget=forms.RadioSelect)
    into = forms.ChoiceField(
        label=_("并入哪里"), required=False, help_text=_("只在“并入”时选择；并入后以它为准")
    )
    new_name = forms.CharField(
        label=_("新名称"), max_length=60, required=False, help_text=_("更名时必填；代码变更而名称不变的留空")
    )
    new_code = forms.CharField(
        label=_("新代码"),
        max_length=12,
        required=False,
        help_text=_("只在代码或隶属变更时填写，须是本县还没有使用的统计用区划代码"),
    )
    document = forms.CharField(
        label=_("批准文件"),
        max_length=200,
        help_text=_("例如：县民政局《关于上坝村并入下坝村的批复》（文号）"),
    )
    effective_on = forms.DateField(
        label=_("生效日期"), initial=beijing_today, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, place: Place, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(kind.value, kind.says(language)) for kind in ChangeKind]
        others = Place.objects.filter(
            level=place.level, until__isnull=True, code__startswith=place.code[:6]
        ).exclude(code=place.code)
        into = self.fields["into"]
        assert isinstance(into, forms.ChoiceField)
        townships = dict(
            Place.objects.filter(code__in={one.code[:9] for one in others}).values_list("code", "name")
        )
        into.choices = [("", "")] + [
            (
                one.code,
                f"{townships.get(one.code[:9], '')} {one.name}".strip() if len(one.code) == 12 else one.name,
            )
            for one in others
        ]


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
