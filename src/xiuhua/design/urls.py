"""Addresses."""

from django.urls import path

from xiuhua.design import views

app_name = "design"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("batch-reading/progress/", views.progress, name="progress"),
    path("<slug:name>/", views.page, name="page"),
]
