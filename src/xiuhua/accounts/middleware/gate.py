"""The one gate: who acts, whether they may, and for which part of the country.

Around every view stands one transaction with the acting appointment's scope. A GET runs in a read-only transaction, so
that looking changes nothing; an exception or an answer of 500 rolls everything back. The session is written by Django's
own middleware outside of this transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from xiuhua.accounts.middleware import programs
from xiuhua.accounts.models import Account, Appointment, Token
from xiuhua.accounts.permissions import ANYONE, SIGNED_IN
from xiuhua.accounts.queries import appointments_today
from xiuhua.accounts.services.tokens import count_call, note_use
from xiuhua.audit.services import record
from xiuhua.places.scope import scope_of, within

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SESSION_KEY = "appointment_id"
FORM = "application/x-www-form-urlencoded"
# Where someone with a temporary password can still go.
BEFORE_OWN_PASSWORD = frozenset({"accounts:password", "accounts:sign_out", "set_language"})

View = Callable[[HttpRequest], HttpResponse]


class ActingRequest(HttpRequest):
    """A request that has passed the gate: `acting` is the appointment it acts by, None without a post; `held` are all that it could."""

    acting: Appointment | None
    held: list[Appointment]
    user: Account
    failed: bool
    token: Token | None  # a program's; None for a person
    rows_read: int


def acting(get_response: View) -> View:
    """Lets a request in, or says why not and what to do."""

    def gate(request: ActingRequest) -> HttpResponse:
        request.acting, request.held = None, []
        request.failed = False
        request.token = None
        request.rows_read = 0
        if _nul(request):
            if request.path_info.startswith(programs.ROOT):
                return programs.fault(422, "not_understood")
            raise BadRequest
        try:
            address = _address(request.path_info, getattr(request, "urlconf", None))
        except Resolver404:
            if request.path_info.startswith(programs.ROOT):
                return programs.fault(404, "not_found")
            return get_response(request)  # answers 404, or adds the missing slash
        rights = import_module(settings.RIGHTS)
        right = rights.right_of(address)
        if programs.meant(address):
            return _answer_program(request, address, right, rights, get_response)
        if right is None:
            raise PermissionDenied(_("这个地址没有登记权限，任何人都不能打开。请把网址告诉系统管理员。"))
        if not request.user.is_authenticated:
            if right != ANYONE:
                return _to_sign_in(request)
        else:
            _choose_post(request)
            refusal = _refusal(request, address, right, rights)
            if refusal is not None:
                return refusal
        read_only = request.method in SAFE and not rights.may_write_on_read(address)
        with _transaction(request, read_only=read_only):
            response = get_response(request)
            if request.failed or response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    # Django turns a view's exception into an answer before it comes back here: note it, so that a 404 rolls back too.
    gate.process_exception = _note_failure  # type: ignore[attr-defined]
    # After the token of the form was asked for, which has read it: an upload is taken from nobody before.
    gate.process_view = _no_nul_in_a_form  # type: ignore[attr-defined]
    return gate  # type: ignore[return-value]


@lru_cache(maxsize=1024)
def _address(path: str, urlconf: str | None) -> str:
    """The name of the page at a path, which stays the same as long as the process runs. Resolver404 where there is none."""
    return resolve(path, urlconf).view_name


def _nul(request: ActingRequest) -> bool:
    """Whether an address holds a NUL: no page asks for one, and the database takes none."""
    query = request.META.get("QUERY_STRING", "")
    return "\0" in request.path_info or "%00" in query or "\0" in query


def _no_nul_in_a_form(request: ActingRequest, *_view: Any) -> HttpResponse | None:
    """The same of what a form brings, for every page at once: not all of them read it through a form of Django's, which asks."""
    program = request.path_info.startswith(programs.ROOT)
    # A program's JSON is looked at by its own schema; read here as a form, it could not be read again.
    if request.method in SAFE or (program and request.content_type != FORM):
        return None
    if not any("\0" in text for name, told in request.POST.lists() for text in (name, *told)):
        return None
    if program:
        return programs.fault(422, "not_understood")
    sentence = _("填写的内容里有不能保存的字符（空字符）。请返回上一页，删去后重新填写。没有任何数据被改动。")
    return render(request, "400.html", {"why": sentence}, status=400)


