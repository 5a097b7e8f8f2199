"""What health asks of the exchange: that each shard is led and keeps up, and that no row waits for long."""

from collections.abc import Mapping

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from exchange.models import EngineRequest, Market, MarketStatus, WalletTransfer
from exchange.queue import alive_key, stream_key
from exchange.rules import RequestStatus, TransferStatus
from health.registry import Check, Finding, Gauge, in_states
from health.rules import Status
from health.store import open_redis

LAG_WARN_MS, LAG_FAIL_MS = 1_000, 10_000
WAIT_WARN_S, WAIT_FAIL_S = 10, 60

_LEASE = """
SELECT number, epoch, sequence, lease_expires_at > clock_timestamp(),
       coalesce((extract(epoch FROM lease_expires_at - clock_timestamp()) * 1000)::bigint, 0)
  FROM exchange_shard ORDER BY number"""


def engines() -> list[Finding]:
    """One finding for each shard. Redis is asked of all of them at once."""
    with connection.cursor() as cursor:
        cursor.execute(_LEASE)
        shards = cursor.fetchall()
    queues = _queues([number for number, *_ in shards])
    return [
        _engine(number, epoch, sequence, bool(led), left_ms, *queues[number])
        for number, epoch, sequence, led, left_ms in shards
    ]


def _queues(shards: list[int]) -> Mapping[int, tuple[bool, int, int]]:
    """Of each shard: whether commands are taken, how many wait, and how long the first of them has."""
    with open_redis() as redis:
        pipeline = redis.pipeline(transaction=False)
        pipeline.time()
        for shard in shards:
            pipeline.exists(alive_key(shard))
            pipeline.xlen(stream_key(shard))
            pipeline.xrange(stream_key(shard), count=1)
        (seconds, microseconds), *answers = pipeline.execute()
    now_ms = seconds * 1000 + microseconds // 1000
    triples = zip(shards, answers[::3], answers[1::3], answers[2::3], strict=True)
    return {shard: (bool(alive), length, _age_ms(first, now_ms)) for shard, alive, length, first in triples}


def _age_ms(first: list[tuple[bytes, object]], now_ms: int) -> int:
    return max(now_ms - int(first[0][0].split(b"-")[0]), 0) if first else 0


def _engine(
    number: int, epoch: int, sequence: int, led: bool, left_ms: int, alive: bool, waiting: int, lag_ms: int
) -> Finding:
    figures = {
        "has_leader": int(led),
        "takes_commands": int(alive),
        "lease_left_ms": max(left_ms, 0),
        "epoch": epoch,
        "sequence": sequence,
        "queue_length": waiting,
        "lag_ms": lag_ms,
    }
    status, message = Status.OK, ""
    if not led:
        status, message = Status.FAIL, "nobody leads the shard"
    elif not alive:
        status, message = Status.FAIL, "commands are not taken"
    elif lag_ms > LAG_WARN_MS:
        status = Status.FAIL if lag_ms > LAG_FAIL_MS else Status.WARN
        message = f"{waiting} commands wait, the first for {lag_ms} ms"
    return Finding(status, message, str(number), figures)


def markets() -> list[Finding]:
    """How many have which status. What an operator or a breaker has stopped is for people to look at."""
    counted = dict(Market.objects.values_list("status").annotate(Count("id")))
    figures = {status.lower(): counted.get(status, 0) for status in MarketStatus.values}
    held = [f"{counted[name]} {name}" for name in MarketStatus.values if counted.get(name) and name != "OPEN"]
    return [Finding(Status.WARN if held else Status.OK, ", ".join(held), figures=figures)]


def waiting_rows() -> list[Finding]:
    """Rows that an engine looks for each second: none waits for long where one leads."""
    now = timezone.now()
    requests = EngineRequest.objects.filter(status=RequestStatus.PENDING)
    transfers = WalletTransfer.objects.filter(status=TransferStatus.PENDING)
    found = []
    for name, rows in (("requests", requests), ("transfers", transfers)):
        totals = rows.aggregate(waiting=Count("id"), first=Min("created_at"))
        age_s = int((now - totals["first"]).total_seconds()) if totals["first"] else 0
        status = Status.WARN if age_s > WAIT_WARN_S else Status.OK
        if age_s > WAIT_FAIL_S:
            status = Status.FAIL
        message = "" if status is Status.OK else f"{totals['waiting']} wait, the first for {age_s} s"
        found.append(Finding(status, message, name, {"waiting": totals["waiting"], "age_ms": age_s * 1000}))
    return found


CHECKS = (
    Check(
        "engine",
        "The shard is led, and its queue is read",
        engines,
        critical=True,
        stops=("trading", "wallet_transfers"),
        label="shard",
        gauges={
            "has_leader": Gauge("Whether a process leads the shard."),
            "takes_commands": Gauge("Whether the shard's queue is read."),
            "lease_left_ms": Gauge("How long the leader may go on without renewing its lease."),
            "epoch": Gauge("How often the shard's leader has changed."),
            "sequence": Gauge("The last command that is committed."),
            "queue_length": Gauge("Commands in the queue."),
            "lag_ms": Gauge("How long the first command in the queue has waited."),
        },
    ),
    Check(
        "markets",
        "Every market takes orders",
        markets,
        gauges=in_states(MarketStatus.values, "Markets by status."),
    ),
    Check(
        "rows",
        "What waits for an engine is taken up",
        waiting_rows,
        label="kind",
        gauges={
            "waiting": Gauge("Rows that no engine has taken up."),
            "age_ms": Gauge("How long the first row has waited that no engine has taken up."),
        },
    ),
)
