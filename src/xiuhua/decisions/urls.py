"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from xiuhua.decisions import views

app_name = "decisions"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("new/<int:household>/", views.choose, name="choose"),
    path("new/<int:household>/<str:kind>/", views.new, name="new"),
    path("transfers/<int:pk>/", views.transfer, name="transfer"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/act/", views.act, name="act"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/evidence/", views.add_papers, name="add_evidence"),
    path("<int:pk>/evidence/<int:evidence>/", views.open_paper, name="evidence"),
]
