"""The URLs of notices and webhooks."""

from django.urls import path

from access.notices.api import (
    NoticesEndpoint,
    ReadEndpoint,
    SettingsEndpoint,
    WebhooksEndpoint,
    WebhookTestEndpoint,
    WebhookView,
)

urlpatterns = [
    path("notices", NoticesEndpoint.as_view()),
    path("notices/read", ReadEndpoint.as_view()),
    path("notice-settings", SettingsEndpoint.as_view()),
    path("webhooks", WebhooksEndpoint.as_view()),
    path("webhooks/<str:webhook_id>", WebhookView.as_view()),
    path("webhooks/<str:webhook_id>/test", WebhookTestEndpoint.as_view()),
]
