"""Addresses of intake."""

from __future__ import annotations

from django.urls import path

from xiuhua.intake.views import batches as views
from xiuhua.intake.views import columns, takeback

app_name = "intake"
urlpatterns = [
    path("", views.batches, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/columns/<int:sheet_pk>/", columns.mapping, name="mapping"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("<int:pk>/findings/", views.findings, name="findings"),
    path("<int:pk>/mark/", views.mark, name="mark"),
    path("<int:pk>/merge/", views.merge, name="merge"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/take-back/", takeback.take_back, name="take_back"),
    path("<int:pk>/resume/", views.resume, name="resume"),
]
