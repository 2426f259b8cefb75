"""Pages of accounts: they read the form, call one service, and show what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts import queries, services
from xiuhua.accounts.forms import (
    Appoint,
    AskForAccount,
    LastDay,
    MakeToken,
    NameDeputy,
    NewPassword,
    OwnNumber,
    Reason,
    SignIn,
)
from xiuhua.accounts.middleware import SESSION_KEY, ActingRequest
from xiuhua.accounts.models import Appointment, Official
from xiuhua.accounts.permissions import RIGHTS
from xiuhua.accounts.services import Done, Hand, Refused
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.scope import current_scope, scope_of, within

WHILE_GUESSED = timedelta(hours=settings.AXES_COOLOFF_TIME)


class SignInView(LoginView):
    """Sign in; a new session begins, so that one planted beforehand is worth nothing."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignIn
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # One wrong password for each of a thousand names is guessing too.
        if (
            queries.wrong_from(get_client_ip_address(request) or "", since=beijing_now() - WHILE_GUESSED)
            >= settings.WRONG_FROM_ONE_ADDRESS
        ):
            return locked_out(request, None, None)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo_accounts": _to_try()}


def _to_try() -> list[dict[str, Any]]:
    """In a demonstration, the accounts that anybody may try, with their password."""
    password = getattr(settings, "DEMO_PASSWORD", "") if settings.DEMO else ""
    found = queries.to_try(day=beijing_today()) if password else []
    return [
        {"username": one.official.account.username, "password": password, "post": one.post} for one in found
    ]


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """After five wrong passwords: what happened and when to try again."""
    page = {"form": SignIn(request), "locked": True, "demo_accounts": _to_try()}
    return render(request, "accounts/sign_in.html", page, status=429)


@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whom to ask when a password is forgotten; nothing is sent from here, two colleagues reset it."""
    return render(request, "accounts/forgotten.html")


@require_GET
def no_post(request: ActingRequest) -> HttpResponse:
    """For an account without a post today: why nothing opens, and whom to ask."""
    past = (
        Appointment.objects.filter(official=request.user.official)
        .select_related("post__place")
        .order_by("-since")
    )
    return render(request, "accounts/no_post.html", {"appointments": past})


@require_POST
def act_as(request: ActingRequest) -> HttpResponse:
    """Acts by another of one's own appointments from now on."""
    chosen = request.POST.get("post", "")
    held = queries.appointments_today(request.user)
    if any(str(one.pk) == chosen for one in held):
        request.session[SESSION_KEY] = int(chosen)
    else:
        messages.error(request, _("您今天没有担任这一职务，仍按原来的职务办理。"))
    return redirect("workbench:home")


@require_http_methods(["GET", "POST"])
def password(request: ActingRequest) -> HttpResponse:
    """One's own account: the posts held, and a new password (forced while it is a temporary one)."""
    form = NewPassword(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            _change_own(request, form.cleaned_data["new"])
        except ValidationError as wrong:
            form.add_error("new", wrong)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("密码已修改。"))
            return redirect("workbench:home")
    page = {
        "form": form,
        "forced": request.user.must_change_password,
        "appointments": queries.appointments_today(request.user),
    }
    return render(request, "accounts/password.html", page, status=422 if form.errors else 200)


def _change_own(request: ActingRequest, new: str) -> None:
    if request.acting is not None:
        services.change_password(by=request.acting, account=request.user, password=new)
        return
    places = queries.places_of(request.user.official, day=beijing_today())
    hand = Hand(request.user.username, "", places[0] if places else "CN")
    with within(scope_of(hand.place_code)):
        services.change_password(by=hand, account=request.user, password=new)


@require_GET
def people(request: ActingRequest) -> HttpResponse:
    """Accounts and posts of the area, with who stands in for whom."""
    name = request.GET.get("q", "").strip()
    lines = queries.people(current_scope(), day=beijing_today(), name=name)
    waiting = queries.requests_in(current_scope()).filter(answered_by__isnull=True).count()
    return render(request, "accounts/people.html", {"people": lines, "q": name, "waiting": waiting})


@require_GET
def requests(request: ActingRequest) -> HttpResponse:
    """What was asked about accounts of the area: open ones first, then the last hundred."""
    return render(
        request, "accounts/request_list.html", {"requests": queries.requests_in(current_scope())[:100]}
    )


