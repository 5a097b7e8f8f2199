"""One turn of sending: what is due goes out side by side, within a budget of time, and is written down.

Slots are few and each is held for seconds at most; a user holds two of them, so nobody waits for another's
slow receiver. Nothing outside is called in a transaction.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidTag

from access import meters
from access.models import NoticeChannel, NoticeDelivery
from access.notices.claims import Busy, claim_mails, claim_webhooks, finish
from access.notices.mail import MailSender
from access.notices.outcomes import Outcome, failed
from access.notices.posting import WebhookSender
from access.notices.rendering import event_of
from access.notices.standard import headers
from access.notices.webhooks import secret_of

SLOTS, MAIL_SLOTS, SLOTS_OF_USER = 16, 8, 2
BUDGET_S = 15.0  # then nothing more is begun
LOOK_S = 0.5  # how often it is asked what has become due, while something is under way

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Senders:
    webhooks: WebhookSender
    mails: MailSender


@dataclass(slots=True)
class Turn:
    """How many attempts were made, and how many of them succeeded."""

    tried: int = 0
    delivered: int = 0


@dataclass(slots=True)
class _Slots:
    """What is under way."""

    pool: ThreadPoolExecutor
    running: dict[Future[Outcome], NoticeDelivery] = field(default_factory=dict)

    def free(self) -> int:
        return SLOTS - len(self.running)

    def free_for_mails(self) -> int:
        mails = sum(one.channel == NoticeChannel.EMAIL for one in self.running.values())
        return min(MAIL_SLOTS - mails, self.free())

    def busy(self) -> Busy:
        hooks = [one for one in self.running.values() if one.endpoint_id is not None]
        users = [one.notice.user_id for one in hooks]
        return Busy(
            [one.endpoint_id for one in hooks if one.endpoint_id is not None],
            {user for user in users if users.count(user) >= SLOTS_OF_USER},
        )


def run_once(senders: Senders, clock: Clock, *, budget_s: float = BUDGET_S) -> Turn:
    """Until nothing is due, or the budget is spent; what was begun is waited for."""
    turn, ends = Turn(), time.monotonic() + budget_s
    with ThreadPoolExecutor(SLOTS, thread_name_prefix="notices") as pool:
        slots = _Slots(pool)
        while True:
            if time.monotonic() < ends:
                _begin(slots, senders, clock)
            if not slots.running:
                return turn
            done, _ = wait(slots.running, timeout=LOOK_S, return_when=FIRST_COMPLETED)
            for future in done:
                _end(slots.running.pop(future), _outcome(future), clock(), turn)


def _begin(slots: _Slots, senders: Senders, clock: Clock) -> None:
    now = clock()
    if slots.free_for_mails():
        for mail in claim_mails(now=now, most=slots.free_for_mails()):
            slots.running[slots.pool.submit(senders.mails.send, mail)] = mail
    while slots.free():
        # One of each webhook at a time, and of a user no more than fit: what is left over is asked for again.
        claimed = claim_webhooks(now=now, most=1, busy=slots.busy())
        if not claimed:
            return
        for one in claimed:
            slots.running[slots.pool.submit(_post, senders.webhooks, one, now)] = one


def _outcome(future: Future[Outcome]) -> Outcome:
    """A mistake of ours with one of them leaves the others alone."""
    mistake = future.exception()
    if mistake is None:
        return future.result()
    logger.error("a notice could not be sent", exc_info=mistake)
    return failed("INTERNAL")


def _post(sender: WebhookSender, delivery: NoticeDelivery, now: datetime) -> Outcome:
    endpoint = delivery.endpoint
    assert endpoint is not None
    try:
        secret = secret_of(endpoint)
    except InvalidTag:  # it was encrypted under another key of the settings
        return failed("SECRET_UNREADABLE", is_permanent=True)
    body = msgspec.json.encode(event_of(delivery.notice))
    signed = headers(secret, f"notice_{delivery.notice_id}", int(now.timestamp()), body)
    return sender.post(endpoint.url, signed, body)


def _end(delivery: NoticeDelivery, outcome: Outcome, now: datetime, turn: Turn) -> None:
    if not finish(delivery, outcome, now):
        return
    turn.tried += 1
    turn.delivered += not outcome.error
    meters.note_delivery(delivery.channel, is_delivered=not outcome.error)
