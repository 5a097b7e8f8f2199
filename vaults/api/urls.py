"""The vaults' part of the URLs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
