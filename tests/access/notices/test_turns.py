"""What is due goes out and is written down; what fails is tried again in its time, and then given up."""

import json
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from access.models import Notice as Row
from access.models import NoticeDelivery, WebhookEndpoint
from access.notices import Notice, notify
from access.notices.addresses import Address
from access.notices.backoff import DELAYS, MAX_ATTEMPTS
from access.notices.mail import MailSender
from access.notices.posting import WebhookSender
from access.notices.standard import signature
from access.notices.turn import Senders, Turn, run_once
from access.notices.webhooks import NewWebhook, create_webhook, delete_webhook, request_test
from access.services import Origin
from tests.access.notices.receivers import HERE, receiver, sender, status

pytestmark = pytest.mark.django_db
NOWHERE = "https://hooks.example.com:1/"  # nobody listens there


class Clock:
    """Stands still until it is moved. It begins when all that a test has told is due."""

    def __init__(self) -> None:
        self.now = timezone.now() + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


def hook(user: User, url: str) -> NewWebhook:
    return create_webhook(user_id=user.pk, url=url, label="mine", now=timezone.now(), origin=Origin())


def tell(user: User, key: str = "vault:1:7") -> None:
    notify([Notice(user.pk, "VAULT_WARNING", key, "Near its liquidation.", {"ratio": "1.6"})])


def turn(clock: Clock, webhooks: WebhookSender | None = None) -> Turn:
    return run_once(Senders(webhooks or sender(), MailSender()), clock)


def one() -> NoticeDelivery:
    return NoticeDelivery.objects.get()


def test_a_webhook_gets_what_was_told_signed(alice: User, clock: Clock) -> None:
    with receiver() as here:
        secret = hook(alice, here.url).secret
        tell(alice)
        assert turn(clock) == Turn(1, 1)
        (heard,) = here.heard
    notice = Row.objects.get()
    assert heard.headers["webhook-id"] == f"notice_{notice.pk}"
    seconds = int(heard.headers["webhook-timestamp"])
    assert seconds == int(clock.now.timestamp())
    expected = signature(secret, f"notice_{notice.pk}", seconds, heard.body)
    assert heard.headers["webhook-signature"] == expected
    content = json.loads(heard.body)
    assert content["type"] == "VAULT_WARNING"
    assert content["data"]["data"] == {"ratio": "1.6"}
    assert content["data"]["notice_id"] == str(notice.pk)
    assert (one().status, one().attempts, one().last_error) == ("DELIVERED", 1, "")
    assert turn(clock) == Turn(0, 0)


def test_a_mail_says_it_in_plain_text(alice: User, clock: Clock) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    tell(alice)
    assert turn(clock) == Turn(1, 1)
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.com"]
    assert sent.subject.startswith("[Ballast] ")
    assert sent.body.startswith("Near its liquidation.\n")
    assert sent.extra_headers["Message-ID"].startswith("<notice-")
    assert one().status == "DELIVERED"


def test_what_fails_is_tried_again_under_the_same_id_with_the_same_body(alice: User, clock: Clock) -> None:
    with receiver(status(500)) as here:
        hook(alice, here.url)
        tell(alice)
        assert turn(clock) == Turn(1, 0)
        assert (one().status, one().attempts, one().last_error) == ("WAITING", 1, "HTTP 500")
        assert one().next_at == clock.now + DELAYS[0]
        assert turn(clock) == Turn(0, 0)
        clock.advance(DELAYS[0])
        here.answer = status(204)
        assert turn(clock) == Turn(1, 1)
        first, second = here.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.failures, endpoint.last_error, endpoint.paused_until) == (0, "", None)


def test_after_a_day_of_failures_a_webhook_is_switched_off_and_its_user_told(
    alice: User, clock: Clock
) -> None:
    endpoint = hook(alice, NOWHERE).endpoint
    tell(alice)
    tell(alice, "vault:1:8")
    for _ in range(2 * MAX_ATTEMPTS):
        turn(clock)
        clock.advance(DELAYS[-1])
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert set(NoticeDelivery.objects.values_list("status", flat=True)) == {"FAILED"}
    assert max(NoticeDelivery.objects.values_list("attempts", flat=True)) == MAX_ATTEMPTS
    told = Row.objects.get(kind="WEBHOOK_DISABLED")
    assert told.data == {"webhook_id": str(endpoint.pk), "error": "NOT_CONNECTED"}
    tell(alice, "vault:1:9")
    assert not NoticeDelivery.objects.filter(notice__key="vault:1:9").exists()


