"""What a symbol is and what its orders must fit, as `exchangeInfo` says it. Pure."""

from typing import Any

from exchange.compat.binance.amounts import price_text, quantity_text, quote_text
from exchange.compat.binance.spot.order_words import PREVENTIONS, TYPES
from exchange.compat.binance.spot.symbol_lists import status_of
from exchange.compat.binance.symbols import symbol_of
from exchange.engine.types import INT64_MAX
from exchange.models import Market
from exchange.services.orders import DEFAULT_PREVENTION
from ledger.money import format_atoms

SPOT = "SPOT"
_PPM, _PPM_PLACES = 10**6, 6


def symbol_info(market: Market, *, with_permission_sets: bool = True) -> dict[str, Any]:
    return {
        "symbol": symbol_of(market),
        "status": status_of(market),
        "baseAsset": market.base_asset,
        "baseAssetPrecision": market.base_decimals,
        "quoteAsset": market.quote_asset,
        "quotePrecision": market.quote_decimals,
        "quoteAssetPrecision": market.quote_decimals,
        "baseCommissionPrecision": market.base_decimals,
        "quoteCommissionPrecision": market.quote_decimals,
        "orderTypes": list(TYPES),
        "icebergAllowed": False,
        "ocoAllowed": False,
        "otoAllowed": False,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(market),
        "permissions": [],
        "permissionSets": [[SPOT]] if with_permission_sets else [],
        "defaultSelfTradePreventionMode": DEFAULT_PREVENTION.name,
        "allowedSelfTradePreventionModes": list(PREVENTIONS),
    }


def filters(market: Market) -> list[dict[str, Any]]:
    """What the engine enforces, in Binance's words. Where there is no bound, that of 64 bits stands."""
    step = quantity_text(market, market.quantity_step_lots)
    quantities = {"minQty": step, "maxQty": quantity_text(market, most_lots(market)), "stepSize": step}
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": price_text(market, market.price_step_ticks),
            "maxPrice": price_text(market, most_ticks(market)),
            "tickSize": price_text(market, market.price_step_ticks),
        },
        {"filterType": "LOT_SIZE", **quantities},
        {"filterType": "MARKET_LOT_SIZE", **quantities},
        {
            "filterType": "NOTIONAL",
            "minNotional": quote_text(market, market.min_notional_atoms),
            "applyMinToMarket": True,
            "maxNotional": quote_text(market, market.max_notional_atoms),
            "applyMaxToMarket": True,
            "avgPriceMins": 0,
        },
        *_band(market),
        # Waiting orders count as open ones, so the one limit is both.
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": market.max_open_orders},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": market.max_open_orders},
    ]


def _band(market: Market) -> list[dict[str, Any]]:
    """Around the reference price, else the last one: no average of any minutes."""
    if not market.band_ppm:
        return []
    up = format_atoms(_PPM + market.band_ppm, _PPM_PLACES)
    down = format_atoms(max(_PPM - market.band_ppm, 0), _PPM_PLACES)
    return [
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": up,
            "bidMultiplierDown": down,
            "askMultiplierUp": up,
            "askMultiplierDown": down,
            "avgPriceMins": 0,
        }
    ]


def most_lots(market: Market) -> int:
    """The largest quantity that an order can have at the lowest price."""
    per_lot = market.quote_atoms_per_tick_lot * market.price_step_ticks
    most = min(INT64_MAX // market.base_atoms_per_lot, market.max_notional_atoms // per_lot)
    return most - most % market.quantity_step_lots


def most_ticks(market: Market) -> int:
    """The highest price that an order can have for the smallest quantity."""
    per_tick = market.quote_atoms_per_tick_lot * market.quantity_step_lots
    most = min(INT64_MAX, market.max_notional_atoms // per_tick)
    return most - most % market.price_step_ticks
