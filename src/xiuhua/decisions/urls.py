"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from xiuhua.decisions.views import adjusting, board, meetings, notices, pairs, plans, proceedings
from xiuhua.decisions.views import cases as views

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
    path("proceedings/", proceedings.inbox, name="proceedings"),
    path("proceedings/board/", board.board, name="board"),
    path("proceedings/begin/<int:household>/", proceedings.begin, name="begin"),
    path("proceedings/begin/at/<str:code>/", proceedings.begin_at, name="begin_at"),
    path("proceedings/<int:pk>/", proceedings.proceeding, name="proceeding"),
    path("proceedings/<int:pk>/sign/", proceedings.sign, name="sign"),
    path("proceedings/<int:pk>/send-back/", proceedings.send_back, name="send_back"),
    path("proceedings/<int:pk>/take-back/", proceedings.take_back, name="take_back"),
    path("proceedings/<int:pk>/hang/", proceedings.hang, name="hang"),
    path("proceedings/<int:pk>/notices/<int:notice>/take-down/", proceedings.take_down, name="take_down"),
    path("proceedings/<int:pk>/notices/<int:notice>/object/", proceedings.objecting, name="object"),
    path("proceedings/<int:pk>/objections/<int:objection>/", proceedings.objection, name="objection"),
    path("proceedings/<int:pk>/appeal/", proceedings.appealing, name="appeal"),
    path("proceedings/<int:pk>/appeals/<int:appeal>/", proceedings.decide_appeal, name="decide_appeal"),
    path("proceedings/<int:pk>/papers/<int:paper>/", proceedings.paper, name="paper"),
    path("adjustment/", adjusting.adjustment, name="adjustment_here"),
    path("adjustment/window/", adjusting.window, name="adjustment_window"),
    path("adjustment/sheets/<int:pk>/", adjusting.answer, name="adjustment_answer"),
    path("adjustment/<str:code>/", adjusting.adjustment, name="adjustment"),
    path("adjustment/<str:code>/households/", adjusting.listed, name="adjustment_list"),
    path("adjustment/<str:code>/look/", adjusting.look, name="adjustment_look"),
    path("plan/", plans.plan, name="plan_here"),
    path("plan/<str:code>/", plans.plan, name="plan"),
    path("plan/<str:code>/households/", plans.plan_list, name="plan_list"),
    path("plan/<str:code>/year/", plans.plan_place, name="plan_place"),
    path("plan/<str:code>/target/", plans.plan_target, name="plan_target"),
    path("plan/sheets/<int:pk>/", plans.plan_sheet, name="plan_sheet"),
    path("plan/households/<int:pk>/", plans.plan_household, name="plan_household"),
    path("proceedings/<int:pk>/sheets/", notices.sheet, name="sheet"),
    path("proceedings/<int:pk>/sheets/<int:sheet>/", notices.sheet_file, name="sheet_file"),
    path("proceedings/<int:pk>/sheets/<int:sheet>/hang/", notices.hang_sheet, name="hang_sheet"),
    path("proceedings/<int:pk>/notices/<int:notice>/", notices.proof, name="proof"),
    path("proceedings/<int:pk>/notices/<int:notice>/photos/<str:which>/", notices.photo, name="notice_photo"),
    path("objections/", notices.objections, name="objections"),
    path("meetings/<str:code>/", meetings.meeting, name="meeting"),
    path("meetings/<str:code>/pack/", meetings.pack, name="meeting_pack"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/act/", views.act, name="act"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/evidence/", views.add_papers, name="add_evidence"),
    path("<int:pk>/evidence/<int:evidence>/", views.open_paper, name="evidence"),
]
