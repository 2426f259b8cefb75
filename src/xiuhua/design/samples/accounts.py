"""Signing in, people and posts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xiuhua.design.samples.shell import at, both

MAY = {"accounts": {"ask": True, "answer": True, "appoint": True, "close": True}}
OFFICER = both("临川县扶贫办（局）业务干部", "Officer, poverty alleviation office, 临川县")
TOWNSHIP_OFFICER = both(
    "沙柳河乡乡镇扶贫工作站扶贫专干", "Township poverty officer, township poverty station, 沙柳河乡"
)
FIRST_SECRETARY = both("上滩村驻村工作队第一书记", "First secretary, resident work team, 上滩村")
TEAM_MEMBER = both("上滩村驻村工作队驻村工作队员", "Resident team member, resident work team, 上滩村")
ACTING = {"pk": 1, "official_id": 1, "official": {"name": "赵成"}}


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(label=_("用户名"))
    password = forms.CharField(label=_("密码"), widget=forms.PasswordInput)


class RequestForm(forms.Form):
    """Asking for an account."""

    name = forms.CharField(label=_("姓名"))
    username = forms.CharField(
        label=_("用户名"), help_text=_("用户名为3至30位小写字母、数字、点、横线或下划线，以字母开头。")
    )
    post = forms.ChoiceField(label=_("所在区划"), choices=[("1", "沙柳河乡"), ("2", "上滩村")])
    reason = forms.CharField(label=_("事由"), widget=forms.Textarea(attrs={"rows": 3}))
    deputy = forms.BooleanField(label=_("代理人"), required=False)


def sign_in() -> dict[str, Any]:
    """With a wrong password."""
    form = SignInForm({"username": "zhuoma", "password": "wrong"})
    form.add_error(None, _("用户名或密码不对，请再试。连续5次密码错误，账号锁定30分钟。"))
    demo = {
        "username": "county",
        "password": "xiuhua-demo",
        "post": both("临川县扶贫办业务干部", "Officer of the county office"),
    }
    return {"form": form, "next": "/", "demo_accounts": [demo]}


def sign_in_locked() -> dict[str, Any]:
    """After five wrong passwords."""
    return {"form": SignInForm(), "locked": True}


def forgotten() -> dict[str, Any]:
    """What to do without a password."""
    return {}


def no_post() -> dict[str, Any]:
    """An account whose posts have ended."""
    return {"appointments": [{"post": TEAM_MEMBER, "since": date(2016, 3, 1), "until": date(2017, 8, 31)}]}


def _asked(**more: Any) -> dict[str, Any]:
    asked = {
        "pk": 1,
        "wished": both("重置密码", "Reset a password"),
        "official": {"name": "卓玛措"},
        "username": "zhuoma",
        "post": None,
        "reason": "本人忘记密码，已当面核对",
        "asked_by": "王海燕",
        "asked_at": at(8, 40),
        "answered_by": None,
        "granted": None,
    }
    return {**asked, **more}


def requests() -> dict[str, Any]:
    """One to answer, one of one's own, one answered."""
    own = _asked(
        official={"name": "李国强"},
        username="liguoqiang",
        wished=both("开通账号", "Open an account"),
        post=FIRST_SECRETARY,
        reason="新任第一书记",
        asked_by={"official_id": 1},
    )
    return {
        "may": MAY,
        "acting": ACTING,
        "requests": [_asked(), own, _asked(answered_by="赵成", granted=True)],
    }


def requests_empty() -> dict[str, Any]:
    """Nothing was asked."""
    return {"may": MAY, "acting": ACTING, "requests": []}


def granted() -> dict[str, Any]:
    """The password that is shown once."""
    return {
        "asked": {"official": {"name": "卓玛措"}, "username": "zhuoma"},
        "password": "tarn-4821-oats",
        "days": 3,
    }


def _held(post: dict[str, str], since: date, **more: Any) -> dict[str, Any]:
    return {"pk": 1, "post": post, "since": since, **more}


def people() -> dict[str, Any]:
    """Accounts of a county."""
    deputy = _held(
        TEAM_MEMBER,
        date(2017, 9, 1),
        until=date(2017, 12, 31),
        deputy_for={"official": {"name": "王海燕"}},
    )
    lines = [
        {
            "official": {"pk": 1, "name": "赵成", "unit": "临川县扶贫开发局"},
            "account": {"username": "zhaocheng"},
            "active": True,
            "appointments": [_held(OFFICER, date(2016, 3, 1))],
        },
        {
            "official": {"pk": 2, "name": "卓玛措", "unit": "沙柳河乡人民政府"},
            "account": {"username": "zhuoma"},
            "active": True,
            "open_request": True,
            "appointments": [_held(TOWNSHIP_OFFICER, date(2016, 3, 1)), deputy],
        },
        {
            "official": {"pk": 3, "name": "李国强", "unit": "县水利局"},
            "account": {"username": "liguoqiang"},
            "active": False,
            "appointments": [],
        },
    ]
    return {"may": MAY, "people": lines, "q": "", "waiting": 2}


def people_empty() -> dict[str, Any]:
    """Nobody by that name."""
    return {"may": MAY, "people": [], "q": "诸葛", "waiting": 0}


def request_new() -> dict[str, Any]:
    """Asking, with one mistake."""
    form = RequestForm({"name": "李国强", "username": "", "post": "2", "reason": "新任第一书记"})
    return {"title": _("申请开通账号"), "form": form, "submit": _("提出申请"), "back": "accounts:people"}


class PasswordForm(forms.Form):
    """The password in use, and the new one."""

    old = forms.CharField(label=_("现用密码"), widget=forms.PasswordInput)
    new = forms.CharField(
        label=_("新密码"),
        help_text=_("至少10位，不能全是数字，不能与姓名、用户名相近。"),
        widget=forms.PasswordInput,
    )


def password() -> dict[str, Any]:
    """A temporary password has to go."""
    return {"form": PasswordForm(), "forced": True, "appointments": [], "acting": ACTING}


def my_account() -> dict[str, Any]:
    """One's own account on any other day."""
    return {
        "form": PasswordForm(),
        "forced": False,
        "appointments": [_held(OFFICER, date(2016, 3, 1))],
        "acting": ACTING,
    }
