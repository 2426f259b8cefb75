"""Addresses."""

from __future__ import annotations

from django.urls import path

from xiuhua.workbench.views import (
    areas,
    changes,
    correcting,
    day,
    differences,
    findings,
    household,
    leads,
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
    path("places/<str:code>/lists/", leads.lists, name="lists"),
    path("lists/<int:pk>/withdraw/", leads.withdraw, name="withdraw_list"),
    path("leads/<int:pk>/", leads.lead, name="lead"),
    path("leads/<int:pk>/hear/", leads.hear, name="hear"),
    path("leads/answers/<int:pk>/file/", leads.evidence, name="lead_evidence"),
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
    path("findings/hand-out/", findings.hand_out, name="hand_out"),
    path("findings/ageing/", findings.ageing, name="ageing"),
    path("findings/closings/", findings.closings, name="closings"),
    path("findings/explanations/<int:pk>/file/", findings.evidence, name="evidence"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/explain/", findings.explain, name="explain"),
    path("findings/<int:pk>/answer/", findings.answer, name="answer"),
    path("findings/<int:pk>/correct/<str:grain>/<int:row>/<str:column>/", correcting.correct, name="correct"),
]
