"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from xiuhua.files import views

app_name = "files"
urlpatterns = [
    path("", views.exports, name="exports"),
    path("new/<str:kind>/", views.new, name="new"),
    path("<int:pk>/", views.export, name="export"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/download/", views.download, name="download"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/resume/", views.resume, name="resume"),
]
