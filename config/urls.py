"""Every URL of the product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("access.urls")),
    path("api/v1/", include("exchange.api.urls")),
]
