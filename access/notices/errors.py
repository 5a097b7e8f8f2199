"""Refusals of notices and webhooks."""

from access.errors import DomainError


class WebhookUrlForbidden(DomainError):
    code = "WEBHOOK_URL_FORBIDDEN"
    status = 400
    default_message = "Webhooks are sent to public HTTPS addresses alone."


class TooManyWebhooks(DomainError):
    code = "TOO_MANY_WEBHOOKS"
    status = 409
    default_message = "Delete a webhook first: you have as many as one may have."


class WebhookTestWaits(DomainError):
    code = "WEBHOOK_TEST_WAITS"
    status = 409
    default_message = "A test of this webhook is under way."
