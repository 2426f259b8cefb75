"""The interface for programs, gathered from every room's api.py under /api/v1/, with its OpenAPI document and a page about it.

Who may call what is asked at the gate (accounts/middleware), as for a page: each operation is an address with its right.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from xiuhua.accounts.middleware.programs import ROOT, fault
from xiuhua.common.api import SENTENCES
from xiuhua.intake.api import router as intake
from xiuhua.places.api import router as places
from xiuhua.registry.api import router as registry
from xiuhua.workbench.api import router as workbench

SECURITY = {
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "A token of the post that asks"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
    "security": [{"token": []}, {"session": []}],
}

api = NinjaAPI(
    title="绣花 Xiuhua",
    version="1",
    description="只读；按申领者的职务和区划。Reads only, with the rights and the area of the post that asks.",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    openapi_extra=SECURITY,
)
api.add_router("/places", places)
for room in (registry, workbench, intake):
    api.add_router("", room)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, why: Http404) -> HttpResponse:
    return fault(404, "not_found")


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, why: ValidationError) -> HttpResponse:
    where = sorted({".".join(str(part) for part in one["loc"]) for one in why.errors})
    zh, en = SENTENCES["not_understood"]
    return JsonResponse(
        {"code": "not_understood", "zh": zh, "en": en, "where": where},
        status=422,
        json_dumps_params={"ensure_ascii": False},
    )


@api.exception_handler(HttpError)
def _unreadable_body(request: HttpRequest, why: HttpError) -> HttpResponse:
    # ninja says 400 to a body that is no JSON; for the caller it is one more thing that was not understood.
    return fault(422 if why.status_code == 400 else why.status_code, "not_understood")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    made = dict(api.get_openapi_schema(path_prefix=ROOT))
    made["components"] = {**made["components"], **SECURITY["components"]}  # type: ignore[dict-item]
    return made


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for programs."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """What can be asked, for people: from the same document."""
    operations = [
        {"method": method.upper(), "path": address, "summary": _summary(one), "parameters": _parameters(one)}
        for address, methods in document()["paths"].items()
        for method, one in methods.items()
    ]
    return render(request, "config/api.html", {"operations": operations, "root": ROOT})


def _summary(operation: dict[str, Any]) -> str:
    """The document says both languages, the page that of its reader."""
    zh, _slash, en = operation["summary"].partition(" / ")
    return str(en if (get_language() or "").startswith("en") else zh)


def _parameters(operation: dict[str, Any]) -> str:
    asked = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    return ", ".join(asked)


def addresses() -> tuple[list[URLPattern | URLResolver], str]:
    """Patterns under the namespace `api`; ninja's own landing address is left out."""
    patterns = [one for one in api.urls[0] if getattr(one, "name", "") != "api-root"]
    return [*patterns, path("openapi.json", schema, name="schema")], "api"
