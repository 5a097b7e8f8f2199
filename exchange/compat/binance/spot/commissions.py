"""What an account pays for its trades, in Binance's shapes. Fees are always in the quote asset."""

from typing import Any

from exchange.compat.binance.symbols import symbol_of
from exchange.fee_tiers import Rates, rates_of
from exchange.models import Market
from ledger.money import format_atoms, mul_div_ceil

RATE_DECIMALS = 8
PPM_PER_BASIS_POINT = 100
_PPM_DECIMALS = 6
_NONE = format_atoms(0, RATE_DECIMALS)


def rate_text(ppm: int) -> str:
    """200 ppm -> "0.00020000"."""
    return format_atoms(ppm * 10 ** (RATE_DECIMALS - _PPM_DECIMALS), RATE_DECIMALS)


def account_rates(account: int) -> tuple[int, int]:
    """Maker and taker, in ppm: of all markets the highest, where they differ."""
    rates = rates_of(account).values()
    maker = max((rate.maker_fee_ppm for rate in rates), default=0)
    return maker, max((rate.taker_fee_ppm for rate in rates), default=0)


def basis_points(ppm: int) -> int:
    """Rounded up."""
    return mul_div_ceil(ppm, 1, PPM_PER_BASIS_POINT)


def commission_of_order(account: int, market: Market) -> dict[str, Any]:
    rates = rates_of(account)[market.symbol]
    return {
        "standardCommissionForOrder": _pair(rates.maker_fee_ppm, rates.taker_fee_ppm),
        "specialCommissionForOrder": _pair(0, 0),
        "taxCommissionForOrder": _pair(0, 0),
        "discount": _discount(),
    }


def commission_of_account(account: int, market: Market) -> dict[str, Any]:
    rates = rates_of(account)[market.symbol]
    nothing = {"maker": _NONE, "taker": _NONE, "buyer": _NONE, "seller": _NONE}
    return {
        "symbol": symbol_of(market),
        "standardCommission": {**nothing, **_pair(rates.maker_fee_ppm, rates.taker_fee_ppm)},
        "specialCommission": nothing,
        "taxCommission": nothing,
        "discount": _discount(),
    }


def trade_fee(rates: Rates, market: Market) -> dict[str, str]:
    return {
        "symbol": symbol_of(market),
        "makerCommission": rate_text(rates.maker_fee_ppm),
        "takerCommission": rate_text(rates.taker_fee_ppm),
    }


def _pair(maker_ppm: int, taker_ppm: int) -> dict[str, str]:
    return {"maker": rate_text(maker_ppm), "taker": rate_text(taker_ppm)}


def _discount() -> dict[str, Any]:
    return {"enabledForAccount": False, "enabledForSymbol": False, "discountAsset": "", "discount": _NONE}
