"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from xiuhua.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("notices/<slug:slug>/", views.notice, name="notice"),
    path("notices/<slug:slug>/object/", views.object_to, name="object"),
    path("apply/", views.apply, name="apply"),
    path("receipt/", views.receipt, name="receipt"),
]
