"""Addresses of clues."""

from __future__ import annotations

from django.urls import path

from xiuhua.relapse.views import applications, registering, telling
from xiuhua.relapse.views import clues as views

app_name = "relapse"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("new/", views.find, name="find"),
    path("new/<int:household>/", views.new, name="new"),
    path("applications/new/", applications.take_in, name="take_in"),
    path("applications/<int:pk>/", applications.application, name="application"),
    path("applications/<int:pk>/register/", registering.register, name="register"),
    path("applications/<int:pk>/tie/<int:household>/", applications.tie, name="tie"),
    path("applications/<int:pk>/ask-back/", applications.ask_back, name="ask_back"),
    path("look/", views.look, name="look"),
    path("watched/", views.watched, name="watched"),
    path("returned/", views.returned, name="returned"),
    path("yearly/", views.yearly, name="yearly"),
    path("yearly/<int:household>/", views.assess, name="assess"),
    path("help/<int:household>/", views.help, name="help"),
    path("help/papers/<int:pk>/", views.help_paper, name="help_paper"),
    path("help/papers/<int:pk>/file/", views.help_file, name="help_file"),
    path("proceedings/<int:pk>/sheet/", views.judge, name="judge"),
    path("<int:pk>/", views.clue, name="clue"),
    path("<int:pk>/visit/", views.visit, name="visit"),
    path("<int:pk>/begin/", views.begin, name="begin"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/tell/", telling.tell, name="tell"),
]
