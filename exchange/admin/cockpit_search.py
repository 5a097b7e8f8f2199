"""What operators find in the exchange: orders, trades, commands, markets, transfers between wallets."""

from collections.abc import Sequence

from django.db import connection

from access.cockpit import MOST_FOUND, Found, SearchSource
from access.cockpit_links import can_name, row_url
from access.read_only import as_uuid, is_number
from exchange.admin import units
from exchange.admin.described import describe_command
from exchange.admin.history import user_number
from exchange.engine.types import OrderStatus, Side
from exchange.models import EngineRequest, JournalEntry, Market, Order, Trade, WalletTransfer
from exchange.rules import TRADE_ID_BITS

MOST_MARKETS = 200
MOST_ACCOUNTS = 20_000
LONGEST_CLIENT_ID = 36
LONGEST_KEY = 100
LONGEST_NAME = 160
LONGEST_SYMBOL = 32

# An index of all client ids would be written with every order and read by operators alone. This goes through
# the one that begins with the account, for each account that trades.
_NAMED = f"""
SELECT found.id FROM (SELECT DISTINCT account_id FROM exchange_balance LIMIT {MOST_ACCOUNTS}) AS trader
 CROSS JOIN LATERAL (
       SELECT o.id FROM exchange_order AS o
        WHERE o.account_id = trader.account_id AND o.client_order_id = %(named)s
          AND o.client_order_id <> '' AND o.status <> {int(OrderStatus.REJECTED)}
        ORDER BY o.id DESC LIMIT {MOST_FOUND}) AS found
 LIMIT {MOST_FOUND}"""  # noqa: S608 (numbers of ours)


def orders(term: str) -> Sequence[Found]:
    """By number; by the client's own id, alone or as NAME/ID, which also finds refused ones."""
    if not can_name(term, LONGEST_NAME + LONGEST_CLIENT_ID):
        return []
    rows = Order.objects.select_related("account")
    name, slash, client_order_id = term.removeprefix("user:").partition("/")
    if is_number(term):
        found = list(rows.filter(pk=int(term)))
    elif slash and 0 < len(client_order_id) <= LONGEST_CLIENT_ID:
        found = _of_account(name, client_order_id)
    else:
        found = []
    if not found and len(term) <= LONGEST_CLIENT_ID:
        found = list(rows.filter(pk__in=_named(term)))
    return [_order(row) for row in found[:MOST_FOUND]]


def _named(client_order_id: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"named": client_order_id})
        return [number for (number,) in cursor.fetchall()]


def _of_account(name: str, client_order_id: str) -> list[Order]:
    account = int(name) if is_number(name) else user_number(name)
    if account is None:
        return []
    named = Order.objects.filter(account_id=account, client_order_id=client_order_id).order_by("-pk")
    named = named.exclude(client_order_id="").select_related("account")
    accepted = named.exclude(status=OrderStatus.REJECTED)[:MOST_FOUND]
    refused = named.filter(status=OrderStatus.REJECTED)[:MOST_FOUND]
    return [*accepted, *refused]


def _order(row: Order) -> Found:
    market = units.market_numbered(row.market_id)
    price = units.price(row.price_ticks, market) if row.price_ticks else "market"
    what = f"{Side(row.side).name} {units.quantity(row.quantity_lots, market)} {market} at {price}"
    named = f" · {row.client_order_id}" if row.client_order_id else ""
    return Found(
        "order",
        f"Order {row.pk} of {row.account}",
        f"{what} · {OrderStatus(row.status).name}{named} · {units.at(row.created_ns)}",
        row_url(row),
    )


def trades(term: str) -> Sequence[Found]:
    """A number is a trade of each market that has so many, or a row's own; SYMBOL/NUMBER is of one market."""
    symbol, slash, number = term.partition("/")
    if slash and is_number(number):
        market = units.market_named(symbol.upper())
        markets = [] if market is None else [market.pk]
    elif is_number(term):
        number = term
        markets = list(Market.objects.order_by("pk").values_list("pk", flat=True)[:MOST_MARKETS])
    else:
        return []
    if int(number) >= 1 << TRADE_ID_BITS:
        rows = Trade.objects.filter(pk=int(number))
    else:
        rows = Trade.objects.filter(pk__in=[(market << TRADE_ID_BITS) + int(number) for market in markets])
    return [_trade(row) for row in rows.order_by("pk")[:MOST_FOUND]]


def _trade(row: Trade) -> Found:
    market = units.market_numbered(row.market_id)
    what = f"{units.quantity(row.quantity_lots, market)} at {units.price(row.price_ticks, market)}"
    who = f"users {row.maker_account} and {row.taker_account}"
    return Found(
        "trade",
        f"Trade {row.trade_id} in {market}",
        f"{what} · {who} · {units.at(row.timestamp_ns)}",
        row_url(row),
    )


def commands(term: str) -> Sequence[Found]:
    """By a command's id, or where it stands: SHARD/SEQUENCE is left to the journal's own page."""
    command_id = as_uuid(term)
    if command_id is None:
        return []
    requests = EngineRequest.objects.filter(command_id=command_id)
    entries = JournalEntry.objects.filter(command_id=command_id)
    return [
        *(
            Found("engine request", row.summary, f"{row.status} · {row.reason}", row_url(row))
            for row in requests
        ),
        *(
            Found(
                "journal entry",
                f"{row.shard_id}/{row.sequence}",
                " ".join(describe_command(row.command)),
                row_url(row),
            )
            for row in entries
        ),
    ]


def markets(term: str) -> Sequence[Found]:
    named = Market.objects.filter(symbol=term.upper())
    market = named.first() if can_name(term, LONGEST_SYMBOL) else None
    if market is None:
        return []
    return [Found("market", market.symbol, f"{market.status} · pause, open, change", row_url(market))]


def transfers(term: str) -> Sequence[Found]:
    """Between wallets: by number, by a command's id, or as NAME/KEY."""
    if not can_name(term, LONGEST_NAME + LONGEST_KEY):
        return []
    rows = WalletTransfer.objects.select_related("user")
    command_id = as_uuid(term)
    name, slash, key = term.removeprefix("user:").partition("/")
    if is_number(term):
        rows = rows.filter(pk=int(term))
    elif command_id is not None:
        rows = rows.filter(command_id=command_id)
    elif slash and 0 < len(key) <= LONGEST_KEY:
        user = int(name) if is_number(name) else user_number(name)
        if user is None:
            return []
        rows = rows.filter(user_id=user, key=key)
    else:
        return []
    return [
        Found(
            "transfer between wallets",
            f"{units.amount(row.amount_atoms, row.asset)} of {row.user}",
            f"{row.direction} · {row.status} · {row.created_at:%Y-%m-%d %H:%M}",
            row_url(row),
        )
        for row in rows.order_by("pk")[:MOST_FOUND]
    ]


SEARCH = (
    SearchSource("markets", "exchange.view_market", markets),
    SearchSource("orders", "exchange.view_order", orders),
    SearchSource("trades", "exchange.view_trade", trades),
    SearchSource("wallet_transfers", "exchange.view_wallettransfer", transfers),
    SearchSource("commands", "exchange.view_journalentry", commands),
)
