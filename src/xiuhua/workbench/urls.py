"""Addresses."""

from __future__ import annotations

from django.urls import path

from xiuhua.workbench.views import (
    areas,
    changes,
    day,
    differences,
    findings,
    household,
    national,
    opening,
    search,
)

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
    path("national/", national.hub, name="national"),
    path("national/export/", national.export, name="national_export"),
    path("national/layouts/", national.layouts, name="national_layouts"),
    path("national/layouts/edit/", national.layout, name="national_layout"),
    path("national/layouts/remove/", national.removed, name="national_layout_remove"),
    path("national/compare/", national.compare, name="national_compare"),
    path("national/differences/<int:pk>/", differences.differences, name="differences"),
    path("national/differences/<int:pk>/decide/", differences.decide, name="difference_decide"),
    path("national/differences/<int:pk>/take/", differences.take, name="difference_take"),
    path("national/differences/<int:pk>/again/", differences.again, name="difference_again"),
    path("national/differences/<int:pk>/workbook/", differences.workbook, name="difference_workbook"),
]
