"""The URLs of this app."""

from django.urls import include, path
from drf_spectacular.renderers import OpenApiJsonRenderer

from access.api import DocumentationView, KeysView, KeyView, SchemaView, TicketEndpoint, TimeEndpoint
from access.second_factor.api import ConfirmView, RemovalView, SecondFactorView

urlpatterns = [
    path("api/v1/time", TimeEndpoint.as_view()),
    path("api/v1/ws-ticket", TicketEndpoint.as_view()),
    path("api/v1/api-keys", KeysView.as_view()),
    path("api/v1/api-keys/<int:key_id>", KeyView.as_view()),
    path("api/v1/second-factor", SecondFactorView.as_view()),
    path("api/v1/second-factor/confirm", ConfirmView.as_view()),
    path("api/v1/second-factor/removal", RemovalView.as_view()),
    path("api/v1/", include("access.notices.urls")),
    path("api/openapi.json", SchemaView.as_view(renderer_classes=[OpenApiJsonRenderer]), name="openapi"),
    path("api/docs/", DocumentationView.as_view(url_name="openapi")),
]
