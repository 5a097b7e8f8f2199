"""Every URL of the product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("dashboard.urls")),
    path("admin/", admin.site.urls),
    path("", include("access.urls")),
    path("api/v1/", include("exchange.api.urls")),
    path("api/v1/", include("oracle.api.urls")),
    path("api/v1/", include("custody.api.urls")),
    path("api/v1/", include("vaults.api.urls")),
]
