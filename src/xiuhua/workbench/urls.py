"""Addresses."""

from __future__ import annotations

from django.urls import path

from xiuhua.workbench.views import areas, correcting, day, findings, household, opening, search

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
    path("findings/hand-out/", findings.hand_out, name="hand_out"),
    path("findings/ageing/", findings.ageing, name="ageing"),
    path("findings/closings/", findings.closings, name="closings"),
    path("findings/explanations/<int:pk>/file/", findings.evidence, name="evidence"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/explain/", findings.explain, name="explain"),
    path("findings/<int:pk>/answer/", findings.answer, name="answer"),
    path("findings/<int:pk>/correct/<str:grain>/<int:row>/<str:column>/", correcting.correct, name="correct"),
]
