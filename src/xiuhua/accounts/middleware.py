"""The one gate: who acts, whether they may, and for which part of the country.

Around every view stands one transaction with the acting appointment's scope. A GET runs in a read-only transaction, so
that looking changes nothing; an exception or an answer of 500 rolls everything back. The session is written by Django's
own middleware outside of this transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from xiuhua.accounts.models import Account, Appointment
from xiuhua.accounts.permissions import ANYONE, SIGNED_IN
from xiuhua.accounts.queries import appointments_today
from xiuhua.audit.services import record
from xiuhua.places.scope import scope_of, within

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SESSION_KEY = "appointment_id"
# Where someone with a temporary password can still go.
BEFORE_OWN_PASSWORD = frozenset({"accounts:password", "accounts:sign_out", "set_language"})

View = Callable[[HttpRequest], HttpResponse]


class ActingRequest(HttpRequest):
    """A request that has passed the gate: `acting` is the appointment it acts by, None without a post."""

    acting: Appointment | None
    user: Account
    failed: bool


def acting(get_response: View) -> View:
    """Lets a request in, or says why not and what to do."""

    def gate(request: ActingRequest) -> HttpResponse:
        request.acting = None
        request.failed = False
        try:
            address = resolve(request.path_info, getattr(request, "urlconf", None)).view_name
        except Resolver404:
            return get_response(request)  # answers 404, or adds the missing slash
        rights = import_module(settings.RIGHTS)
        right = rights.right_of(address)
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
    return gate  # type: ignore[return-value]


def _note_failure(request: ActingRequest, exception: Exception) -> None:
    request.failed = True


def _choose_post(request: ActingRequest) -> None:
    """Sets `request.acting` to the session's appointment if it holds today, else to the first that does."""
    held = appointments_today(request.user)
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
    with transaction.atomic() if request.acting is None else _area(request, request.acting):
        if read_only:
            # Within a savepoint (the tests' case) this ends with the savepoint.
            with connection.cursor() as cursor:
                cursor.execute("set transaction read only")
        yield


def _area(request: ActingRequest, acting: Appointment) -> AbstractContextManager[Any]:
    who = {"account": request.user.username, "post": acting.post_name, "appointment": acting.pk}
    return within(scope_of(acting.place_code), who=who)


def _to_sign_in(request: ActingRequest) -> HttpResponse:
    page = request.get_full_path() if request.method in SAFE else resolve_url(settings.LOGIN_REDIRECT_URL)
    if getattr(request, "htmx", None):
        shown = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
        page = shown if url_has_allowed_host_and_scheme(shown, None) else page
    address = redirect_to_login(page, reverse("accounts:sign_in")).url
    return _go(request, address)


def _go(request: ActingRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", None) else redirect(address)