@require_POST
def answer(request: ActingRequest, request_id: int) -> HttpResponse:
    """Grants or refuses; a granted one shows its temporary password on this answer and never again."""
    asked = get_object_or_404(queries.requests_in(current_scope()), pk=request_id)
    try:
        done = services.answer_request(
            by=_by(request), request=asked, grant=request.POST.get("answer") == "grant"
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("accounts:requests")
    if not done.password:
        messages.success(request, _("已拒绝这项申请。"))
        return redirect("accounts:requests")
    page = {"asked": done.subject, "password": done.password, "days": services.TEMPORARY_DAYS}
    return render(request, "accounts/request_answered.html", page)


@require_http_methods(["GET", "POST"])
def ask(request: ActingRequest) -> HttpResponse:
    """Asks for an account; a colleague answers it on the list of requests."""
    form = AskForAccount(request.POST or None, acting=_by(request))
    act = lambda given: services.ask_for_account(by=_by(request), **given)  # noqa: E731
    return _form_page(
        request, form, act, title=_("申请开通账号"), submit=_("提出申请"), then="accounts:requests"
    )


@require_http_methods(["GET", "POST"])
def reset(request: ActingRequest, official_id: int) -> HttpResponse:
    """Asks for a new password for a colleague."""
    official = _official(official_id, with_account=True)
    act = lambda given: services.ask_for_reset(by=_by(request), account=official.account, **given)  # noqa: E731
    title = _("为%(name)s申请重置密码") % {"name": official.name}
    return _form_page(
        request,
        Reason(request.POST or None),
        act,
        title=title,
        submit=_("提出申请"),
        then="accounts:requests",
    )


@require_http_methods(["GET", "POST"])
def close(request: ActingRequest, official_id: int) -> HttpResponse:
    """Stops an account at once."""
    official = _official(official_id, with_account=True)
    act = lambda given: services.close_account(by=_by(request), account=official.account, **given)  # noqa: E731
    title = _("停用%(name)s的账号") % {"name": official.name}
    return _form_page(request, Reason(request.POST or None), act, title=title, submit=_("立即停用"))


@require_http_methods(["GET", "POST"])
def appoint(request: ActingRequest, official_id: int) -> HttpResponse:
    """Enters a post for a colleague."""
    official = _official(official_id)
    act = lambda given: services.appoint(by=_by(request), official=official, **given)  # noqa: E731
    title = _("为%(name)s登记任职") % {"name": official.name}
    return _form_page(
        request, Appoint(request.POST or None, acting=_by(request)), act, title=title, submit=_("登记任职")
    )


@require_http_methods(["GET", "POST"])
def tie(request: ActingRequest, official_id: int) -> HttpResponse:
    """Says by an ID number who a colleague is in the register."""
    official = _official(official_id)
    act = lambda given: services.tie(by=_by(request), official=official, **given)  # noqa: E731
    title = _("登记%(name)s的本人身份") % {"name": official.name}
    return _form_page(request, OwnNumber(request.POST or None), act, title=title, submit=_("登记"))


@require_http_methods(["GET", "POST"])
def untie(request: ActingRequest, official_id: int) -> HttpResponse:
    """Ends what was said of who a colleague is."""
    official = _official(official_id)
    act = lambda given: services.untie(by=_by(request), official=official, **given)  # noqa: E731
    title = _("解除%(name)s的本人身份登记") % {"name": official.name}
    return _form_page(request, Reason(request.POST or None), act, title=title, submit=_("解除"))


@require_http_methods(["GET", "POST"])
def end(request: ActingRequest, appointment_id: int) -> HttpResponse:
    """Enters the last day of an appointment."""
    appointment = _appointment(appointment_id)
    act = lambda given: services.end_appointment(by=_by(request), appointment=appointment, **given)  # noqa: E731
    title = _("结束任职：%(post)s") % {"post": appointment.says(get_language() or "zh")}
    return _form_page(request, LastDay(request.POST or None), act, title=title, submit=_("登记结束"))


@require_http_methods(["GET", "POST"])
def deputy(request: ActingRequest, appointment_id: int) -> HttpResponse:
    """Names who stands in for an appointment."""
    principal = _appointment(appointment_id)
    act = lambda given: services.name_deputy(by=_by(request), principal=principal, **given)  # noqa: E731
    title = _("指定代理人：%(post)s") % {"post": principal.says(get_language() or "zh")}
    then = "accounts:password" if principal.pk == _by(request).pk else "accounts:people"
    form = NameDeputy(request.POST or None, principal=principal)
    return _form_page(request, form, act, title=title, submit=_("指定代理人"), then=then)


@require_GET
def tokens(request: ActingRequest) -> HttpResponse:
    """One's own keys for programs; whoever may stop accounts sees those of the area too."""
    day = beijing_today()
    others = (
        queries.tokens_in(current_scope(), day=day) if _by(request).role in RIGHTS["accounts.close"] else []
    )
    page = {
        "own": queries.tokens_of(request.user.official)[:50],
        "others": [one for one in others if one.appointment.official_id != request.user.official_id],
        "today": day,
    }
    return render(request, "accounts/tokens.html", page)


@require_http_methods(["GET", "POST"])
def make_token(request: ActingRequest) -> HttpResponse:
    """Makes a token for the acting post; it stands on this answer and never again."""
    form = MakeToken(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.make_token(by=_by(request), **form.given())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(
                request, "accounts/token_made.html", {"token": done.subject, "plain": done.password}
            )
    page = {"form": form, "title": _("申领接口令牌"), "submit": _("申领"), "back": "accounts:tokens"}
    return render(request, "accounts/request_form.html", page, status=422 if form.errors else 200)


@require_POST
def stop_token(request: ActingRequest, token_id: int) -> HttpResponse:
    """Ends a token at once."""
    own = queries.tokens_of(request.user.official).filter(pk=token_id).first()
    token = own or get_object_or_404(queries.tokens_in(current_scope(), day=beijing_today()), pk=token_id)
    try:
        services.stop_token(by=_by(request), token=token)
        messages.success(request, _("令牌已停用，用它的程序从现在起读不到数据。"))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("accounts:tokens")


def _form_page(
    request: ActingRequest,
    form: Form,
    act: Callable[[dict[str, Any]], Done],
    *,
    title: str,
    submit: str,
    then: str = "accounts:people",
) -> HttpResponse:
    """A page with one form and one act; what the service refuses stands above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已办理：%(title)s") % {"title": title})
            return redirect(then)
    page = {"form": form, "title": title, "submit": submit, "back": then}
    return render(request, "accounts/request_form.html", page, status=422 if form.errors else 200)


def _by(request: ActingRequest) -> Appointment:
    assert request.acting is not None  # the gate lets nobody without a post come to these pages
    return request.acting


def _official(official_id: int, *, with_account: bool = False) -> Official:
    found = queries.officials_in(current_scope()).select_related("account")
    return get_object_or_404(found.filter(account__isnull=False) if with_account else found, pk=official_id)


def _appointment(appointment_id: int) -> Appointment:
    return get_object_or_404(queries.appointments_in(current_scope(), day=beijing_today()), pk=appointment_id)
