"""Notices are kept for half a year; operators read them without secrets, and hear when they are not sent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.models import Notice as Row
from access.models import NoticeDelivery, WebhookEndpoint
from access.notices import Notice, notify, sending
from access.notices.reading import KEPT, forget_old_notices
from access.notices.turn import Turn
from access.notices.webhooks import NewWebhook, create_webhook, delete_webhook
from access.services import Origin
from config.notice_checks import notices
from config.notice_settings import check_notices
from health.rules import Status
from tests.support.operators import operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice", email="alice@example.com")


def hook(user: User) -> NewWebhook:
    url = "https://hooks.example.com/secret-path"
    return create_webhook(user_id=user.pk, url=url, label="", now=timezone.now(), origin=Origin())


def tell(user: User) -> None:
    notify([Notice(user.pk, "VAULT_WARNING", "a", "Near its liquidation.")])


def test_old_notices_go_with_their_deliveries_and_deleted_webhooks(alice: User) -> None:
    endpoint = hook(alice).endpoint
    tell(alice)
    now = timezone.now()
    delete_webhook(user_id=alice.pk, webhook_id=endpoint.pk, now=now, origin=Origin())
    assert forget_old_notices(now=now + KEPT - timedelta(minutes=1)) == 0
    assert WebhookEndpoint.objects.count() == 1
    assert forget_old_notices(now=now + KEPT + timedelta(minutes=1)) == 1
    assert (Row.objects.count(), NoticeDelivery.objects.count(), WebhookEndpoint.objects.count()) == (0, 0, 0)


def test_a_webhook_in_use_is_never_forgotten(alice: User) -> None:
    hook(alice)
    forget_old_notices(now=timezone.now() + 2 * KEPT)
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize("model", ["notice", "noticechoice", "webhookendpoint", "noticedelivery"])
def test_operators_read_all_of_it_and_no_secret(alice: User, model: str) -> None:
    client, new = Client(), hook(alice)
    tell(alice)
    operator(client)
    for query in ("", f"?q={alice.pk}", "?q=a", "?q=9999999999999999999999"):
        page = client.get(reverse(f"admin:access_{model}_changelist") + query)
        assert page.status_code == 200
        assert new.secret not in page.content.decode()
    assert client.get(reverse(f"admin:access_{model}_changelist")).status_code == 200
    row = WebhookEndpoint.objects.get()
    one = client.get(reverse("admin:access_webhookendpoint_change", args=[row.pk]))
    assert one.status_code == 200
    assert "encrypted_secret" not in one.content.decode()


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(seconds=30), Status.OK),
        (timedelta(minutes=2), Status.WARN),
        (timedelta(minutes=20), Status.FAIL),
    ],
)
def test_health_says_when_notices_wait(alice: User, age: timedelta, status: Status) -> None:
    tell(alice)
    NoticeDelivery.objects.update(created_at=timezone.now() - age)
    (found,) = notices()
    assert (found.status, found.figures["waiting"]) == (status, 1)


def test_what_a_receiver_refuses_is_no_alarm(alice: User) -> None:
    tell(alice)
    NoticeDelivery.objects.update(created_at=timezone.now() - timedelta(days=1), attempts=3)
    assert notices()[0].status is Status.OK


def test_local_receivers_are_refused_where_money_is_real(settings: Settings) -> None:
    settings.DEBUG, settings.DEMO, settings.EMAIL_HOST = False, False, "mail.example.com"
    settings.WEBHOOKS_LOCAL = True
    assert [one.id for one in check_notices(None)] == ["ballast.E020"]
    settings.WEBHOOKS_LOCAL, settings.EMAIL_HOST = False, ""
    assert [one.id for one in check_notices(None)] == ["ballast.W005"]
    settings.DEMO = settings.WEBHOOKS_LOCAL = True
    assert check_notices(None) == []


def test_a_turn_of_the_task_sends_what_is_due(alice: User) -> None:
    tell(alice)
    assert sending.send_due() == Turn(1, 1)
    assert sending.send_due() == Turn(0, 0)
