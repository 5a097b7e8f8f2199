"""What can be asked of the exchange. Reads go to the tables and to Redis, never to the engine."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import SHARD_SLOTS, OrderStatus
from exchange.errors import AssetNotFound, MarketNotFound
from exchange.models import (
    Balance,
    JournalEntry,
    Market,
    MarketStatus,
    Order,
    Trade,
    WalletTransfer,
)
from exchange.rules import TRADE_ID_BITS
from exchange.wire import Reply, decode_events

MARKETS_FRESH_S = 1.0


@dataclass
class _Markets:
    """The markets as last read. They change rarely and every request needs one."""

    by_symbol: dict[str, Market]
    by_id: dict[int, Market]
    read_at: float


_markets = _Markets({}, {}, float("-inf"))


def fresh_markets() -> dict[str, Market]:
    """Every open market by symbol, read at most once a second. May block on the database."""
    if time.monotonic() - _markets.read_at > MARKETS_FRESH_S:
        found = list(Market.objects.filter(status=MarketStatus.OPEN).order_by("id"))
        _markets.by_symbol = {market.symbol: market for market in found}
        _markets.by_id = {market.id: market for market in found}
        _markets.read_at = time.monotonic()
    return _markets.by_symbol


def known_market(symbol: str) -> Market | None:
    """The market if this process has met it, without asking the database: parameters never change."""
    return _markets.by_symbol.get(symbol)


def market_by_id(market_id: int) -> Market:
    if market_id not in _markets.by_id:
        _markets.read_at = float("-inf")
        fresh_markets()
    return _markets.by_id[market_id]


def find_market(symbol: str) -> Market:
    """Raises MarketNotFound."""
    market = fresh_markets().get(symbol)
    if market is None:
        raise MarketNotFound(field="market")
    return market


def shards() -> list[int]:
    """The shards that have markets."""
    return sorted({market.shard_id for market in fresh_markets().values()})


def shard_trading(asset: str) -> int:
    """The shard whose markets trade the asset. Raises AssetNotFound."""
    for market in fresh_markets().values():
        if asset in (market.base_asset, market.quote_asset):
            return int(market.shard_id)
    raise AssetNotFound(field="asset")


def order_by_id(*, account: int, order_id: int) -> Order | None:
    """An order that the engine accepted. A refused placement has no order id that anybody was told."""
    return Order.objects.filter(account_id=account, id=order_id).exclude(status=OrderStatus.REJECTED).first()


def order_by_client_id(*, account: int, client_order_id: str) -> Order | None:
    """The latest accepted order with this id, else the latest refused placement."""
    named = Order.objects.filter(account_id=account, client_order_id=client_order_id).order_by("-id")
    accepted = named.exclude(client_order_id="").exclude(status=OrderStatus.REJECTED).first()
    return accepted or named.filter(status=OrderStatus.REJECTED).first()


def orders_of(*, account: int, market_id: int | None, only_open: bool | None) -> QuerySet[Order]:
    """Accepted orders, for a page by id. `only_open` True: in the book; False: closed; None: both."""
    found = Order.objects.filter(account_id=account).exclude(status=OrderStatus.REJECTED)
    if market_id is not None:
        found = found.filter(market_id=market_id)
    if only_open is True:
        found = found.filter(status__in=sorted(OPEN_STATUSES))
    if only_open is False:
        found = found.exclude(status__in=sorted(OPEN_STATUSES))
    return found


def trades_of_market(*, market_id: int) -> QuerySet[Trade]:
    """For a page by id."""
    low = market_id << TRADE_ID_BITS
    return Trade.objects.filter(id__gte=low, id__lt=low + (1 << TRADE_ID_BITS))


def fills_of(
    *, account: int, market_id: int | None, before: tuple[int, int] | None, limit: int
) -> Sequence[Trade]:
    """The account's trades on either side, latest first. `before`: (timestamp_ns, id) of the last seen."""
    older = Q()
    if before is not None:  # the first of the two is for the index: it cannot see into an OR
        older = Q(timestamp_ns__lte=before[0]) & (Q(timestamp_ns__lt=before[0]) | Q(id__lt=before[1]))
    if market_id is not None:
        low = market_id << TRADE_ID_BITS
        older &= Q(id__gte=low, id__lt=low + (1 << TRADE_ID_BITS))
    order = ("-timestamp_ns", "-id")
    # One ordered read of each index; a single OR would sort the account's whole history.
    made = Trade.objects.filter(older, maker_account=account).order_by(*order)[:limit]
    taken = Trade.objects.filter(older, taker_account=account).order_by(*order)[:limit]
    found = {trade.id: trade for trade in [*made, *taken]}
    return sorted(found.values(), key=lambda trade: (-trade.timestamp_ns, -trade.id))[:limit]


def fills_of_order(*, order: Order) -> Sequence[Trade]:
    """The order's trades, oldest first. Looked for among its account's of the time that it traded in."""
    account, taken_ns, last_ns = order.account_id, order.created_ns, order.updated_ns
    made = Q(maker_account=account, maker_order_id=order.id, timestamp_ns__range=(taken_ns, last_ns))
    taken = Q(taker_account=account, taker_order_id=order.id, timestamp_ns=taken_ns)
    return list(Trade.objects.filter(made | taken, market_id=order.market_id).order_by("id"))


def trading_balances(*, account: int) -> Sequence[Balance]:
    return list(Balance.objects.filter(account_id=account).order_by("asset", "shard_id"))


def wallet_transfers_of(*, user_id: int) -> QuerySet[WalletTransfer]:
    """For a page by id."""
    return WalletTransfer.objects.filter(user_id=user_id)


def wallet_transfer(*, user_id: int, transfer_id: int) -> WalletTransfer | None:
    return WalletTransfer.objects.filter(user_id=user_id, id=transfer_id).first()


def committed_reply(command_id: UUID) -> Reply | None:
    """The outcome of a command, if the journal has it."""
    return _reply(JournalEntry.objects.filter(command_id=command_id).first())


def reply_at(*, shard: int, sequence: int) -> Reply:
    """The outcome of the command with this sequence."""
    reply = _reply(JournalEntry.objects.get(id=sequence * SHARD_SLOTS + shard))
    assert reply is not None
    return reply


def _reply(entry: JournalEntry | None) -> Reply | None:
    if entry is None:
        return None
    return Reply(entry.command_id, entry.sequence, entry.timestamp_ns, decode_events(bytes(entry.events)))
