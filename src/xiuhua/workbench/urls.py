"""Addresses."""

from __future__ import annotations

from django.urls import path

from xiuhua.workbench.views import areas, changes, day, findings, household, opening, search

app_name = "workbench"
urlpatterns = [
    path("", day.home, name="home"),
    path("places/<str:code>/", areas.place, name="place"),
    path("places/<str:code>/households/", areas.households, name="households"),
    path("places/<str:code>/opening/", opening.opening, name="opening"),
    path("places/<str:code>/changes/", changes.changes, name="place_changes"),
    path("places/<str:code>/changes/new/", changes.ask, name="change_place"),
    path("places/changes/<int:pk>/answer/", changes.answer, name="answer_place_change"),
    path("households/<int:pk>/", household.household, name="household"),
    path("households/<int:pk>/people/<int:person>/open/", household.open_id, name="open_id"),
    path("search/", search.search, name="search"),
    path("findings/", findings.findings, name="findings"),
]
