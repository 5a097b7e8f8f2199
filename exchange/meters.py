"""What an engine counts, in the process's one registry of metrics: once for a batch, never for a command."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

from exchange.batch_rows import Applied
from exchange.engine.commands import CommandKind
from exchange.engine.events import Event, EventKind
from exchange.engine.types import OrderStatus, OrderType, RejectReason

ORDERS = Counter("ballast_orders", "Orders that were accepted.", ["market", "type"])
CLOSED = Counter("ballast_orders_closed", "Orders that ended, by how.", ["market", "status"])
TRADES = Counter("ballast_trades", "Trades.", ["market"])
NOTIONAL = Counter("ballast_trades_notional_atoms", "What trades came to, in the quote's atoms.", ["market"])
COMMANDS = Counter("ballast_engine_commands", "Commands that were committed.", ["shard", "kind"])
REJECTS = Counter("ballast_engine_rejects", "Commands that were refused.", ["shard", "reason"])
BATCHES = Histogram(
    "ballast_engine_batch_commands",
    "Commands in one transaction.",
    ["shard"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)
APPLY_SECONDS = Histogram(
    "ballast_engine_apply_seconds",
    "How long the engine decided about a batch.",
    ["shard"],
    buckets=(0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5),
)
COMMIT_SECONDS = Histogram(
    "ballast_engine_commit_seconds",
    "How long a batch took to be written and committed.",
    ["shard"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
SEQUENCE = Gauge(
    "ballast_engine_applied_sequence", "The last command that this process committed.", ["shard"]
)
LEADS = Gauge("ballast_engine_leads", "Whether this process leads the shard.", ["shard"])
COMPILED = Gauge("ballast_engine_compiled", "Whether this process runs the compiled engine.")

_REJECTED = int(EventKind.REJECTED)
_ACCEPTED, _TRADE, _CLOSED = map(int, (EventKind.ORDER_ACCEPTED, EventKind.TRADE, EventKind.ORDER_CLOSED))
_FILLED = int(OrderStatus.FILLED)


@lru_cache(maxsize=256)
def _commands(shard: int, kind: int) -> Counter:
    return COMMANDS.labels(str(shard), CommandKind(kind).name)


@lru_cache(maxsize=4096)
def _rejects(shard: int, reason: int) -> Counter:
    return REJECTS.labels(str(shard), RejectReason(reason).name)


@lru_cache(maxsize=4096)
def _orders(market: str, order_type: int) -> Counter:
    return ORDERS.labels(market, OrderType(order_type).name)


@lru_cache(maxsize=4096)
def _closed(market: str, status: int) -> Counter:
    return CLOSED.labels(market, OrderStatus(status).name)


@lru_cache(maxsize=1024)
def _trades(market: str) -> tuple[Counter, Counter]:
    return TRADES.labels(market), NOTIONAL.labels(market)


@lru_cache(maxsize=64)
def _of_batches(shard: int) -> tuple[Histogram, Histogram, Histogram, Gauge]:
    name = str(shard)
    return (
        BATCHES.labels(name),
        APPLY_SECONDS.labels(name),
        COMMIT_SECONDS.labels(name),
        SEQUENCE.labels(name),
    )


def note_batch(
    *, shard: int, sequence: int, applied: Sequence[Applied], apply_s: float, commit_s: float
) -> None:
    """After the commit. `sequence` is the last command's; an empty batch only renewed the lease."""
    if not applied:
        return
    sizes, applies, commits, last = _of_batches(shard)
    sizes.observe(len(applied))
    applies.observe(apply_s)
    commits.observe(commit_s)
    last.set(sequence)
    for kind, count in Tally([one.command[0] for one in applied]).items():
        _commands(shard, kind).inc(count)
    refused = [one.events[0][4] for one in applied if one.events and one.events[0][0] == _REJECTED]
    for reason, count in Tally(refused).items():
        _rejects(shard, reason).inc(count)
    _note_markets([event for one in applied for event in one.events])


def _note_markets(events: Sequence[Event]) -> None:
    """Orders and trades. A maker that is filled ends with its trade, without an event of its own."""
    accepted = Tally([(event[3], event[6]) for event in events if event[0] == _ACCEPTED])
    ended = Tally([(event[1], event[7]) for event in events if event[0] == _CLOSED])
    notional: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        if event[0] == _TRADE:
            notional[event[1]].append(event[10])
            if not event[13]:
                ended[event[1], _FILLED] += 1
    for (market, order_type), count in accepted.items():
        _orders(market, order_type).inc(count)
    for (market, status), count in ended.items():
        _closed(market, status).inc(count)
    for market, amounts in notional.items():
        trades, atoms = _trades(market)
        trades.inc(len(amounts))
        atoms.inc(sum(amounts))


def note_engine(is_compiled: bool) -> None:
    COMPILED.set(int(is_compiled))


def note_lead(shard: int, leads: bool) -> None:
    LEADS.labels(str(shard)).set(int(leads))
