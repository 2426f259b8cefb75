"""Addresses of freezes."""

from __future__ import annotations

from django.urls import path

from xiuhua.freezes import views

app_name = "freezes"
urlpatterns = [
    path("", views.freezes, name="list"),
    path("take/", views.take, name="take"),
    path("forgettings/", views.forgettings, name="forgettings"),
    path("forgettings/ask/", views.forget, name="forget"),
    path("forgettings/<int:pk>/confirm/", views.confirm_forgetting, name="confirm_forgetting"),
    path("<int:pk>/", views.freeze, name="freeze"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/manifest.json", views.manifest, name="manifest"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/resume/", views.resume, name="resume"),
]
