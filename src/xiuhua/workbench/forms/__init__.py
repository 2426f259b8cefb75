"""What people fill in on the workbench's pages."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.accounts.models import Post
from xiuhua.common.asked import key
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.intake.reading import Identity, identity
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.terms import ChangeKind
from xiuhua.registry.queries.correctable import SEVERAL, Value
from xiuhua.registry.terms import Heard, Seen

Choices = list[tuple[str, Any]]
PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}")


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
        townships = names_of({one.code[:9] for one in others})
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
    day = forms.DateField(
        label=_("从哪天起"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("选“某日以后”的才填"),
    )

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


LARGEST_MB = 10
ENDINGS = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".ofd")


class Attachment(forms.FileField):
    """A file of evidence: a scan, a photograph, a paper."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            required=False,
            label=_("佐证附件"),
            help_text=_("照片、扫描件或文件，不超过 10 MB；加密保存"),
            widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
            **more,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and not (file.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError(_("附件应是 pdf、图片、docx、xlsx 或 ofd。"))
        if file and file.size > LARGEST_MB * 1024 * 1024:
            raise forms.ValidationError(_("附件太大，不能超过 10 MB。"))
        return file


MOST_OUTLINES_MB = 5


class Day(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class OutlinesForm(forms.Form):
    """A county's boundaries as a file, of when they are and where they are from."""

    file = forms.FileField(
        label=_("界线文件"),
        help_text=_("GeoJSON，UTF-8，最大 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json"}),
    )
    as_of = Day(label=_("哪一天的界线"), help_text=_("勘界、变更文件上的日期；同一天再传一次，以后传的为准"))
    source = forms.CharField(
        label=_("来源"), max_length=200, help_text=_("例如：县民政局《2025 年行政区域界线》")
    )

    def clean_file(self) -> Any:
        """What is far too large is not even read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_OUTLINES_MB * 1_000_000:
            raise forms.ValidationError(_("文件太大，最大 5 MB：请先在制图软件里简化。"))
        return file


class DroppedDay(forms.Form):
    """The day whose boundaries are taken down."""

    as_of = Day()


class HandOut(forms.Form):
    """To whom findings are given and by when; which ones, the list's own fields say."""

    post = forms.ModelChoiceField(
        Post.objects.all(), label=_("交给"), error_messages={"required": _("请选择交给谁。")}
    )
    due_on = Day(label=_("办结日期"))
    which = forms.ChoiceField(choices=[("some", ""), ("all", "")], required=False)
    finding = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: Any, ids: list[str]) -> None:
        super().__init__(data)
        self.fields["finding"].choices = [(one, one) for one in ids if key(one) is not None]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("which") != "all" and not told.get("finding"):
            raise forms.ValidationError(_("没有选中要交办的问题。"))
        return told


