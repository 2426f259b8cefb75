"""Pages of accounts: they read the form, call one service, and show what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts import queries, services
from xiuhua.accounts.forms import Appoint, AskForAccount, LastDay, NameDeputy, NewPassword, Reason, SignIn
from xiuhua.accounts.middleware import SESSION_KEY, ActingRequest
from xiuhua.accounts.models import AccountRequest, Appointment, Official
from xiuhua.accounts.permissions import RIGHTS
from xiuhua.accounts.services import Done, Hand, Refused
from xiuhua.accounts.terms import Wish
from xiuhua.common.clock import beijing_today
from xiuhua.places.scope import current_scope, scope_of, within


class SignInView(LoginView):
    """Sign in; a new session begins, so that one planted beforehand is worth nothing."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignIn
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **_door()}


def _door() -> dict[str, Any]:
    """What the sign-in page shows beside its form; a demonstration names the accounts that one may try."""
    password = getattr(settings, "DEMO_PASSWORD", "") if settings.DEMO else ""
    tries = [
        {"username": one.official.account.username, "password": password, "post": one.post}
        for one in (queries.to_try(day=beijing_today()) if password else ())
    ]
    return {"forgotten_url": reverse("accounts:forgotten"), "demo_accounts": tries}


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """After five wrong passwords: what happened and when to try again."""
    page = {"form": SignIn(request), "locked": True, **_door()}
    return render(request, "accounts/sign_in.html", page, status=429)


@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whom to ask when a password is forgotten; nothing is sent from here, two colleagues reset it."""
    return render(request, "accounts/forgotten.html", {"sign_in_url": reverse("accounts:sign_in")})


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
    page = {"form": form, "forced": request.user.must_change_password, "posts": _own_posts(request)}
    return render(request, "accounts/password.html", page, status=422 if form.errors else 200)


def _own_posts(request: ActingRequest) -> list[dict[str, Any]]:
    """One's own posts of today; the one acted by can be given a deputy."""
    posts = []
    for held in queries.appointments_today(request.user):
        deputy_of = held.deputy_for.official.name if held.deputy_for else None
        here = held == request.acting and deputy_of is None
        url = reverse("accounts:deputy", args=[held.pk]) if here else None
        posts.append(
            {
                "label": held.post,
                "since": held.since,
                "until": held.until,
                "deputy_of": deputy_of,
                "deputy_url": url,
            }
        )
    return posts


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
    """Accounts and posts of the area, with who stands in for whom, and the requests that wait for an answer."""
    by, area = _by(request), current_scope()
    lines = queries.people(area, day=beijing_today(), name=request.GET.get("q", "").strip())
    page = {
        "place_name": by.post.place.name,
        "requests": [_waiting(by, one) for one in queries.requests_in(area)],
        "people": [_line(by, one) for one in lines],
        "actions": [_act(_("申请开通账号"), "accounts:ask", icon="plus", primary=True)]
        if _may(by, "ask")
        else [],
    }
    return render(request, "accounts/people.html", page)


def _line(by: Appointment, person: queries.Person) -> dict[str, Any]:
    """A person as the list shows them, with what the acting one may do about them."""
    official, changes = person.official, _may(by, "appoint") and person.official.pk != by.official_id
    actions = [_act(_("登记任职"), "accounts:appoint", official.pk)] if changes else []
    if person.active and _may(by, "close") and official.pk != by.official_id:
        actions += [
            _act(_("重置密码"), "accounts:reset", official.pk),
            _act(_("停用账号"), "accounts:close", official.pk),
        ]
    posts = []
    for held in person.appointments:
        post: dict[str, Any] = {"label": held.post, "since": held.since, "until": held.until, "actions": []}
        if held.deputy_for is not None:
            post["deputy_of"] = held.deputy_for.official.name
        elif changes:
            post["actions"] = [_act(_("指定代理人"), "accounts:deputy", held.pk)]
        if changes:
            post["actions"] = [*post["actions"], _act(_("结束任职"), "accounts:end", held.pk)]
        posts.append(post)
    username = person.account.username if person.account else ""
    return {
        "name": official.name,
        "unit": official.unit,
        "username": username,
        "state": person.state,
        "posts": posts,
        "actions": actions,
    }


