"""How a command is made: one builder for each layout of `command_layouts`; one imports both from here."""

from exchange.engine.command_layouts import (
    AmendOrder,
    CancelAll,
    CancelOrder,
    ChangeMarket,
    Command,
    CommandKind,
    CreateMarket,
    Deposit,
    Malformed,
    PlaceOrder,
    SetAccountTier,
    SetFeeTier,
    SetMarketStatus,
    SetReferencePrice,
    SetSwitch,
    Tick,
    Withdraw,
)
from exchange.engine.types import MarketStatus, OrderType, SelfTradePrevention, Side, TimeInForce

__all__ = [
    "AmendOrder",
    "CancelAll",
    "CancelOrder",
    "ChangeMarket",
    "Command",
    "CommandKind",
    "CreateMarket",
    "Deposit",
    "Malformed",
    "PlaceOrder",
    "SetAccountTier",
    "SetFeeTier",
    "SetMarketStatus",
    "SetReferencePrice",
    "SetSwitch",
    "Tick",
    "Withdraw",
    "amend_order",
    "cancel_all",
    "cancel_order",
    "change_market",
    "create_market",
    "deposit",
    "place_order",
    "set_account_tier",
    "set_fee_tier",
    "set_market_status",
    "set_reference_price",
    "set_switch",
    "tick",
    "withdraw",
]


def place_order(
    *,
    account: int,
    market: str,
    side: Side,
    quantity_lots: int = 0,
    price_ticks: int = 0,
    budget_atoms: int = 0,
    order_type: OrderType = OrderType.LIMIT,
    time_in_force: TimeInForce = TimeInForce.GTC,
    post_only: bool = False,
    self_trade_prevention: SelfTradePrevention = SelfTradePrevention.EXPIRE_MAKER,
    client_order_id: str = "",
    deadline_ns: int = 0,
    trigger_price_ticks: int = 0,
    expires_ns: int = 0,
) -> PlaceOrder:
    return PlaceOrder(
        int(CommandKind.PLACE_ORDER),
        deadline_ns,
        account,
        market,
        int(side),
        int(order_type),
        int(time_in_force),
        post_only,
        price_ticks,
        quantity_lots,
        budget_atoms,
        int(self_trade_prevention),
        client_order_id,
        trigger_price_ticks,
        expires_ns,
    )


def cancel_order(
    *, account: int, order_id: int = 0, client_order_id: str = "", deadline_ns: int = 0
) -> CancelOrder:
    return CancelOrder(int(CommandKind.CANCEL_ORDER), deadline_ns, account, order_id, client_order_id)


def cancel_all(*, account: int, market: str = "", deadline_ns: int = 0) -> CancelAll:
    return CancelAll(int(CommandKind.CANCEL_ALL), deadline_ns, account, market)


def deposit(*, account: int, asset: str, amount_atoms: int, transfer_id: int) -> Deposit:
    return Deposit(int(CommandKind.DEPOSIT), account, asset, amount_atoms, transfer_id)


def withdraw(*, account: int, asset: str, amount_atoms: int, transfer_id: int) -> Withdraw:
    return Withdraw(int(CommandKind.WITHDRAW), account, asset, amount_atoms, transfer_id)


def create_market(
    *,
    market: str,
    base_asset: str,
    quote_asset: str,
    base_atoms_per_lot: int,
    quote_atoms_per_tick_lot: int,
    price_step_ticks: int = 1,
    quantity_step_lots: int = 1,
    min_notional_atoms: int = 0,
    max_notional_atoms: int = 2**62,
    max_open_orders: int = 200,
    maker_fee_ppm: int = 200,
    taker_fee_ppm: int = 500,
    band_ppm: int = 0,
    breaker_ppm: int = 0,
    breaker_window_ns: int = 0,
    breaker_halt_ns: int = 0,
) -> CreateMarket:
    return CreateMarket(
        int(CommandKind.CREATE_MARKET),
        market,
        base_asset,
        quote_asset,
        base_atoms_per_lot,
        quote_atoms_per_tick_lot,
        price_step_ticks,
        quantity_step_lots,
        min_notional_atoms,
        max_notional_atoms,
        max_open_orders,
        maker_fee_ppm,
        taker_fee_ppm,
        band_ppm,
        breaker_ppm,
        breaker_window_ns,
        breaker_halt_ns,
    )


def amend_order(
    *,
    account: int,
    order_id: int = 0,
    client_order_id: str = "",
    price_ticks: int = 0,
    quantity_lots: int = 0,
    trigger_price_ticks: int = 0,
    keep_priority: bool = False,
    deadline_ns: int = 0,
) -> AmendOrder:
    return AmendOrder(
        int(CommandKind.AMEND_ORDER),
        deadline_ns,
        account,
        order_id,
        client_order_id,
        price_ticks,
        quantity_lots,
        trigger_price_ticks,
        keep_priority,
    )


def set_switch(*, account: int, timeout_ns: int, market: str = "", deadline_ns: int = 0) -> SetSwitch:
    return SetSwitch(int(CommandKind.SET_SWITCH), deadline_ns, account, market, timeout_ns)


def tick() -> Tick:
    return Tick(int(CommandKind.TICK))


def change_market(
    *,
    market: str,
    price_step_ticks: int,
    quantity_step_lots: int,
    min_notional_atoms: int,
    max_notional_atoms: int,
    max_open_orders: int,
    maker_fee_ppm: int,
    taker_fee_ppm: int,
    band_ppm: int,
    breaker_ppm: int,
    breaker_window_ns: int,
    breaker_halt_ns: int,
) -> ChangeMarket:
    return ChangeMarket(
        int(CommandKind.CHANGE_MARKET),
        market,
        price_step_ticks,
        quantity_step_lots,
        min_notional_atoms,
        max_notional_atoms,
        max_open_orders,
        maker_fee_ppm,
        taker_fee_ppm,
        band_ppm,
        breaker_ppm,
        breaker_window_ns,
        breaker_halt_ns,
    )


def set_market_status(*, market: str, status: MarketStatus) -> SetMarketStatus:
    return SetMarketStatus(int(CommandKind.SET_MARKET_STATUS), market, int(status))


def set_reference_price(*, market: str, price_ticks: int) -> SetReferencePrice:
    return SetReferencePrice(int(CommandKind.SET_REFERENCE_PRICE), market, price_ticks)


def set_fee_tier(*, market: str, tier: int, maker_fee_ppm: int, taker_fee_ppm: int) -> SetFeeTier:
    return SetFeeTier(int(CommandKind.SET_FEE_TIER), market, tier, maker_fee_ppm, taker_fee_ppm)


def set_account_tier(*, account: int, tier: int) -> SetAccountTier:
    return SetAccountTier(int(CommandKind.SET_ACCOUNT_TIER), account, tier)
