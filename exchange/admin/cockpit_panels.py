"""What the exchange knows of a customer: what trades, open orders, last trades, transfers, fee tiers."""

from django.contrib.auth import get_user_model
from django.utils.safestring import SafeString

from access.cockpit import Panel, PanelSource
from access.cockpit_links import customer_link, deed_url, list_url, minute, row_link
from exchange.admin import units
from exchange.engine.types import OrderStatus, OrderType, Side
from exchange.models import AccountTier, MarketMaker, Order, Trade, WalletTransfer
from exchange.selectors import fills_of, switches_of, trading_balances, wallet_transfers_of
from exchange.selectors_orders import open_orders_of

SHOWN = 10


def trading(user_id: int) -> Panel:
    tiers = AccountTier.objects.filter(account_id=user_id).order_by("shard_id")
    makes = MarketMaker.objects.filter(account_id=user_id).select_related("market").order_by("market__symbol")
    balances = [one for one in trading_balances(account=user_id) if one.free_atoms or one.locked_atoms]
    return Panel(
        facts=[
            *(
                (f"fee tier in shard {one.shard_id}", f"{one.tier}" + (" (pinned)" if one.pinned else ""))
                for one in tiers
            ),
            *([("makes the market of", ", ".join(one.market.symbol for one in makes))] if makes else []),
            *(
                ("dead man's switch", f"{one.market or 'all markets'} at {units.at(one.due_ns)}")
                for one in switches_of(account=user_id)
            ),
        ],
        head=["trading account", "free", "locked in orders"] if balances else [],
        rows=[
            [
                row_link(one, f"{one.asset}/{one.shard_id}"),
                units.amount(one.free_atoms, one.asset),
                units.amount(one.locked_atoms, one.asset),
            ]
            for one in balances
        ],
        deeds=[("Set the fee tier", deed_url(AccountTier, "account-tier", account=user_id))],
    )


def orders(user_id: int) -> Panel:
    rows = open_orders_of(account=user_id, market_id=None).order_by("-pk")
    found = list(rows[: SHOWN + 1])
    name = get_user_model().objects.values_list("username", flat=True).get(pk=user_id)
    return Panel(
        head=["order", "placed (UTC)", "market", "side", "type", "price", "quantity", "filled", "state"],
        rows=[_order(one) for one in found[:SHOWN]],
        more_url=list_url(Order, q=f"user:{name}", open="yes"),
        deeds=[("Cancel all orders", deed_url(Order, "cancel-of-account", account=user_id))] if found else [],
    )


def _order(one: Order) -> list[str | SafeString]:
    market = units.market_numbered(one.market_id)
    return [
        row_link(one, one.pk),
        units.at(one.created_ns),
        str(market or one.market_id),
        Side(one.side).name,
        OrderType(one.order_type).name,
        units.price(one.price_ticks, market) if one.price_ticks else "-",
        units.quantity(one.quantity_lots, market),
        units.quantity(one.filled_lots, market),
        OrderStatus(one.status).name,
    ]


def trades(user_id: int) -> Panel:
    found = fills_of(account=user_id, market_id=None, before=None, limit=SHOWN)
    return Panel(
        head=["trade", "at (UTC)", "market", "side", "price", "quantity", "value", "with"],
        rows=[_trade(one, user_id) for one in found],
    )


def _trade(one: Trade, user_id: int) -> list[str | SafeString]:
    market = units.market_numbered(one.market_id)
    was_taker = one.taker_account == user_id
    taker_side = Side(one.taker_side)
    side = taker_side if was_taker else Side.SELL if taker_side is Side.BUY else Side.BUY
    other = one.maker_account if was_taker else one.taker_account
    return [
        row_link(one, one.trade_id),
        units.at(one.timestamp_ns),
        str(market or one.market_id),
        f"{side.name} as {'taker' if was_taker else 'maker'}",
        units.price(one.price_ticks, market),
        units.quantity(one.quantity_lots, market),
        units.quote_amount(one.notional_atoms, market),
        customer_link(other, f"user {other}"),
    ]


def transfers(user_id: int) -> Panel:
    rows = wallet_transfers_of(user_id=user_id).order_by("-pk")[:SHOWN]
    return Panel(
        head=["transfer", "at", "direction", "amount", "state"],
        rows=[
            [
                row_link(one, one.pk),
                minute(one.created_at),
                one.direction,
                units.amount(one.amount_atoms, one.asset),
                one.status,
            ]
            for one in rows
        ],
        more_url=list_url(WalletTransfer, q=f"user:{user_id}"),
    )


PANELS = (
    PanelSource("trading", "Trading account", "exchange.view_balance", trading),
    PanelSource("orders", "Open orders", "exchange.view_order", orders),
    PanelSource("trades", "Last trades", "exchange.view_trade", trades),
    PanelSource("transfers", "Between wallets", "exchange.view_wallettransfer", transfers),
)
