"""What is told is written with what it tells of, once by its key, with a delivery for each channel chosen."""

from contextlib import suppress
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.models import Notice as Row
from access.models import NoticeChoice, NoticeDelivery, WebhookEndpoint
from access.notices import Notice, notify
from access.notices.services import MAX_WAITING

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice", email="alice@example.com")


def warned(user: User, key: str = "vault:1:7") -> Notice:
    return Notice(
        user.pk, "VAULT_WARNING", key, "Your vault is near its liquidation.", {"ratio_ppm": "1600000"}
    )


def endpoint(user: User, *, disabled_at: datetime | None = None) -> WebhookEndpoint:
    url = "https://hooks.example.com/ballast"
    return WebhookEndpoint.objects.create(user=user, url=url, created_at=NOW, disabled_at=disabled_at)


def ways(user: User) -> list[str]:
    rows = NoticeDelivery.objects.filter(notice__user=user)
    return sorted(rows.values_list("channel", flat=True))


def test_a_notice_stands_in_the_list_and_waits_for_its_mail(alice: User) -> None:
    assert notify([warned(alice)]) == 1
    row = Row.objects.get(user=alice)
    assert (row.kind, row.text[:10], row.data, row.read_at) == (
        "VAULT_WARNING",
        "Your vault",
        {"ratio_ppm": "1600000"},
        None,
    )
    delivery = NoticeDelivery.objects.get(notice=row)
    assert (delivery.channel, delivery.status, delivery.attempts) == ("EMAIL", "WAITING", 0)


def test_the_same_key_is_told_once(alice: User) -> None:
    assert notify([warned(alice), warned(alice)]) == 1
    assert notify([warned(alice), warned(alice, "vault:1:8")]) == 1
    assert (Row.objects.count(), NoticeDelivery.objects.count()) == (2, 2)


def test_one_key_tells_each_user(alice: User) -> None:
    bob = User.objects.create(username="bob")
    assert notify([warned(alice), warned(bob)]) == 2
    assert (ways(alice), ways(bob)) == (["EMAIL"], [])


def test_each_webhook_that_is_on_gets_it(alice: User) -> None:
    endpoint(alice)
    endpoint(alice)
    endpoint(alice, disabled_at=NOW)
    endpoint(User.objects.create(username="bob"))
    notify([warned(alice)])
    assert ways(alice) == ["EMAIL", "WEBHOOK", "WEBHOOK"]


def test_channels_that_were_switched_off_for_a_kind_get_nothing(alice: User) -> None:
    endpoint(alice)
    NoticeChoice.objects.create(user=alice, kind="VAULT_WARNING", by_email=False, by_webhook=False)
    notify([warned(alice), Notice(alice.pk, "VAULT_FROZEN", "vault:1:9", "It is frozen.")])
    kinds = NoticeDelivery.objects.values_list("notice__kind", "channel")
    assert sorted(kinds) == [("VAULT_FROZEN", "EMAIL"), ("VAULT_FROZEN", "WEBHOOK")]
    assert Row.objects.count() == 2


def test_a_disabled_user_gets_no_mail(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    notify([warned(alice)])
    assert ways(alice) == []


def test_nothing_is_told_of_what_is_rolled_back(alice: User) -> None:
    with suppress(IntegrityError), transaction.atomic():
        notify([warned(alice)])
        User.objects.create(username="alice")
    assert Row.objects.count() == 0


def test_a_webhook_that_takes_nothing_gathers_no_endless_queue(alice: User) -> None:
    hook = endpoint(alice)
    notify([warned(alice, f"key:{number}") for number in range(MAX_WAITING + 5)])
    assert NoticeDelivery.objects.filter(endpoint=hook).count() >= MAX_WAITING
    notify([warned(alice, "one more")])
    assert not NoticeDelivery.objects.filter(endpoint=hook, notice__key="one more").exists()
    assert Row.objects.filter(key="one more").exists()


def test_nothing_to_tell_is_nothing() -> None:
    assert notify([]) == 0
