"""Every page, area by area."""

from django.urls import path

from dashboard.views import design, home

urlpatterns = [
    path("", home.home),
    path("design/", design.design),
]