def _answer_program(
    request: ActingRequest, address: str, right: str | None, rights: Any, get_response: View
) -> HttpResponse:
    """The same questions as for a page, answered as JSON; whatever the method, the database lets it read only."""
    refusal = _identify(request) or _program_refusal(request, address, right, rights)
    if refusal is not None:
        return refusal
    with _transaction(request, read_only=True):
        response = get_response(request)
        if request.failed or response.status_code >= 500:
            transaction.set_rollback(True)
    if request.acting is not None and response.status_code == 200 and rights.is_recorded_read(address):
        detail = {"rows": request.rows_read, "token": request.token.pk if request.token else None}
        with _area(request, request.acting):
            record(by=request.acting, action="accounts.program_read", subject=address, detail=detail)
    return response


def _identify(request: ActingRequest) -> HttpResponse | None:
    """Sets `user` and `acting` from the token, or the session where there is no token."""
    given = programs.offered(request)
    if given is not None:
        request.token = programs.by_token(given)
        if request.token is None:
            return programs.fault(401, "sign_in")
        request.acting = request.token.appointment
        request.user = request.acting.official.account
        note_use(token=request.token)
        return None
    if not request.user.is_authenticated:
        return programs.fault(401, "sign_in")
    if request.user.must_change_password:
        return programs.fault(403, "own_password")
    try:
        _choose_post(request)
    except PermissionDenied:
        return programs.fault(403, "no_post")
    return None


def _program_refusal(
    request: ActingRequest, address: str, right: str | None, rights: Any
) -> HttpResponse | None:
    caller = f"token {request.token.pk}" if request.token else f"account {request.user.pk}"
    if count_call(caller=caller) > programs.limit():
        return programs.fault(429, "too_often")
    if right is None:
        return programs.fault(403, "unlisted")
    if right not in (ANYONE, SIGNED_IN):
        if request.acting is None:
            return programs.fault(403, "no_post")
        if not rights.may(request.acting, right):
            with _area(request, request.acting):
                record(by=request.acting, action="accounts.refused", subject=address)
            return programs.fault(403, "not_allowed")
    if request.token is None and request.method not in SAFE and not programs.from_our_page(request):
        return programs.fault(403, "not_from_our_page")
    return None


def _note_failure(request: ActingRequest, exception: Exception) -> None:
    request.failed = True


def _choose_post(request: ActingRequest) -> None:
    """Sets `request.acting` to the session's appointment if it holds today, else to the first that does."""
    held = appointments_today(request.user) if request.user.held is None else request.user.held
    request.held = held
    if held:
        request.user.official = held[0].official
    chosen = request.session.get(SESSION_KEY)
    request.acting = next((a for a in held if a.pk == chosen), None)
    if request.acting is None:
        request.acting = held[0] if held else None
        if chosen is not None:
            del request.session[SESSION_KEY]
            if request.method not in SAFE:
                raise PermissionDenied(
                    _("您填写时所用的职务已经到期，这一步没有保存。请返回首页，换用现任职务后再办。")
                )


def _refusal(request: ActingRequest, address: str, right: str, rights: Any) -> HttpResponse | None:
    if request.user.must_change_password and address not in BEFORE_OWN_PASSWORD:
        return _go(request, reverse("accounts:password"))
    if right in (ANYONE, SIGNED_IN):
        return None
    if request.acting is None:
        return _go(request, reverse("accounts:no_post"))
    if not rights.may(request.acting, right):
        with _area(request, request.acting):
            record(by=request.acting, action="accounts.refused", subject=address)
        raise PermissionDenied(
            _(
                "“%(post)s”没有办理这一项的权限。如果您另有职务，请在右上角换用；如果工作需要，请向本县账号管理员提出。"
            )
            % {"post": request.acting.post.says(get_language() or "zh")}
        )
    return None


@contextmanager
def _transaction(request: ActingRequest, *, read_only: bool) -> Iterator[None]:
    """One transaction, with the area of the acting appointment, or with none: then a protected table refuses."""
    if request.acting is not None:
        with _area(request, request.acting, read_only=read_only):
            yield
        return
    with transaction.atomic():
        if read_only:
            with connection.cursor() as cursor:
                cursor.execute("set transaction read only")
        yield


def _area(
    request: ActingRequest, acting: Appointment, *, read_only: bool = False
) -> AbstractContextManager[Any]:
    who = {"account": request.user.username, "post": acting.post_name, "appointment": acting.pk}
    return within(scope_of(acting.place_code), who=who, read_only=read_only)


def _to_sign_in(request: ActingRequest) -> HttpResponse:
    page = request.get_full_path() if request.method in SAFE else resolve_url(settings.LOGIN_REDIRECT_URL)
    if getattr(request, "htmx", None):
        shown = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
        page = shown if url_has_allowed_host_and_scheme(shown, None) else page
    address = redirect_to_login(page, reverse("accounts:sign_in")).url
    return _go(request, address)


def _go(request: ActingRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", None) else redirect(address)
