"""Every address of the product. One without an entry in a room's permissions.py fails the build and is refused."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from xiuhua.config import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("xiuhua.workbench.urls")),
    path("", include("xiuhua.accounts.urls")),
    path("cases/", include("xiuhua.decisions.urls")),
    path("clues/", include("xiuhua.relapse.urls")),
    path("intake/", include("xiuhua.intake.urls")),
    path("exports/", include("xiuhua.files.urls")),
    path("freezes/", include("xiuhua.freezes.urls")),
    path("design/", include("xiuhua.design.urls")),
    path("public/", include("xiuhua.portal.urls")),
    path("api/", api.reference, name="api_reference"),
    path("api/v1/", include(api.addresses(), namespace="api")),
    path("i18n/", include("django.conf.urls.i18n")),
]