def test_who_is_gone_is_switched_off_at_once(alice: User, clock: Clock) -> None:
    with receiver(status(410)) as here:
        endpoint = hook(alice, here.url).endpoint
        tell(alice)
        turn(clock)
    endpoint.refresh_from_db()
    assert endpoint.disabled_at == clock.now
    assert one().status == "FAILED"


def test_others_wait_while_a_webhook_fails(alice: User, clock: Clock) -> None:
    with receiver(status(503)) as here:
        hook(alice, here.url)
        for number in range(5):
            tell(alice, f"key:{number}")
        assert turn(clock) == Turn(1, 0)
        clock.advance(timedelta(seconds=5))
        assert turn(clock) == Turn(1, 0)
        assert len(here.heard) == 2


def test_one_turn_sends_all_that_waits_for_a_webhook_one_after_the_other(alice: User, clock: Clock) -> None:
    with receiver() as here:
        hook(alice, here.url)
        for number in range(20):
            tell(alice, f"key:{number}")
        assert turn(clock) == Turn(20, 20)
        assert len({heard.headers["webhook-id"] for heard in here.heard}) == 20


def test_a_test_goes_to_its_webhook_alone_and_once(alice: User, clock: Clock) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    with receiver(status(500)) as here, receiver() as other:
        hook(alice, other.url)
        endpoint = hook(alice, here.url).endpoint
        request_test(user_id=alice.pk, webhook_id=endpoint.pk, now=clock.now)
        assert turn(clock) == Turn(1, 0)
        assert (one().status, one().last_error) == ("FAILED", "HTTP 500")
        assert (len(here.heard), len(other.heard), len(mail.outbox)) == (1, 0, 0)


def test_a_test_that_is_answered_switches_a_webhook_on_again(alice: User, clock: Clock) -> None:
    with receiver() as here:
        endpoint = hook(alice, here.url).endpoint
        WebhookEndpoint.objects.update(
            disabled_at=clock.now, failures=9, paused_until=clock.now + timedelta(1)
        )
        request_test(user_id=alice.pk, webhook_id=endpoint.pk, now=clock.now)
        assert turn(clock) == Turn(1, 1)
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.failures, endpoint.paused_until) == (None, 0, None)


def test_a_deleted_webhook_gets_nothing_more(alice: User, clock: Clock) -> None:
    with receiver() as here:
        endpoint = hook(alice, here.url).endpoint
        tell(alice)
        delete_webhook(user_id=alice.pk, webhook_id=endpoint.pk, now=clock.now, origin=Origin())
        assert turn(clock) == Turn(0, 0)
        assert here.heard == []
    assert (one().status, one().last_error) == ("FAILED", "DELETED")


def test_a_secret_that_cannot_be_read_any_more_stops_nobody_else(alice: User, clock: Clock) -> None:
    with receiver() as here:
        broken = hook(alice, here.url).endpoint
        hook(alice, here.url)
        WebhookEndpoint.objects.filter(pk=broken.pk).update(encrypted_secret=b"x" * 60)
        tell(alice)
        assert turn(clock) == Turn(2, 1)
    failed = NoticeDelivery.objects.get(endpoint=broken)
    assert (failed.status, failed.last_error) == ("FAILED", "SECRET_UNREADABLE")


def test_a_mistake_with_one_leaves_the_others_alone(alice: User, clock: Clock) -> None:
    with receiver() as here:
        url = here.url.replace("hooks.", "wrong.")
        broken = hook(alice, url).endpoint
        hook(alice, here.url)
        tell(alice)

        def lookup(host: str) -> list[Address]:
            assert host.startswith("hooks."), "a mistake of ours"
            return [HERE]

        assert turn(clock, sender(lookup=lookup)) == Turn(2, 1)
    failed = NoticeDelivery.objects.get(endpoint=broken)
    assert (failed.status, failed.last_error) == ("WAITING", "INTERNAL")


def test_no_budget_begins_nothing(alice: User, clock: Clock) -> None:
    with receiver() as here:
        hook(alice, here.url)
        tell(alice)
        assert run_once(Senders(sender(), MailSender()), clock, budget_s=0) == Turn(0, 0)
        assert here.heard == []
    assert one().attempts == 0
