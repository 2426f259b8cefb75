"""The product's addresses, and some more through which the gate is tried."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from xiuhua.accounts.models import Official
from xiuhua.config import urls
from xiuhua.places.scope import current_scope

HERE = {
    "gate_write": "accounts.see",
    "gate_scope": "accounts.see",
    "gate_fails": "accounts.see",
    "gate_free": "anyone",
}


def write(request: HttpRequest) -> HttpResponse:
    Official.objects.create(name="写入")
    return HttpResponse(status=int(request.GET.get("status", 200)))


def scope(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_scope().place_code)


def fails(request: HttpRequest) -> HttpResponse:
    Official.objects.create(name="写入")
    if request.GET.get("how") == "missing":
        raise Http404
    raise RuntimeError("as planned")


urlpatterns = [
    *urls.urlpatterns,
    path("gate/write/", write, name="gate_write"),
    path("gate/scope/", scope, name="gate_scope"),
    path("gate/fails/", fails, name="gate_fails"),
    path("gate/free/", write, name="gate_free"),
    path("gate/unlisted/", scope, name="gate_unlisted"),
    path("gate/unnamed/", scope),
]
