"""A turn of the notifier: what holds is looked at, noted, told. One process at a time takes it, by a lease.

It asks the same page of metrics that Prometheus reads. What it knows is in PostgreSQL; only what counters
were lies in Redis, and while that is away nothing is said of them.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from redis.exceptions import RedisError

from health.alerting.channels.configured import channels, house_name
from health.alerting.channels.posting import ping
from health.alerting.conditions import increases
from health.alerting.episodes import OPEN, judge, look, store
from health.alerting.registry import Alert, alerts
from health.alerting.samples import Looked, Memory, Series, advance, read_page
from health.alerting.sending import send_due
from health.alerting.telling import forget, plan
from health.alerting.vectors import Selector
from health.examination import Examiner
from health.models import AlertEpisode, NotifierTurn
from health.pages import metrics_page
from health.registry import checks
from health.rules import Overall
from health.store import open_redis

LEASE = timedelta(seconds=60)  # of a turn, whose process may die in it
PING_EVERY = timedelta(seconds=55)
MEMORY = "health:alerts:counters"
MEMORY_S = 3_600

logger = logging.getLogger(__name__)
_decoder = msgspec.msgpack.Decoder(Memory)


@cache
def own_examiner() -> Examiner:
    """Of this process: a check that hangs is not begun a second time."""
    return Examiner(checks())


def run_once(examiner: Examiner, now: datetime) -> int | None:
    """How many messages were taken; None: another process is at it."""
    if not _claim(now):
        return None
    try:
        return _turn(examiner, now)
    finally:  # its own lease alone: after a turn that took too long it is another's
        NotifierTurn.objects.filter(leased_until=now + LEASE).update(leased_until=None)


def _claim(now: datetime) -> bool:
    NotifierTurn.objects.get_or_create(pk=1)
    free = NotifierTurn.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now))
    return free.update(leased_until=now + LEASE) == 1


def _turn(examiner: Examiner, now: datetime) -> int:
    watched = alerts()
    text = metrics_page(examiner).body.decode()
    note(watched, read_page(text, _selectors(watched)), now)
    sent = send_due(channels(), house_name(), now)
    NotifierTurn.objects.update(ran_at=now)
    if examiner.report().overall is not Overall.DOWN:
        _ping(now)
    return sent


def note(watched: Sequence[Alert], series: Series, now: datetime) -> None:
    """What these samples say, and what is to be told of it."""
    memory = _remembered(series, watched, now)
    held = look(watched, Looked(series, memory, now.timestamp()))
    with transaction.atomic():
        rows = list(AlertEpisode.objects.select_for_update().filter(status__in=OPEN))
        store(judge(rows, held, now))
        plan([(one.name, one.pages_alone) for one in channels()], now)
        forget(now)


def _selectors(watched: Sequence[Alert]) -> set[Selector]:
    return {selector for alert in watched for selector in alert.condition.selectors}


def _remembered(series: Series, watched: Sequence[Alert], now: datetime) -> Memory | None:
    vectors = list({vector: None for alert in watched for vector in increases(alert.condition)})
    try:
        with open_redis() as redis:
            memory = advance(_decoded(redis.get(MEMORY)), series, vectors, now.timestamp())
            redis.set(MEMORY, msgspec.msgpack.encode(memory), ex=MEMORY_S)
    except (RedisError, OSError):
        return None
    return memory


def _decoded(data: object) -> Memory:
    """What another version wrote may be of another shape: then it begins anew."""
    try:
        return _decoder.decode(data) if isinstance(data, bytes) else Memory()
    except msgspec.MsgspecError:
        return Memory()


def _ping(now: datetime) -> None:
    """Says elsewhere that the house is there and watched: whoever misses it, alarms."""
    url = settings.ALERT_SECRETS["heartbeat_url"]
    rows = NotifierTurn.objects.filter(Q(pinged_at__isnull=True) | Q(pinged_at__lte=now - PING_EVERY))
    if not url or rows.update(pinged_at=now) != 1:
        return
    answer = ping(url)
    if answer.error:
        logger.warning("the dead man's switch was not reached: %s", answer.error)