class Explain(forms.Form):
    """Why a rule fails and yet nothing is to be put right."""

    text = forms.CharField(
        label=_("情况说明"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写清事实和依据；不要写证件号、电话、账号"),
    )
    evidence = Attachment()
    valid_until = Day(label=_("有效期至"), help_text=_("到这一天还没有变化的，重新核实；最长一年"))


HEARD = (
    (Heard.TRUE.value, _("属实：确是本户成员的，情况也对")),
    (Heard.NOT_SO.value, _("不属实：例如车是亲友借名登记的、同名误登")),
)


class Hearing(forms.Form):
    """What a household said of a department's list, and what was found."""

    answer = forms.ChoiceField(label=_("核实结果"), choices=HEARD, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("本户怎么说、怎么核实的"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写清事实和依据；不要写证件号、电话、账号"),
    )
    heard_on = Day(label=_("听取日期"))
    evidence = Attachment()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if (
            told.get("answer") == Heard.NOT_SO
            and not told.get("evidence")
            and not self.errors.get("evidence")
        ):
            self.add_error("evidence", _("不属实的要附证据，例如购车合同、行驶证、村委会证明。"))
        return told


class Answer(forms.Form):
    """Somebody else's answer to an explanation."""

    answer = forms.ChoiceField(choices=[("accept", ""), ("send_back", "")])
    reason = forms.CharField(label=_("理由"), max_length=400, error_messages={"required": _("请写明理由。")})
    until = Day(label=_("暂缓到"), required=False)


SEEN = (
    (Seen.REPORTED.value, _("据证件、表册或部门名单，只改这一项")),
    (Seen.CHECKED.value, _("走访当面核实，同一事项的各项都核对过")),
)


class Known(forms.Form):
    """How somebody knows a value: the end of every correction."""

    seen = forms.ChoiceField(
        label=_("怎么知道的"), choices=SEEN, initial=Seen.REPORTED.value, widget=forms.RadioSelect
    )
    seen_on = Day(label=_("看到的日期"))
    evidence = Attachment()


class CorrectNumber(Known):
    """Another ID number or phone."""

    value = forms.CharField(
        max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "latin"})
    )
    field_order = ("value", "seen", "seen_on", "evidence")

    def __init__(self, data: Any, files: Any, *, column: str, label: str) -> None:
        super().__init__(data, files, initial={"seen_on": beijing_today()})
        self.column = column
        self.told: Identity | None = None
        self.fields["value"].label = label
        self.fields["value"].help_text = _("对照证件逐位填写；保存后封存，页面上不再显示")

    def clean_value(self) -> str:
        """The number without stray spaces, in capitals; an ID must agree with itself."""
        plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", self.cleaned_data["value"])).upper()
        if self.column == "phone":
            if not PHONE.fullmatch(plain):
                raise forms.ValidationError(_("电话号码不对：手机 11 位，座机带区号。"))
            return plain
        told = self.told = identity(plain, on=beijing_today())
        if told.kind in ("other", "none"):
            raise forms.ValidationError(_("应为 15、18、20 或 22 位，只能是数字，第 18 位可以是 X。"))
        if not told.valid:
            raise forms.ValidationError(_("校验码或出生日期不对，其中至少有一位写错，请对照证件逐位核对。"))
        return plain


class CorrectValue(Known):
    """Another value of one column, as its book has it; left empty: not known after all."""

    field_order = ("value", "seen", "seen_on", "evidence")

    def __init__(self, data: Any, files: Any, *, value: Value, label: str, english: bool) -> None:
        now = Decimal(value.now) / 100 if value.field.kind == "yuan" and value.now is not None else value.now
        if value.column in SEVERAL and now:
            now = str(now).split(",")
        super().__init__(data, files, initial={"value": now, "seen_on": beijing_today()})
        self.fields["value"] = made = typed(value, english)
        made.label, made.required = label, value.field.kind == "name"
        if not made.required and not made.help_text:
            made.help_text = _("不清楚就留空")
        self.order_fields(self.field_order)

    def typed(self) -> Any:
        """The value as the register holds it: fen for yuan, codes joined by commas."""
        return as_kept(self.fields["value"], self.cleaned_data["value"])


class Yuan(forms.DecimalField):
    """Money as people write it; the register keeps fen."""


def as_kept(field: forms.Field, told: Any) -> Any:
    """What somebody filled in, as the register holds it."""
    if isinstance(told, list):
        return ",".join(told)
    if isinstance(field, Yuan):
        return None if told is None else int(told * 100)
    if isinstance(field, forms.TypedChoiceField) and told in ("True", "False"):
        return told == "True"
    return None if told == "" else told


def typed(value: Value, english: bool) -> forms.Field:
    """The form field for a column of a book."""
    field = value.field
    listed = load().codes.get(field.codes) if field.codes else None
    if listed is not None:
        choices = [(one.code, one.says("en" if english else "zh")) for one in listed.codes]
        if value.column in SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
        return forms.ChoiceField(choices=[("", _("不清楚")), *choices])
    if field.kind == "yesno":
        return forms.TypedChoiceField(
            choices=[("", _("不清楚")), ("True", _("是")), ("False", _("否"))], empty_value=None
        )
    help_text = field.unit or ""
    if field.kind in ("integer", "year"):
        return forms.IntegerField(min_value=field.low, max_value=field.high, help_text=help_text)
    if field.kind in ("decimal", "yuan"):
        kind = Yuan if field.kind == "yuan" else forms.DecimalField
        return kind(
            min_value=field.low, max_value=field.high, max_digits=12, decimal_places=2, help_text=help_text
        )
    if field.kind == "date":
        return Day()
    return forms.CharField(max_length=60)


class Days(forms.Form):
    """From which day to which a report is."""

    since = Day(label=_("从"))
    until = Day(label=_("到"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
