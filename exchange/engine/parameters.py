"""What an operator sets besides a market's own terms: tiers of fees, accounts' tiers, a reference price."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.commands import SetAccountTier, SetFeeTier, SetReferencePrice
from exchange.engine.events import Event, EventKind
from exchange.engine.listing import house_pays_no_rebate, open_rates, set_rates
from exchange.engine.rejection import rejected
from exchange.engine.state import EngineState
from exchange.engine.types import INT64_MAX, MAX_FEE_TIER, PPM, RejectReason

FEE_TIER_SET, ACCOUNT_TIER_SET = int(EventKind.FEE_TIER_SET), int(EventKind.ACCOUNT_TIER_SET)
REFERENCE_PRICE_SET = int(EventKind.REFERENCE_PRICE_SET)


def set_fee_tier(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """Changes the rates of every account whose tier this is, or is next below; open orders keep theirs."""
    _, name, tier, maker_ppm, taker_ppm = SetFeeTier(*command)
    market = state.markets.get(name)
    if market is None:
        return rejected(0, name, "", RejectReason.MARKET_NOT_FOUND)
    tiers = {0: market.rates(0), **market.fee_tiers, tier: (maker_ppm, taker_ppm)}
    known = 1 <= tier <= MAX_FEE_TIER and maker_ppm < PPM and 0 <= taker_ppm < PPM
    if not known or not house_pays_no_rebate(tiers.values()):
        return rejected(0, name, "", RejectReason.INVALID_MARKET)
    if not house_pays_no_rebate([*tiers.values(), *open_rates(market)]):
        return rejected(0, name, "", RejectReason.WOULD_BREAK_ORDERS)
    market.fee_tiers[tier] = (maker_ppm, taker_ppm)
    set_rates(state, market)
    return [(FEE_TIER_SET, name, tier, maker_ppm, taker_ppm)]


def set_account_tier(state: EngineState, command: Sequence[Any]) -> list[Event]:
    _, account, tier = SetAccountTier(*command)
    if account <= 0 or not 0 <= tier <= MAX_FEE_TIER:
        return rejected(account, "", "", RejectReason.OUT_OF_RANGE)
    state.account_tiers.pop(account, None)
    if tier:
        state.account_tiers[account] = tier
    for market in state.markets.values():
        trader = market.traders.get(account)
        if trader is not None:
            trader.set_rates(*market.rates(tier))
    return [(ACCOUNT_TIER_SET, account, tier)]


def set_reference_price(state: EngineState, command: Sequence[Any]) -> list[Event]:
    _, name, price_ticks = SetReferencePrice(*command)
    market = state.markets.get(name)
    if market is None:
        return rejected(0, name, "", RejectReason.MARKET_NOT_FOUND)
    if not 0 <= price_ticks <= INT64_MAX:
        return rejected(0, name, "", RejectReason.OUT_OF_RANGE)
    market.reference_price_ticks = price_ticks
    market.refresh()
    return [(REFERENCE_PRICE_SET, name, price_ticks)]
