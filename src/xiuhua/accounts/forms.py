"""What the pages of accounts ask for. They check the shape; services.py decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Account, Appointment, Official
from xiuhua.accounts.queries import candidates, officials_in, places_to_choose
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.terms import Terms
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of

USERNAME = RegexValidator(
    r"\A[a-z][a-z0-9._-]{2,29}\Z",
    gettext_lazy("用户名为3至30位小写字母、数字、点、横线或下划线，以字母开头。"),
)


class SignIn(AuthenticationForm):
    """User name and password; letters' case of the name does not matter (phones begin with a capital)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        self.error_messages = {
            "invalid_login": _("用户名或密码不对，请再试。连续5次密码错误，账号锁定30分钟。"),
            "inactive": _("账号已停用。需要恢复的，请向本县账号管理员提出。"),
        }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.temporary_until is not None and user.temporary_until < beijing_now():
            raise ValidationError(_("这个临时密码已经过期。请向本县账号管理员重新申请重置。"), code="expired")


class NewPassword(forms.Form):
    """The password in use, and the new one twice."""

    old = forms.CharField(
        label=gettext_lazy("现用密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        help_text=gettext_lazy("至少10位，不能全是数字，不能与姓名、用户名相近。"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_old(self) -> str:
        old = str(self.cleaned_data["old"])
        if not self.account.check_password(old):
            raise ValidationError(_("现用密码不对。"))
        return old

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("两次输入的新密码不一样。"))
        return cleaned


class Reason(forms.Form):
    """Why an account is reset or stopped."""

    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)


class OwnNumber(forms.Form):
    """Who an official is in the register."""

    number = forms.CharField(
        label=gettext_lazy("本人身份证号码"),
        max_length=40,
        help_text=gettext_lazy(
            "只用来让系统认出本人：他（她）在名册里所在的户，本人不能办理。号码不保存，只留一个打不开的校验值；名册里有没有这个人，这里不显示。"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PostFields(forms.Form):
    """Where and what a post is; the place must exist in the area of the one who acts."""

    place = forms.CharField(
        label=gettext_lazy("所在区划"),
        max_length=15,
        help_text=gettext_lazy("填区划代码，或从列表中选。"),
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    office = forms.ChoiceField(label=gettext_lazy("单位"))
    title = forms.ChoiceField(label=gettext_lazy("职务"))
    role = forms.ChoiceField(label=gettext_lazy("权限"))

    def __init__(self, *args: Any, acting: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = scope_of(acting.place_code)
        for name, terms in (("office", Office), ("title", Title), ("role", Role)):
            self.fields[name].choices = spoken(terms)  # type: ignore[attr-defined]

    def clean_place(self) -> Place:
        code = str(self.cleaned_data["place"]).strip()
        place = Place.objects.filter(pk=code, until__isnull=True).first()
        if place is None or not self.area.covers(code):
            raise ValidationError(_("您的工作范围内没有这个区划，请从列表中选。"))
        return place

    def places(self) -> list[Place]:
        """Suggestions for the field."""
        return list(places_to_choose(self.area))


class AskForAccount(PostFields):
    """A new colleague, or one whose account was closed, and the post they take."""

    official = forms.ModelChoiceField(
        label=gettext_lazy("已登记的人员"),
        queryset=Official.objects.none(),
        required=False,
        empty_label=gettext_lazy("新人员"),
    )
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, required=False)
    unit = forms.CharField(label=gettext_lazy("工作单位"), max_length=120, required=False)
    username = forms.CharField(label=gettext_lazy("用户名"), max_length=30, help_text=USERNAME.message)
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)
    field_order = ["official", "name", "unit", "username", "place", "office", "title", "role", "reason"]

    def __init__(self, *args: Any, acting: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, acting=acting, **kwargs)
        without = officials_in(self.area).exclude(account__is_active=True).exclude(pk=acting.official_id)
        self.fields["official"].queryset = without.order_by("name", "id")  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip().lower()
        USERNAME(username)
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("official") and not cleaned.get("name") and "official" not in self.errors:
            self.add_error("name", _("请填姓名，或选已登记的人员。"))
        return cleaned


class Days(forms.Form):
    """From when to when, both days counted."""

    since = forms.DateField(
        label=gettext_lazy("开始日期"), widget=forms.DateInput(attrs={"type": "date"}), initial=beijing_today
    )
    until = forms.DateField(
        label=gettext_lazy("最后一天"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )


class Appoint(PostFields, Days):
    """A post for a colleague, with its days."""

    field_order = ["place", "office", "title", "role", "since", "until"]


class LastDay(forms.Form):
    """The last day of an appointment."""

    until = forms.DateField(
        label=gettext_lazy("最后一天"), widget=forms.DateInput(attrs={"type": "date"}), initial=beijing_today
    )


class NameDeputy(Days):
    """Who stands in, between two days."""

    official = forms.ModelChoiceField(label=gettext_lazy("代理人"), queryset=Official.objects.none())
    field_order = ["official", "since", "until"]

    def __init__(self, *args: Any, principal: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].required = True
        self.fields["since"].initial = None
        self.fields["since"].help_text = _("代理须事先指定，最早从明天开始。")
        self.fields["official"].queryset = candidates(principal, day=beijing_today())  # type: ignore[attr-defined]


def spoken(terms: type[Terms]) -> list[tuple[str, str]]:
    """Choices of a list of terms in the reader's language."""
    return [(one.value, one.says(get_language() or "zh")) for one in terms]


class MakeToken(forms.Form):
    """What a program's key is for and until when; asked with the password, since it works while nobody is there."""

    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=120,
        help_text=gettext_lazy("写明哪个程序、做什么用，例如“县大屏每日取脱贫进度”。"),
    )
    until = forms.DateField(
        label=gettext_lazy("有效期至"),
        help_text=gettext_lazy("最长一年；不再使用的请及时停用。"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    password = forms.CharField(
        label=gettext_lazy("现用密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        if not self.account.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("现用密码不对。"))
        return ""

    def given(self) -> dict[str, Any]:
        """What the service is told."""
        return {"purpose": self.cleaned_data["purpose"], "until": self.cleaned_data["until"]}
