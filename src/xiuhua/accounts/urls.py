"""Addresses of accounts and posts."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from xiuhua.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("forgotten/", views.forgotten, name="forgotten"),
    path("me/", views.password, name="password"),
    path("me/post/", views.act_as, name="act_as"),
    path("me/no-post/", views.no_post, name="no_post"),
    path("me/programs/", views.tokens, name="tokens"),
    path("me/programs/new/", views.make_token, name="make_token"),
    path("me/programs/<int:token_id>/stop/", views.stop_token, name="stop_token"),
    path("people/", views.people, name="people"),
    path("people/ask/", views.ask, name="ask"),
    path("people/requests/", views.requests, name="requests"),
    path("people/requests/<int:request_id>/", views.answer, name="answer"),
    path("people/<int:official_id>/reset/", views.reset, name="reset"),
    path("people/<int:official_id>/close/", views.close, name="close"),
    path("people/<int:official_id>/appoint/", views.appoint, name="appoint"),
    path("people/<int:official_id>/own/", views.tie, name="tie"),
    path("people/<int:official_id>/own/end/", views.untie, name="untie"),
    path("people/posts/<int:appointment_id>/end/", views.end, name="end"),
    path("people/posts/<int:appointment_id>/deputy/", views.deputy, name="deputy"),
]
