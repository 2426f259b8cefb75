"""Views as somebody might write them on a bad day: each forgets the area or the right in another way."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from ninja import NinjaAPI

from rights.expected import Probe, at
from xiuhua.accounts.models import Official
from xiuhua.config import urls
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.workbench.queries.frame import place_or_404

RIGHTS: dict[str, str] = {}
HOLES: dict[str, Probe] = {}


def _by_owner(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """By key, as the owner, whom no policy holds."""
    return HttpResponse(str(_by_owner("select head_name from registry_household where id = %s", pk)))


def rows(request: HttpRequest) -> HttpResponse:
    """A list in the area of the nation."""
    with within(scope_of("CN")):
        return HttpResponse("\n".join(one.head_name or "" for one in Household.objects.all()))


def count(request: HttpRequest) -> HttpResponse:
    """Names nobody, and still tells how many others have."""
    return HttpResponse(f"{_by_owner('select count(*) from registry_household')[0][0]} 户")


def export(request: HttpRequest) -> HttpResponse:
    """A workbook with everybody in it."""
    book = openpyxl.Workbook()
    for row in _by_owner("select number, head_name from registry_household"):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return HttpResponse(out.getvalue(), content_type="application/vnd.ms-excel")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Line by line, read before the first is sent."""
    names = _by_owner("select head_name from registry_household")
    return StreamingHttpResponse(f"{name}\n" for (name,) in names)


def options(request: HttpRequest) -> JsonResponse:
    """Suggestions while typing."""
    typed = request.GET.get("q", "")
    found = Official.objects.filter(name__startswith=typed) if typed else []
    return JsonResponse([one.name for one in found], safe=False)


def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """Only the header tells the name."""
    name = _by_owner("select name from files_storedfile where id = %s", pk)[0][0]
    return HttpResponse(b"", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What a household was called before."""
    return HttpResponse(
        str(_by_owner("select head_name from registry_householdevent where pgh_obj_id = %s", pk))
    )


def beyond(request: HttpRequest) -> HttpResponse:
    """Within the area, and nothing for this role: what was found of one household."""
    with within(scope_of("990521101201")):
        return HttpResponse("\n".join(str(one.params) for one in Finding.objects.all()))


def narrowed(request: HttpRequest) -> HttpResponse:
    """A count, and of one household at that."""
    number = request.GET.get("household", "")
    with within(scope_of("990521101201")):
        return HttpResponse(f"{Finding.objects.filter(household_number=number).count()} 条")


def moved(request: HttpRequest) -> HttpResponse:
    """Writes where it may not."""
    if request.method == "POST":
        with within(scope_of("CN")), connection.cursor() as cursor:
            cursor.execute(
                "update registry_household set group_name = 'x' where id = %s",
                [request.POST.get("household") or 0],
            )
    return HttpResponse()


def onward(request: HttpRequest, pk: int) -> HttpResponse:
    """The address it sends to says whose household it was."""
    return HttpResponseRedirect(
        "/?was=" + str(_by_owner("select number from registry_household where id = %s", pk))
    )


def empty(request: HttpRequest, code: str) -> HttpResponse:
    """Tells nothing, and says that it may be asked."""
    return HttpResponse()


def fails(request: HttpRequest, pk: int) -> HttpResponse:
    """Breaks on what lies outside."""
    Household.objects.get(pk=pk)
    return HttpResponse()


def named(request: HttpRequest) -> HttpResponse:
    """Officials of the place above may be named here; it names everybody's."""
    return HttpResponse(str(_by_owner("select name from accounts_official")))


def named_count(request: HttpRequest) -> HttpResponse:
    """Names nobody who may not be named, and tells how many officials there are."""
    return HttpResponse(str(_by_owner("select count(*) from accounts_official")))


def above(request: HttpRequest) -> HttpResponse:
    """Officials of the place above may be named here; it tells of that place's files."""
    return HttpResponse(str(_by_owner("select name from files_storedfile where place_code = '990521'")))


api = NinjaAPI(urls_namespace="hole_api", openapi_url=None, docs_url=None)


@api.get("/everybody/", url_name="everybody")
def everybody(request: HttpRequest) -> list[str]:
    """An operation with the right of whoever is signed in."""
    return [name for (name,) in _by_owner("select head_name from registry_household")]


def _hole(view: Any, route: str, probe: Probe, right: str = "registry.see") -> Any:
    name = view.__name__
    RIGHTS[f"hole:{name}"], HOLES[f"hole:{name}"] = right, probe
    return path(route, view, name=name)


MAY_NAME: Any = {"names": "officials of the township and county", "reach": "above"}
holes = [
    _hole(page, "page/<int:pk>/", at("page", pk="household")),
    _hole(rows, "rows/", at("list")),
    _hole(count, "count/", at("count")),
    _hole(export, "export/", at("export")),
    _hole(stream, "stream/", at("stream")),
    _hole(options, "options/", at("drop-down", queries=("?q={mark}",))),
    _hole(attachment, "attachment/<int:pk>/", at("attachment", pk="file")),
    _hole(history, "history/<int:pk>/", at("history", pk="household")),
    _hole(beyond, "beyond/", at("list")),
    _hole(narrowed, "narrowed/", at("count")),
    _hole(moved, "moved/", at("act")),
    _hole(onward, "onward/<int:pk>/", at("page", pk="household")),
    _hole(empty, "empty/<str:code>/", at("page", code="place")),
    _hole(fails, "fails/<int:pk>/", at("page", pk="household")),
    _hole(named, "named/", at("drop-down", **MAY_NAME)),
    _hole(named_count, "named_count/", at("count", **MAY_NAME)),
    _hole(above, "above/", at("page", **MAY_NAME)),
]
RIGHTS["hole_api:everybody"], HOLES["hole_api:everybody"] = "signed_in", at("API list")
# The same without a hole: else a checker that always cries would pass.
SOUND = {
    "sound:place": at("page count", code="place"),
    "sound:list": at("list search", queries=("?q={mark}",)),
}
RIGHTS |= dict.fromkeys(SOUND, "registry.see")


def sound_place(request: HttpRequest, code: str) -> HttpResponse:
    place_or_404(code)
    area = scope_of(code)
    return HttpResponse(
        f"{Household.objects.filter(village_code__gte=area.lo, village_code__lt=area.hi).count()} 户"
    )


def sound_list(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "")
    return HttpResponse(
        "\n".join(one.head_name or "" for one in Household.objects.filter(head_name__startswith=typed))
    )


urlpatterns = [
    *urls.urlpatterns,
    path("hole/", include((holes, "hole"))),
    path("hole_api/", include(([one for one in api.urls[0] if one.name != "api-root"], "hole_api"))),
    path("sound/", include(([path("<str:code>/", sound_place, name="place"), path("", sound_list, name="list")], "sound"))),
]  # fmt: skip
