"""Signing in, people and posts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from xiuhua.design.samples.shell import act, both, pill



class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(label="用户名")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)


class RequestForm(forms.Form):
    """Asking for an account."""

    name = forms.CharField(label="姓名")
    username = forms.CharField(label="用户名", help_text="3至30位小写字母、数字、点、横线，以字母开头。")
    post = forms.ChoiceField(label="职务", choices=[("1", "沙柳河乡扶贫专干"), ("2", "上滩村第一书记")])
    reason = forms.CharField(label="事由", widget=forms.Textarea(attrs={"rows": 3}))
    deputy = forms.BooleanField(label="这是代理职务", required=False)


def sign_in() -> dict[str, Any]:
    """With a wrong password."""
    form = SignInForm({"username": "zhuoma", "password": "wrong"})
    form.add_error(None, "用户名或密码不对，请再试。连续5次密码错误，账号锁定30分钟。")
    demo = {"username": "county", "password": "xiuhua-demo", "post": both("临川县扶贫办业务干部", "Officer of the county office")}
    return {"form": form, "next": "/", "forgotten_url": "/design/forgotten/", "demo_accounts": [demo]}


def sign_in_locked() -> dict[str, Any]:
    """After five wrong passwords."""
    return {"form": SignInForm(), "locked": True, "forgotten_url": "/design/forgotten/"}


def forgotten() -> dict[str, Any]:
    """What to do without a password."""
    return {"sign_in_url": "/design/sign-in/"}


def no_post() -> dict[str, Any]:
    """An account whose posts have ended."""
    return {"appointments": [{"post": "上滩村驻村工作队员", "since": date(2016, 3, 1), "until": date(2017, 8, 31)}]}


ASKED = {"wish": both("重置密码", "Reset a password"), "official": "卓玛措", "unit": "沙柳河乡人民政府", "username": "zhuoma", "post": None, "reason": "本人忘记密码，已当面核对", "asked_by": "王海燕", "asked_at": datetime(2017, 10, 9, 8, 40)}


def request_answer() -> dict[str, Any]:
    """Before granting."""
    return {"request_": ASKED, "answer_url": "#", "back_url": "/design/people/"}


def request_blocked() -> dict[str, Any]:
    """One's own request."""
    return {**request_answer(), "blocked": both("这是您自己提出的，须由另一位有权的人办理。", "You asked for this yourself; somebody else must answer.")}


def request_granted() -> dict[str, Any]:
    """The password that is shown once."""
    return {**request_answer(), "one_time": "tarn-4821-oats"}


def people() -> dict[str, Any]:
    """Accounts of a county, one request to answer and one of one's own."""
    own = {**ASKED, "official": "李国强", "wish": both("开通账号", "Open an account"), "username": "liguoqiang", "post": both("上滩村第一书记", "First secretary, 上滩村"), "reason": "新任第一书记", "asked_by": "赵成"}
    acts = [act("登记任职", "Enter a post"), act("重置密码", "Reset the password"), act("停用账号", "Close the account")]
    post_acts = [act("指定代理人", "Name a deputy"), act("结束任职", "End the post")]
    return {
        "place_name": "临川县", "actions": [act("申请开通账号", "Ask for an account", icon="plus", primary=True)],
        "requests": [{**ASKED, "url": "/design/request-answer/"}, {**own, "url": None, "blocked": both("您提出的，须另一人答复", "You asked; somebody else must answer")}],
        "people": [
            {"name": "赵成", "unit": "临川县扶贫开发局", "username": "zhaocheng", "state": pill("leaf", "在用", "Active"), "posts": [{"label": both("临川县扶贫办业务干部", "Officer, county office"), "since": date(2016, 3, 1)}], "actions": []},
            {"name": "卓玛措", "unit": "沙柳河乡人民政府", "username": "zhuoma", "state": pill("straw", "须改密码", "Must change password"), "actions": acts, "posts": [{"label": both("沙柳河乡扶贫专干", "Township officer"), "since": date(2016, 3, 1), "actions": post_acts}, {"label": both("上滩村驻村工作队员", "Team member"), "since": date(2017, 9, 1), "until": date(2017, 12, 31), "deputy_of": "王海燕"}]},
            {"name": "李国强", "unit": "县水利局", "username": "liguoqiang", "state": pill("plain", "待开通", "Asked for"), "posts": [], "actions": acts[:1]},
        ],
    }


def people_empty() -> dict[str, Any]:
    """Nobody by that name."""
    return {**people(), "people": [], "requests": []}


def request_new() -> dict[str, Any]:
    """Asking, with one mistake."""
    form = RequestForm({"name": "李国强", "username": "", "post": "2", "reason": "新任第一书记"})
    notice = {"tone": "plain", "title": both("账号由两个人开通", "Two people open an account"), "sentence": both("您提出，另一位有权的人核对后批准。", "You ask; somebody else with the right checks and grants.")}
    return {"title": both("申请开通账号", "Ask for an account"), "form": form, "submit": both("提出申请", "Send the request"), "back_url": "/design/people/", "notice": notice}


class PasswordForm(forms.Form):
    """The password in use, and the new one."""

    old = forms.CharField(label="现用密码", widget=forms.PasswordInput)
    new = forms.CharField(label="新密码", help_text="至少10位，不能全是数字，不能与姓名、用户名相近。", widget=forms.PasswordInput)


def password() -> dict[str, Any]:
    """A temporary password has to go."""
    return {"form": PasswordForm(), "forced": True, "posts": []}


def my_account() -> dict[str, Any]:
    """One's own account on any other day."""
    post = {"label": both("临川县扶贫办业务干部", "Officer, county office"), "since": date(2016, 3, 1), "deputy_url": "#"}
    return {"form": PasswordForm(), "forced": False, "posts": [post]}
