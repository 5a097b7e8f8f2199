"""What can be asked of the exchange. Reads go to the tables and to Redis, never to the engine."""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet

from access.threads import in_thread
from exchange.engine.types import SHARD_SLOTS, OrderStatus
from exchange.errors import AssetNotFound, MarketNotFound
from exchange.models import (
    AccountMessage,
    Balance,
    DeadMansSwitch,
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


@dataclass(frozen=True, slots=True)
class _Markets:
    """The markets as last read. They change rarely and every request needs one."""

    by_symbol: dict[str, Market]
    by_id: dict[int, Market]
    read_at: float

    @property
    def are_fresh(self) -> bool:
        return time.monotonic() - self.read_at <= MARKETS_FRESH_S


_markets = _Markets({}, {}, float("-inf"))
_reading_markets = threading.Lock()


def fresh_markets() -> dict[str, Market]:
    """Every market that its engine has created, by symbol, whatever its status. Read at most once a second;
    may block on the database."""
    if not _markets.are_fresh:
        with _reading_markets:
            if not _markets.are_fresh:  # another thread may have read them meanwhile
                _read_markets()
    return _markets.by_symbol


def _read_markets() -> None:
    global _markets
    read_at = time.monotonic()
    found = list(Market.objects.exclude(status=MarketStatus.PENDING).order_by("id"))
    _markets = _Markets(
        {market.symbol: market for market in found}, {market.id: market for market in found}, read_at
    )


def known_market(symbol: str) -> Market | None:
    """The market as it was at most a second ago, without asking the database; None: it has to be asked."""
    return _markets.by_symbol.get(symbol) if _markets.are_fresh else None


async def markets_of_shard(shard: int) -> list[Market]:
    """For the event loop: at most a second old."""
    markets = _markets.by_symbol if _markets.are_fresh else await in_thread(fresh_markets)
    return [market for market in markets.values() if market.shard_id == shard]


def market_by_id(market_id: int) -> Market:
    """Of something that is stored. Its units never change, so any age of it will do."""
    if market_id not in _markets.by_id:
        with _reading_markets:
            _read_markets()
    return _markets.by_id[market_id]


async def market_of(symbol: str) -> Market:
    """For the event loop: at most a second old, or as last known while the database is away.

    Raises MarketNotFound.
    """
    found = known_market(symbol)
    if found is not None:
        return found
    try:
        return await in_thread(find_market, symbol)
    except (OperationalError, InterfaceError):
        last = _markets.by_symbol.get(symbol)
        if last is None:
            raise
        return last


def find_market(symbol: str) -> Market:
    """Raises MarketNotFound."""
    market = fresh_markets().get(symbol)
    if market is None:
        raise MarketNotFound(field="market")
    return market


def shards() -> list[int]:
    """The shards that have markets."""
    return sorted({market.shard_id for market in fresh_markets().values()})


def shards_trading(asset: str) -> list[int]:
    """The shards whose markets trade the asset, lowest first. Raises AssetNotFound where there is none."""
    found = {
        int(market.shard_id)
        for market in fresh_markets().values()
        if asset in (market.base_asset, market.quote_asset)
    }
    if not found:
        raise AssetNotFound(field="asset")
    return sorted(found)


def order_by_id(*, account: int, order_id: int) -> Order | None:
    """An order that the engine accepted. A refused placement has no order id that anybody was told."""
    return Order.objects.filter(account_id=account, id=order_id).exclude(status=OrderStatus.REJECTED).first()


def orders_by_ids(*, account: int, order_ids: Iterable[int]) -> dict[int, Order]:
    """Of these the account's own, as `order_by_id`."""
    found = Order.objects.filter(account_id=account, id__in=list(order_ids))
    return {order.id: order for order in found.exclude(status=OrderStatus.REJECTED)}


def order_by_client_id(*, account: int, client_order_id: str, market_id: int | None = None) -> Order | None:
    """The latest accepted order with this id, else the latest refused placement; of one market or of all."""
    named = Order.objects.filter(account_id=account, client_order_id=client_order_id).order_by("-id")
    if market_id is not None:
        named = named.filter(market_id=market_id)
    accepted = named.exclude(client_order_id="").exclude(status=OrderStatus.REJECTED).first()
    return accepted or named.filter(status=OrderStatus.REJECTED).first()


def trades_of_market(*, market_id: int) -> QuerySet[Trade]:
    """For a page by id."""
    return Trade.objects.filter(id__range=_trades_range(market_id))


def fills_of(
    *,
    account: int,
    market_id: int | None,
    before: tuple[int, int] | None,
    limit: int,
    order: Order | None = None,
) -> Sequence[Trade]:
    """The account's trades on either side, latest first. `before`: (timestamp_ns, id) of the last seen.

    With `order` those of this order alone; it must be the account's.
    """
    older = Q()
    if before is not None:  # the first of the two is for the index: it cannot see into an OR
        older = Q(timestamp_ns__lte=before[0]) & (Q(timestamp_ns__lt=before[0]) | Q(id__lt=before[1]))
    if market_id is not None:
        older &= Q(id__range=_trades_range(market_id))
    by_time = ("-timestamp_ns", "-id")
    # One ordered read of each index; a single OR would sort the account's whole history.
    found = {
        trade.id: trade
        for side in _sides(account, order)
        for trade in Trade.objects.filter(older, side).order_by(*by_time)[:limit]
    }
    return sorted(found.values(), key=lambda trade: (-trade.timestamp_ns, -trade.id))[:limit]


def trades_of_account(
    *, account: int, market_id: int | None, after: tuple[int, int], limit: int, order: Order | None = None
) -> Sequence[Trade]:
    """The account's trades on either side, oldest first. `after`: (timestamp_ns, id) of the last seen;
    `order` as in `fills_of`."""
    newer = Q(timestamp_ns__gte=after[0]) & (Q(timestamp_ns__gt=after[0]) | Q(id__gt=after[1]))
    if market_id is not None:
        newer &= Q(id__range=_trades_range(market_id))
    found = {
        trade.id: trade
        for side in _sides(account, order)
        for trade in Trade.objects.filter(newer, side).order_by("timestamp_ns", "id")[:limit]
    }
    return sorted(found.values(), key=lambda trade: (trade.timestamp_ns, trade.id))[:limit]


def _sides(account: int, order: Order | None) -> tuple[Q, Q]:
    """The account's trades as maker and as taker. An order's are looked for in the time that it traded in."""
    made, taken = Q(maker_account=account), Q(taker_account=account)
    if order is None:
        return made, taken
    comes_again = order.triggered_ns or order.original_price_ticks is not None
    last_taken_ns = order.updated_ns if comes_again else order.created_ns
    return (
        made & Q(maker_order_id=order.id, timestamp_ns__range=(order.created_ns, order.updated_ns)),
        taken & Q(taker_order_id=order.id, timestamp_ns__range=(order.created_ns, last_taken_ns)),
    )


def _trades_range(market_id: int) -> tuple[int, int]:
    """The lowest and the highest id that a trade of the market can have."""
    low = market_id << TRADE_ID_BITS
    return low, low + (1 << TRADE_ID_BITS) - 1


def fills_of_order(*, order: Order, limit: int) -> Sequence[Trade]:
    """The order's trades, oldest first: of many the latest `limit`."""
    latest = fills_of(
        account=order.account_id, market_id=order.market_id, before=None, limit=limit, order=order
    )
    return latest[::-1]


def trading_balances(*, account: int) -> Sequence[Balance]:
    return list(Balance.objects.filter(account_id=account).order_by("asset", "shard_id"))


def last_change_ns(*, account: int) -> int:
    """When the account last had a message in any shard; when it was made, if it never had one."""
    latest = [
        AccountMessage.objects.filter(account_id=account, shard_id=shard).order_by("-sequence").first()
        for shard in shards()
    ]
    changed = max((message.timestamp_ns for message in latest if message), default=0)
    return changed or _made_ns(account)


def _made_ns(account: int) -> int:
    users = get_user_model().objects.filter(pk=account)
    return int(users.values_list("date_joined", flat=True).get().timestamp()) * 10**9


def switches_of(*, account: int) -> Sequence[DeadMansSwitch]:
    """The account's dead man's switches that are armed."""
    return list(DeadMansSwitch.objects.filter(account_id=account, due_ns__gt=0))


def wallet_transfers_of(*, user_id: int) -> QuerySet[WalletTransfer]:
    """For a page by id."""
    return WalletTransfer.objects.filter(user_id=user_id)


def wallet_transfer(*, user_id: int, transfer_id: int) -> WalletTransfer | None:
    return WalletTransfer.objects.filter(user_id=user_id, id=transfer_id).first()


def committed_replies(command_ids: Sequence[UUID]) -> dict[UUID, Reply]:
    """The outcomes of those commands that the journal has."""
    found = JournalEntry.objects.filter(command_id__in=command_ids)
    return {entry.command_id: _reply(entry) for entry in found}


def committed_reply(command_id: UUID) -> Reply | None:
    """The outcome of a command, if the journal has it."""
    return committed_replies([command_id]).get(command_id)


def reply_at(*, shard: int, sequence: int) -> Reply:
    """The outcome of the command with this sequence."""
    return replies_at([(shard, sequence)])[shard, sequence]


def replies_at(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Reply]:
    """The outcomes of the commands with these (shard, sequence)."""
    ids = [sequence * SHARD_SLOTS + shard for shard, sequence in places]
    found = JournalEntry.objects.filter(id__in=ids)
    return {(entry.shard_id, entry.sequence): _reply(entry) for entry in found}


def _reply(entry: JournalEntry) -> Reply:
    return Reply(entry.command_id, entry.sequence, entry.timestamp_ns, decode_events(bytes(entry.events)))
