"""Programs at the gate: a token instead of a session, answers as JSON, how often one may call.

A token opens the interface for programs and nothing else. It acts by the appointment it was made for, checked against
today like any other, and it only reads.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware

from xiuhua.accounts.models import Token
from xiuhua.accounts.queries import appointments_today
from xiuhua.accounts.services.tokens import recognise
from xiuhua.common.api import SENTENCES

SPACE = "api:"
ROOT = "/api/v1/"


def meant(address: str) -> bool:
    """Whether an address belongs to the interface for programs."""
    return address.startswith(SPACE)


def fault(status: int, code: str, *, zh: str = "", en: str = "") -> HttpResponse:
    """A refusal as a program reads it; a code without words of its own has those of common/api.py."""
    known = SENTENCES.get(code, ("", ""))
    answer = JsonResponse(
        {"code": code, "zh": zh or known[0], "en": en or known[1], "where": []},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer["Retry-After"] = "60"
    return answer


def offered(request: HttpRequest) -> str | None:
    """The token that a request brings; None when it brings none, and then its session counts."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    return given.strip() if scheme.lower() == "bearer" else ""


def by_token(given: str) -> Token | None:
    """The token, if it holds today and so does the appointment it acts by."""
    token = recognise(given)
    if token is None:
        return None
    account = token.appointment.official.account
    held = {one.pk for one in appointments_today(account)}
    return token if account.is_active and token.appointment_id in held else None


def from_our_page(request: HttpRequest) -> bool:
    """Whether a request that carries a session's cookie comes from a page of ours: the form's own token is with it."""
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check = CsrfViewMiddleware(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, HttpResponse, (), {}) is None


def limit() -> int:
    """How many calls a token, or a person's own session, may make in a minute."""
    return int(settings.API_CALLS_A_MINUTE)
