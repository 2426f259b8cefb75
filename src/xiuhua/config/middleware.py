"""What every answer carries, and where a request comes from."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xiuhua.common.clock import live_ahead
from xiuhua.notices.queries import days_ahead

# Pages load nothing from another host and run no script that stands in the page itself.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Adds the policy, and keeps pages with people in them out of shared caches."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "X-Frame-Options", "DENY"
        )  # also where a request did not come as far as Django's own
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def demonstrated_day(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A demonstration follows the day that the owner of its database has set: days of a notice need not be waited for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        live_ahead(days_ahead())
        return get_response(request)

    return middleware


def client_address(request: HttpRequest) -> str:
    """The address that our outermost proxy saw, by XIUHUA_PROXIES; what a client itself wrote before it is not believed."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXIES:
        return peer
    said = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    # The last entry is what the proxy next to us saw, the one before it what the next proxy saw.
    return _address(said[-settings.PROXIES]) if len(said) >= settings.PROXIES else peer


def _address(text: str) -> str:
    """Without a port; what is no address is none of ours to keep."""
    bare = text.rsplit(":", 1)[0] if text.count(":") == 1 else text.partition("]")[0].lstrip("[")
    try:
        return str(ip_address(bare))
    except ValueError:
        return ""
