"""What becomes of a webhook by what it answers: it is left alone for a while, given up, or taken up again."""

from datetime import datetime

from access.models import DeliveryStatus, NoticeDelivery, WebhookEndpoint
from access.notices.backoff import pause_after
from access.notices.kinds import WEBHOOK_DISABLED
from access.notices.outcomes import Outcome
from access.notices.services import Notice

_FAILED = ("failures", "last_error", "last_tried_at", "paused_until", "disabled_at")
_SUCCEEDED = ("failures", "last_error", "last_tried_at", "last_success_at", "paused_until", "disabled_at")


def note_success(endpoint: WebhookEndpoint, now: datetime, *, is_test: bool) -> None:
    """Of a locked row. A test that is answered takes up again what was given up."""
    endpoint.failures, endpoint.last_error, endpoint.paused_until = 0, "", None
    endpoint.last_tried_at = endpoint.last_success_at = now
    if is_test:
        endpoint.disabled_at = None
    endpoint.save(update_fields=_SUCCEEDED)


def note_failure(
    endpoint: WebhookEndpoint, outcome: Outcome, now: datetime, *, is_hopeless: bool
) -> list[Notice]:
    """Of a locked row. Gives what its user has to be told: that it was given up."""
    endpoint.failures += 1
    endpoint.last_error, endpoint.last_tried_at = outcome.error, now
    endpoint.paused_until = now + pause_after(endpoint.failures)
    is_given_up = endpoint.disabled_at is None and (is_hopeless or outcome.is_gone)
    if is_given_up:
        endpoint.disabled_at = now
    endpoint.save(update_fields=_FAILED)
    if not is_given_up:
        return []
    end_waiting(endpoint, "DISABLED", now)
    text = f"Your webhook {endpoint.label or endpoint.pk} was switched off: it has failed ({outcome.error})."
    key = f"webhook:{endpoint.pk}:{int(now.timestamp())}"
    data = {"webhook_id": str(endpoint.pk), "error": outcome.error}
    return [Notice(endpoint.user_id, WEBHOOK_DISABLED, key, text, data)]


def end_waiting(endpoint: WebhookEndpoint, why: str, now: datetime) -> int:
    """Nothing that waits for it is sent any more."""
    waiting = NoticeDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.WAITING)
    return waiting.update(status=DeliveryStatus.FAILED, last_error=why, finished_at=now)
