"""A user's webhooks: made, tried and deleted. Nothing is sent here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from httpcore import ConnectTimeout

from access.encryption import decrypt, encrypt
from access.errors import NotFound
from access.models import DeliveryStatus, Notice, NoticeChannel, NoticeDelivery, WebhookEndpoint
from access.notices.connecting import ForbiddenAddress, Lookup, UnknownName, checked_addresses
from access.notices.endpoints import end_waiting
from access.notices.errors import TooManyWebhooks, WebhookTestWaits, WebhookUrlForbidden
from access.notices.kinds import WEBHOOK_TEST
from access.notices.standard import new_secret
from access.notices.targets import Policy, read_target
from access.services import Origin, record_audit

MAX_WEBHOOKS = 5
LOOKUP_S = 2.0


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """`secret` is shown now and never again."""

    endpoint: WebhookEndpoint
    secret: str


def check_url(url: str, policy: Policy, lookup: Lookup) -> None:
    """Outside any transaction. A name that nobody knows yet passes: it is judged whenever something is sent.

    Raises WebhookUrlForbidden.
    """
    target = read_target(url, policy)
    if target.address is not None:
        return
    try:
        checked_addresses(target.host, policy, lookup, LOOKUP_S)
    except ForbiddenAddress:
        raise WebhookUrlForbidden("The name leads to an address that is not public.", field="url") from None
    except (UnknownName, ConnectTimeout):
        return


@transaction.atomic
def create_webhook(*, user_id: int, url: str, label: str, now: datetime, origin: Origin) -> NewWebhook:
    """`url` was checked by `check_url`."""
    get_user_model().objects.select_for_update().get(pk=user_id)  # two requests count one after the other
    if live_webhooks(user_id).count() >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    endpoint = WebhookEndpoint.objects.create(user_id=user_id, url=url, label=label, created_at=now)
    secret = new_secret()
    endpoint.encrypted_secret = encrypt(secret, owner=_owner(endpoint))
    endpoint.save(update_fields=["encrypted_secret"])
    facts = {"url": url, "label": label}
    record_audit(origin=origin, action="webhook.created", subject=f"webhook:{endpoint.pk}", after=facts)
    return NewWebhook(endpoint, secret)


@transaction.atomic
def delete_webhook(*, user_id: int, webhook_id: int, now: datetime, origin: Origin) -> None:
    """Nothing that waits for it is sent any more; its secret is gone."""
    endpoint = _locked(user_id, webhook_id)
    endpoint.deleted_at, endpoint.encrypted_secret = now, b""
    endpoint.save(update_fields=["deleted_at", "encrypted_secret"])
    end_waiting(endpoint, "DELETED", now)
    facts = {"url": endpoint.url, "label": endpoint.label}
    record_audit(origin=origin, action="webhook.deleted", subject=f"webhook:{endpoint.pk}", before=facts)


@transaction.atomic
def request_test(*, user_id: int, webhook_id: int, now: datetime) -> Notice:
    """A notice that goes to this webhook alone, once, whether it is switched off or not."""
    endpoint = _locked(user_id, webhook_id)
    tests = NoticeDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.WAITING, is_test=True)
    if tests.exists():
        raise WebhookTestWaits
    notice = Notice.objects.create(
        user_id=user_id,
        kind=WEBHOOK_TEST,
        key=f"webhook-test:{uuid4()}",
        text="You asked for this test of your webhook.",
        data={"webhook_id": str(endpoint.pk)},
        created_at=now,
        read_at=now,
    )
    NoticeDelivery.objects.create(
        notice=notice,
        channel=NoticeChannel.WEBHOOK,
        endpoint=endpoint,
        is_test=True,
        created_at=now,
        next_at=now,
    )
    return notice


def live_webhooks(user_id: int) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(user_id=user_id, deleted_at__isnull=True).order_by("pk")


def secret_of(endpoint: WebhookEndpoint) -> str:
    """Raises cryptography's InvalidTag where it was encrypted under another key of the settings."""
    return decrypt(bytes(endpoint.encrypted_secret), owner=_owner(endpoint))


def _owner(endpoint: WebhookEndpoint) -> str:
    return f"webhook:{endpoint.pk}"


def _locked(user_id: int, webhook_id: int) -> WebhookEndpoint:
    found = live_webhooks(user_id).select_for_update(no_key=True).filter(pk=webhook_id).first()
    if found is None:
        raise NotFound
    return found