def _waiting(by: Appointment, asked: AccountRequest) -> dict[str, Any]:
    """A request that waits, with the way to answer it or why this one cannot."""
    blocked = services.why_not_answer(by=by, request=asked)
    return {
        "wish": Wish(asked.wish), "official": asked.official.name, "unit": asked.official.unit, "username": asked.username,
        "post": asked.post, "reason": asked.reason, "asked_by": asked.asked_by.official.name, "asked_at": asked.asked_at,
        "blocked": blocked, "url": None if blocked else reverse("accounts:answer", args=[asked.pk]),
    }  # fmt: skip


def _may(by: Appointment, act: str) -> bool:
    return by.role in RIGHTS[f"accounts.{act}"]


def _act(label: str, address: str, *args: int, **more: Any) -> dict[str, Any]:
    return {"label": label, "url": reverse(address, args=args), **more}


@require_http_methods(["GET", "POST"])
def answer(request: ActingRequest, request_id: int) -> HttpResponse:
    """Grants or refuses; a granted one shows its temporary password on this answer and never again."""
    asked = get_object_or_404(queries.requests_in(current_scope()), pk=request_id)
    page: dict[str, Any] = {
        "request_": _waiting(_by(request), asked),
        "answer_url": request.path,
        "back_url": reverse("accounts:people"),
    }
    page["blocked"] = page["request_"]["blocked"]
    if request.method == "GET":
        return render(request, "accounts/request_answer.html", page)
    try:
        done = services.answer_request(
            by=_by(request), request=asked, grant=request.POST.get("granted") == "yes"
        )
    except Refused as refused:
        return render(request, "accounts/request_answer.html", {**page, "blocked": str(refused)}, status=422)
    if done.password:
        return render(
            request, "accounts/request_answer.html", {**page, "blocked": None, "one_time": done.password}
        )
    messages.success(request, _("已退回这项申请。"))
    return redirect("accounts:people")


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
def end(request: ActingRequest, appointment_id: int) -> HttpResponse:
    """Enters the last day of an appointment."""
    appointment = _appointment(appointment_id)
    act = lambda given: services.end_appointment(by=_by(request), appointment=appointment, **given)  # noqa: E731
    title = _("结束任职：%(post)s") % {"post": appointment.post_name}
    return _form_page(request, LastDay(request.POST or None), act, title=title, submit=_("登记结束"))


@require_http_methods(["GET", "POST"])
def deputy(request: ActingRequest, appointment_id: int) -> HttpResponse:
    """Names who stands in for an appointment."""
    principal = _appointment(appointment_id)
    act = lambda given: services.name_deputy(by=_by(request), principal=principal, **given)  # noqa: E731
    title = _("指定代理人：%(post)s") % {"post": principal.post_name}
    then = "accounts:password" if principal.pk == _by(request).pk else "accounts:people"
    form = NameDeputy(request.POST or None, principal=principal)
    return _form_page(request, form, act, title=title, submit=_("指定代理人"), then=then)


def _form_page(
    request: ActingRequest,
    form: Form,
    act: Callable[[dict[str, Any]], Done],
    *,
    title: str,
    submit: str,
    then: str = "accounts:people",
    notice: dict[str, Any] | None = None,
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
    page = {"form": form, "title": title, "submit": submit, "back_url": reverse(then), "notice": notice}
    return render(request, "accounts/form_page.html", page, status=422 if form.errors else 200)


def _by(request: ActingRequest) -> Appointment:
    assert request.acting is not None  # the gate lets nobody without a post come to these pages
    return request.acting


def _official(official_id: int, *, with_account: bool = False) -> Official:
    found = queries.officials_in(current_scope()).select_related("account")
    return get_object_or_404(found.filter(account__isnull=False) if with_account else found, pk=official_id)


def _appointment(appointment_id: int) -> Appointment:
    return get_object_or_404(queries.appointments_in(current_scope(), day=beijing_today()), pk=appointment_id)
