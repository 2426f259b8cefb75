"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from xiuhua.decisions.views import cases as views
from xiuhua.decisions.views import kin, pairs, proceedings

app_name = "decisions"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("new/<int:household>/", views.choose, name="choose"),
    path("new/<int:household>/<str:kind>/", views.new, name="new"),
    path("transfers/<int:pk>/", views.transfer, name="transfer"),
    path("pairs/", pairs.listed, name="pairs"),
    path("pairs/search/", pairs.search, name="pairs_search"),
    path("pairs/progress/", pairs.progress, name="pairs_progress"),
    path("pairs/<int:pk>/", pairs.one, name="pair"),
    path("pairs/<int:pk>/answer/", pairs.answer, name="pair_answer"),
    path("pairs/<int:pk>/undo/", pairs.undo, name="pair_undo"),
    path("pairs/<int:pk>/confirm/", pairs.confirm, name="pair_confirm"),
    path("kin/", kin.kin, name="kin"),
    path("kin/<int:pk>/end/", kin.end, name="end_kin"),
    path("proceedings/", proceedings.inbox, name="proceedings"),
    path("proceedings/begin/<int:household>/", proceedings.begin, name="begin"),
    path("proceedings/<int:pk>/", proceedings.proceeding, name="proceeding"),
    path("proceedings/<int:pk>/sign/", proceedings.sign, name="sign"),
    path("proceedings/<int:pk>/send-back/", proceedings.send_back, name="send_back"),
    path("proceedings/<int:pk>/take-back/", proceedings.take_back, name="take_back"),
    path("proceedings/<int:pk>/hang/", proceedings.hang, name="hang"),
    path("proceedings/<int:pk>/notices/<int:notice>/take-down/", proceedings.take_down, name="take_down"),
    path("proceedings/<int:pk>/notices/<int:notice>/object/", proceedings.objecting, name="object"),
    path("proceedings/<int:pk>/objections/<int:objection>/", proceedings.objection, name="objection"),
    path("proceedings/<int:pk>/papers/<int:paper>/", proceedings.paper, name="paper"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/act/", views.act, name="act"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/evidence/", views.add_papers, name="add_evidence"),
    path("<int:pk>/evidence/<int:evidence>/", views.open_paper, name="evidence"),
]
