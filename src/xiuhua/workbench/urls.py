"""Addresses."""

from __future__ import annotations

from django.urls import path

from xiuhua.workbench.views import areas, day, findings, household, opening, search

app_name = "workbench"
urlpatterns = [
    path("", day.home, name="home"),
    path("places/<str:code>/", areas.place, name="place"),
    path("places/<str:code>/households/", areas.households, name="households"),
    path("places/<str:code>/opening/", opening.opening, name="opening"),
    path("households/<int:pk>/", household.household, name="household"),
    path("households/<int:pk>/people/<int:person>/open/", household.open_id, name="open_id"),
    path("search/", search.search, name="search"),
    path("findings/", findings.findings, name="findings"),
]
