"""Two senders share what is due and send nothing twice; one that dies gives back what it had."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from access.models import NoticeDelivery
from access.notices import Notice, notify
from access.notices.claims import LEASE, Busy, claim_webhooks, finish
from access.notices.mail import MailSender
from access.notices.outcomes import DELIVERED
from access.notices.turn import SLOTS_OF_USER, Senders, Turn, run_once
from access.notices.webhooks import create_webhook
from access.services import Origin
from tests.access.notices.receivers import Heard, receiver, sender

pytestmark = pytest.mark.django_db(transaction=True)


def user_with_hooks(name: str, url: str, count: int = 1) -> User:
    user = User.objects.create(username=name)
    for _ in range(count):
        create_webhook(user_id=user.pk, url=url, label="", now=timezone.now(), origin=Origin())
    return user


def tell(user: User, *keys: str) -> None:
    with transaction.atomic():
        notify([Notice(user.pk, "VAULT_WARNING", key, "Near its liquidation.") for key in keys])


def soon() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def a_turn(seconds: float = 5.0) -> Turn:
    try:
        return run_once(Senders(sender(seconds=seconds), MailSender()), soon)
    finally:
        connection.close()


def test_two_senders_send_nothing_twice() -> None:
    with receiver() as here:
        for number in range(3):
            user = user_with_hooks(f"user-{number}", here.url, count=3)
            tell(user, "a", "b", "c")
        with ThreadPoolExecutor(2) as pool:
            turns = list(pool.map(lambda _: a_turn(), range(2)))
        sent = [(heard.headers["webhook-id"], heard.headers["webhook-signature"]) for heard in here.heard]
    assert sum(turn.delivered for turn in turns) == len(sent) == len(set(sent)) == 27
    assert set(NoticeDelivery.objects.values_list("status", "attempts")) == {("DELIVERED", 1)}


def test_two_claims_at_once_share_what_is_due() -> None:
    user = user_with_hooks("alice", "https://hooks.example.com/", count=1)
    tell(user, "a")
    barrier = threading.Barrier(8)

    def claim(_: int) -> int:
        connection.ensure_connection()
        barrier.wait(30)
        try:
            return len(claim_webhooks(now=soon(), most=1, busy=Busy()))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1


def test_what_a_dead_sender_had_is_sent_again_when_its_lease_ends() -> None:
    with receiver() as here:
        user = user_with_hooks("alice", here.url)
        tell(user, "a")
        now = soon()
        (lost,) = claim_webhooks(now=now, most=1, busy=Busy())
        assert claim_webhooks(now=now + LEASE / 2, most=1, busy=Busy()) == []
        turn = run_once(Senders(sender(), MailSender()), lambda: now + LEASE)
        assert turn == Turn(1, 1)
        assert finish(lost, DELIVERED, now + LEASE) is False  # it was not dead but slow: too late
        assert len(here.heard) == 1
    assert NoticeDelivery.objects.get().attempts == 2


def test_nobody_waits_for_anothers_slow_webhooks() -> None:
    heard = threading.Event()

    def hold(_: socket.socket, __: Heard) -> None:
        heard.wait(20)

    with receiver(hold) as slow, receiver() as here:
        mallory = user_with_hooks("mallory", slow.url, count=5)
        tell(mallory, *(f"key:{number}" for number in range(5)))
        tell(user_with_hooks("alice", here.url), "a")
        with ThreadPoolExecutor(1) as pool:
            turn = pool.submit(a_turn, 10.0)
            began = time.monotonic()
            while not here.heard and time.monotonic() - began < 8:
                time.sleep(0.01)
            assert here.heard
            assert slow.connections <= SLOTS_OF_USER
            heard.set()
            assert turn.result().delivered == 1


def test_a_delivery_is_claimed_by_a_conditional_look_at_what_it_is_now() -> None:
    user = user_with_hooks("alice", "https://hooks.example.com/", count=1)
    tell(user, "a")
    now = soon()
    (mine,) = claim_webhooks(now=now, most=1, busy=Busy())
    assert finish(mine, DELIVERED, now) is True
    assert finish(mine, DELIVERED, now) is False
